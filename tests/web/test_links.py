import pytest
from flask import Flask

from lapak.config import Config
from lapak.kernel import paths
from lapak.regions import service as regions
from lapak.regions.service import SiteTexts
from lapak.web.links import absolute, own_path, see, to
from tests.factories import PARIAMAN
from tests.instances import real_instance


@pytest.mark.parametrize(
    "text", ["/", "/dasbor", "/cari?q=a%20b", "/d/pariaman/edisi/1", "/cari?q=https://x.example", "/a//b", "/@x", "/:x", "/%2f%2fx", "/é"]
)
def test_a_path_of_this_host_is_kept(text: str) -> None:
    assert own_path(text) == text


@pytest.mark.parametrize(
    "text",
    [
        None, "", "x", "//x", "///x", "/\\x", "\\\\x", "\\/x", "https://x", "https:x", "http:/x", "javascript:alert(1)", "/\tx", "/\n/x", "/ x", " /x",
        "/x\r\nSet-Cookie: a=b", "/\0", "\ufeff//x", "?x", "#x", "//[", "/\x1f/x",
    ],
)  # fmt: skip
def test_anything_that_could_lead_elsewhere_is_not(text: str | None) -> None:
    assert own_path(text) is None


def test_links_and_redirects_stay_under_the_regions_prefix(app: Flask) -> None:
    with app.test_request_context("/jelajah", base_url="http://localhost/d/pariaman"):
        app.preprocess_request()
        assert to(paths.EDITION, number=1) == "/d/pariaman/edisi/1"
        assert see(paths.SEARCH, q="kopi").location == "/d/pariaman/cari?q=kopi"
        assert see(paths.SEARCH).status_code == 303
        assert absolute(paths.HOME) == "http://localhost/d/pariaman/"


def test_an_address_in_a_message_is_the_public_one_whatever_host_was_asked(config: Config) -> None:
    with real_instance(config, trusted_hosts="lapak.example,10.0.0.5") as app, app.test_request_context("/", base_url="http://10.0.0.5"):
        app.preprocess_request()
        assert absolute(paths.EDITION, number=1) == "https://lapak.example/edisi/1"


def test_a_region_with_a_host_of_its_own_is_linked_to_by_it(config: Config) -> None:
    with real_instance(config, trusted_hosts="lapak.example,lapak.pariaman.example") as app:
        with app.app_context():
            texts = SiteTexts("Lapak Pariaman", "Dinas", "", "", "Lapak")
            regions.open_site(
                region_code=PARIAMAN, slug="pariaman", theme="pariaman", timezone="Asia/Jakarta", texts=texts, host="lapak.pariaman.example"
            )  # fmt: skip
        for host in ("lapak.pariaman.example", "lapak.example"):
            with app.test_request_context("/", base_url=f"https://{host}"):
                app.preprocess_request()
                assert absolute(paths.EDITION, number=1) == f"https://{host}/edisi/1"
