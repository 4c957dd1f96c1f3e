import pytest
from flask import Flask
from werkzeug.routing import Map, Rule

from lapak.config import Config
from lapak.kernel import paths
from lapak.regions import service as regions
from lapak.regions.service import SiteTexts
from lapak.web.links import absolute, canonical, languages, own_path, see, short, to
from lapak.web.prefix import SLUG_KEY
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


@pytest.mark.parametrize(
    ("asked", "product", "code"),
    [
        ("https://lapak.example", "https://lapak.example/edisi/1", "https://lapak.example/p/a3ypbk"),
        ("https://lapak.example/d/jateng", "https://lapak.example/edisi/1", "https://lapak.example/p/a3ypbk"),
        ("http://10.0.0.5", "https://lapak.example/edisi/1", "https://lapak.example/p/a3ypbk"),
        ("https://lapak.example/d/pariaman", "https://lapak.pariaman.example/edisi/1", "https://lapak.pariaman.example/p/a3ypbk"),
        ("http://lapak.pariaman.example", "https://lapak.pariaman.example/edisi/1", "https://lapak.pariaman.example/p/a3ypbk"),
    ],
)
def test_a_page_has_one_address_for_the_world_however_it_was_asked_for(config: Config, asked: str, product: str, code: str) -> None:
    with real_instance(config, trusted_hosts="lapak.example,lapak.pariaman.example,10.0.0.5") as app:
        with app.app_context():
            texts = SiteTexts("Lapak Pariaman", "Dinas", "", "", "Lapak")
            regions.open_site(
                region_code=PARIAMAN, slug="pariaman", theme="pariaman", timezone="Asia/Jakarta", texts=texts, host="lapak.pariaman.example"
            )  # fmt: skip
        slug = asked.partition("/d/")[2] or None
        with app.test_request_context("/", base_url=asked, environ_overrides={SLUG_KEY: slug} if slug else {}):
            app.preprocess_request()
            assert (canonical(paths.EDITION, number=1), short("a3ypbk")) == (product, code)


def test_a_region_below_the_instances_host_keeps_its_prefix(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://localhost/d/pariaman", environ_overrides={SLUG_KEY: "pariaman"}):
        app.preprocess_request()
        assert canonical(paths.EDITION, number=1) == "http://localhost/d/pariaman/edisi/1"
        assert short("a3ypbk") == "http://localhost/p/a3ypbk"


def test_every_language_is_listed_and_one_for_everybody_else() -> None:
    assert languages("https://lapak.example/") == [("id", "https://lapak.example/"), ("x-default", "https://lapak.example/")]


def test_a_route_that_starts_quickly_builds_the_address_that_werkzeugs_own_builds(app: Flask) -> None:
    rules = list(app.url_map.iter_rules())
    plain = Map([Rule(rule.rule, endpoint=rule.endpoint) for rule in rules], converters=app.url_map.converters).bind("localhost")
    for rule in rules:
        for values in (dict.fromkeys(rule.arguments, 7), {**dict.fromkeys(rule.arguments, 7), "q": "teh & kopi"}):
            built = [adapter.build(rule.endpoint, values) for adapter in (app.url_map.bind("localhost"), plain)]
            assert built[0] == built[1]
            assert "?q=teh" in built[0] or "q" not in values
