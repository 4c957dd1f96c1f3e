"""Making an order: stock, capacity and the order itself in one transaction, the same one however often it is sent.

What is read before the transaction may be old by a moment: prices, units, days and editions are asked for again by the statements that
take them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import insert

from lapak.catalog.queries import CapacityView
from lapak.catalog.rules import NOT_OPEN, Supply
from lapak.catalog.service import stock
from lapak.catalog.service.stock import Full, Line
from lapak.db.outbox import announce
from lapak.db.session import Command, insertion, transaction
from lapak.editions.queries import public as editions
from lapak.kernel.codes import hash_token, short_code
from lapak.kernel.errors import Conflict, TooMany
from lapak.kernel.money import Rupiah, format_rupiah
from lapak.kernel.words import say
from lapak.orders.events import OrderPlaced
from lapak.orders.models import Order, OrderEvent, OrderLine, OrderSlot
from lapak.orders.queries import placing as facts
from lapak.orders.queries import reading
from lapak.orders.queries.placing import Ground, Offered
from lapak.orders.rules.holding import EDITION_SLOT, HORIZON, WARN_AFTER, edition_slot, slot_of
from lapak.orders.rules.items import Snapshot
from lapak.orders.rules.reaching import Travel, freshness, goes
from lapak.orders.rules.states import Deed, Delivery, State, Who
from lapak.orders.rules.tokens import PLACED_BY_ORIGIN, WAITING_BY_ORIGIN, shared_token, token_for
from lapak.regions.rules import distance

_ORDER_COLUMNS = [column.key for column in Order.__table__.columns if column.key != "id"]
_INSERT_ORDER = Command(lambda: insertion(Order).on_conflict_do_nothing().returning(Order.id), *_ORDER_COLUMNS)
_INSERT_LINE = Command(lambda: insert(OrderLine).inline(), *OrderLine.__table__.columns.keys())
_INSERT_EVENT = Command(lambda: insert(OrderEvent).inline(), "order_id", "at", "deed", "who", "note")
_INSERT_SLOT = Command(lambda: insert(OrderSlot).inline(), "order_id", "name", "quantity")
_EMPTY = dict.fromkeys(_ORDER_COLUMNS)
MOST_CODES = 20
EDITION_LASTS = timedelta(days=7)
"""For how long a shop's limit for an edition counts its orders."""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What a buyer says: who, where to, and how many of what (all from one shop).

    `buyer_region` is the code of the kabupaten or kota the goods go to, None where that is not known; `ready_on` the day it is wanted for,
    None for the next that is free; `source` how the buyer came to the listing; `is_warned` that they order in spite of what they were
    warned of; `postage_seen` what the page said sending costs (`queries.placing.price_list`), None when it said nothing of it.
    """

    buyer_name: str
    buyer_place: str
    note: str
    lines: tuple[Line, ...]
    buyer_phone: str | None = None
    buyer_region: str | None = None
    address: str = ""
    delivery: Delivery = Delivery.SENT
    ready_on: date | None = None
    source: str = "direct"
    is_warned: bool = False
    postage_seen: str | None = None


class Warned(Conflict):
    """Something the buyer should know before they order all the same."""


class Unknown(Warned):
    """Nobody knows how far the goods would have to go."""


class Spoiled(Conflict):
    """The goods would not live through the journey."""


class Bulk(Conflict):
    """More than a shop can make in a day: a question to its seller, and no order yet."""


def place(draft: OrderDraft, *, shop_id: int, idempotency_key: str, origin: str, site_code: str, key: bytes, now: datetime) -> str:
    """Make an order and hold its stock and capacity, in one transaction; return the buyer's own token (`rules.tokens.token_for`).

    Sent twice with the same key it is the same order. Raise `stock.Short` when units do not suffice, `stock.Full` when the day is full,
    Bulk for more than any day can bear, Warned for what the buyer should know first, Conflict when the shop is closed, a price changed,
    or the goods would spoil on their way, TooMany
    for an origin that orders faster than people do.
    """
    token = token_for(idempotency_key, key=key)
    token_hash = hash_token(shared_token(token))
    if _is_there(token_hash):
        return token
    # Everything that can be known before is read before: whoever writes, the others wait.
    _check_pace(origin, now=now)
    ground = facts.ground(shop_id, site_code=site_code)
    if ground is None or not ground.takes_orders:
        raise Conflict(NOT_OPEN)
    today = ground.today(now)
    if words := ground.opening.why_not(today, ground.shop_name):
        raise Conflict(words)
    offered = facts.offered(draft.lines, shop_id=shop_id)
    _check_prices(draft.lines, offered)
    ready_on, slots = _ready(draft, offered, ground, shop_id=shop_id, today=today)
    _check_journey(draft, offered, ground, sent_on=ready_on or today)
    chosen = [line.product_id for line in draft.lines if offered[line.product_id, line.variant_id].is_curated]
    running = editions.running(chosen, since=now - EDITION_LASTS) if chosen else []
    slots |= {edition_slot(edition_id): 1 for edition_id, _ in running}
    is_edition_day = any(ground.day_of(published_at) == today for _, published_at in running)
    hold = ground.settings.hold(is_edition_day=is_edition_day)
    order = {
        "token_hash": token_hash, "shop_id": shop_id, "site_code": site_code, "state": State.PLACED, "origin": origin,
        "buyer_name": draft.buyer_name, "buyer_place": draft.buyer_place, "buyer_region": draft.buyer_region, "address": draft.address,
        "buyer_phone": draft.buyer_phone, "note": draft.note, "delivery": draft.delivery, "source": draft.source, "ready_on": ready_on,
        "goods_total": _goods_total(draft.lines, offered), "postage": _postage(draft, ground, shop_id=shop_id), "pays_by": "",
        "courier": "", "tracking": "", "decline_note": "", "placed_at": now, "hold_until": ground.hours.after(now, hold),
        "warn_at": ground.hours.after(now, hold * WARN_AFTER),
    }  # fmt: skip
    lines = [_line(position, line, offered[line.product_id, line.variant_id]) for position, line in enumerate(draft.lines, start=1)]
    held = [_as_seen(line, offered[line.product_id, line.variant_id]) for line in draft.lines]
    with transaction():
        order_id = _insert(order)
        if order_id is not None:  # otherwise the same form came at this very moment, and is that order
            _INSERT_LINE.run_many([{"order_id": order_id, **line} for line in lines])
            _INSERT_EVENT.run(order_id=order_id, at=now, deed=Deed.PLACED, who=Who.BUYER, note="")
            if slots:
                _INSERT_SLOT.run_many([{"order_id": order_id, "name": name, "quantity": taken} for name, taken in slots.items()])
            announce(OrderPlaced(order_id), now=now)
            stock.hold(held, shop_id=shop_id)
            _take(slots, ground.capacity, shop_id=shop_id)
    return token


def _as_seen(line: Line, offer: Offered) -> Line:
    return replace(line, price_seen=offer.price, is_counted=offer.supply is Supply.STOCK)


def _is_there(token_hash: str) -> bool:
    """Whether the same form made an order already; raise Conflict when that is over."""
    state = reading.state_of(token_hash)
    if state in {State.CANCELLED, State.EXPIRED, State.DECLINED, State.REFUNDED}:
        raise Conflict("Pesanan yang sama sudah berakhir. Muat ulang halaman ini untuk memesan lagi.")
    return state is not None


def _insert(order: dict[str, object]) -> int | None:
    """Write an order down under a fresh code; return its key, None when its form has one already."""
    for _ in range(MOST_CODES):
        found = _INSERT_ORDER.run(**{**_EMPTY, **order, "code": short_code()}).first()
        if found is not None:
            return int(found[0])
        if reading.state_of(str(order["token_hash"])) is not None:
            return None
    raise RuntimeError("no free code")


def _line(position: int, line: Line, offer: Offered) -> dict[str, object]:
    return {
        "position": position, "product_id": line.product_id, "variant_id": line.variant_id, "name": offer.name, "variant": offer.variant,
        "unit": offer.unit, "price": offer.price, "quantity": line.quantity, "is_held": offer.supply is Supply.STOCK,
        "snapshot": _snapshot(offer).as_text(),
    }  # fmt: skip


def _snapshot(offer: Offered) -> Snapshot:
    return Snapshot(
        offer.slug, offer.description, offer.category, offer.supply, offer.weight_grams, offer.shelf_life_days,
        offer.produced_on.isoformat() if offer.produced_on else "", offer.version, offer.photo, offer.photo_alt,
    )  # fmt: skip


def _goods_total(lines: Sequence[Line], offered: Mapping[tuple[int, int | None], Offered]) -> Rupiah:
    return Rupiah(sum(offered[line.product_id, line.variant_id].price * line.quantity for line in lines))


def _check_prices(lines: Sequence[Line], offered: Mapping[tuple[int, int | None], Offered]) -> None:
    """Refuse what is not on sale, what has to be chosen first, and a price that the buyer did not see."""
    for line in lines:
        offer = offered.get((line.product_id, line.variant_id))
        if offer is None:
            raise Conflict("Produk ini sedang tidak dijual.")
        if offer.has_variants and line.variant_id is None:
            raise Conflict("Pilih dulu ukuran atau rasa untuk %(name)s. Pesanan belum dibuat.", name=offer.name)
        if line.price_seen is not None and line.price_seen != offer.price:
            raise Conflict(
                "Harga %(name)s berubah menjadi %(price)s. Periksa, lalu pesan lagi.",
                name=offer.full_name,
                price=format_rupiah(offer.price),
            )


def _ready(
    draft: OrderDraft, offered: Mapping[tuple[int, int | None], Offered], ground: Ground, *, shop_id: int, today: date
) -> tuple[date | None, dict[str, int]]:
    """The day on which what has to be made is ready, and what it takes of the shop's capacity; neither for what lies ready."""
    load = facts.load(draft.lines, offered, ground, today=today)
    if load is None:
        return None, {}
    if ground.capacity.per_day is not None and load.quantity > ground.capacity.per_day:
        raise Bulk(
            "Sehari %(shop)s sanggup membuat %(most)s. Pesanan belum dibuat. Kurangi jumlahnya, atau tanyakan dulu lewat WhatsApp.",
            shop=ground.shop_name, most=ground.capacity.per_day,
        )  # fmt: skip
    day = draft.ready_on or next(iter(facts.free(load, ground, shop_id=shop_id)), None)
    if day is None:
        raise Conflict(
            "%(shop)s penuh sampai %(days)s hari ke depan. Pesanan belum dibuat. Coba lagi besok.", shop=ground.shop_name, days=HORIZON
        )
    if not load.first <= day < load.first + timedelta(days=HORIZON) or ground.opening.is_closed(day):
        raise Full(slot_of(day))
    return day, {slot_of(day): load.quantity}


