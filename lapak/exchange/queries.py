"""What an import has to know of the market, and what an export tells of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from lapak.accounts.models import Account, RoleGrant
from lapak.accounts.queries import in_force
from lapak.accounts.rules import Actor, Held, Role
from lapak.catalog.models import Category, Product, ProductPhoto
from lapak.catalog.queries import FACE
from lapak.catalog.rules import State
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.exchange.models import ImportRow, ImportRun
from lapak.exchange.rules import AT_WORK, Outcome, RunState, place_key
from lapak.kernel.paging import Page
from lapak.photos.models import Photo
from lapak.regions.models import Region
from lapak.regions.rules import within
from lapak.shops.models import Shop

BATCH = 500
RUNS = 20
ROWS = 50


@dataclass(frozen=True, slots=True)
class RunRow:
    """An import as its admins see it. `header` are the list's titles, `columns` says by their places which holds which field."""

    id: int
    key: str
    region_code: str
    name: str
    header: tuple[str, ...]
    columns: dict[str, int]
    state: RunState
    total: int
    done: int
    position: int
    photos: int
    failures: int
    due_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    by: str

    @property
    def is_at_work(self) -> bool:
        """Whether the worker is busy with it."""
        return self.state in AT_WORK

    @property
    def percent(self) -> int:
        """How far the worker is."""
        return self.done * 100 // self.total if self.total else 100

    @property
    def is_trial(self) -> bool:
        """Whether what became of the rows is only what would become of them."""
        return self.state in {RunState.TRYING, RunState.TRIED}


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of a row."""

    line: int
    name: str
    outcome: Outcome
    notes: str


@dataclass(frozen=True, slots=True)
class There:
    """A listing that an earlier import made."""

    slug: str
    has_photo: bool


@dataclass(frozen=True, slots=True)
class Exported:
    """A listing as an export tells it; `stock` is None when it is not counted."""

    id: int
    code: str
    name: str
    price: int
    category: str
    description: str
    place: str
    shop: str
    phone: str
    photo: str
    stock: int | None
    unit: str
    weight: int | None
    kind: str


_PLACES = Query(select(Region.code, Region.name).where(Region.level == 2).order_by(Region.code), lambda code, name: (code, name))
_KEEPERS = Query(
    select(Account.id, Account.name, Account.phone, RoleGrant.region_code)
    .join(RoleGrant, RoleGrant.account_id == Account.id)
    .where(
        RoleGrant.role == Role.ADMIN,
        RoleGrant.region_code.in_((bindparam("region_code"), bindparam("province"))),
        in_force(bindparam("now", type_=UtcDateTime)),
    )
    .order_by(func.length(RoleGrant.region_code).desc(), RoleGrant.id)
    .limit(1),
    lambda id_, name, phone, code: Actor(id_, name, phone, 0, (Held(Role.ADMIN, code),)),
)
_SHOP = Query(select(Shop.id).where(Shop.import_key == bindparam("key")), int)


def _there(slug: str, photo_id: int | None) -> There:
    return There(slug, photo_id is not None)


_LISTED = select(Product.slug, ProductPhoto.photo_id).outerjoin(ProductPhoto, ProductPhoto.product_id == Product.id).limit(1)
_BY_CODE = Query(
    _LISTED.join(Shop, Shop.id == Product.shop_id).where(
        Product.code == bindparam("code"), Shop.market_code >= bindparam("low"), Shop.market_code < bindparam("high")
    ),
    _there,
)
_THERE = Query(_LISTED.where(Product.shop_id == bindparam("shop_id"), Product.once == bindparam("once")), _there)
_EXPORT = Query(
    select(
        Product.id, Product.code, Product.name, Product.price, Category.slug, Product.description, Region.name, Shop.name, Shop.whatsapp,
        Photo.key, Product.supply, Product.on_hand, Product.held, Product.unit, Product.weight_grams, Product.kind,
    )
    .join(Shop, Shop.id == Product.shop_id)
    .join(Region, Region.code == Shop.region_code)
    .outerjoin(Category, Category.id == Product.category_id)
    .outerjoin(ProductPhoto, FACE)
    .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
    .where(
        Product.state.not_in((State.ARCHIVED, State.WITHHELD)), Shop.market_code >= bindparam("low"), Shop.market_code < bindparam("high"),
        Product.id > bindparam("after"),
    )
    .order_by(Product.id)
    .limit(BATCH),
    lambda id_, code, name, price, category, description, place, shop, phone, photo, supply, on_hand, held, unit, weight, kind: Exported(
        id_, code, name, price, category or "", description, place, shop, phone, photo or "", on_hand - held if supply == "stock" else None,
        unit, weight, kind,
    ),
)  # fmt: skip


def _run(id_: int, key: str, region: str, name: str, header: str, columns: str, state: str, *rest: Any) -> RunRow:
    return RunRow(id_, key, region, name, tuple(json.loads(header)), json.loads(columns), RunState(state), *rest)


_RUN = select(
    ImportRun.id, ImportRun.key, ImportRun.region_code, ImportRun.name, ImportRun.header, ImportRun.columns, ImportRun.state,
    ImportRun.total, ImportRun.done, ImportRun.position, ImportRun.photos, ImportRun.failures, ImportRun.due_at, ImportRun.created_at,
    ImportRun.ended_at, Account.name,
).join(Account, Account.id == ImportRun.account_id)  # fmt: skip
_BY_ID = Query(_RUN.where(ImportRun.id == bindparam("run_id"), ImportRun.region_code == bindparam("region_code")), _run)
_NEWEST = Query(_RUN.where(ImportRun.region_code == bindparam("region_code")).order_by(ImportRun.id.desc()).limit(RUNS), _run)
_DUE = Query(_RUN.where(ImportRun.due_at <= bindparam("now", type_=UtcDateTime)).order_by(ImportRun.due_at).limit(1), _run)
_OLD = Query(_RUN.where(ImportRun.created_at < bindparam("before", type_=UtcDateTime)).order_by(ImportRun.id).limit(BATCH), _run)
_OPEN = Query(
    select(func.count()).select_from(ImportRun).where(ImportRun.region_code == bindparam("region_code"), ImportRun.state != RunState.DONE),
    int,
)
_KEYS = Query(select(ImportRun.key).where(ImportRun.state != RunState.DONE).limit(100_000), str)
_TALLY = Query(
    select(ImportRow.outcome, func.count()).where(ImportRow.run_id == bindparam("run_id")).group_by(ImportRow.outcome),
    lambda outcome, count: (Outcome(outcome), count),
)


def _report(line: int, name: str, outcome: str, notes: str) -> RowReport:
    return RowReport(line, name, Outcome(outcome), notes)


_REPORT = select(ImportRow.line, ImportRow.name, ImportRow.outcome, ImportRow.notes).where(
    ImportRow.run_id == bindparam("run_id"), ImportRow.line > bindparam("after")
)
_ALL_ROWS = Query(_REPORT.order_by(ImportRow.line).limit(BATCH), _report)
_TOLD = Query(_REPORT.where(ImportRow.notes != "").order_by(ImportRow.line).limit(ROWS + 1), _report)
_REFUSED = Query(_REPORT.where(ImportRow.outcome == Outcome.REFUSED).order_by(ImportRow.line).limit(ROWS + 1), _report)


def run(run_id: int, region_code: str) -> RunRow | None:
    """An import of a region."""
    return _BY_ID.first(run_id=run_id, region_code=region_code)


def runs(region_code: str) -> list[RunRow]:
    """A region's last twenty imports, newest first."""
    return _NEWEST.all(region_code=region_code)


