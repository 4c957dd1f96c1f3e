"""Makes what a test needs, through the services that people's pages use."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from lapak.accounts import service as accounts
from lapak.accounts.models import Account, RoleGrant
from lapak.accounts.rules import Actor, Held, Role
from lapak.catalog.models import Product
from lapak.catalog.rules import Draft, Reach
from lapak.catalog.service import categories
from lapak.catalog.service import listings as catalog
from lapak.catalog.service.categories import CategoryDraft
from lapak.catalog.service.stock import Line
from lapak.db.session import Query
from lapak.editions.queries import desk as edition_desk
from lapak.editions.queries import public as edition_queries
from lapak.editions.queries.desk import EntryRow
from lapak.editions.rules.calendar import Plan
from lapak.editions.service import choosing, entering, planning, publishing
from lapak.exchange import service as exchange
from lapak.kernel.clock import utc_now
from lapak.kernel.money import Rupiah
from lapak.orders.queries import reading as order_queries
from lapak.orders.service import answering, buying, placing
from lapak.orders.service.placing import OrderDraft
from lapak.photos import service as photos
from lapak.regions import service as regions
from lapak.regions.service import SiteTexts
from lapak.shops import queries as shop_queries
from lapak.shops import service as shops
from lapak.shops.models import Shop
from lapak.shops.service import SellerDraft, ShopDraft
from lapak.testimonials import queries as testimonial_queries
from lapak.testimonials import service as testimonials
from lapak.testimonials.rules import Feeling
from lapak.testimonials.rules import State as TestimonialState

JATENG, PARIAMAN = "33", "13.77"


def open_sites() -> None:
    """The two regions of every test; each has a category `camilan`."""
    for code, slug, brand, theme in ((JATENG, "jateng", "Lapak Jateng", "jateng"), (PARIAMAN, "pariaman", "Lapak Pariaman", "pariaman")):
        texts = SiteTexts(brand, "Pemerintah", "Langsung dari pembuatnya.", "Dikelola pemerintah.", "Lapak")
        regions.open_site(region_code=code, slug=slug, texts=texts, theme=theme, timezone="Asia/Jakarta", is_default=code == JATENG)
        nobody = Actor(0, "", "", 0, (Held(Role.ADMIN, code),))
        categories.add_category(CategoryDraft("Camilan", "cookie"), region_code=code, by=nobody, now=utc_now())


@dataclass(frozen=True)
class Cast:
    """Who plays: two sellers and two officials of Jawa Tengah, and strangers from Pariaman."""

    seller: Actor
    other_seller: Actor
    curator: Actor
    admin: Actor
    far_seller: Actor
    far_curator: Actor
    far_admin: Actor
    newcomer: Actor
    companion: Actor


def make_cast(*, now: datetime) -> Cast:
    return Cast(
        seller=make_seller("+6281227450913", "Bu Darmi", "33.15", now=now),
        other_seller=make_seller("+6281325001101", "Kopi Sindoro", "33.23", now=now),
        curator=make_official("+628112700101", "Ema", Role.CURATOR, JATENG, now=now),
        admin=make_official("+628112700102", "Bagus", Role.ADMIN, JATENG, now=now),
        far_seller=make_seller("+6281266002101", "Uni Ris", PARIAMAN, now=now),
        far_curator=make_official("+628116600101", "Yusra", Role.CURATOR, PARIAMAN, now=now),
        far_admin=make_official("+628116600102", "Fitri", Role.ADMIN, PARIAMAN, now=now),
        newcomer=make_account("+6285240002203", now=now),
        companion=make_official("+628112700103", "Sri", Role.COMPANION, JATENG, now=now),
    )


def make_account(phone: str, name: str = "", *, now: datetime) -> Actor:
    accounts.register(phone, name=name, now=now)
    return actor_of(phone)


def make_official(phone: str, name: str, role: Role, region: str, *, now: datetime) -> Actor:
    accounts.appoint(phone=phone, name=name, role=role, region_code=region, now=now, by=None)
    return actor_of(phone)


def make_seller(phone: str, name: str, place: str, *, now: datetime) -> Actor:
    person = make_account(phone, name, now=now)
    shops.open_shop(ShopDraft(name, place), by=person, site_code=place, now=now)
    return actor_of(phone)


def actor_of(phone: str) -> Actor:
    account_id, name = Query(select(Account.id, Account.name).where(Account.phone == phone), lambda *row: row).all()[0]
    held = select(RoleGrant.role, RoleGrant.region_code).where(RoleGrant.account_id == account_id, RoleGrant.ends_at.is_(None))
    return Actor(account_id, name, phone, 0, tuple(Query(held, lambda role, code: Held(Role(role), code)).all()))


KEY = b"k" * 40
"""The key of every test's app (tests/conftest.py)."""


def make_kept_shop(
    companion: Actor, phone: str, *, now: datetime, name: str = "Rengginang Bu Sum", place: str = "33.15",
) -> tuple[str, str]:  # fmt: skip
    """A shop registered at a counter for somebody; returns its slug and the secret of its claim link."""
    draft = SellerDraft("Sumiyati", phone, name, place)
    slug = shops.register(draft, by=companion, site_code=JATENG, key=KEY, once="", now=now)
    return slug, claim_token_of(slug, now=now)


def claim_token_of(slug: str, *, now: datetime) -> str:
    """The secret of a shop's good claim link."""
    shop = shop_queries.by_slug(slug)
    link = shop_queries.link_of(shop.id, now=now) if shop else None
    assert link is not None
    return link.token(KEY)


