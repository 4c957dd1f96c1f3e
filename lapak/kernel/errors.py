"""Refusals spoken by the domain, in words for the person; `web/errors.py` alone turns them into HTTP."""

from collections.abc import Mapping

from lapak.kernel.words import Words, as_words


class DomainError(Exception):
    """A refusal with a sentence for the person; `values` fill its `%(name)s` places after translation."""

    def __init__(self, text: str, **values: object) -> None:
        self.words = Words(text, **values) if values else as_words(text)
        super().__init__(str(self.words))


class NotFound(DomainError):
    """The thing does not exist, or this person may not know that it does."""


class NotAllowed(DomainError):
    """The person may not do this here."""


class Conflict(DomainError):
    """The world moved on meanwhile: somebody was quicker, or the state does not allow the move."""


class TooMany(DomainError):
    """Too many tries in too short a time; `retry_after` is in seconds."""

    def __init__(self, text: str, *, retry_after: int, **values: object) -> None:
        super().__init__(text, **values)
        self.retry_after = retry_after


class Invalid(DomainError):
    """Input that cannot be used; `fields` maps a field's name to the sentence shown beside it, marked with `say`."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = {field: as_words(text) for field, text in fields.items()}