def next_run(*, now: datetime) -> RunRow | None:
    """The import that has waited longest for its next slice."""
    return _DUE.first(now=now)


def old_runs(*, before: datetime) -> list[RunRow]:
    """Imports that were sent before that moment."""
    return _OLD.all(before=before)


def tally(run_id: int) -> dict[Outcome, int]:
    """How many rows of an import came to what."""
    return dict(_TALLY.all(run_id=run_id))


def told(run_id: int, *, after: int, is_refused: bool) -> Page[RowReport]:
    """A page of the rows that were refused, or of all that there is something to say about, behind a line."""
    rows = (_REFUSED if is_refused else _TOLD).all(run_id=run_id, after=after)
    return Page(rows[:ROWS], rows[ROWS - 1].line if len(rows) > ROWS else None)


def all_rows(run_id: int) -> Iterator[RowReport]:
    """What became of every row, by line."""
    after = -1
    while rows := _ALL_ROWS.all(run_id=run_id, after=after):
        yield from rows
        after = rows[-1].line


def places() -> dict[str, list[tuple[str, str]]]:
    """The kabupaten and kota of Indonesia by how lists write them, with and without the word before: each as (code, name)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name in _PLACES.all():
        whole = place_key(name)
        for key in dict.fromkeys((whole, whole.removeprefix("kabupaten ").removeprefix("kota "))):
            found.setdefault(key, []).append((code, name))
    return found


def keeper(region_code: str, *, now: datetime) -> Actor | None:
    """Who keeps imported shops until their sellers claim them: the first admin of the region, else of its province."""
    return _KEEPERS.first(region_code=region_code, province=region_code.partition(".")[0], now=now)


def listing_of_market(code: str, region_code: str) -> There | None:
    """The listing with that code in a region's market, however it came there."""
    low, high = within(region_code)
    return _BY_CODE.first(code=code, low=low, high=high)


def open_lists(region_code: str) -> int:
    """How many of a region's lists are not in yet."""
    return _OPEN.first(region_code=region_code) or 0


def keys_of_runs() -> set[str]:
    """The folders that imports still need."""
    return set(_KEYS.all())


def imported_shop(key: str) -> int | None:
    """The shop that an import made under that key."""
    return _SHOP.first(key=key)


def imported_listing(shop_id: int, once: str) -> There | None:
    """The listing that an import made in a shop under that key."""
    return _THERE.first(shop_id=shop_id, once=once)


def exported(region_code: str) -> Iterator[Exported]:
    """Every listing of a region that is not archived, by key."""
    (low, high), after = within(region_code), 0
    while rows := _EXPORT.all(low=low, high=high, after=after):
        yield from rows
        after = rows[-1].id
