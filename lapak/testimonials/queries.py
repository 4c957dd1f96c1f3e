"""Reads about testimonials."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased

from lapak.accounts.models import Account
from lapak.db.session import AnySelect, Query
from lapak.kernel.paging import Page
from lapak.orders.models import OrderLine
from lapak.regions.rules import within
from lapak.shops.models import Shop
from lapak.testimonials.models import Reply, Testimonial
from lapak.testimonials.rules import REFUSAL_TEXTS, Feeling, Refusal, State

NEWEST = 3
PAGE = 20
LAST = 2**62


@dataclass(frozen=True, slots=True)
class Words:
    """Somebody's words as a moderator decides on them; `decider` is who did so last, empty while nobody has."""

    version: int
    state: State
    text: str
    written_at: datetime
    refusal: Refusal | None
    refusal_note: str
    decided_at: datetime | None
    decider: str

    @property
    def refusal_text(self) -> str:
        """Why they were refused, in words; empty otherwise."""
        return "" if self.refusal is None else self.refusal_note or REFUSAL_TEXTS[self.refusal]


@dataclass(frozen=True, slots=True)
class Entry:
    """A testimonial as its writer, its seller and moderators see it: what was bought where, and the seller's reply if there is one."""

    id: int
    feeling: Feeling
    name: str
    shop_name: str
    shop_slug: str
    market_code: str
    product: str
    own: Words
    reply: Words | None


@dataclass(frozen=True, slots=True)
class Said:
    """A testimonial as everybody reads it; `reply` is empty unless it is shown too."""

    id: int
    feeling: Feeling
    text: str
    name: str
    written_at: datetime
    product: str
    reply: str


_PRODUCT = (
    select(OrderLine.name)
    .where(OrderLine.order_id == Testimonial.order_id)
    .order_by(OrderLine.product_id)
    .limit(1)
    .correlate(Testimonial)
    .scalar_subquery()
)
_DECIDER, _REPLY_DECIDER = aliased(Account), aliased(Account)


def _words(table: type[Testimonial | Reply], decider: type[Account]) -> tuple[Any, ...]:
    return (
        table.version, table.state, table.text, table.written_at, table.refusal, table.refusal_note, table.decided_at, decider.name,
    )  # fmt: skip


def _to_words(version: int, state: str, text: str, written_at: datetime, refusal: str | None, *rest: Any) -> Words:
    note, decided_at, decider = rest
    return Words(version, State(state), text, written_at, None if refusal is None else Refusal(refusal), note, decided_at, decider or "")


def _to_entry(*row: Any) -> Entry:
    id_, feeling, name, shop_name, shop_slug, market_code, product = row[:7]
    own, reply = row[7:15], row[15:]
    said = _to_words(*own), None if reply[0] is None else _to_words(*reply)
    return Entry(id_, Feeling(feeling), name, shop_name, shop_slug, market_code, product, *said)


_ENTRY = (
    select(
        Testimonial.id, Testimonial.feeling, Testimonial.name, Shop.name, Shop.slug, Shop.market_code, _PRODUCT,
        *_words(Testimonial, _DECIDER), *_words(Reply, _REPLY_DECIDER),
    )
    .join(Shop, Shop.id == Testimonial.shop_id)
    .outerjoin(Reply, Reply.testimonial_id == Testimonial.id)
    .outerjoin(_DECIDER, _DECIDER.id == Testimonial.decided_by)
    .outerjoin(_REPLY_DECIDER, _REPLY_DECIDER.id == Reply.decided_by)
)  # fmt: skip
_IN_REGION = and_(Shop.market_code >= bindparam("low"), Shop.market_code < bindparam("high"))
_BY_ID = Query(_ENTRY.where(Testimonial.id == bindparam("testimonial_id")), _to_entry)
_OF_ORDER = Query(_ENTRY.where(Testimonial.order_id == bindparam("order_id")), _to_entry)
_WAITING = Query(
    _ENTRY.where(Testimonial.state == State.WAITING, _IN_REGION).order_by(Testimonial.id).limit(PAGE), _to_entry
)  # fmt: skip
_REPLIES_WAITING = Query(
    _ENTRY.where(Reply.state == State.WAITING, Testimonial.state == State.SHOWN, _IN_REGION).order_by(Reply.testimonial_id).limit(PAGE),
    _to_entry,
)
_DECIDED = Query(
    _ENTRY.where(Testimonial.state == bindparam("state"), _IN_REGION, Testimonial.id < bindparam("before"))
    .order_by(Testimonial.id.desc())
    .limit(PAGE + 1),
    _to_entry,
)
_TO_SELLER = Query(
    _ENTRY.where(Testimonial.shop_id == bindparam("shop_id"), Testimonial.state == State.SHOWN, Testimonial.id < bindparam("before"))
    .order_by(Testimonial.id.desc())
    .limit(PAGE + 1),
    _to_entry,
)
_SAID: AnySelect = (
    select(
        Testimonial.id, Testimonial.feeling, Testimonial.text, Testimonial.name, Testimonial.written_at, _PRODUCT,
        func.coalesce(Reply.text, ""),
    )
    .outerjoin(Reply, and_(Reply.testimonial_id == Testimonial.id, Reply.state == State.SHOWN))
    .where(Testimonial.shop_id == bindparam("shop_id"), Testimonial.state == State.SHOWN)
    .order_by(Testimonial.id.desc())
)  # fmt: skip


