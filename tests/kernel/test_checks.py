from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from lapak.kernel.checks import by, line, paragraphs, whole_number
from lapak.kernel.errors import Invalid


def form_with(rule: Callable[[str], Any], typed: str) -> Form:
    class OneField(Form):  # type: ignore[misc]
        field = StringField("Field", [by(rule)])

    return OneField(MultiDict({"field": typed}))


def test_a_rule_turns_a_fields_text_into_its_value() -> None:
    form = form_with(whole_number(1, 99), " 24 ")

    assert form.validate()
    assert form["field"].data == 24


def test_a_refused_text_stays_as_typed_with_the_rules_sentence_beside_it() -> None:
    form = form_with(whole_number(1, 99), "dua")

    assert not form.validate()
    assert form["field"].data == "dua"
    assert list(form["field"].errors) == ["Tulis angka bulat saja, misalnya 24"]


@pytest.mark.parametrize(("typed", "means"), [("24", 24), ("1.000", 1000), ("0", 0), ("007", 7), ("", None), ("  ", None)])
def test_a_whole_number_is_plain_digits_or_nothing(typed: str, means: int | None) -> None:
    assert whole_number(0, 100_000)(typed) == means


@pytest.mark.parametrize("typed", ["-1", "1,5", "1e309", "NaN", "٣", "²", "100001", "9" * 13, "9" * 5000, "0x1", "%s", "1_000", "+5"])
def test_anything_else_is_no_whole_number(typed: str) -> None:
    with pytest.raises(Invalid):
        whole_number(0, 100_000)(typed)


def test_a_wanted_number_may_not_be_missing() -> None:
    with pytest.raises(Invalid, match="Tulis nomor edisi"):
        whole_number(1, 9999, wanted="Tulis nomor edisi")(" ")


@pytest.mark.parametrize("rule", [line(10), paragraphs(10)])
def test_text_beyond_its_length_is_told_both_figures(rule: Callable[[str], Any]) -> None:
    assert rule("a" * 10) == "a" * 10
    with pytest.raises(Invalid, match=r"Paling panjang 10 huruf\. Sekarang 11"):
        rule("a" * 11)


def test_spaces_at_the_ends_do_not_count() -> None:
    assert line(10)("  " + "a" * 10 + "  ") == "a" * 10


def test_a_wanted_line_of_invisible_characters_is_empty() -> None:
    with pytest.raises(Invalid, match="Tulis nama"):
        line(10, wanted="Tulis nama")("\u200b\0 \u202e")