@cache
def picture(color: str = "#c96", size: tuple[int, int] = (640, 480), kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    return out.getvalue()


def make_photo(owner: Actor, *, now: datetime, alt: str = "Keripik") -> str:
    return photos.take_in(picture(), by=owner.id, alt=alt, now=now).key


def make_product(seller: Actor, *, now: datetime, photo: bool = False, **changes: Any) -> str:
    """A listing on sale, 24 in stock unless told otherwise; returns its slug."""
    draft = Draft(
        **{"name": "Keripik tempe, 150 g", "price": Rupiah(18000), "stock": 24, "unit": "bungkus", "reach": Reach.COUNTRY, **changes}
    )
    return catalog.publish(draft, photos={make_photo(seller, now=now): ""} if photo else {}, by=seller, now=now)


def make_edition(curator: Actor, slugs: list[str], *, now: datetime, number: int = 1, region: str = JATENG, publish: bool = True) -> int:
    """An edition whose listings a curator nominated and put in, ready or not; one listing to a shop."""
    planning.plan(Plan(number, "Teman ngopi sore", "Catatan kurator.", now), region_code=region, by=curator, now=now)
    for slug in slugs:
        entering.nominate(str(number), slug, region_code=region, by=curator, now=now)
    for row in edition_rows(number, region=region):
        choosing.put_in(str(number), row.code, reason=WHY, region_code=region, by=curator, now=now)
        publishing.wave(str(number), row.code, reason=WHY, region_code=region, by=curator, now=now)
    if publish:
        publishing.publish_now(str(number), base="https://lapak.example", region_code=region, by=curator, now=now)
    return number


def make_received(seller: Actor, slug: str, *, now: datetime, buyer: str = "Rina", once: str = "") -> str:
    """An order that the seller confirmed and the buyer received; returns the buyer's token."""
    key = once or f"{slug}-{buyer}-{now.isoformat()}"
    draft = OrderDraft(buyer, "Makassar", "", (Line(product_id_of(slug), 1),))
    token = placing.place(draft, shop_id=shop_id_of(seller), idempotency_key=key, origin=key, site_code=JATENG, key=KEY, now=now)
    answering.confirm(code_of(token), by=seller, now=now)
    buying.receive_goods(token, now=now)
    return token


def code_of(token: str) -> str:
    """The short code of a buyer's order."""
    order = order_queries.by_token(token)
    assert order is not None
    return order.code


def make_testimonial(
    seller: Actor, slug: str, *, now: datetime, buyer: str = "Rina", by: Actor | None = None, **said: str
) -> tuple[str, int]:
    """What a buyer wrote of a received order, shown if `by` decided so; returns the buyer's token and the testimonial's key."""
    token = make_received(seller, slug, now=now, buyer=buyer)
    draft = testimonials.Draft(Feeling(said.get("feeling", "happy")), said.get("text", "Renyah, sampai utuh."), buyer)
    testimonials.write(token, draft, now=now)
    order = order_queries.by_token(token)
    entry = testimonial_queries.of_order(order.id) if order else None
    assert entry is not None
    if by is not None:
        testimonials.decide(entry.id, testimonials.Decision(TestimonialState.SHOWN, entry.own.version), by=by, now=now)
    return token, entry.id


WHY = "Alasan yang cukup panjang untuk dibaca."


def edition_rows(number: int = 1, *, region: str = JATENG, series: str = "") -> list[EntryRow]:
    """The entries of an edition, as its curators see them."""
    edition = edition_queries.by_number(region, number, series=series)
    assert edition is not None
    return edition_desk.entries(edition, edition_desk.rules_of(edition))


def make_call(
    curator: Actor, *, now: datetime, number: int = 1, days: int = 5, region: str = JATENG, **changes: Any,
) -> int:  # fmt: skip
    """An edition whose call opens now and closes after so many days, published the day after; returns its internal number."""
    closes_at = now + timedelta(days=days)
    plan = Plan(number, "Batik untuk ke kantor", "Yang dipakai bekerja.", closes_at + timedelta(days=1), opens_at=now, closes_at=closes_at)
    planning.plan(replace(plan, **changes), region_code=region, by=curator, now=now)
    edition = edition_queries.by_number(region, number, series=changes.get("series", ""))
    assert edition is not None
    return edition.id


def make_shops(count: int, *, now: datetime, place: str = "33.15") -> list[Actor]:
    """So many sellers, each with a shop of their own."""
    return [make_seller(f"+62857{number:08d}", f"Lapak ke-{number}", place, now=now) for number in range(1, count + 1)]


def stock_of(slug: str) -> tuple[int, int, int]:
    """(on_hand, held, sold) of a listing."""
    return Query(select(Product.on_hand, Product.held, Product.sold).where(Product.slug == slug), lambda *row: row).all()[0]


def shop_id_of(seller: Actor) -> int:
    return Query(select(Shop.id).where(Shop.owner_id == seller.id), int).all()[0]


def product_id_of(slug: str) -> int:
    return Query(select(Product.id).where(Product.slug == slug), int).all()[0]


def make_run(by: Actor, *, region: str = JATENG, now: datetime, text: str = "nama,harga,kota\nKeripik tempe,18000,Kab. Grobogan\n") -> int:
    """A list that an admin sent and nobody has taken in yet."""
    return exchange.take_list("daftar.csv", BytesIO(text.encode()), region_code=region, by=by, now=now)
