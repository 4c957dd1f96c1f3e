"""Money is whole rupiah in an int.

Prices are read by our own strict reader: lokal-id 0.7.2's `parse_rupiah` takes "18 000" for 18, "-5" for 5 and "1.5.0" for
150, and a price read wrongly is sold at.
"""

import re
from typing import NewType

from lapak.kernel.errors import Invalid
from lapak.kernel.words import say

Rupiah = NewType("Rupiah", int)

MAX_PRICE = Rupiah(1_000_000_000)
_DIGITS = re.compile(r"[0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]+")
_THOUSANDS = re.compile(r"([0-9]{1,4}(?:,[0-9]{1,3})?) ?(?:rb|ribu|k)")


def parse_rupiah(text: str, *, field: str) -> Rupiah:
    """Read a price as sellers type it ("18000", "Rp18.000", "18 rb"); raise Invalid for anything else or outside 1 … 1 billion."""
    said = " ".join(text.lower().removeprefix("rp").removeprefix(".").split()).removesuffix(",-").removesuffix(",00").strip()
    if len(said) <= 20 and _DIGITS.fullmatch(said):
        amount = int(said.replace(".", "").replace(" ", ""))
    elif match := _THOUSANDS.fullmatch(said):
        whole, _, part = match.group(1).partition(",")
        amount = int(whole) * 1000 + int(part.ljust(3, "0") or 0)
    else:
        raise Invalid({field: say("Tulis angka saja, misalnya 18000")})
    if not 1 <= amount <= MAX_PRICE:
        raise Invalid({field: say("Harga paling sedikit Rp1 dan paling banyak Rp1.000.000.000")})
    return Rupiah(amount)


def format_rupiah(amount: int) -> str:
    """Write an amount the Indonesian way: 18000 -> "Rp18.000"."""
    return "Rp" + format_count(amount)


def format_count(count: int) -> str:
    """Write a count with Indonesian thousands: 2932 -> "2.932"."""
    return f"{count:,}".replace(",", ".")
