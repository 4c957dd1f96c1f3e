"""Jobs of editions."""

from lapak.editions import queries
from lapak.jobs.registry import task
from lapak.regions.queries import site_of
from lapak.senders.outbound import sender


@task
def tell_sellers(edition_id: int) -> None:
    """Tell the sellers of a published edition that they are in it, in time for the rush."""
    for phone, product, number, theme, region_code in queries.sellers(edition_id):
        site = site_of(region_code)
        brand = site.brand if site else "Lapak"
        sender().send(
            phone, f"{brand}: {product} tampil di Edisi {number}, {theme}. Pesanan biasanya naik dua hari pertama. Periksa persediaan Anda."
        )
