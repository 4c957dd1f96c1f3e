"""Jobs of the catalog."""

from lapak.accounts.rules import Purpose
from lapak.catalog.rules import Freshness
from lapak.catalog.service import listings
from lapak.catalog.service.listings import Aged
from lapak.jobs.registry import every
from lapak.kernel import paths
from lapak.kernel.clock import utc_now
from lapak.kernel.words import say
from lapak.notices.rules import Kind
from lapak.notices.service import tell
from lapak.regions.queries import site_for
from lapak.shops import service as shops

NAMED = 3


def stop_showing(phone: str, purpose: str) -> None:
    """Take what somebody sells off the shelves, once they withdrew their consent to that, and end what a companion may do."""
    if purpose != Purpose.SHOP:
        return
    now = utc_now()
    listings.pause_all(shops.stop_keeping(phone, now=now), now=now)


@every("23")
def discard_loose_photos() -> None:
    """Discard photos that were sent and never shown, or taken off a listing."""
    listings.discard_loose_photos(now=utc_now())


@every("41")
def age_listings() -> None:
    """Ask sellers whether they still have what nobody confirmed for long; what stays unanswered steps back, then pauses."""
    now = utc_now()

    def ask(aged: Aged) -> None:
        link = paths.fill(paths.MY_PRODUCTS)
        tell(aged.phone, _news(aged), kind=Kind.PRODUCT, site_code=aged.region_code, link=link, to=aged.owner_id, now=now)

    listings.age_listings(ask, now=now)


def _news(aged: Aged) -> str:
    site = site_for(aged.region_code)
    more = len(aged.names) - NAMED
    names = ", ".join(aged.names[:NAMED]) + (say(" dan %(more)s lagi", more=more) if more > 0 else "")
    known = {"brand": site.brand if site else "Lapak", "names": names}
    if aged.step is Freshness.ASKED:
        return say("%(brand)s: masih adakah %(names)s? Buka dasbor Anda, menu Produk, lalu tekan Masih ada.", **known)
    if aged.step is Freshness.STEPPED_BACK:
        return say(
            "%(brand)s: karena belum ada kabar, %(names)s kini tampil di urutan belakang. Tekan Masih ada di dasbor, menu Produk. "
            "Tanpa kabar, 16 hari lagi dijeda.",
            **known,
        )
    return say(
        "%(brand)s: %(names)s kami jeda karena 90 hari tanpa kabar. Tekan Masih ada di dasbor, menu Produk, untuk menjual lagi.", **known
    )
