"""Changes to a region's categories."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from lapak.accounts import policy
from lapak.accounts.rules import Actor
from lapak.catalog.events import CategoryChanged
from lapak.catalog.models import Category
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import transaction
from lapak.kernel.codes import slugify
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from lapak.kernel.words import say


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """What an admin says of a category; `parent` is the slug of the one above it, empty at the top; `synonyms` one a line."""

    name: str
    icon: str
    parent: str = ""
    synonyms: str = ""
    position: int | None = None
    is_active: bool = True


def add_category(draft: CategoryDraft, *, region_code: str, by: Actor, now: datetime) -> None:
    """Add a category at the end of a region's list; raise Conflict when it has one of that name, Invalid for a wrong parent."""
    with transaction():
        _check_admin(by, region_code)
        slug = slugify(draft.name) or "kategori"
        if db.session.scalar(select(Category.id).where(Category.region_code == region_code, Category.slug == slug)) is not None:
            raise Conflict("Kategori dengan nama ini sudah ada.")
        last = db.session.scalar(select(func.max(Category.position)).where(Category.region_code == region_code)) or 0
        row = Category(
            region_code=region_code, slug=slug, name=draft.name, icon=draft.icon, synonyms=draft.synonyms,
            position=draft.position or last + 1, is_active=draft.is_active,
        )  # fmt: skip
        row.parent_id = _parent_id(draft.parent, row, region_code=region_code)
        db.session.add(row)
        db.session.flush()
        announce(CategoryChanged(row.id), now=now)


def edit_category(slug: str, draft: CategoryDraft, *, region_code: str, by: Actor, now: datetime) -> None:
    """Rename, move, hide or show a category; its address stays. Raise NotFound outside the region, Invalid for a wrong parent."""
    with transaction():
        _check_admin(by, region_code)
        row = db.session.scalars(select(Category).where(Category.region_code == region_code, Category.slug == slug)).first()
        if row is None:
            raise NotFound("Kategori ini tidak ada.")
        row.parent_id = _parent_id(draft.parent, row, region_code=region_code)
        row.name, row.icon, row.synonyms = draft.name, draft.icon, draft.synonyms
        row.position, row.is_active = draft.position or 0, draft.is_active
        announce(CategoryChanged(row.id), now=now)


def _parent_id(slug: str, row: Category, *, region_code: str) -> int | None:
    if not slug:
        return None
    above = db.session.scalars(select(Category).where(Category.region_code == region_code, Category.slug == slug)).first()
    has_children = row.id is not None and db.session.scalar(select(Category.id).where(Category.parent_id == row.id).limit(1)) is not None
    if above is None or above.parent_id is not None or above.id == row.id or has_children:
        raise Invalid({"parent": say("Pilih jenis utama dari daftar. Jenis bertingkat dua saja.")})
    return above.id


def _check_admin(by: Actor, region_code: str) -> None:
    if not policy.may_administer(by, region_code):
        raise NotAllowed("Hanya pengelola daerah ini yang dapat mengubah kategori.")
