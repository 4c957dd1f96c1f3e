"""Words, their spellings and where a page ended."""

import pytest

from lapak.search.rules import Cursor, corrected, forms, is_one_letter_off, parse_cursor, query_words, variants, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Keripik Tempe, 150 g", ["keripik", "tempe", "150", "g"]),
        ("kupu-kupu", ["kupu", "kupu"]),
        ("Café “Crème”", ["cafe", "creme"]),
        ('OR (NOT) "a* AND b~2" ^:+-', ["or", "not", "a", "and", "b", "2"]),
        ("\x00\u202e🍪", []),
        ("x" * 500, ["x" * 30]),
    ],
)
def test_words_are_plain(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_query_is_its_first_six_words() -> None:
    assert query_words("a b c d e f g h a") == ("a", "b", "c", "d", "e", "f")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("kripik", "keripik"), ("krupuk", "kerupuk"), ("trasi", "terasi"), ("jogja", "yogyakarta"), ("solo", "surakarta"), ("peyek", "rempeyek"),
        ("tjap", "cap"), ("djamu", "jamu"), ("soerabaja", "surabaja"), ("coffee", "kopi"), ("cabe", "cabai"),
    ],
)  # fmt: skip
def test_a_word_knows_how_else_it_is_written(written: str, meant: str) -> None:
    assert meant in forms(written)
    assert written in forms(written)


def test_no_spelling_stands_for_two_words_or_for_itself() -> None:
    assert len(variants()) > 60
    assert not [word for word, meant in variants().items() if word == meant or words_of(word) != [word] or words_of(meant) != [meant]]


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("keripik", "keripik", False), ("keripik", "keripk", True), ("keripik", "kerippik", True), ("keripik", "kerupik", True),
        ("keripik", "kerpiik", True), ("keripik", "kerupuk", False), ("a", "", True), ("", "", False),
    ],
)  # fmt: skip
def test_one_letter_is_one_letter(one: str, other: str, is_near: bool) -> None:
    assert is_one_letter_off(one, other) is is_near
    assert is_one_letter_off(other, one) is is_near


def test_unknown_words_are_corrected_by_known_ones() -> None:
    assert corrected(["kerpik", "tempe"], ["keripik", "tempe"]) == "keripik tempe"


@pytest.mark.parametrize("text", [None, "", "5-1", "1-", "1-x", "-1", "1-1-1", "1-" + "9" * 16, "١-١"])
def test_what_is_no_cursor_is_the_first_page(text: str | None) -> None:
    assert parse_cursor(text) is None
    assert parse_cursor(str(Cursor(2, 77))) == Cursor(2, 77)
