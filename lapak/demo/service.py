"""Fills an empty instance with the demo market, through the same services that people's pages use."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lapak.accounts import service as accounts
from lapak.accounts.adapters import mobile_number
from lapak.accounts.models import Account
from lapak.accounts.rules import ROLE_NAMES, Actor, Held, Role
from lapak.catalog import queries as catalog_queries
from lapak.catalog.queries import CapacityView
from lapak.catalog.rules import Draft, Kind, Reach, Supply, Unit
from lapak.catalog.service import listings as catalog
from lapak.catalog.service import stock
from lapak.catalog.service.categories import CategoryDraft, add_category
from lapak.catalog.service.stock import Line
from lapak.catalog.service.variants import VariantDraft, set_variants
from lapak.checking.rules import Verdict
from lapak.db.session import Query
from lapak.editions.queries import desk as editions_desk
from lapak.editions.queries import public as editions_queries
from lapak.editions.rules.calendar import Plan, Who
from lapak.editions.rules.calendar import State as EditionState
from lapak.editions.rules.choosing import MOST_STALLS
from lapak.editions.rules.rubric import WEIGHTS
from lapak.editions.service import choosing, entering, judging, planning, publishing
from lapak.kernel.codes import slugify
from lapak.kernel.errors import Conflict
from lapak.kernel.money import Rupiah
from lapak.moderation import service as moderation
from lapak.moderation.rules import Trouble
from lapak.moderation.service import Decision, ReportDraft
from lapak.orders.queries import reading as order_queries
from lapak.orders.rules.tokens import token_for
from lapak.orders.service import answering, buying, placing, settings
from lapak.orders.service.placing import OrderDraft
from lapak.payments import queries as payment_queries
from lapak.payments import service as payments
from lapak.payments.service import CashDraft, TransferDraft
from lapak.photos import service as photos
from lapak.regions import queries as regions_queries
from lapak.regions import service as regions
from lapak.regions.rules import Distance, covers
from lapak.regions.service import SiteTexts
from lapak.shops import queries as shops_queries
from lapak.shops import service as shops
from lapak.shops.service import ShopDraft
from lapak.testimonials import queries as testimonial_queries
from lapak.testimonials import service as testimonials
from lapak.testimonials.rules import Feeling
from lapak.testimonials.rules import State as Standing
from lapak.testimonials.service import Decision as Judgement
from lapak.testimonials.service import Draft as Words
from lapak.visits import queries as visit_queries
from lapak.visits import service as visits
from lapak.visits.rules import Key, Seen, Source

HERE = Path(__file__).parent
USUAL_DAY = 20
"""What a shop of the demo can make in a day, unless it says otherwise."""
EXAMPLE = "Contoh: pasar peragaan belum punya penilai sungguhan."
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Person:
    """A demo person that somebody may sign in as."""

    name: str
    phone: str
    role_name: str


def market() -> dict[str, Any]:
    """Return the demo market as it is written down."""
    return tomllib.loads((HERE / "market.toml").read_text(encoding="utf-8"))


def fill(*, key: bytes, base: str, now: datetime, progress: Progress) -> bool:
    """Fill an instance that has no site yet, found at `base`; return whether anything was done.

    The sites open last, so a filling that was cut off goes on where it stopped, and a finished one is left alone.
    """
    if regions_queries.sites():
        return False
    data = market()
    for official in data["officials"]:
        _appoint(official, data["categories"], now=now - timedelta(days=30))
    products: dict[str, str] = {}
    fresh = now - timedelta(hours=3)
    for step, shop in enumerate(data["shops"], start=1):
        progress(f"Lapak {step} dari {len(data['shops'])}: {shop['name']}")
        products.update(_open_shop(shop, now=now - timedelta(days=20, minutes=-step), fresh=dict.fromkeys(data["unchecked"], fresh)))
    for edition in data["editions"]:
        _publish(edition, products, base=base, now=now - timedelta(days=edition["days_ago"]))
    for name, slug in products.items():
        if name not in data["unchecked"]:
            _approve(slug, now=now - timedelta(days=19))
    for edit in data["edits"]:
        _edit(edit, products, now=now - timedelta(hours=5))
    for number, report in enumerate(data["reports"], start=1):
        _report(report, products, by=f"demo-{number}", now=now - timedelta(hours=number))
    for number, order in enumerate(data["orders"], start=1):
        _order(order, products, once=f"demo-{number}", key=key, now=now - timedelta(hours=number))
    for desk in data["desks"]:
        _settle(desk, data["shops"], now=now)
    for choice in data["choices"]:
        rows = [VariantDraft(name, Rupiah(price), stock) for name, price, stock in choice["rows"]]
        set_variants(products[choice["product"]], rows, by=_seller_of(choice["product"]), now=now)
        _approve(products[choice["product"]], now=now)
    _look(products, data["editions"], now=now)
    for site in data["sites"]:
        _open_site(site)
    return True


def people() -> Iterator[Person]:
    """Who can be tried: a seller, and each site's curator and admin."""
    data = market()
    seller = data["shops"][0]
    yield Person(seller["name"], seller["phone"], ROLE_NAMES[Role.SELLER])
    for official in data["officials"]:
        yield Person(official["name"], official["phone"], ROLE_NAMES[Role(official["role"])])