def _take(slots: Mapping[str, int], capacity: CapacityView, *, shop_id: int) -> None:
    limits = {name: capacity.per_edition if name.startswith(EDITION_SLOT) else capacity.per_day for name in slots}
    try:
        stock.take(slots, limits, shop_id=shop_id)
    except Full as full:
        if full.slot.startswith(EDITION_SLOT):
            raise Conflict(
                "Penjual hanya sanggup melayani %(most)s pesanan dari edisi ini, dan semuanya sudah terisi. Produknya dapat dipesan lagi "
                "setelah pekan edisi selesai.", most=capacity.per_edition,
            ) from full  # fmt: skip
        raise


def _check_journey(draft: OrderDraft, offered: Mapping[tuple[int, int | None], Offered], ground: Ground, *, sent_on: date) -> None:
    """Refuse a destination beyond what the seller sends to, and goods that would spoil on their way (orders.md, 6)."""
    if draft.delivery is not Delivery.SENT:
        return
    if draft.buyer_region is None:
        if draft.buyer_place and any(offer.shelf_life_days for offer in offered.values()) and not draft.is_warned:
            raise Unknown("Kami tidak mengenal tempat itu, jadi belum tahu apakah barangnya tahan sampai di sana. Tulis kota atau "
                          "kabupatennya, misalnya Makassar atau Kab. Gowa.")  # fmt: skip
        return
    far = distance(ground.region_code, draft.buyer_region)
    days = ground.settings.courier_days(far)
    for line in draft.lines:
        offer = offered[line.product_id, line.variant_id]
        if offer.supply is Supply.SERVICE:
            continue
        if not draft.is_warned and not goes(offer.reach, far):
            raise Warned(
                "%(name)s biasanya tidak dikirim sejauh itu (jangkauan: %(reach)s). Penjual akan menjawab bisa atau tidak.",
                name=offer.name, reach=offer.reach_text,
            )  # fmt: skip
        fresh = freshness(
            offer.shelf_life_days, offer.produced_on, sent_on=sent_on, courier_days=days, margin_days=ground.settings.margin(far)
        )
        if fresh is not None and fresh.travel is Travel.TIGHT and not draft.is_warned:
            raise Warned(
                "%(name)s mungkin tidak segar lagi saat sampai: sisa masa simpannya %(left)s hari, perjalanannya sekitar %(days)s hari.",
                name=offer.name, left=fresh.days_left, days=fresh.days_under_way,
            )  # fmt: skip
        if fresh is not None and fresh.travel is Travel.SPOILED:
            raise Spoiled(
                "%(name)s tidak tahan sampai di tujuan: sisa masa simpannya %(left)s hari, perjalanannya sekitar %(days)s hari. Pilih "
                "ambil di tempat atau tujuan yang lebih dekat.", name=offer.name, left=max(fresh.days_left, 0), days=fresh.days_under_way,
            )  # fmt: skip


