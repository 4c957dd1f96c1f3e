import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest

from lapak.senders import gateway as senders_gateway
from lapak.senders.gateway import Webhook
from lapak.senders.outbound import NotSent
from tests.senders.gateway import Gateway, listening

SECRET = b"shared with the gateway"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with listening() as gateway:
        yield gateway


def test_a_message_arrives_as_json(gateway: Gateway) -> None:
    Webhook(gateway.url, SECRET).send("+6281227450913", "Kode Anda: 204816 – “rahasia”")
    headers, body = gateway.received[0]

    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"to": "+6281227450913", "text": "Kode Anda: 204816 – “rahasia”"}


def test_the_gateway_can_check_who_sent_it(gateway: Gateway) -> None:
    Webhook(gateway.url, SECRET).send("+6281227450913", "Kode Anda: 204816")
    headers, body = gateway.received[0]

    assert headers["x-lapak-signature"] == hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    assert headers["x-lapak-signature"] != hmac.new(b"another", body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_taken(gateway: Gateway, status: int) -> None:
    gateway.status = status
    Webhook(gateway.url, SECRET).send("+6281227450913", "Halo")

    assert len(gateway.received) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 429, 500, 502, 503])
def test_any_other_answer_is_not_sent(gateway: Gateway, status: int) -> None:
    gateway.status, gateway.headers = status, {"Location": gateway.url + "/elsewhere"}
    with pytest.raises(NotSent):
        Webhook(gateway.url, SECRET).send("+6281227450913", "Halo")
    assert len(gateway.received) == 1, "neither followed nor repeated: the person would get two codes"


def test_a_gateway_that_hangs_is_left_after_the_time_out(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders_gateway, "TIMEOUT", 0.2)
    gateway.delay = 1
    start = time.monotonic()
    with pytest.raises(NotSent):
        Webhook(gateway.url, SECRET).send("+6281227450913", "Halo")
    assert time.monotonic() - start < 0.9


def test_a_gateway_that_is_away_is_not_sent() -> None:
    with listening() as gone:
        url = gone.url
    with pytest.raises(NotSent):
        Webhook(url, SECRET).send("+6281227450913", "Halo")


def test_what_went_wrong_holds_neither_number_nor_code(gateway: Gateway) -> None:
    gateway.status = 500
    with pytest.raises(NotSent) as fault:
        Webhook(gateway.url, SECRET).send("+6281227450913", "Kode Anda: 204816")
    assert "0913" not in str(fault.value)
    assert "204816" not in str(fault.value)