def _open_site(site: dict[str, Any]) -> None:
    texts = SiteTexts(site["brand"], site["office"], site["tagline"], site["about"], site["hashtag"])
    regions.open_site(
        region_code=site["region_code"], slug=site["slug"], texts=texts, theme=site["theme"], timezone=site["timezone"],
        is_default=site.get("is_default", False),
    )  # fmt: skip


def _appoint(official: dict[str, str], categories: list[dict[str, Any]], *, now: datetime) -> None:
    phone, role, code = mobile_number(official["phone"]), Role(official["role"]), official["region_code"]
    with suppress(Conflict):
        accounts.appoint(phone=phone, name=official["name"], role=role, region_code=code, now=now, by=None)
    if role is Role.ADMIN:
        for one in categories:
            parent = slugify(one.get("parent", ""))
            draft = CategoryDraft(one["name"], one["icon"], parent, "\n".join(one["synonyms"]))
            with suppress(Conflict):
                add_category(draft, region_code=code, by=_actor(phone, role, code), now=now)


def _open_shop(shop: dict[str, Any], *, now: datetime, fresh: Mapping[str, datetime]) -> dict[str, str]:
    """Open a shop with its listings; those named in `fresh` came only then."""
    phone, code = mobile_number(shop["phone"]), shop["region_code"]
    accounts.register(phone, name=shop["name"], now=now)
    seller = _actor(phone, Role.SELLER, code)
    draft = ShopDraft(shop["name"], code, shop["about"], phone)
    shops.open_shop(draft, by=seller, site_code=code, now=now)
    shops.edit_shop(draft, by=seller, site_code=code, now=now)
    row = shops_queries.owned_by(seller.id)
    if row:
        stock.set_capacity(row.id, per_day=USUAL_DAY, unit=Unit.PORTIONS, per_edition=None)
    there = {card.name: card.slug for card in catalog_queries.mine(row.id)} if row else {}
    return {
        name: there.get(name) or _publish_product(product, seller=seller, now=fresh.get(name, now))
        for product in shop["products"]
        for name in [product["name"]]
    }


def _publish_product(product: dict[str, Any], *, seller: Actor, now: datetime) -> str:
    photo = photos.take_in((HERE / "photos" / f"{product['photo']}.jpg").read_bytes(), by=seller.id, alt=product["alt"], now=now)
    is_service = product.get("service", False)
    supply = Supply.SERVICE if is_service else Supply.MADE_TO_ORDER if product.get("made_to_order") else Supply.STOCK
    draft = Draft(
        product["name"], Rupiah(product["price"]), kind=Kind.SERVICE if is_service else Kind.GOODS, supply=supply,
        description=product["description"], category=product["category"], stock=product.get("stock"), unit=product.get("unit", ""),
        weight_grams=product.get("weight_grams"), shelf_life_days=product.get("shelf_life_days"), prepare_days=product.get("prepare_days"),
        reach=Reach(product.get("reach", "local")), area_served=product.get("area_served", ""),
    )  # fmt: skip
    return catalog.publish(draft, photos={photo.key: photo.alt}, by=seller, now=now)


def _approve(slug: str, *, now: datetime) -> None:
    """Approve what no edition's curators have looked at."""
    product = catalog_queries.by_slug(slug)
    if product is not None and not product.is_checked:
        review = catalog_queries.review_of(product.id)
        decision = Decision(Verdict.APPROVE, review.revision)
        region, curator = _curator(product.market_code)
        moderation.decide(slug, decision, region_code=region, by=curator, now=now)


def _edit(edit: dict[str, Any], products: dict[str, str], *, now: datetime) -> None:
    """Have a seller change a checked listing: what is said of it waits."""
    product = catalog_queries.by_slug(products[edit["product"]])
    if product is None or product.owner_id is None:
        raise LookupError(edit["product"])
    seller = _actor(product.whatsapp, Role.SELLER, product.region_code)
    draft = Draft(
        edit["name"], Rupiah(edit["price"]), kind=product.kind, supply=product.supply, description=edit["description"],
        category=product.category or "", stock=product.left, stock_seen=product.left, unit=product.unit, weight_grams=product.weight_grams,
        shelf_life_days=product.shelf_life_days, prepare_days=product.prepare_days, reach=product.reach, area_served=product.area_served,
    )  # fmt: skip
    photos = {photo.key: photo.alt for photo in catalog_queries.photos_of(product.id)}
    catalog.edit(product.slug, draft, photos=photos, by=seller, now=now)


