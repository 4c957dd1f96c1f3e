import pytest

from lapak.kernel.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Keripik   tempe ", "Keripik tempe"),
        ("Keripik\n\ttempe", "Keripik tempe"),
        ("Keripik\0tempe", "Keripik tempe"),
        ("\u202eepmet\u202c", "epmet"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud800 half", "lone half"),
        ("cafe\u0301", "café"),
        ("Batik 🎉", "Batik 🎉"),
        ("<script>%s {}</script>", "<script>%s {}</script>"),
        ("\0\u202e\n", ""),
        ("", ""),
    ],
)
def test_a_line_keeps_what_can_be_seen(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Satu\r\nDua\rTiga", "Satu\nDua\nTiga"),
        ("Satu\n\n\n\nDua", "Satu\n\nDua"),
        ("\n\n Satu  kata \n\n", "Satu kata"),
        ("Satu\0\nDua\u202e", "Satu\nDua"),
        (" \n \n ", ""),
    ],
)
def test_paragraphs_keep_their_breaks_and_one_empty_line(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


def test_cleaning_twice_changes_nothing() -> None:
    once = clean_text(" a\u0301\0\n\n\nb \u200b c ")

    assert clean_text(once) == once
