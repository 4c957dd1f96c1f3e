from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.regions import queries, service
from lapak.regions.service import SiteTexts
from tests.factories import JATENG, PARIAMAN, Cast
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
TEXTS = SiteTexts("Lapak Pariaman", "Dinas Koperasi", "Dari dekat.", "Tentang.", "LapakPariaman")


def open_at(host: str) -> None:
    service.open_site(region_code=PARIAMAN, slug="pariaman", texts=TEXTS, theme="pariaman", timezone="Asia/Jakarta", host=host)


def theme_at(client: FlaskClient, path: str = "/", host: str = "localhost") -> str:
    page = check_page(client.get(path, headers={"Host": host}).text, path)
    return str(page.select("html")[0]["data-wilayah"])


def test_without_a_prefix_the_instances_own_region_answers(client: FlaskClient) -> None:
    assert theme_at(client) == "jateng"


@pytest.mark.parametrize(("path", "theme"), [("/d/pariaman/", "pariaman"), ("/d/jateng/", "jateng"), ("/d/pariaman", "pariaman")])
def test_a_prefix_chooses_the_region_and_its_theme(client: FlaskClient, path: str, theme: str) -> None:
    assert theme_at(client, path) == theme


@pytest.mark.parametrize(
    ("host", "theme"),
    [
        ("lapak.pariaman.example", "pariaman"),
        ("lapak.pariaman.example:8000", "pariaman"),
        ("LAPAK.Pariaman.example", "pariaman"),
        ("lapak.example", "jateng"),
        ("pariaman.example", "jateng"),
        ("[::1]:8000", "jateng"),
    ],
)
def test_a_host_name_chooses_the_region(client: FlaskClient, host: str, theme: str) -> None:
    open_at("lapak.pariaman.example")

    assert theme_at(client, host=host) == theme


def test_a_prefix_speaks_louder_than_the_host(client: FlaskClient) -> None:
    open_at("lapak.pariaman.example")

    assert theme_at(client, "/d/jateng/", host="lapak.pariaman.example") == "jateng"


@pytest.mark.parametrize(
    "slug", ["tidak-ada", "", "Pariaman", "PARIAMAN", "33", "%2e%2e", "%00", "%3Cscript%3E", "x" * 4000, "pariaman%20", "%ff"]
)
def test_an_unknown_region_is_404_on_every_page(client: FlaskClient, slug: str) -> None:
    for path in (f"/d/{slug}/", f"/d/{slug}/jelajah", f"/d/{slug}/dasbor"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        page = check_page(answer.text, path)
        assert page.select("main a")[0]["href"] == "/", "the way home leads somewhere"


def test_a_region_inside_a_region_is_no_page(client: FlaskClient) -> None:
    assert client.get("/d/jateng/d/pariaman/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/jelajah", "/cari?q=x", "/edisi", "/masuk", "/mulai-jualan", "/tidak-ada", "/kotak-demo"])
def test_every_link_of_a_prefixed_page_keeps_the_prefix(client: FlaskClient, path: str) -> None:
    page = check_page(client.get(f"/d/pariaman{path}").text, path)
    targets = [str(tag[name]) for name in ("href", "action") for tag in page.select(f"a[{name}], form[{name}]")]
    inside = [target for target in targets if target.startswith("/")]

    assert inside
    assert [target for target in inside if not target.startswith(("/d/pariaman/", "/static/"))] == []


def test_a_redirect_of_a_prefixed_page_keeps_the_prefix(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False

    assert client.get("/d/pariaman/masuk/kode").location == "/d/pariaman/masuk"
    assert client.post("/d/pariaman/masuk", data={"phone": "0812 2745 0999"}).location == "/d/pariaman/masuk/kode"


def test_a_desk_under_a_prefix_is_the_desk_of_that_region(cast: Cast, sign_in: SignIn) -> None:
    curator, far_curator = sign_in(cast.curator), sign_in(cast.far_curator)

    assert [curator.get(path).status_code for path in ("/kurasi", "/d/jateng/kurasi", "/d/pariaman/kurasi")] == [200, 200, 403]
    assert [far_curator.get(path).status_code for path in ("/kurasi", "/d/jateng/kurasi", "/d/pariaman/kurasi")] == [403, 403, 200]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/robots.txt", "/favicon.ico"])
def test_operations_ask_for_no_region(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_an_admin_edits_the_texts_of_the_own_region(app: Flask, cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    data = {"brand": "Lapak Baru", "office": "Dinas", "tagline": "Halo", "about": "Satu\n\nDua", "hashtag": "#LapakBaru"}
    answer = sign_in(cast.far_admin).post("/d/pariaman/kelola/teks", data=data)

    assert (answer.status_code, answer.location) == (303, "/d/pariaman/kelola/teks")
    assert [(site.region_code, site.brand, site.hashtag) for site in queries.sites()] == [
        (PARIAMAN, "Lapak Baru", "LapakBaru"),
        (JATENG, "Lapak Jateng", "Lapak"),
    ]
    assert "Lapak Baru" in visit("/d/pariaman/").get_text()


@pytest.mark.parametrize("tag", ["dua kata", "", "#", "a" * 41, "a-b", "<b>", "\u202e", "🎉"])
def test_a_hashtag_is_one_word(app: Flask, cast: Cast, sign_in: SignIn, tag: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    data = {"brand": "Lapak", "office": "Dinas", "tagline": "", "about": "", "hashtag": tag}
    answer = sign_in(cast.admin).post("/kelola/teks", data=data)

    assert answer.status_code == 422
    assert check_page(answer.text, "texts").select("#hashtag-galat")
