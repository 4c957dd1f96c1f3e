"""What the database tells the index, and what the index answers."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from lapak.catalog.models import Category, Product
from lapak.catalog.rules import Freshness, State
from lapak.db.session import Query
from lapak.regions.models import Region
from lapak.search.adapters import Found, index
from lapak.search.models import SearchChange
from lapak.search.rules import Listing, Wanted
from lapak.shops.models import Shop

BATCH = 2000
_ABOVE = aliased(Category)
_PROVINCE = aliased(Region)
_LISTING = (
    select(
        Product.id, Product.name, Product.description, Product.price, Product.kind, Product.freshness,
        Shop.name, Shop.whatsapp, Shop.region_code, Shop.market_code, Region.name, _PROVINCE.name,
        Category.id, Category.name, Category.synonyms,
        _ABOVE.id, _ABOVE.name, _ABOVE.synonyms,
    )
    .select_from(Product)
    .join(Shop, Shop.id == Product.shop_id)
    .join(Region, Region.code == Shop.region_code)
    .join(_PROVINCE, _PROVINCE.code == func.substr(Shop.region_code, 1, 2))
    .outerjoin(Category, Category.id == Product.category_id)
    .outerjoin(_ABOVE, _ABOVE.id == Category.parent_id)
    .where(Product.state == State.ACTIVE)
)  # fmt: skip


def _listing(
    id_: int, name: str, description: str, price: int, kind: str, freshness: str, shop: str, phone: str,
    place: str, market: str, place_name: str, province: str,
    category_id: int | None, category: str | None, synonyms: str | None,
    above_id: int | None, above: str | None, above_synonyms: str | None,
) -> Listing:  # fmt: skip
    texts = (description, shop, place_name, province)
    kinds = (category or "", synonyms or "", above or "", above_synonyms or "")
    ids = tuple(one for one in (category_id, above_id) if one is not None)
    return Listing(id_, name, texts, kinds, place, market, ids, kind, price, freshness == Freshness.STEPPED_BACK, bool(phone))


_BY_IDS = Query(_LISTING.where(Product.id.in_(bindparam("ids", expanding=True))), _listing)
_AFTER = Query(_LISTING.where(Product.id > bindparam("after")).order_by(Product.id).limit(BATCH), _listing)
_ON_SALE = Query(select(func.count()).select_from(Product).where(Product.state == State.ACTIVE), int)
_CHANGES = Query(
    select(SearchChange.id, SearchChange.product_id).where(SearchChange.id > bindparam("after")).order_by(SearchChange.id).limit(BATCH),
    lambda id_, product_id: (id_, product_id),
)


def listings(ids: Sequence[int]) -> list[Listing]:
    """Those of `ids` that are on sale, as the index wants them."""
    return _BY_IDS.all(ids=list(ids))


def all_listings() -> Iterator[list[Listing]]:
    """Everything on sale, by key, in batches."""
    after = 0
    while batch := _AFTER.all(after=after):
        yield batch
        after = batch[-1].id


def on_sale() -> int:
    """How many listings are on sale, in all regions."""
    return _ON_SALE.first() or 0


def changes(after: int) -> list[tuple[int, int]]:
    """What changed, as (key of the change, listing), oldest first, at most a batch."""
    return _CHANGES.all(after=after)


def find(wanted: Wanted, *, after: str | None = None, limit: int) -> Found | None:
    """A page of what the index finds; None when there is no index to ask, and the database has to answer."""
    return index().find(wanted, after=after, limit=limit)


def is_ready() -> bool:
    """Whether there is an index to ask; while there is none, the database answers."""
    return index().searcher() is not None


def names_like(text: str, region_code: str, *, limit: int) -> list[int]:
    """Listings whose names begin or go on like `text`, for suggestions while somebody types; empty without an index."""
    return index().names_like(text, region_code, limit=limit)
