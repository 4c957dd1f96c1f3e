"""Words for a person, kept apart from the values they carry: they read Indonesian at once and can still be translated."""

from typing import Self


class Words(str):
    """A sentence in Indonesian; `id` is what translators see, `values` fill its `%(name)s` places."""

    __slots__ = ("id", "values")
    id: str
    values: dict[str, object]

    def __new__(cls, text: str, **values: object) -> Self:
        """Fill the places of `text`, and remember both."""
        words = super().__new__(cls, text % values if values else text)
        words.id, words.values = text, values
        return words


def as_words(text: str) -> Words:
    """Return `text` as words of the domain: what was marked stays as it is, anything else becomes a sentence without values."""
    return text if isinstance(text, Words) else Words(text)


def say(text: str, **values: object) -> Words:
    """Mark a sentence of the domain for translation; `web/texts.py` translates it where it is shown."""
    return Words(text, **values)
