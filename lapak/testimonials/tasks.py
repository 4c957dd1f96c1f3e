"""Jobs of testimonials."""

from lapak.kernel import paths
from lapak.kernel.clock import utc_now
from lapak.kernel.words import say
from lapak.notices.rules import Kind
from lapak.notices.service import tell
from lapak.regions.queries import site_for
from lapak.testimonials import queries


def tell_seller(testimonial_id: int) -> None:
    """Tell a seller that a buyer's words are shown, and that they may answer."""
    found = queries.seller_of(testimonial_id)
    if found is None:
        return
    phone, code, owner_id = found
    site = site_for(code)
    text = say(
        "%(brand)s: ada testimoni baru tentang lapak Anda. Baca dan balas di dasbor, menu Testimoni.", brand=site.brand if site else "Lapak"
    )
    tell(phone, text, kind=Kind.TESTIMONIAL, site_code=code, link=paths.fill(paths.MY_TESTIMONIALS), to=owner_id, now=utc_now())
