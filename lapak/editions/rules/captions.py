"""What an edition is called, and the words that go with its pictures."""

from lapak.kernel.codes import slugify
from lapak.kernel.money import format_rupiah
from lapak.kernel.words import say


def title(series_name: str, number: int) -> str:
    """Return what an edition is called: "Edisi 47", "Edisi Musisi 3"."""
    return say("Edisi %(series)s %(number)s", series=series_name, number=number) if series_name else say("Edisi %(number)s", number=number)


def label(edition: str, stall: int) -> str:
    """Return what stands on a seller's picture: "Edisi 47 · Lapak 5"."""
    return say("%(edition)s · Lapak %(stall)s", edition=edition, stall=stall)


def price_text(price: int, *, is_service: bool) -> str:
    """Return a price as the pictures show it; a service's is the least it costs."""
    return say("mulai %(price)s", price=format_rupiah(price)) if is_service else format_rupiah(price)


def caption(*, heading: str, name: str, shop: str, place: str, price: str, link: str, hashtag: str) -> str:
    """Return the text to post with a seller's picture: of which edition, what, whose, from where, for how much, where to order."""
    lines = [heading, "", name, f"{shop}, {place}", price, say("Pesan langsung ke penjual: %(link)s", link=link)]
    return "\n".join([*lines, "", f"#{hashtag.removeprefix('#')}"] if hashtag else lines)


def folder_name(stall: int, name: str) -> str:
    """Return what a seller's folder in the archive is called: "05-keripik-tempe"."""
    return f"{stall:02d}-{slugify(name, limit=40) or 'lapak'}"
