"""Jobs of testimonials."""

from lapak.db.outbox import post
from lapak.kernel.clock import utc_now
from lapak.kernel.words import say
from lapak.regions.queries import site_for
from lapak.testimonials import queries


def tell_seller(testimonial_id: int) -> None:
    """Tell a seller that a buyer's words are shown, and that they may answer."""
    found = queries.seller_of(testimonial_id)
    if found is None or not found[0]:
        return
    phone, code = found
    site = site_for(code)
    text = say(
        "%(brand)s: ada testimoni baru tentang lapak Anda. Baca dan balas di dasbor, menu Testimoni.", brand=site.brand if site else "Lapak"
    )
    post(phone, text, now=utc_now())
