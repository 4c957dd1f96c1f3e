"""The one place where words of the domain become words in the reader's language."""

from typing import Any

from flask_babel import gettext

from lapak.kernel.errors import DomainError, Invalid
from lapak.kernel.words import Words


def translated(text: str) -> str:
    """Return `text` in the reader's language when the domain marked it with `say`; anything else stays as it is."""
    if not isinstance(text, Words):
        return text
    values = {name: translated(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return str(gettext(text.id, **values))


def explained(refusal: DomainError) -> str:
    """Return why something was refused, in the reader's language."""
    return " ".join(translated(text) for text in refusal.fields.values()) if isinstance(refusal, Invalid) else translated(refusal.words)


def show_beside(form: Any, refusal: DomainError, *, otherwise: str) -> None:
    """Show a refusal beside the field of a form that it is about; beside `otherwise` what is about none of them."""
    fields = refusal.fields if isinstance(refusal, Invalid) else {otherwise: explained(refusal)}
    for name, text in fields.items():
        form[name if name in form else otherwise].errors = [text]
