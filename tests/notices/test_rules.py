import json

import pytest

from lapak.accounts.rules import Actor, Held, Role
from lapak.kernel.errors import Invalid
from lapak.notices.rules import (
    LARGEST_PAYLOAD,
    Kind,
    kinds_for,
    mail_address,
    mask_address,
    payload,
    push_endpoint,
    push_secret,
    subject,
    without_brand,
)
from lapak.senders import push
from lapak.senders.outbound import NotSent


@pytest.mark.parametrize("text", ["darmi@contoh.id", "a.b+lapak@mail.contoh.co.id", "x_y'z@d-1.example", " darmi@contoh.id "])
def test_an_address_is_taken_as_people_write_it(text: str) -> None:
    assert mail_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "", "darmi", "darmi@", "@contoh.id", "darmi@contoh", "a@b@contoh.id", "darmi@contoh.id, lain@contoh.id", "Darmi <darmi@contoh.id>",
        '"a b"@contoh.id', "darmi@[127.0.0.1]", "darmi@127.0.0.1", ".a@contoh.id", "a.@contoh.id", "a..b@contoh.id", "a@-contoh.id",
        "darmi@contoh.id\nBcc: lain@contoh.id", "darmi@contoh.id\r\nSubject: x", "darmi\x00@contoh.id", "dármi@contoh.id", "a" * 65 + "@contoh.id",
        "a@" + "b." * 130 + "id", "darmi@contoh.id\u202e",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        mail_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/x?y=1",
        "https://web.push.apple.com:443/Q",
    ],
)
def test_a_push_services_address_is_taken(text: str) -> None:
    assert push_endpoint(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "push.example/a", "http://push.example/a", "ftp://push.example/a", "javascript:alert(1)", "file:///etc/passwd", "https://127.0.0.1/a",
        "https://[::1]/a", "https://localhost/a", "https://intranet/a", "https://0x7f000001/a", "https://2130706433/a", "https://127.1/a",
        "https://push.example:8443/a", "https://push.example:22/a", "https://me:secret@push.example/a", "https://push.example@127.0.0.1/a",
        "https://push.example\\@127.0.0.1/a", "https://push.example/a b", "https://push.example/a\r\nHost: x", "https://push.exämple/a",
        "https://push.example/" + "a" * 1000, "https://[", "https://push.example:99999/a", "https://push.example/#x", "https:///a",
    ],
)  # fmt: skip
def test_an_address_that_nobody_should_be_sent_to_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        push_endpoint(text)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255",
        "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "x",
    ],
)  # fmt: skip
def test_an_address_inside_a_network_is_not_public(address: str) -> None:
    assert not push.is_public(address)


@pytest.mark.parametrize("address", ["142.250.4.95", "2404:6800:4003:c00::5f", "::ffff:142.250.4.95"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert push.is_public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["142.250.4.95", "10.0.0.1"], []])
def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", (address, 443)) for address in found])
    with pytest.raises(NotSent):
        push.public_address("push.example")


def test_a_name_is_looked_up_once_and_its_very_address_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look_up(host: str, *_rest: object, **_more: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", ("142.250.4.95", 443))]

    monkeypatch.setattr("socket.getaddrinfo", look_up)

    assert push.public_address("push.example") == ("142.250.4.95", 443)
    assert asked == ["push.example"]


@pytest.mark.parametrize(
    ("text", "size"), [("", 16), ("A" * 22, 65), ("A" * 87, 65), ("B" + "A" * 86, 16), ("ä" * 22, 16), ("B" * 5000, 65)]
)
def test_what_is_no_key_of_a_browser_is_refused(text: str, size: int) -> None:
    with pytest.raises(Invalid):
        push_secret(text, size=size)


@pytest.mark.parametrize("text", ["pendek", "x" * 10_000, "🍪" * 4000, '"\\' * 4000, "\x01" * 3000])
def test_a_push_message_never_outgrows_what_services_take(text: str) -> None:
    written = payload("Lapak Jateng", text, "https://lapak.example/dasbor/kabar", "kabar-1")

    assert len(written) <= LARGEST_PAYLOAD
    assert json.loads(written)["tag"] == "kabar-1"


def test_a_subject_is_one_line_and_the_first_sentence() -> None:
    assert subject("Pesanan baru K7.\r\nBcc: x. Jawab sampai 24-11.") == "Pesanan baru K7"
    assert subject("kata " * 60).endswith("kata…")
    assert len(subject("x" * 500)) <= 121


def test_a_notice_does_not_repeat_the_name_of_its_site() -> None:
    assert without_brand("Lapak Jateng: pesanan baru.", "Lapak Jateng") == "Pesanan baru."
    assert without_brand("Edisi 3 belum terbit.", "Lapak Jateng") == "Edisi 3 belum terbit."


def test_people_are_asked_about_news_that_can_reach_them() -> None:
    def person(*roles: Role) -> Actor:
        return Actor(1, "", "", 0, tuple(Held(role, "33") for role in roles))

    assert kinds_for(person()) == [Kind.ACCOUNT]
    assert Kind.DESK not in kinds_for(person(Role.SELLER))
    assert kinds_for(person(Role.CURATOR)) == [Kind.ACCOUNT, Kind.DESK]
    assert Kind.ORDER in kinds_for(person(Role.COMPANION))


def test_an_address_is_masked_for_others() -> None:
    assert mask_address("darmi@contoh.id") == "da•••@contoh.id"
