"""What curators see: editions and their entries, judged or not, without names where a judge shall not know them."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import mean
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select

from lapak.accounts.models import Account, RoleGrant
from lapak.accounts.queries import in_force
from lapak.accounts.rules import Role
from lapak.catalog.models import Capacity, Category, Product, ProductPhoto
from lapak.catalog.queries import FACE, LEFT, photos_of
from lapak.catalog.rules import State as ProductState
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.editions.models import Edition, Entry, Programme, Recusal, Score
from lapak.editions.queries.public import EDITION, EditionView, to_edition
from lapak.editions.rules.answers import Reason, suggest
from lapak.editions.rules.calendar import Stage, State
from lapak.editions.rules.choosing import Candidate, Passed, Rules, Standing, lot, read_rules
from lapak.editions.rules.readiness import Check, Facts, Finding, findings, missing
from lapak.editions.rules.rubric import KEYS, Verdict, blinded, verdict
from lapak.kernel.words import say
from lapak.photos.models import Photo
from lapak.photos.queries import PHOTO_COLUMNS, PhotoView, to_photo_if_any
from lapak.photos.rules import UNMEASURABLE
from lapak.regions.models import Region
from lapak.regions.rules import short_name
from lapak.shops.models import Shop
from lapak.shops.queries import OPENING_COLUMNS
from lapak.shops.rules import Opening

MOST_ENTRIES = 2_000
MOST_EDITIONS = 200
ENOUGH = say("Pendaftar ini sudah cukup dinilai, jadi tidak menunggu nilai lagi.")
FINISHED = say("Anda sudah selesai menilai dan nama lapak sudah terbuka bagi Anda, jadi nilai Anda tidak dapat diubah lagi.")
BLIND = frozenset({Stage.COMING, Stage.OPEN, Stage.JUDGING})
"""Stages in which a shop's name may still sway a judge."""


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """How a region runs its programme now; `steward` is who answers for it, the office is what it belongs to."""

    steward_id: int | None
    steward: str
    channel: str
    rules: Rules
    quiet: tuple[Any, Any] | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with all that the desk knows of it; `category` is a slug of the product's kind, `version` what its listing is at now.

    Unless it `is_named`, its shop and place are not shown.
    """

    id: int
    code: str
    source: str
    standing: Standing
    place: int | None
    pinned: bool | None
    passed: Passed | None
    stall: int | None
    entered_at: datetime
    asked_at: datetime | None
    ready_at: datetime | None
    is_waved: bool
    was_ready: bool | None
    reason: Reason | None
    has_own_work: bool
    agreed_at: datetime | None
    product_id: int
    slug: str
    name: str
    description: str
    price: int
    is_service: bool
    unit: str
    product_state: ProductState
    left: int | None
    shop_id: int
    shop_name: str
    shop_slug: str
    owner_id: int | None
    keeper_id: int | None
    whatsapp: str
    place_code: str
    place_name: str
    category: str
    category_name: str
    light: int | None
    sharpness: int | None
    version: int
    seen_version: int | None
    per_day: int | None
    opening: Opening
    photo: PhotoView | None
    judged: Verdict
    means: Mapping[str, float]
    featured_in: int | None = None
    is_named: bool = True

    def unnamed(self) -> "EntryRow":
        """The entry for a judge who shall not know whose it is: what its seller wrote, of photos too, names neither shop nor place."""
        names = (self.shop_name, self.place_name)
        photo = self.photo and replace(self.photo, alt=blinded(self.photo.alt, *names))
        return replace(
            self, name=blinded(self.name, *names), description=blinded(self.description, *names), photo=photo, slug="", shop_slug="",
            is_named=False,
        )  # fmt: skip

    @property
    def is_unanswered(self) -> bool:
        """Whether a curator put it forward and its seller has not said whether they take part."""
        return self.source == "curator" and self.agreed_at is None

    @property
    def facts(self) -> Facts:
        """What readiness looks at."""
        side = max(self.photo.width, self.photo.height) if self.photo else None
        return Facts(
            self.product_state is ProductState.ACTIVE, bool(self.whatsapp), self.left, self.ready_at, side, self.sharpness, self.is_waved,
            is_seen=self.version == self.seen_version, per_day=self.per_day, opening=self.opening,
        )  # fmt: skip

    def findings(self, rules: Rules, at: datetime) -> list[Finding]:
        """The checks of readiness for a publication at that moment."""
        return findings(self.facts, rules, at=at)

    def missing(self, rules: Rules, at: datetime) -> list[Finding]:
        """The checks that hold it back."""
        return missing(self.facts, rules, at=at)

    def candidate(self) -> Candidate:
        """The entry as the choosing sees it."""
        return Candidate(
            self.id, self.code, self.judged.score or 0, self.place_code, self.category, self.featured_in, self.pinned
        )  # fmt: skip

    def held_back_by(self, rules: Rules, at: datetime) -> Reason:
        """What its seller hears when it was not ready at that moment."""
        checks = {one.check for one in self.missing(rules, at)}
        if Check.ON_SALE in checks:
            return Reason.NOT_ON_SALE
        return self.suggested(rules) if checks == {Check.PHOTO} else Reason.UNREADY

    def suggested(self, rules: Rules) -> Reason:
        """The reason that would help its seller most."""
        facts = self.facts
        return suggest(
            photo_side=facts.photo_side, light=self.light, sharpness=self.sharpness, least_side=rules.photo_side, passed=self.passed,
            means=self.means,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blind:
    """An entry as a judge sees it: no words say whose it is. `given` is what this judge gave before, if they did.

    `names_shop` when they said that a photo does.
    """

    id: int
    code: str
    name: str
    description: str
    price: int
    unit: str
    is_service: bool
    category_name: str
    photos: tuple[PhotoView, ...]
    given: Mapping[str, int] | None
    note: str
    names_shop: bool
    version: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far judging is: entries in all, finished ones, those that wait for a third judge, and those that this judge can still judge."""

    entries: int
    finished: int
    split: int
    mine_left: int
    mine_done: int


