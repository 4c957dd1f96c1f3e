"""Rules as form validators: a rule takes text and returns a value or raises Invalid; a form shows the sentence beside its field."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from lapak.kernel.clock import calendar_day
from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line, clean_text, printable
from lapak.kernel.words import say

Rule = Callable[[str], Any]
LONGEST_NUMBER = 15
_WHOLE = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+|[0-9]+")
CHOOSE = say("Pilih satu dari daftar")


def by(rule: Rule) -> Callable[[Any, Any], None]:
    """Return a validator that replaces a field's data by what `rule` makes of it, or shows the rule's refusal.

    A form that comes back shows what was typed, not what the rule made of it: "0812…", not "+62812…".
    """

    def validate(_form: Any, field: Any) -> None:
        typed = field.data or ""
        field._value = lambda: printable(str(typed))  # noqa: SLF001 - what WTForms' widgets ask for the text to show
        try:
            field.data = rule(typed)
        except Invalid as refusal:
            field.errors = [*field.errors, next(iter(refusal.fields.values()))]

    return validate


def line(longest: int, *, wanted: str = "") -> Rule:
    """A rule for one line of at most `longest` characters; `wanted` is the sentence when it may not be empty."""

    def rule(text: str) -> str:
        said = clean_line(text)
        if not said and wanted:
            raise Invalid({"": wanted})
        if len(said) > longest:
            raise Invalid({"": say("Paling panjang %(most)s huruf. Sekarang %(now)s", most=longest, now=len(said))})
        return said

    return rule


def paragraphs(longest: int) -> Rule:
    """A rule for paragraphs of at most `longest` characters in all; may be empty."""

    def rule(text: str) -> str:
        said = clean_text(text)
        if len(said) > longest:
            raise Invalid({"": say("Paling panjang %(most)s huruf. Sekarang %(now)s", most=longest, now=len(said))})
        return said

    return rule


def optional_day(text: str) -> date | None:
    """A rule for a day; empty gives None."""
    return calendar_day(str(text), field="") if str(text).strip() else None


def whole_number(low: int, high: int, *, wanted: str = "") -> Rule:
    """A rule for a whole number in ASCII digits between `low` and `high`; empty gives None unless `wanted` says otherwise."""

    def rule(text: str) -> int | None:
        said = clean_line(str(text))
        if not said:
            if wanted:
                raise Invalid({"": wanted})
            return None
        if len(said) > LONGEST_NUMBER or not _WHOLE.fullmatch(said):
            raise Invalid({"": say("Tulis angka bulat saja, misalnya 24")})
        number = int(said.replace(".", ""))
        if not low <= number <= high:
            raise Invalid({"": say("Tulis angka dari %(low)s sampai %(high)s", low=low, high=high)})
        return number

    return rule
