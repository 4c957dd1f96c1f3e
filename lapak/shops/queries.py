"""Reads about shops."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select

from lapak.accounts.models import Account
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.kernel.codes import hash_token
from lapak.regions.models import Region
from lapak.regions.rules import short_name
from lapak.shops.models import Shop, ShopClaim
from lapak.shops.rules import Opening, Origin, claim_token


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A shop as its pages and its owner see it."""

    id: int
    slug: str
    name: str
    region_code: str
    market_code: str
    place_name: str
    owner_id: int | None
    keeper_id: int | None
    keeper_until: datetime | None
    origin: Origin
    about: str
    whatsapp: str
    joined_at: datetime
    opening: Opening

    @property
    def is_outside(self) -> bool:
        """Whether its seller is beyond the region whose market shows it."""
        return self.market_code != self.region_code


def _row(
    id_: int, slug: str, name: str, code: str, market: str, place: str, owner_id: int | None, keeper_id: int | None,
    keeper_until: datetime | None, origin: str, about: str, whatsapp: str, joined_at: datetime, *opening: Any,
) -> ShopRow:  # fmt: skip
    return ShopRow(
        id_, slug, name, code, market, short_name(place), owner_id, keeper_id, keeper_until, Origin(origin), about, whatsapp, joined_at,
        Opening(*opening),
    )  # fmt: skip


OPENING_COLUMNS = (Shop.closed_from, Shop.closed_until, Shop.is_busy, Shop.answers_from, Shop.answers_until)
"""The columns of an `Opening`, for any room that asks whether a shop takes orders."""


_SHOP = select(
    Shop.id,
    Shop.slug,
    Shop.name,
    Shop.region_code,
    Shop.market_code,
    Region.name,
    Shop.owner_id,
    Shop.keeper_id,
    Shop.keeper_until,
    Shop.origin,
    Shop.about,
    Shop.whatsapp,
    Shop.created_at,
    *OPENING_COLUMNS,
).join(Region, Region.code == Shop.region_code)
_BY_SLUG = Query(_SHOP.where(Shop.slug == bindparam("slug")), _row)
_BY_OWNER = Query(_SHOP.where(Shop.owner_id == bindparam("owner_id")), _row)
_BY_ID = Query(_SHOP.where(Shop.id == bindparam("shop_id")), _row)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A claim link that is good, as those see it who may hand it over; its secret is derived, not stored."""

    id: int
    shop_id: int
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None

    def token(self, key: bytes) -> str:
        """The link's secret."""
        return claim_token(self.id, self.shop_id, self.created_at, key=key)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """What a claim link offers: a shop without owner, the number it was made for (may be empty), and who keeps it."""

    shop_id: int
    slug: str
    name: str
    market_code: str
    place_name: str
    whatsapp: str
    keeper_name: str


_NOW = bindparam("now", type_=UtcDateTime)
_GOOD = (ShopClaim.used_at.is_(None), ShopClaim.expires_at > _NOW)
_LINK = Query(
    select(ShopClaim.id, ShopClaim.shop_id, ShopClaim.created_at, ShopClaim.expires_at, ShopClaim.sent_at)
    .where(ShopClaim.shop_id == bindparam("shop_id"), *_GOOD)
    .order_by(ShopClaim.id.desc())
    .limit(1),
    LinkRow,
)
_OFFER = Query(
    select(Shop.id, Shop.slug, Shop.name, Shop.market_code, Region.name, Shop.whatsapp, Account.name)
    .join(ShopClaim, ShopClaim.shop_id == Shop.id)
    .join(Region, Region.code == Shop.region_code)
    .join(Account, Account.id == Shop.keeper_id)
    .where(ShopClaim.token_hash == bindparam("token_hash"), Shop.owner_id.is_(None), *_GOOD),
    lambda id_, slug, name, code, place, *rest: OfferRow(id_, slug, name, code, short_name(place), *rest),
)
_CLAIMED_BY = Query(
    select(Shop.owner_id)
    .join(ShopClaim, ShopClaim.shop_id == Shop.id)
    .where(ShopClaim.token_hash == bindparam("token_hash"), ShopClaim.used_at.is_not(None)),
    int,
)
_SELLER_NAME = Query(select(Shop.seller_name).where(Shop.id == bindparam("shop_id")), lambda name: name or "")
_OWNED_WITH = exists().where(Account.id == Shop.owner_id, Account.phone == bindparam("phone"))
_NUMBER_USED = Query(
    select(Shop.id).where(Shop.id != bindparam("but"), or_(Shop.whatsapp == bindparam("phone"), _OWNED_WITH)).limit(1), int
)
_OF_NUMBER = Query(
    select(Shop.id).where(or_(_OWNED_WITH, and_(Shop.owner_id.is_(None), Shop.whatsapp == bindparam("phone")))).limit(50), int
)
_LAST_PLACE = Query(select(Shop.region_code).where(Shop.keeper_id == bindparam("keeper_id")).order_by(Shop.id.desc()).limit(1), str)


def by_slug(slug: str) -> ShopRow | None:
    """A shop by its public name."""
    return _BY_SLUG.first(slug=slug)


def owned_by(account_id: int) -> ShopRow | None:
    """The shop a person runs, if they run one."""
    return _BY_OWNER.first(owner_id=account_id)


def by_id(shop_id: int) -> ShopRow | None:
    """A shop by its inner key."""
    return _BY_ID.first(shop_id=shop_id)


def link_of(shop_id: int, *, now: datetime) -> LinkRow | None:
    """The claim link of a shop that is good now; None when it was used, expired, replaced or never made."""
    return _LINK.first(shop_id=shop_id, now=now)


def offer(token: str, *, now: datetime) -> OfferRow | None:
    """What a claim link offers; None alike for an unknown, used, replaced or expired one."""
    return _OFFER.first(token_hash=hash_token(token), now=now)


def is_claimed_by(account_id: int, token: str) -> bool:
    """Whether this person took their shop over with this very link: whoever opens it again has arrived already."""
    return _CLAIMED_BY.first(token_hash=hash_token(token)) == account_id


def seller_name(shop_id: int) -> str:
    """Whom the companion sat with; empty once that person has an account of their own."""
    return _SELLER_NAME.first(shop_id=shop_id) or ""


def is_number_used(phone: str, *, but: int = 0) -> bool:
    """Whether some shop (other than `but`) answers at this number, or belongs to whoever signs in with it."""
    return _NUMBER_USED.first(phone=phone, but=but) is not None


def last_place_of(keeper_id: int) -> str:
    """The place of the shop a companion registered last; empty when there is none."""
    return _LAST_PLACE.first(keeper_id=keeper_id) or ""


def of_number(phone: str) -> list[int]:
    """The shops of whoever signs in with a number: their own, and those that wait for them."""
    return _OF_NUMBER.all(phone=phone)