_ALL = Query(
    EDITION.where(Edition.region_code == bindparam("region_code"))
    .order_by(case((Edition.state.in_([State.DRAFT, State.SCHEDULED]), 0), else_=1), Edition.publish_at.desc(), Edition.id.desc())
    .limit(MOST_EDITIONS),
    to_edition,
)
_NEXT_NUMBER = Query(
    select(func.coalesce(func.max(Edition.number), 0) + 1).where(
        Edition.region_code == bindparam("region_code"), Edition.series == bindparam("series")
    ),
    int,
)
_ENTRY_COUNTS = Query(
    select(Entry.edition_id, func.count())
    .join(Edition, Edition.id == Entry.edition_id)
    .where(Edition.region_code == bindparam("region_code"), Entry.standing != Standing.WITHDRAWN)
    .group_by(Entry.edition_id)
    .limit(MOST_EDITIONS * 10),
    lambda edition_id, count: (edition_id, count),
)
_PROGRAMME = Query(
    select(Programme.steward_id, Account.name, Programme.channel, Programme.rules, Programme.quiet_from, Programme.quiet_until)
    .outerjoin(Account, Account.id == Programme.steward_id)
    .where(Programme.region_code == bindparam("region_code")),
    lambda steward_id, name, channel, rules, start, end: ProgrammeView(
        steward_id, name or "", channel, read_rules(rules), (start, end) if start and end else None
    ),
)
_ROWS = (
    select(
        Entry.id, Entry.code, Entry.source, Entry.standing, Entry.place, Entry.pinned, Entry.passed, Entry.stall, Entry.entered_at,
        Entry.asked_at, Entry.ready_at, Entry.is_waved, Entry.was_ready, Entry.reason, Entry.own_work_at.is_not(None), Entry.agreed_at,
        Product.id, Product.slug, Product.name, Product.description, Product.price, Product.kind == "service", Product.unit,
        Product.state, LEFT, Shop.id, Shop.name, Shop.slug, Shop.owner_id, Shop.keeper_id, Shop.whatsapp, Shop.region_code, Region.name,
        func.coalesce(Category.slug, ""), func.coalesce(Category.name, ""), func.nullif(Photo.light, UNMEASURABLE),
        func.nullif(Photo.sharpness, UNMEASURABLE), Product.version, Entry.seen_version, Capacity.per_day, *OPENING_COLUMNS, *PHOTO_COLUMNS,
    )
    .select_from(Entry)
    .join(Product, Product.id == Entry.product_id)
    .join(Shop, Shop.id == Entry.shop_id)
    .join(Region, Region.code == Shop.region_code)
    .outerjoin(Category, Category.id == Product.category_id)
    .outerjoin(Capacity, Capacity.shop_id == Shop.id)
    .outerjoin(ProductPhoto, FACE)
    .outerjoin(Photo, Photo.id == ProductPhoto.photo_id)
    .where(Entry.edition_id == bindparam("edition_id"), Entry.standing != Standing.WITHDRAWN)
    .order_by(Entry.id)
    .limit(MOST_ENTRIES)
)  # fmt: skip
_PHOTO_FIELDS = len(PHOTO_COLUMNS)
_COUNTED = (
    select(Score.entry_id, Score.given, Score.note, Score.names_shop)
    .join(Entry, Entry.id == Score.entry_id)
    .outerjoin(Recusal, and_(Recusal.entry_id == Score.entry_id, Recusal.curator_id == Score.curator_id))
    .where(Entry.edition_id == bindparam("edition_id"), Score.replaced_at.is_(None), Recusal.entry_id.is_(None))
    .order_by(Score.id)
    .limit(MOST_ENTRIES * 5)
)
_SCORES = Query(_COUNTED, lambda entry_id, given, *_rest: (entry_id, json.loads(given)))
_MY_SCORES = Query(
    _COUNTED.where(Score.curator_id == bindparam("curator_id")), lambda entry_id, given, *said: (entry_id, (json.loads(given), *said))
)
_NOTES = Query(
    _COUNTED.join(Account, Account.id == Score.curator_id)
    .where(Score.note != "")
    .with_only_columns(Score.entry_id, Account.name, Score.note),
    lambda entry_id, name, note: (entry_id, (name, note)),
)
_RECUSED = Query(
    select(Recusal.entry_id)
    .join(Entry, Entry.id == Recusal.entry_id)
    .where(Entry.edition_id == bindparam("edition_id"), Recusal.curator_id == bindparam("curator_id"))
    .limit(MOST_ENTRIES),
    int,
)
_COOLING = Query(
    select(Entry.shop_id, func.max(Edition.number))
    .join(Edition, Edition.id == Entry.edition_id)
    .where(Edition.id.in_(bindparam("editions", expanding=True)), Entry.standing == Standing.CHOSEN)
    .group_by(Entry.shop_id)
    .limit(MOST_ENTRIES),
    lambda shop_id, number: (shop_id, number),
)
_BEFORE = Query(
    select(Edition.id)
    .where(
        Edition.region_code == bindparam("region_code"), Edition.series == bindparam("series"), Edition.state == State.PUBLISHED,
        Edition.id != bindparam("than"),
    )
    .order_by(Edition.published_at.desc(), Edition.id.desc())
    .limit(bindparam("most")),
    int,
)  # fmt: skip
_CURATORS = Query(
    select(Account.id, Account.name)
    .join(RoleGrant, RoleGrant.account_id == Account.id)
    .where(
        RoleGrant.role == Role.CURATOR, RoleGrant.region_code == bindparam("region_code"),
        in_force(bindparam("now", type_=UtcDateTime)),
    )
    .order_by(Account.name, Account.id)
    .distinct()
    .limit(100),
    lambda id_, name: (id_, name),
)  # fmt: skip
_DEFAULT = ProgrammeView(None, "", "", Rules(), None)


