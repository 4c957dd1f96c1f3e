"""What editions announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallOpened:
    """A call for entries is open; sellers who allowed it want to know."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class SellerPutForward:
    """A listing is among an edition's entries by no doing of its seller's today; they want to know, and may say no."""

    entry_id: int


@dataclass(frozen=True, slots=True)
class EditionPublished:
    """An edition went out; its sellers want to know, and so do those who were not chosen."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class EditionCancelled:
    """An edition will not go out; whoever entered it wants to know."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class StallRemoved:
    """A listing was taken out of a published edition; its seller wants to know why."""

    entry_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class PublicationHeldUp:
    """An edition's moment came and nobody was ready; whoever answers for it has to know."""

    edition_id: int
