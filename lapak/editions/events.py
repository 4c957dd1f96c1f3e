"""What editions announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EditionPublished:
    """An edition went out; its sellers want to know."""

    edition_id: int
