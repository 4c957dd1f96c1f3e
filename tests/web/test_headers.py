import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from lapak.config import Config
from lapak.kernel.errors import Invalid
from tests.instances import HOST, real_instance
from tests.market import Market
from tests.web.conftest import Fail

PROMISED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ANSWERS = [
    ("GET", "/", 200, {}),
    ("HEAD", "/", 200, {}),
    ("OPTIONS", "/", 200, {}),
    ("GET", "/dasbor", 303, {}),
    ("GET", "/tidak-ada", 404, {}),
    ("GET", "/d/tidak-ada/", 404, {}),
    ("POST", "/", 405, {}),
    ("POST", "/masuk", 403, {}),
    ("POST", "/masuk", 403, {"headers": {"Sec-Fetch-Site": "cross-site"}}),
    ("POST", "/masuk", 413, {"data": {"phone": "9" * 3_200_000}}),
    ("GET", "/healthz", 200, {}),
    ("GET", "/robots.txt", 200, {}),
    ("GET", "/favicon.ico", 200, {}),
    ("GET", "/static/{css}", 200, {}),
    ("GET", "/static/{css}", 200, {"headers": {"Accept-Encoding": "br"}}),
    ("GET", "/static/{css}", 206, {"headers": {"Range": "bytes=0-9"}}),
    ("GET", "/static/{css}", 416, {"headers": {"Range": "bytes=99999999-"}}),
    ("GET", "/static/{css}", 304, {"headers": {"If-Modified-Since": "Wed, 01 Jan 2098 00:00:00 GMT"}}),
    ("POST", "/static/{css}", 405, {}),
    ("GET", "/static/tidak-ada.css", 404, {}),
    ("GET", "/static/../lapak.db", 404, {}),
]


def policy_of(header: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for words in (part.split() for part in header.split(";"))}


@pytest.fixture(scope="module")
def app(market: Market) -> Flask:
    market.app.config["WTF_CSRF_ENABLED"] = True
    return market.app


@pytest.mark.parametrize(("method", "path", "status", "asked"), ANSWERS)
def test_every_answer_carries_the_promised_headers(app: Flask, method: str, path: str, status: int, asked: dict[str, Any]) -> None:
    answer = app.test_client().open(path.format(css=app.extensions["assets"]["lapak.css"]), method=method, **asked)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in PROMISED} == PROMISED
    assert answer.headers.getlist("Content-Security-Policy") == [answer.headers["Content-Security-Policy"]]


@pytest.mark.parametrize("fault", [RuntimeError(), Invalid({"name": "Tulis nama"}), OSError(28, "full")])
def test_a_fault_carries_them_too(failing: tuple[Flask, Fail], fault: Exception) -> None:
    app, fail = failing
    fail(fault)

    assert {name: app.test_client().get("/uji").headers.get(name) for name in PROMISED} == PROMISED


def test_nothing_runs_that_is_not_a_file_of_ours(client: FlaskClient) -> None:
    policy = policy_of(client.get("/").headers["Content-Security-Policy"])

    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["connect-src"] == ["'self'"]
    assert not re.search(r"unsafe|\*|http", client.get("/").headers["Content-Security-Policy"])


def test_a_photo_keeps_its_own_stricter_policy(market: Market, client: FlaskClient) -> None:
    answer = client.get(f"/foto/{market.mine.photo}/320.webp")

    assert answer.headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture
def real(config: Config) -> Iterator[Flask]:
    with real_instance(config) as app:
        yield app


def test_https_is_kept_for_a_year_on_every_answer(real: Flask) -> None:
    css = f"/static/{real.extensions['assets']['lapak.css']}"
    for path in ("/", "/tidak-ada", css, "/static/tidak-ada.css", "/dasbor", "/healthz"):
        answer = real.test_client().get(path)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", path


def test_plain_http_in_a_demo_promises_no_https(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers


def cookies_of(client: FlaskClient, **asked: object) -> list[str]:
    return client.get("/masuk", **asked).headers.getlist("Set-Cookie")


def test_a_demos_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    (cookie,) = cookies_of(client)
    name, *flags = cookie.split("; ")

    assert name.startswith("lapak=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
    assert "Secure" not in flags


def test_a_real_cookie_is_bound_to_this_host_and_https(real: Flask) -> None:
    (cookie,) = cookies_of(real.test_client())
    name, *flags = cookie.split("; ")

    assert name.startswith("__Host-lapak=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
    assert not [flag for flag in flags if flag.startswith("Domain")]


def test_a_cookie_stays_on_the_whole_host_also_under_a_region(client: FlaskClient) -> None:
    (cookie,) = client.get("/d/pariaman/masuk").headers.getlist("Set-Cookie")

    assert "; Path=/" in cookie
    assert "Path=/d" not in cookie


def test_a_page_that_needs_no_cookie_sets_none(client: FlaskClient) -> None:
    assert [path for path in ("/", "/jelajah", "/edisi", "/tidak-ada", "/healthz") if "Set-Cookie" in client.get(path).headers] == []


# Hosts and proxies


def test_a_host_that_is_not_ours_is_refused_in_our_words(real: Flask) -> None:
    for host in ("jahat.example", f"{HOST}.jahat.example", "x" * 300, f"{HOST}@jahat.example", "127.0.0.1", f"jahat.{HOST}", "<b>", ""):
        answer = real.test_client().get("/", headers={"Host": host})
        assert answer.status_code == 400, host
        assert "jahat" not in answer.text
        assert "X-Content-Type-Options" in answer.headers


def test_our_own_host_is_answered_with_and_without_a_port(real: Flask) -> None:
    assert [real.test_client().get("/", headers={"Host": host}).status_code for host in (HOST, f"{HOST}:443")] == [200, 200]


def test_a_forged_forwarded_host_moves_no_link(config: Config, client: FlaskClient) -> None:
    forged = {
        "X-Forwarded-Host": "jahat.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "/jahat",
        "X-Original-URL": "/kelola",
    }
    answer = client.get("/", headers=forged)

    assert answer.status_code == 200
    assert "jahat" not in answer.text


@pytest.mark.parametrize(("chain", "counts"), [("203.0.113.1, 198.51.100.7", "198.51.100.7"), ("198.51.100.7", "198.51.100.7")])
def test_behind_one_proxy_the_address_it_saw_counts(config: Config, chain: str, counts: str) -> None:
    with real_instance(config, trusted_proxies=1) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        seen: list[str | None] = []
        app.before_request(lambda: seen.append(request.remote_addr))
        app.test_client().get("/masuk", headers={"X-Forwarded-For": chain})

    assert seen == [counts]
