"""A market of any size, written straight into the tables: names from word lists, spread over Jawa Tengah, the same for the same size."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from lapak.accounts.models import Account
from lapak.catalog.models import Category, Product, ProductPhoto
from lapak.db.base import Base, db
from lapak.db.session import Query, transaction
from lapak.photos.models import Photo
from lapak.regions.models import Region
from lapak.shops.models import Shop

PER_SHOP = 20
BATCH = 5000
THINGS = (
    "Keripik", "Kerupuk", "Kopi", "Teh", "Batik", "Sambal", "Madu", "Gula aren", "Kue kering", "Anyaman", "Tas", "Sepatu", "Lumpia", "Wingko",
    "Bandeng", "Abon", "Jamu", "Gerabah", "Ukiran", "Kemeja", "Selendang", "Rempeyek", "Getuk", "Dodol", "Sirup", "Jahit", "Sablon", "Servis",
)  # fmt: skip
MANNERS = (
    "tempe", "singkong", "pisang", "pedas", "manis", "asin", "robusta", "arabika", "tulis", "cap", "bawang", "terasi", "hutan", "randu", "pandan",
    "rotan", "kulit", "ayam", "sapi", "ikan", "jahe", "kunyit", "jati", "katun", "sutra", "kacang", "ketan", "nanas", "gurih", "original",
)  # fmt: skip
MAKERS = (
    "Bu Darmi", "Pak Slamet", "Mbak Sri", "Bu Tini", "Pak Joko", "Sindoro", "Merapi", "Lawu", "Kemuning", "Rejeki", "Barokah", "Makmur", "Sumber",
    "Berkah", "Maju Jaya", "Tiga Putri", "Sekar", "Laras", "Wijaya", "Mekar",
)  # fmt: skip


def fill(products: int, *, now: datetime) -> None:
    """Add so many listings on sale, twenty to a shop, each with the row of a photo; files are not made."""
    chance = random.Random(products)
    places = Query(select(Region.code).where(Region.code.startswith("33."), Region.level == 2).order_by(Region.code), str).all()
    with transaction():
        kinds = Query(select(Category.id).where(Category.region_code == "33").order_by(Category.id), int).all()
        shops = -(-products // PER_SHOP)
        _pour(Account, (_account(number, now) for number in range(shops)))
        _pour(Shop, (_shop(number, chance.choice(places), now) for number in range(shops)))
        _pour(Photo, (_photo(number, now) for number in range(products)))
        _pour(Product, (_product(number, chance, kinds, now) for number in range(products)))
        _pour(ProductPhoto, ({"product_id": 1_000_000 + n, "photo_id": 1_000_000 + n, "position": 0} for n in range(products)))


def _pour(table: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            db.session.execute(insert(table), batch)
            batch = []
    if batch:
        db.session.execute(insert(table), batch)


def _account(number: int, now: datetime) -> dict[str, Any]:
    return {"id": 100_000 + number, "phone": f"+6285{number:09}", "name": f"Penjual {number}", "created_at": now}


def _shop(number: int, place: str, now: datetime) -> dict[str, Any]:
    name = f"{MAKERS[number % len(MAKERS)]} {number}"
    return {
        "id": 100_000 + number, "slug": f"lapak-{number}", "name": name, "region_code": place, "market_code": place, "owner_id": 100_000 + number, "origin": "self",
        "about": "Dibuat di rumah sejak 2012.", "whatsapp": f"+6285{number:09}", "created_at": now,
    }  # fmt: skip


def _photo(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": 1_000_000 + number, "key": f"bench-{number:021}", "account_id": 100_000 + number // PER_SHOP, "alt": "Foto produk", "width": 1200,
        "height": 900, "size": 90_000, "color": "#c89664", "tries": 1, "due_at": None, "finished_at": now, "created_at": now,
    }  # fmt: skip


def _product(number: int, chance: random.Random, kinds: list[int], now: datetime) -> dict[str, Any]:
    thing, manner = chance.choice(THINGS), chance.choice(MANNERS)
    is_service = thing in {"Jahit", "Sablon", "Servis"}
    stock = 0 if is_service else chance.randrange(1, 90)
    created = now - timedelta(minutes=number % 80_000)
    return {
        "id": 1_000_000 + number, "slug": f"barang-{number}", "code": f"b{number:06}",
        "shop_id": 100_000 + number // PER_SHOP, "category_id": chance.choice(kinds), "kind": "service" if is_service else "goods",
        "supply": "service" if is_service else "stock", "name": f"{thing} {manner} {chance.choice(MAKERS)}, {chance.randrange(1, 20) * 50} g",
        "description": f"{thing} {manner} buatan rumah, bahan pilihan, dikemas rapi. Tahan lama dan enak.", "price": chance.randrange(5, 400) * 500,
        "on_hand": stock, "held": 0, "sold": 0, "received": stock, "unit": "bungkus", "weight_grams": 200, "shelf_life_days": 30, "reach": "country",
        "area_served": "", "state": "active", "freshness": "fresh", "freshness_at": created, "confirmed_at": created, "created_at": created,
        "updated_at": created,
    }  # fmt: skip