def all_of(region_code: str) -> list[EditionView]:
    """A region's editions for its curators: unpublished ones first, then the newest."""
    return _ALL.all(region_code=region_code)


def entry_counts(region_code: str) -> dict[int, int]:
    """How many entries each of a region's editions has."""
    return dict(_ENTRY_COUNTS.all(region_code=region_code))


def next_number(region_code: str, series: str = "") -> int:
    """The number a new edition gets unless the curator says otherwise; those of cancelled ones stay used."""
    return _NEXT_NUMBER.first(region_code=region_code, series=series) or 1


def programme(region_code: str) -> ProgrammeView:
    """How a region runs its programme; defaults for one that never said."""
    return _PROGRAMME.first(region_code=region_code) or _DEFAULT


def rules_of(edition: EditionView) -> Rules:
    """The rules an edition is judged under: its own once judging began, until then those of its region."""
    return edition.rules or programme(edition.region_code).rules


def curators(region_code: str, *, now: datetime) -> list[tuple[int, str]]:
    """Who curates in a region now: (account, name)."""
    return _CURATORS.all(region_code=region_code, now=now)


def entries(edition: EditionView, rules: Rules) -> list[EntryRow]:
    """All entries of an edition that were not withdrawn, in the order they came, with what their scores come to. Four statements."""
    given: dict[int, list[Mapping[str, int]]] = defaultdict(list)
    for entry_id, values in _SCORES.all(edition_id=edition.id):
        given[entry_id].append(values)
    cooling = _cooling(edition, rules)
    rows = Query(_ROWS, lambda *row: row).all(edition_id=edition.id)
    return [_to_row(row, given.get(row[0], []), rules, cooling) for row in rows]