def _postage(draft: OrderDraft, ground: Ground, *, shop_id: int) -> Rupiah | None:
    """What sending costs, where that is known already."""
    if draft.delivery is not Delivery.SENT:
        return Rupiah(0)
    prices = facts.postages(shop_id)
    if draft.postage_seen is not None and draft.postage_seen != facts.price_list(prices):
        raise Conflict("Ongkos kirim lapak ini baru saja berubah. Pesanan belum dibuat. Periksa, lalu pesan lagi.")
    if draft.buyer_region is None:
        return None
    price = prices.get(distance(ground.region_code, draft.buyer_region))
    return None if price is None else Rupiah(price)


def _check_pace(origin: str, *, now: datetime) -> None:
    window, limit = PLACED_BY_ORIGIN
    minutes = int(window.total_seconds()) // 60
    recent, waiting = reading.pace_of(origin, since=now - window)
    if recent >= limit:
        raise TooMany(
            "Terlalu banyak pesanan sekaligus dari jaringan ini. Pesanan Anda belum dibuat. Coba lagi %(minutes)s menit lagi.",
            retry_after=minutes * 60, minutes=minutes,
        )  # fmt: skip
    if waiting >= WAITING_BY_ORIGIN:
        raise TooMany(
            say(
                "Terlalu banyak pesanan dari jaringan ini masih menunggu jawaban. Pesanan Anda belum dibuat. Coba dari jaringan lain, "
                "atau lagi besok."
            ), retry_after=24 * 3600,
        )  # fmt: skip
