"""What a testimonial may say, under which name, and where it may go."""

from itertools import product

import pytest

from lapak.kernel.errors import Conflict, Invalid
from lapak.testimonials.rules import (
    FEELING_TEXTS,
    MOVES,
    REFUSAL_TEXTS,
    Feeling,
    Refusal,
    State,
    first_name,
    has_contact,
    move,
    public_text,
    shown_name,
)

CONTACTS = [
    "WA 081227450913", "hubungi 0812-2745-0913 ya", "0812 2745 0913", "+62 812 2745 0913", "62812.2745.0913", "812 2745 0913", "(024) 7654321 0",
    "0 8 1 2 2 7 4 5 0 9 1 3", "http://contoh.id", "https:contoh", "www.toko", "wa.me/628", "lihat tokoku.com", "kripik-enak.co.id", "IG @bu_darmi",
    "surel bu@darmi.id", "０８１２２７４５０９１３",
]  # fmt: skip
PLAIN = [
    "Renyah, sampai utuh. Pesan 12 bungkus.", "Harganya Rp18.000 per bungkus", "Total 1.500.000 untuk 100 kotak", "Totalnya 10.000.000.000", "Diterima 02-11-2026",
    "Pukul 08.15 sudah sampai", "Enak banget.Mantap", "5/5, 10 dari 10", "Dikirim 3 hari, 250 g x 4",
]  # fmt: skip


@pytest.mark.parametrize("text", CONTACTS)
def test_a_number_a_link_or_an_account_is_seen_however_it_is_written(text: str) -> None:
    assert has_contact(text)
    with pytest.raises(Invalid, match="Hapus nomor"):
        public_text(500, wanted="Tulis")(text)


@pytest.mark.parametrize("text", PLAIN)
def test_prices_dates_and_counts_are_no_contacts(text: str) -> None:
    assert not has_contact(text)
    assert public_text(500, wanted="Tulis")(text) == text


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\u200b"])
def test_an_empty_text_is_asked_for(text: str) -> None:
    with pytest.raises(Invalid, match="Tulis"):
        public_text(500, wanted="Tulis")(text)


def test_a_text_ends_at_its_length() -> None:
    assert public_text(500, wanted="Tulis")("x" * 500)
    with pytest.raises(Invalid, match="500"):
        public_text(500, wanted="Tulis")("x" * 501)


@pytest.mark.parametrize("name", ["Rina", "R.", "Bu R", "Siti N."])
def test_a_first_name_or_initials_are_shown_as_the_buyer_wants(name: str) -> None:
    assert shown_name(name) == name


@pytest.mark.parametrize("name", ["", " ", "0812 2745 0913", "Rina 2", "rina@contoh.id", "@rina_x", "x" * 31])
def test_a_name_is_no_number_and_no_address(name: str) -> None:
    with pytest.raises(Invalid):
        shown_name(name)


@pytest.mark.parametrize(
    ("signed", "offered"), [("Rina Wijaya", "Rina"), ("Ibu Rina", "Rina"), ("Pak. Agus S", "Agus"), ("Ibu", "Ibu"), ("", "")]
)
def test_the_form_offers_the_first_name_only(signed: str, offered: str) -> None:
    assert first_name(signed) == offered


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_words_move_only_along_the_table(before: State, after: State) -> None:
    if after in MOVES[before]:
        assert move(before, after) is after
    else:
        with pytest.raises(Conflict):
            move(before, after)


def test_every_feeling_and_every_refusal_has_words() -> None:
    assert (set(FEELING_TEXTS), set(REFUSAL_TEXTS)) == (set(Feeling), set(Refusal))
