"""Rules as form validators: a rule takes text and returns a value or raises Invalid; a form shows the sentence beside its field."""

from collections.abc import Callable
from typing import Any

from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line, clean_text, printable

Rule = Callable[[str], Any]
CHOOSE = "Pilih satu dari daftar"


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
            raise Invalid({"": f"Paling panjang {longest} huruf. Sekarang {len(said)}"})
        return said

    return rule


def paragraphs(longest: int) -> Rule:
    """A rule for paragraphs of at most `longest` characters in all; may be empty."""

    def rule(text: str) -> str:
        said = clean_text(text)
        if len(said) > longest:
            raise Invalid({"": f"Paling panjang {longest} huruf. Sekarang {len(said)}"})
        return said

    return rule


def whole_number(low: int, high: int, *, wanted: str = "") -> Rule:
    """A rule for a whole number in ASCII digits between `low` and `high`; empty gives None unless `wanted` says otherwise."""

    def rule(text: str) -> int | None:
        said = clean_line(str(text)).replace(".", "")
        if not said:
            if wanted:
                raise Invalid({"": wanted})
            return None
        if not (said.isascii() and said.isdigit() and len(said) <= 12):
            raise Invalid({"": "Tulis angka saja, misalnya 24"})
        if not low <= int(said) <= high:
            raise Invalid({"": f"Tulis angka dari {low} sampai {high}"})
        return int(said)

    return rule
