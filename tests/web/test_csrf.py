import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor
from lapak.config import Config
from tests.architecture.test_access import cells, fill, person
from tests.factories import Cast
from tests.instances import HOST, real_instance
from tests.market import Market
from tests.visiting import check_page

SignIn = Callable[[Actor | None], FlaskClient]
POSTS = [(endpoint, path) for method, endpoint, path, _ in cells() if method == "POST"]


@pytest.fixture
def guarded(market: Market) -> Market:
    market.app.config["WTF_CSRF_ENABLED"] = True
    return market


def token_in(client: FlaskClient, path: str = "/masuk") -> str:
    return str(check_page(client.get(path).text, path).select("input[name=csrf_token]")[0]["value"])


@pytest.mark.parametrize(("endpoint", "path"), POSTS)
def test_no_form_is_taken_without_its_token(guarded: Market, endpoint: str, path: str) -> None:
    client, before = guarded.enter(None), guarded.writes()
    for data in ({}, {"csrf_token": ""}, {"csrf_token": "IjEyMyI.aaaa.bbbb"}, {"csrf_token": ["a", "b"]}):
        answer = client.post(fill(path, guarded), data=data)
        assert answer.status_code == 403
    assert "terlalu lama terbuka" in check_page(answer.text, path).get_text()
    assert guarded.writes() == before


def test_a_token_is_good_in_its_own_browser_only(app: Flask, client: FlaskClient) -> None:
    token = token_in(client)
    elsewhere = app.test_client()
    elsewhere.get("/masuk")
    data = {"phone": "0812 2745 0999", "csrf_token": token}

    assert (client.post("/masuk", data=data).status_code, elsewhere.post("/masuk", data=data).status_code) == (303, 403)


def test_a_token_from_before_signing_in_is_stale_afterwards(app: Flask, client: FlaskClient, cast: Cast) -> None:
    stale = token_in(client)
    client.post("/masuk", data={"phone": cast.seller.phone, "csrf_token": stale})
    code = re.findall(r"\d{6}", app.extensions["sender"].newest(1)[0].text)[0]
    assert client.post("/masuk/kode", data={"code": code, "csrf_token": stale}).status_code == 303

    assert client.post("/keluar", data={"csrf_token": stale}).status_code == 403
    assert client.post("/keluar", data={"csrf_token": token_in(client, "/dasbor")}).status_code == 303


def test_a_script_may_send_the_token_in_a_header(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    headers = {"X-CSRFToken": token_in(client, "/dasbor/produk/baru")}

    assert (client.post("/foto").status_code, client.post("/foto", headers=headers).status_code) == (403, 422)


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-origin", 303), ("same-site", 303), ("none", 303), ("", 303)])
def test_what_a_browser_calls_cross_site_is_refused_even_with_a_token(client: FlaskClient, site: str, status: int) -> None:
    data = {"phone": "0812 2745 0999", "csrf_token": token_in(client)}
    answer = client.post("/masuk", data=data, headers={"Sec-Fetch-Site": site} if site else {})

    assert answer.status_code == status


def test_a_link_from_another_site_may_be_followed(client: FlaskClient) -> None:
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    ("referrer", "status"),
    [(f"https://{HOST}/masuk", 303), ("https://jahat.example/", 403), (f"https://{HOST}.jahat.example/", 403), (None, 403)],
)
def test_over_https_the_form_must_come_from_this_host(config: Config, referrer: str | None, status: int) -> None:
    with real_instance(config) as app:
        app.extensions["sender"] = type("Box", (), {"send": lambda _self, _to, _text: None})()
        client = app.test_client()
        data = {"phone": "0812 2745 0999", "csrf_token": token_in(client)}
        assert client.post("/masuk", data=data, headers={"Referer": referrer} if referrer else {}).status_code == status


@pytest.mark.parametrize(
    ("role", "method"), [("stranger", "GET"), ("seller", "GET"), ("curator", "GET"), ("admin", "GET"), ("seller", "HEAD")]
)
def test_no_get_changes_anything(market: Market, role: str, method: str) -> None:
    client = market.enter(person(market, role))
    before = market.writes()
    for path in sorted({path for _, _, path, _ in cells()}):
        client.open(fill(path, market), method=method, query_string={"to": "archived", "drop": "1", "csrf_token": "x", "kirim": "1"})
    assert market.writes() == before


@pytest.mark.parametrize(
    "trick",
    [{"headers": {"X-HTTP-Method-Override": "POST"}}, {"query_string": {"_method": "POST"}}, {"headers": {"X-Method-Override": "POST"}}],
)
def test_a_get_is_never_taken_for_a_post(market: Market, trick: dict[str, dict[str, str]]) -> None:
    assert market.enter(market.cast.seller).get("/keluar", **trick).status_code == 405
