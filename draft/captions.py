"""The words that go with a picture: what is posted beside it, and what a seller is called in the archive's file names."""

from datetime import date

from lapak.kernel.codes import slugify
from lapak.kernel.money import format_rupiah
from lapak.kernel.words import say


def title(series_name: str, number: int) -> str:
    """Return what an edition is called: "Edisi 47", "Edisi Musisi 3"."""
    return say("Edisi %(series)s %(number)s", series=series_name, number=number) if series_name else say("Edisi %(number)s", number=number)


def label(series_name: str, number: int, stall: int) -> str:
    """Return what stands on a seller's picture: "Edisi 47 · Lapak 5"."""
    return say("%(edition)s · Lapak %(stall)s", edition=title(series_name, number), stall=stall)


def price_text(price: int, *, is_service: bool) -> str:
    """Return a price as the pictures show it; a service's is the least it costs."""
    return say("mulai %(price)s", price=format_rupiah(price)) if is_service else format_rupiah(price)


def caption(*, edition: str, theme: str, stall: int, name: str, shop: str, place: str, price: str, link: str, hashtag: str) -> str:
    """Return the text to post with a seller's picture: what, whose, from where, for how much, where to order, and the hashtag."""
    lines = [f"{edition}: {theme}", "", say("Lapak %(stall)s: %(name)s", stall=stall, name=name), f"{shop}, {place}", price]
    lines += [say("Pesan langsung ke penjual: %(link)s", link=link)]
    return "\n".join([*lines, "", f"#{hashtag}"] if hashtag else lines)


def file_stem(stall: int, name: str) -> str:
    """Return the beginning of a seller's file names in the archive: "05-keripik-tempe"."""
    return f"{stall:02d}-{slugify(name, limit=40) or 'lapak'}"


_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


def day_text(day: date) -> str:
    """Return a date as pictures show it: 22 November 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
