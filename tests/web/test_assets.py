import gzip
import re
from multiprocessing import get_context
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

import lapak
from lapak.web import assets
from tests.market import Market

SOURCE = Path(lapak.__file__).parent / "static"
TEMPLATES = Path(lapak.__file__).parent / "templates"


@pytest.fixture(scope="module")
def app(market: Market) -> Flask:
    return market.app


def url(app: Flask, name: str) -> str:
    return f"/static/{app.extensions['assets'][name]}"


def test_a_name_carries_the_hash_of_what_is_in_the_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.js").write_text("1")
    first = assets.build(source, tmp_path / "target")["a.js"]
    again = assets.build(source, tmp_path / "target")["a.js"]
    (source / "a.js").write_text("2")

    assert re.fullmatch(r"a\.[0-9a-f]{12}\.js", first)
    assert again == first != assets.build(source, tmp_path / "target")["a.js"]


def test_a_stylesheet_names_other_files_by_their_hash(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "z.woff2").write_bytes(b"font")
    (source / "a.css").write_text("@font-face { src: url(z.woff2) } b { background: url(/static/z.woff2) } i { color: url(#x) }")
    names = assets.build(source, tmp_path / "target")

    assert (tmp_path / "target" / names["a.css"]).read_text().count(f"url({names['z.woff2']})") == 2


def test_everything_a_stylesheet_asks_for_is_there(app: Flask, client: FlaskClient) -> None:
    css = client.get(url(app, "lapak.css")).text
    asked = re.findall(r"url\(([\w.-]+)\)", css)

    assert asked
    assert [name for name in asked if client.get(f"/static/{name}").status_code != 200] == []


def test_everything_a_template_asks_for_is_there(app: Flask) -> None:
    asked = {name for path in TEMPLATES.rglob("*.html") for name in re.findall(r"asset\(['\"]([^'\"]+)['\"]\)", path.read_text())}

    assert asked
    assert asked <= set(app.extensions["assets"])


HERE = Path(lapak.__file__).parent


def test_every_file_is_asked_for_or_is_a_licence(app: Flask) -> None:
    texts = "".join(
        path.read_text()
        for path in [*TEMPLATES.rglob("*.html"), SOURCE / "lapak.css", HERE / "app.py", HERE / "editions" / "rules" / "answers.py"]
    )

    assert [
        path.name for path in SOURCE.iterdir() if path.is_file() and not path.name.startswith("LICENSE") and path.name not in texts
    ] == []


@pytest.mark.parametrize("name", ["lapak.css", "icons.svg", "order.js", "jakarta.woff2", "favicon.svg"])
def test_a_browser_keeps_a_file_for_years_and_never_asks_again(app: Flask, client: FlaskClient, name: str) -> None:
    answer = client.get(url(app, name))

    assert answer.status_code == 200
    assert {"public", "immutable"} <= set(answer.headers["Cache-Control"].split(", "))
    assert "max-age=315360000" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("accepts", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None), ("", None)])
def test_text_comes_compressed_to_who_can_read_it(app: Flask, client: FlaskClient, accepts: str, encoding: str | None) -> None:
    answer = client.get(url(app, "lapak.css"), headers={"Accept-Encoding": accepts})
    read = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]

    assert (answer.headers.get("Content-Encoding"), answer.headers["Vary"]) == (encoding, "Accept-Encoding")
    assert read(answer.data) == client.get(url(app, "lapak.css")).data


def test_compressed_text_is_worth_it(app: Flask, client: FlaskClient) -> None:
    plain, small = (client.get(url(app, "lapak.css"), headers={"Accept-Encoding": kind}).data for kind in ("", "br"))

    assert len(small) < len(plain) / 3


@pytest.mark.parametrize(
    ("name", "kind"),
    [("lapak.css", "text/css"), ("order.js", "text/javascript"), ("icons.svg", "image/svg+xml"), ("jakarta.woff2", "font/woff2")],
)
def test_a_file_says_what_it_is(app: Flask, client: FlaskClient, name: str, kind: str) -> None:
    assert client.get(url(app, name)).mimetype == kind


@pytest.mark.parametrize(
    "path",
    [
        "/static/lapak.css", "/static/", "/static", "/static/LICENSE-lucide.txt", "/static/../lapak.db", "/static/%2e%2e/lapak.db", "/static/..%2flapak.db",
        "/static//etc/passwd", "/static/%00", "/static/lapak.css%00.js", "/static/..\\lapak.db", "/static/" + "x" * 5000,
    ],
)  # fmt: skip
def test_nothing_else_is_served_from_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_building_at_once_in_two_workers_leaves_whole_files(tmp_path: Path) -> None:
    builders = [get_context("fork").Process(target=assets.build, args=(SOURCE, tmp_path / "target")) for _ in range(2)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    names = assets.build(SOURCE, tmp_path / "target")

    assert (tmp_path / "target" / names["icons.svg"]).read_bytes() == (SOURCE / "icons.svg").read_bytes()
    assert list((tmp_path / "target").glob("*.tmp")) == []
