"""Two versions side by side, and what sellers are told."""

import time

import pytest

from lapak.checking.rules import Deed, Field, Reason, Verdict
from lapak.moderation.rules import (
    DECISIONS,
    DEED_NAMES,
    DEEDS_OF,
    GRAVE,
    TROUBLE_TEXTS,
    Piece,
    Trouble,
    compare,
    deed_of,
    differences,
    percent,
    told,
)


def text(pieces: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.is_changed else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ("Keripik tempe gurih", "Keripik tempe pedas", "Keripik tempe [gurih]", "Keripik tempe [pedas]"),
        ("Keripik", "Keripik tempe", "Keripik", "Keripik [tempe]"),
        ("Keripik tempe", "Keripik", "Keripik [tempe]", "Keripik"),
        ("", "Baru saja", "", "[Baru saja]"),
        ("Lama", "", "[Lama]", ""),
        ("satu dua", "satu  dua", "satu dua", "satu  dua"),
        ("satu dua", "satu\ndua", "[satu] dua", "[satu]\ndua"),
        ("<b>tebal</b>", "<i>tebal</i>", "[<b>tebal</b>]", "[<i>tebal</i>]"),
    ],
)
def test_what_went_and_what_came_is_marked_word_by_word(before: str, after: str, gone: str, come: str) -> None:
    old, new = compare(before, after)

    assert (text(old), text(new)) == (gone, come)


@pytest.mark.parametrize(
    ("before", "after"),
    [("a b " * 500, "b a " * 500), ("a " * 1000, "b " * 1000), (" ".join(map(str, range(500))), " ".join(map(str, range(500, 0, -1))))],
)
def test_texts_made_to_be_slow_are_compared_in_a_blink(before: str, after: str) -> None:
    began = time.perf_counter()
    old, new = compare(before, after)

    assert "".join(piece.text for piece in old) == before
    assert "".join(piece.text for piece in new) == after
    assert time.perf_counter() - began < 0.3


def test_only_fields_that_differ_are_told() -> None:
    before = {Field.NAME: "Keripik", Field.PRICE: "Rp1", Field.UNIT: "x"}

    assert [one.field for one in differences(before, {**before, Field.PRICE: "Rp2"})] == [Field.PRICE]
    assert differences(before, {Field.NAME: "Keripik"}) == []


@pytest.mark.parametrize(("before", "after", "change"), [(85000, 120000, 41), (100, 90, -10), (3, 3, 0), (1, 1_000_000_000, 99999999900)])
def test_a_price_change_is_told_in_percent(before: int, after: int, change: int) -> None:
    assert percent(before, after) == change


@pytest.mark.parametrize(
    ("verdict", "on_waiting", "was_checked", "deed"),
    [
        (Verdict.APPROVE, True, False, Deed.APPROVED),
        (Verdict.APPROVE, False, False, Deed.APPROVED),
        (Verdict.APPROVE, False, True, Deed.KEPT),
        (Verdict.ASK, True, False, Deed.ASKED),
        (Verdict.REFUSE, True, False, Deed.REFUSED),
        (Verdict.REFUSE, False, True, Deed.TAKEN_DOWN),
        (Verdict.TAKE_DOWN, True, False, Deed.TAKEN_DOWN),
    ],
)
def test_a_verdict_comes_to_a_deed(verdict: Verdict, on_waiting: bool, was_checked: bool, deed: Deed) -> None:
    assert deed_of(verdict, on_waiting=on_waiting, was_checked=was_checked) is deed
    assert deed in DEEDS_OF[verdict] <= DECISIONS


def test_everything_has_words() -> None:
    assert set(DEED_NAMES) == set(Deed)
    assert set(TROUBLE_TEXTS) == set(Trouble) > GRAVE


@pytest.mark.parametrize("deed", [Deed.ASKED, Deed.REFUSED, Deed.TAKEN_DOWN])
@pytest.mark.parametrize("reason", list(Reason))
def test_a_seller_hears_why_and_what_to_do(deed: Deed, reason: Reason) -> None:
    message = told(deed, brand="Lapak Jateng", name="Keripik 100% asli", reason=reason, note="Bagian\nbelakang 50% gelap.")

    assert message.startswith("Lapak Jateng: ")
    assert "Keripik 100% asli" in message
    assert "Pesan pemeriksa: Bagian belakang 50% gelap." in message
    assert "\n" not in message


def test_a_seller_hears_of_an_approval_too() -> None:
    assert "disetujui" in told(Deed.APPROVED, brand="Lapak", name="Keripik", reason="", note="")