def _report(report: dict[str, str], products: dict[str, str], *, by: str, now: datetime) -> None:
    draft = ReportDraft(Trouble(report["trouble"]), report["words"])
    moderation.report(products[report["product"]], draft, reporter=by, origin=by, now=now)


def _curator(market_code: str) -> tuple[str, Actor]:
    """The curator of the market that a place belongs to, with the region they curate."""
    official = next(one for one in market()["officials"] if one["role"] == "curator" and covers(one["region_code"], market_code))
    code = official["region_code"]
    return code, _actor(mobile_number(official["phone"]), Role.CURATOR, code)


def _publish(edition: dict[str, Any], products: dict[str, str], *, base: str, now: datetime) -> None:
    code, number = edition["region_code"], edition["number"]
    _region, curator = _curator(code)
    there = editions_queries.by_number(code, number)
    if there is not None and there.published_at is not None:
        return
    if "call" in edition:
        _hold_call(edition, products, base=base, by=curator, now=now)
        return
    if there is None:
        planning.plan(Plan(number, edition["theme"], edition["note"], now), region_code=code, by=curator, now=now)
    for name in edition["entries"]:
        entering.nominate(str(number), products[name], region_code=code, by=curator, now=now)
    view = editions_queries.by_number(code, number)
    for row in editions_desk.entries(view, editions_desk.rules_of(view)) if view else []:
        choosing.put_in(str(number), row.code, reason=EXAMPLE, region_code=code, by=curator, now=now)
        publishing.wave(str(number), row.code, reason=EXAMPLE, region_code=code, by=curator, now=now)
    publishing.publish_now(str(number), base=base, region_code=code, by=curator, now=now)


def _hold_call(edition: dict[str, Any], products: dict[str, str], *, base: str, by: Actor, now: datetime) -> None:
    """An edition as it goes with a call: sellers enter and agree to be counted, two curators judge, whoever is left waits in reserve."""
    code, number = edition["region_code"], edition["number"]
    key, who = str(number), Who(edition["call"])
    opens_at, closes_at = now - timedelta(days=6), now - timedelta(days=2)
    if editions_queries.by_number(code, number) is None:
        plan = Plan(number, edition["theme"], edition["note"], now, who=who, opens_at=opens_at, closes_at=closes_at)
        planning.plan(plan, region_code=code, by=by, now=opens_at)
    view = editions_queries.by_number(code, number)
    if view is None:
        raise LookupError(key)
    sellers = [_seller_of(name) for name in edition["entries"]]
    if view.begun_at is None:
        for name, seller in zip(edition["entries"], sellers, strict=True):
            agreed = {"is_own_work": True, "stays_in_pool": False, "shares_figures": True}
            entering.enter(view.id, products[name], **agreed, by=seller, now=opens_at + timedelta(days=1))
    if view.state is EditionState.DRAFT:
        better = {products[name] for name in edition["entries"][:MOST_STALLS]}
        for row in editions_desk.entries(view, editions_desk.rules_of(view)):
            given = dict.fromkeys(WEIGHTS, 5 if row.slug in better else 3)
            for judge in _curators(code):
                judging.give(key, row.code, given, remark="", region_code=code, by=judge, now=closes_at + timedelta(hours=1))
        choosing.compose(key, region_code=code, by=by, now=closes_at + timedelta(hours=2))
        publishing.schedule(key, base=base, region_code=code, by=by, now=closes_at + timedelta(hours=2), accepts_short=True)
    for seller in sellers:
        entering.say_ready(view.id, is_own_work=True, by=seller, now=now - timedelta(hours=6))
    publishing.publish_now(key, base=base, region_code=code, by=by, now=now)


def _seller_of(product: str) -> Actor:
    shop = next(one for one in market()["shops"] if any(there["name"] == product for there in one["products"]))
    return _actor(mobile_number(shop["phone"]), Role.SELLER, shop["region_code"])