def _to_said(id_: int, feeling: str, *rest: Any) -> Said:
    return Said(id_, Feeling(feeling), *rest)


_NEWEST = Query(_SAID.limit(NEWEST), _to_said)
_OF_SHOP = Query(_SAID.where(Testimonial.id < bindparam("before")).limit(PAGE + 1), _to_said)
_ABOUT = Query(
    _SAID.join(OrderLine, OrderLine.order_id == Testimonial.order_id).where(OrderLine.product_id == bindparam("product_id")).limit(NEWEST),
    _to_said,
)
_TALLY = Query(
    select(Testimonial.feeling, func.count())
    .where(Testimonial.shop_id == bindparam("shop_id"), Testimonial.state == State.SHOWN)
    .group_by(Testimonial.feeling)
    .limit(len(Feeling)),
    lambda feeling, count: (Feeling(feeling), count),
)
_TOLD = Query(
    select(Shop.whatsapp, Shop.market_code, Shop.owner_id)
    .join(Testimonial, Testimonial.shop_id == Shop.id)
    .where(Testimonial.id == bindparam("testimonial_id"), Testimonial.state == State.SHOWN, Shop.owner_id.is_not(None)),
    lambda *row: row,
)


def by_id(testimonial_id: int) -> Entry | None:
    """A testimonial, wherever it stands."""
    return _BY_ID.first(testimonial_id=testimonial_id)


def of_order(order_id: int) -> Entry | None:
    """What the buyer of an order wrote, wherever it stands."""
    return _OF_ORDER.first(order_id=order_id)


def newest(shop_id: int) -> list[Said]:
    """The newest three about a shop."""
    return _NEWEST.all(shop_id=shop_id)


def about(product_id: int, *, shop_id: int) -> list[Said]:
    """The newest three from buyers of one listing of a shop."""
    return _ABOUT.all(product_id=product_id, shop_id=shop_id)


def tally(shop_id: int) -> dict[Feeling, int]:
    """How many say what about a shop, every word named."""
    return {**dict.fromkeys(Feeling, 0), **dict(_TALLY.all(shop_id=shop_id))}


def of_shop(shop_id: int, *, before: int | None) -> Page[Said]:
    """A page of all about a shop, newest first."""
    return _page(_OF_SHOP.all(shop_id=shop_id, before=before or LAST))


def to_seller(shop_id: int, *, before: int | None) -> Page[Entry]:
    """A page of what is shown about a shop, for its seller, who may answer."""
    return _page(_TO_SELLER.all(shop_id=shop_id, before=before or LAST))


def waiting(region_code: str) -> list[Entry]:
    """What waits for a moderator of a region, those who waited longest first: testimonials, then sellers' replies."""
    low, high = within(region_code)
    return _WAITING.all(low=low, high=high) + _REPLIES_WAITING.all(low=low, high=high)


def decided(region_code: str, state: State, *, before: int | None) -> Page[Entry]:
    """A page of a region's testimonials that are shown, or refused, newest first."""
    low, high = within(region_code)
    return _page(_DECIDED.all(low=low, high=high, state=state, before=before or LAST))


def seller_of(testimonial_id: int) -> tuple[str, str, int] | None:
    """Whom to tell that a testimonial is shown: the shop's number, its market's region, its owner; None when nobody owns the shop."""
    return _TOLD.first(testimonial_id=testimonial_id)


def _page(rows: list[Any]) -> Page[Any]:
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)