def _to_row(row: Sequence[Any], given: Sequence[Mapping[str, int]], rules: Rules, cooling: Mapping[int, int]) -> EntryRow:
    head: Any = [*row[: -_PHOTO_FIELDS - len(OPENING_COLUMNS)], Opening(*row[-_PHOTO_FIELDS - len(OPENING_COLUMNS) : -_PHOTO_FIELDS])]
    photo = row[-_PHOTO_FIELDS:]
    head[3], head[23], head[32] = Standing(row[3]), ProductState(row[23]), short_name(row[32])
    head[6] = Passed(row[6]) if row[6] else None
    head[13] = Reason(row[13]) if row[13] else None
    judged = verdict(given, weights=rules.weights, judges=rules.judges, third_at=rules.third_at)
    means = {key: mean(one[key] for one in given) for key in KEYS} if given else {}
    values: list[Any] = [*head, to_photo_if_any(*photo), judged, means, cooling.get(row[25])]
    return EntryRow(*values)


def _cooling(edition: EditionView, rules: Rules) -> dict[int, int]:
    if not rules.cooldown:
        return {}
    recent = _BEFORE.all(region_code=edition.region_code, series=edition.series, than=edition.id, most=rules.cooldown)
    return dict(_COOLING.all(editions=recent)) if recent else {}


def running(rows: Sequence[EntryRow]) -> list[EntryRow]:
    """Those of an edition's entries that may still be chosen, best score first; equal ones by number."""
    return sorted(rows, key=lambda row: (-(row.judged.score or 0), row.id))


def listed(rows: Sequence[EntryRow], standing: Standing) -> list[EntryRow]:
    """Those of an edition's entries that stand there, in the list's order."""
    return sorted((row for row in rows if row.standing is standing), key=lambda row: (row.place or 0, row.id))


def progress(rows: Sequence[EntryRow], mine: "Mine") -> Progress:
    """How far judging is, for one judge."""
    finished = sum(not row.judged.needs for row in rows)
    split = sum(row.judged.is_split and bool(row.judged.needs) for row in rows)
    return Progress(len(rows), finished, split, sum(mine.can_judge(row) for row in rows), sum(row.id in mine.given for row in rows))