def _settle(desk: dict[str, Any], there: list[dict[str, Any]], *, now: datetime) -> None:
    """Have a seller say how much they can bear, what sending costs, and how they are paid."""
    said = next(shop for shop in there if shop["name"] == desk["shop"])
    seller = _actor(mobile_number(said["phone"]), Role.SELLER, said["region_code"])
    shop = shops_queries.owned_by(seller.id)
    if shop is None:
        raise LookupError(desk["shop"])
    bears = CapacityView(desk.get("per_day"), Unit.PORTIONS, desk.get("per_edition"))
    settings.set_opening(shop.opening, bears, by=seller, now=now)
    settings.set_postage({Distance(far): price for far, price in desk["postage"].items()}, by=seller)
    payments.set_transfer(shop.id, TransferDraft(*desk["transfer"]), seen=payment_queries.ways(shop.id).version, by=seller, now=now)
    if "cash" in desk:
        payments.set_cash(
            shop.id, CashDraft(takes_cash=True, note=desk["cash"]), seen=payment_queries.ways(shop.id).version, by=seller, now=now
        )


def _order(order: dict[str, Any], products: dict[str, str], *, once: str, key: bytes, now: datetime) -> None:
    product = catalog_queries.by_slug(products[order["product"]])
    if product is None:
        raise LookupError(order["product"])
    now -= timedelta(days=order.get("days_ago", 0))
    token = token_for(once, key=key)
    if order_queries.by_token(token) is None:
        lines = (Line(product.id, order["quantity"]),)
        (place,) = regions_queries.places_named(order["buyer_place"])
        draft = OrderDraft(
            order["buyer_name"], place.name, order["note"], lines, buyer_region=place.code, is_warned=True, source=order["source"]
        )
        placing.place(draft, shop_id=product.shop_id, idempotency_key=once, origin=once, site_code="33", key=key, now=now)
    found, shop = order_queries.by_token(token), shops_queries.by_id(product.shop_id)
    if found is None or shop is None or not order["answer"]:
        return
    seller = _actor(shop.whatsapp, Role.SELLER, shop.region_code)
    if found.confirmed_at is None:
        answering.confirm(found.code, by=seller, now=now + timedelta(minutes=20))
    if order["answer"] == "received":
        buying.receive_goods(token, now=now + timedelta(days=2))
        if order.get("paid"):
            answering.complete(found.code, by=seller, now=now + timedelta(days=2, hours=1))
        _testimonial(order["testimonial"], token, found.id, seller=seller, now=now + timedelta(days=2, minutes=10))


def _testimonial(said: dict[str, Any], token: str, order_id: int, *, seller: Actor, now: datetime) -> None:
    testimonials.write(token, Words(Feeling(said["feeling"]), said["text"], said["name"]), now=now)
    entry = testimonial_queries.of_order(order_id)
    if entry is None or said.get("waits"):
        return
    _region, curator = _curator(seller.roles[0].region_code)
    if entry.own.state is Standing.WAITING:
        testimonials.decide(entry.id, Judgement(Standing.SHOWN, entry.own.version), by=curator, now=now + timedelta(hours=1))
    if "reply" in said and entry.reply is None:
        testimonials.reply(entry.id, said["reply"], by=seller, now=now + timedelta(hours=2))
        testimonials.decide_reply(entry.id, Judgement(Standing.SHOWN, 1), by=curator, now=now + timedelta(hours=3))


def _look(products: dict[str, str], editions: list[dict[str, Any]], *, now: datetime) -> None:
    """Have people open the listings on every day of three weeks, more of them after an edition: made up, as all of this market."""
    ids = {name: product.id for name, slug in products.items() if (product := catalog_queries.by_slug(slug))}
    first = (now - timedelta(days=20)).date()
    if visit_queries.sums(list(ids.values()), first=first, end=now.date()):
        return
    counts: dict[Key, Seen] = {}
    for name, product_id in ids.items():
        out = [edition["days_ago"] for edition in editions if name in edition["entries"][:MOST_STALLS]]
        for ago in range(20, 0, -1):
            day, usual = (now - timedelta(days=ago)).date(), 4 + product_id * (ago + 3) % 7
            counts[Key(product_id, day, Source.SHELF)] = Seen(usual, usual // 5)
            if rush := sum(max(0, 40 - 6 * (since - ago)) for since in out if since >= ago):
                counts[Key(product_id, day, Source.EDITION)] = Seen(rush, rush // 8)
    visits.record(counts)


def _curators(code: str) -> list[Actor]:
    phones = [one["phone"] for one in market()["officials"] if one["region_code"] == code and one["role"] == "curator"]
    return [_actor(mobile_number(phone), Role.CURATOR, code) for phone in phones]


def _actor(phone: str, role: Role, code: str) -> Actor:
    account_id, name = Query(select(Account.id, Account.name).where(Account.phone == phone), lambda *row: row).all()[0]
    return Actor(account_id, name, phone, 0, (Held(role, code),))
