"""Changes to shops."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lapak.accounts import service as accounts
from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import transaction
from lapak.kernel.codes import slug_with_code
from lapak.kernel.errors import Invalid, NotFound
from lapak.kernel.words import say
from lapak.regions.models import Region
from lapak.regions.rules import covers
from lapak.shops.events import ShopChanged
from lapak.shops.models import Shop
from lapak.shops.rules import Origin


@dataclass(frozen=True, slots=True)
class ShopDraft:
    """What a seller says of their shop."""

    name: str
    region_code: str
    about: str = ""
    whatsapp: str = ""


def open_shop(draft: ShopDraft, *, by: Actor, site_code: str, now: datetime) -> None:
    """Open a person's shop, or rename it while they are still on that page; they become a seller in the same transaction.

    Raise Invalid for a place that the site's region does not cover.
    """
    with transaction():
        _check_place(draft.region_code, site_code=site_code)
        shop = db.session.scalars(select(Shop).where(Shop.owner_id == by.id)).first()
        if shop is None:
            shop = Shop(slug=slug_with_code(draft.name), owner_id=by.id, origin=Origin.SELF, about="", whatsapp=by.phone, created_at=now)
            db.session.add(shop)
        shop.name, shop.region_code = draft.name, draft.region_code
        db.session.flush()
        announce(ShopChanged(shop.id), now=now)
        accounts.become_seller(by.id, region_code=draft.region_code, now=now)


def edit_shop(draft: ShopDraft, *, by: Actor, site_code: str, now: datetime) -> None:
    """Change what a shop says of itself; its address stays. Raise NotFound without a shop, Invalid for a foreign place."""
    with transaction():
        shop = db.session.scalars(select(Shop).where(Shop.owner_id == by.id)).first()
        if shop is None:
            raise NotFound("Anda belum punya lapak.")
        if draft.region_code != shop.region_code:
            _check_place(draft.region_code, site_code=site_code)
            if not covers(site_code, shop.region_code):
                raise Invalid({"region_code": say("Pindah daerah hanya lewat situs daerah asal lapak ini")})
        shop.name, shop.region_code, shop.about, shop.whatsapp = draft.name, draft.region_code, draft.about, draft.whatsapp
        announce(ShopChanged(shop.id), now=now)


def _check_place(region_code: str, *, site_code: str) -> None:
    region = db.session.get(Region, region_code)
    if region is None or region.level != 2 or not covers(site_code, region_code):
        raise Invalid({"region_code": say("Pilih kabupaten atau kota dari daftar")})
