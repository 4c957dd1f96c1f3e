"""Keeping the index up to date: changes are noted in the database, and taken off the list once the index has them on disk."""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, insert, or_, select

from lapak.catalog.models import Category, Product
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.search import queries
from lapak.search.adapters import Writer
from lapak.search.models import SearchChange


def note_products(product_ids: Sequence[int]) -> None:
    """Note that listings changed."""
    with transaction():
        db.session.execute(insert(SearchChange), [{"product_id": product_id} for product_id in product_ids])


def note_shop(shop_id: int) -> None:
    """Note that all listings of a shop changed."""
    _note(select(Product.id).where(Product.shop_id == shop_id))


def note_category(category_id: int) -> None:
    """Note that all listings in a category and in those below it changed."""
    below = select(Category.id).where(or_(Category.id == category_id, Category.parent_id == category_id))
    _note(select(Product.id).where(Product.category_id.in_(below)))


def _note(product_ids: object) -> None:
    with transaction():
        db.session.execute(insert(SearchChange).from_select(["product_id"], product_ids))  # type: ignore[arg-type]


def catch_up(writer: Writer) -> int:
    """Bring the index up to date with what was noted, a batch; return how many changes went in. Builds the index when there is none.

    Repeating a change does no harm: what dies between the index's commit and the database's is simply done again.
    """
    if not writer.open():
        rebuild(writer)
    noted = queries.changes(writer.applied)
    if not noted and writer.applied and not writer.is_building_elsewhere():
        writer.applied = 0  # of two that write at once, the later key may be seen first
        noted = queries.changes(writer.applied)
    if not noted:
        return 0
    ids = list(dict.fromkeys(product_id for _, product_id in noted))
    writer.put(ids, queries.listings(ids))
    writer.applied = noted[-1][0]
    if not writer.is_building_elsewhere():
        with transaction():
            db.session.execute(delete(SearchChange).where(SearchChange.id.in_([row_id for row_id, _ in noted])))
        writer.applied = 0  # an emptied table gives its keys anew
    return len(noted)


def rebuild(writer: Writer, progress: Callable[[int], None] = lambda _done: None) -> int:
    """Build the index anew beside the one that serves, then put it in its place; return how many listings it holds.

    Changes of meanwhile stay noted, since the lock of the build keeps others from crossing them off. Raise BlockingIOError when
    somebody else is building.
    """
    done = 0
    with writer.building() as fresh:
        for batch in queries.all_listings():
            fresh.add(batch)
            done += len(batch)
            progress(done)
    return done
