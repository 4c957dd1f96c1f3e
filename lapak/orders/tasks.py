"""Jobs of orders."""

from lapak.db.outbox import post
from lapak.jobs.registry import every
from lapak.kernel.clock import utc_now
from lapak.kernel.words import say
from lapak.orders import queries, service
from lapak.regions.queries import site_of


def tell_seller(order_id: int) -> None:
    """Tell a seller that an order waits, and whoever keeps the shop for them; the buyer's own message may never be sent."""
    now = utc_now()
    found = queries.to_tell(order_id, now=now)
    if found is None:
        return
    site = site_of(found.site_code)
    known = {"brand": site.brand if site else "Lapak", "code": found.code, "shop": found.shop_name}
    if found.is_claimed:
        text = say("%(brand)s: pesanan baru %(code)s. Jawab dalam 24 jam di dasbor Anda, menu Pesanan.", **known)
    else:
        text = say(
            "%(brand)s: pesanan baru %(code)s untuk %(shop)s. Pembeli menulis ke nomor ini. Jawab dalam 24 jam lewat pendamping Anda, "
            "atau ambil dulu lapak Anda dengan lembar dari loket.",
            **known,
        )
    if found.whatsapp:
        post(found.whatsapp, text, now=now)
    if found.keeper_phone and found.keeper_phone != found.whatsapp:
        asked = say("%(brand)s: pesanan baru %(code)s untuk %(shop)s. Jawab bersama penjualnya di menu Pendampingan.", **known)
        post(found.keeper_phone, asked, now=now)


@every("*/5")
def expire_orders() -> None:
    """Free the stock of orders that nobody answered."""
    service.expire(now=utc_now())
