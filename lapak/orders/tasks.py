"""Jobs of orders."""

from lapak.db.outbox import post
from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now
from lapak.kernel.words import say
from lapak.orders import queries, service
from lapak.regions.queries import site_of


def tell_seller(order_id: int) -> None:
    """Tell a seller that an order waits; the buyer's own message may never be sent."""
    found = queries.to_tell(order_id)
    if found is None:
        return
    phone, code, site_code = found
    site = site_of(site_code)
    brand = site.brand if site else "Lapak"
    text = say("%(brand)s: pesanan baru %(code)s. Jawab dalam 24 jam di dasbor Anda, menu Pesanan.", brand=brand, code=code)
    post(phone, text, now=utc_now())


@every("*/5")
def expire_orders() -> None:
    """Free the stock of orders that nobody answered."""
    service.expire(now=utc_now())
