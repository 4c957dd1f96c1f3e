"""Jobs of editions."""

from lapak.db.outbox import post
from lapak.editions import queries
from lapak.kernel.clock import utc_now
from lapak.kernel.words import say
from lapak.regions.queries import site_of


def tell_sellers(edition_id: int) -> None:
    """Tell the sellers of a published edition that they are in it, in time for the rush."""
    now = utc_now()
    for phone, product, number, theme, region_code in queries.sellers(edition_id):
        site = site_of(region_code)
        text = say(
            "%(brand)s: %(product)s tampil di Edisi %(number)s, %(theme)s. Pesanan biasanya naik dua hari pertama. "
            "Periksa persediaan Anda.",
            brand=site.brand if site else "Lapak", product=product, number=number, theme=theme,
        )  # fmt: skip
        post(phone, text, now=now)