@dataclass(frozen=True, slots=True)
class Mine:
    """What one judge did in an edition: entries they judged, and those they may not judge.

    `given` holds scores, note, and whether a photo named the shop.
    """

    curator_id: int
    given: Mapping[int, tuple[Mapping[str, int], str, bool]]
    barred: frozenset[int]

    def is_barred(self, row: EntryRow) -> bool:
        """Whether this judge may not judge an entry: they said so, or run its shop."""
        return row.id in self.barred or self.curator_id in {row.owner_id, row.keeper_id}

    def can_judge(self, row: EntryRow) -> bool:
        """Whether an entry still needs this judge."""
        return bool(row.judged.needs) and row.id not in self.given and not self.is_barred(row)

    def may_see_names(self, edition: EditionView, rows: Sequence[EntryRow], *, now: datetime) -> bool:
        """Whether this judge may read whose the entries are: not while any of them still needs their judgement."""
        return edition.stage(now) not in BLIND or not any(self.can_judge(row) for row in rows)

    def as_seen(self, edition: EditionView, rows: Sequence[EntryRow], *, now: datetime) -> list[EntryRow]:
        """The entries as this judge may read them, without names while any still needs their judgement."""
        return list(rows) if self.may_see_names(edition, rows, now=now) else [row.unnamed() for row in rows]

    def closed(self, edition: EditionView, row: EntryRow, rows: Sequence[EntryRow], *, now: datetime) -> str:
        """Why this judge's scores of an entry are not taken, or not taken anew; empty while they are."""
        if row.id not in self.given:
            return "" if row.judged.needs else ENOUGH
        return FINISHED if self.may_see_names(edition, rows, now=now) else ""


NOBODY = Mine(0, {}, frozenset())
"""A judge who did nothing: for pages that show an entry to whoever comes."""


def mine(edition_id: int, curator_id: int) -> Mine:
    """What one judge did in an edition."""
    given = dict(_MY_SCORES.all(edition_id=edition_id, curator_id=curator_id))
    return Mine(curator_id, given, frozenset(_RECUSED.all(edition_id=edition_id, curator_id=curator_id)))


def notes(edition_id: int) -> dict[int, list[tuple[str, str]]]:
    """What judges wrote for other curators beside scores that count, by entry: (who, what), in the order they came.

    For those who have judged: another's words sway as much as a name.
    """
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for entry_id, note in _NOTES.all(edition_id=edition_id):
        found[entry_id].append(note)
    return dict(found)


def next_to_judge(rows: Sequence[EntryRow], judge: Mine, *, after: str = "") -> EntryRow | None:
    """The entry a judge should see next: those that wait for a third judge first, then those with one score.

    Otherwise in an order drawn for each judge, so that nobody's entries are always the last that tired eyes see.
    """
    waiting = [row for row in rows if judge.can_judge(row) and row.code != after]
    return min(
        waiting,
        key=lambda row: (not row.judged.is_split, row.judged.score is None, lot(row.code, seed=str(judge.curator_id))),
        default=next((row for row in rows if judge.can_judge(row)), None),
    )


def blind(row: EntryRow, judge: Mine) -> Blind:
    """An entry as a judge sees it."""
    names = (row.shop_name, row.place_name)
    given, note, names_shop = judge.given.get(row.id, (None, "", False))
    photos = tuple(replace(photo, alt=blinded(photo.alt, *names)) for photo in photos_of(row.product_id))
    return Blind(
        row.id, row.code, blinded(row.name, *names), blinded(row.description, *names), row.price, row.unit, row.is_service,
        row.category_name, photos, given, note, names_shop, row.version,
    )  # fmt: skip


def phone_of(account_id: int) -> str | None:
    """The number of somebody who answers for the programme."""
    return Query(select(Account.phone).where(Account.id == account_id), str).first()
