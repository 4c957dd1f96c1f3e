"""Decisions on listings, reports of the public, and the log of both."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from lapak.accounts import policy
from lapak.accounts.models import Account
from lapak.accounts.rules import Actor
from lapak.catalog import queries as catalog_queries
from lapak.catalog.models import Product
from lapak.catalog.queries import ProductView
from lapak.catalog.rules import State
from lapak.catalog.service import listings as catalog
from lapak.checking import service as checking
from lapak.checking.rules import Deed, Field, Reason, Rules, Standing, Verdict, check_words
from lapak.db.base import db
from lapak.db.session import changed, transaction
from lapak.editions.service.kits import redraw_showing
from lapak.kernel import paths
from lapak.kernel.errors import Conflict, NotAllowed, NotFound, TooMany
from lapak.kernel.words import say
from lapak.moderation import queries
from lapak.moderation.models import ModerationLog, Report
from lapak.moderation.rules import (
    DEED_NAMES,
    DEEDS_OF,
    KIND_NAMES,
    OPEN_BY_LISTING,
    OPEN_BY_ORIGIN,
    REPORTER_LIFE,
    REPORTS_BY_ORIGIN,
    UNREAD_LIFE,
    Trouble,
    deed_of,
    price_words,
    told,
)
from lapak.notices.rules import Kind
from lapak.notices.service import tell
from lapak.photos.queries import PhotoView
from lapak.regions.queries import site_for
from lapak.regions.rules import covers
from lapak.shops.models import Shop

OWN = say("Ini produk lapak Anda sendiri. Mintalah pemeriksa lain memutuskannya.")
CHANGED = say("Penjual baru saja mengubah produk ini. Yang terbaru ada di halaman ini; keputusan Anda belum tersimpan.")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator says: on the revision they saw, having seen the reports up to that key."""

    verdict: Verdict
    revision: int
    reports_seen: int = 0
    reason: Reason | None = None
    note: str = ""


def decide(slug: str, decision: Decision, *, region_code: str, by: Actor, now: datetime) -> Deed:
    """Decide about a listing, close the reports that were seen, and tell its seller; the same click again changes nothing.

    Raise NotFound outside the region, NotAllowed for whoever does not moderate it and for one's own shop, Invalid without a reason,
    Conflict when the seller or a colleague was quicker.
    """
    _check_moderator(by, region_code)
    check_words(decision.verdict, decision.reason, decision.note)
    with transaction():
        product = catalog_queries.by_slug(slug)
        if product is None or not covers(region_code, product.market_code):
            raise NotFound(catalog.GONE)
        if product.owner_id == by.id:
            raise NotAllowed(OWN)
        review = catalog_queries.review_of(product.id)
        deed = deed_of(
            decision.verdict, on_waiting=review.is_waiting, was_checked=review.standing is Standing.CHECKED and not review.is_waiting
        )
        if review.revision != decision.revision:
            return _is_done_already(product.id, decision, by=by)
        content = said(catalog_queries.offered(product, review), catalog_queries.offered_photos_of(product.id, review))
        reason = decision.reason or ""
        catalog.decide(slug, decision.verdict, revision=decision.revision, reason=reason, note=decision.note, by=by, now=now)
        if deed is (Deed.APPROVED if product.is_withheld else Deed.TAKEN_DOWN):  # it appears again, or disappears
            redraw_showing(product.id, now=now)
        closed = _close(product.id, deed, up_to=decision.reports_seen, now=now)
        db.session.add(
            ModerationLog(
                region_code=product.market_code, product_id=product.id, revision=decision.revision, deed=deed, by_id=by.id, rule="",
                reason=reason, note=decision.note, content=json.dumps(content, ensure_ascii=False), reports=closed, at=now,
            )
        )  # fmt: skip
        if deed is not Deed.KEPT:
            _tell(product, deed, name=content[Field.NAME], reason=reason, note=decision.note, now=now)
    return deed


def _is_done_already(product_id: int, decision: Decision, *, by: Actor) -> Deed:
    """The deed, when this very decision was made already by this very person; raise Conflict otherwise."""
    last = queries.last_decision(product_id)
    if last is None or last.revision < decision.revision:
        raise Conflict(CHANGED)
    is_same = last.deed in DEEDS_OF[decision.verdict] and last.reason == (decision.reason or "") and last.note == decision.note
    if last.by_id == by.id and last.revision == decision.revision and is_same:
        return last.deed
    raise Conflict(
        "%(name)s lebih dulu memutuskan: %(deed)s. Keputusan Anda tidak disimpan.", name=last.by_name, deed=DEED_NAMES[last.deed]
    )


def said(product: ProductView, photos: Sequence[PhotoView]) -> dict[Field, str]:
    """What a listing says, field by field, as the log keeps it; of photos their keys."""
    return {
        Field.NAME: product.name,
        Field.PRICE: price_words(product.price, product.unit),
        Field.KIND: KIND_NAMES[product.kind],
        Field.CATEGORY: product.category_name or "",
        Field.DESCRIPTION: product.description,
        Field.AREA: product.area_served,
        Field.PHOTOS: " ".join(photo.key for photo in photos),
    }


def _close(product_id: int, deed: Deed, *, up_to: int, now: datetime) -> int:
    seen = update(Report).where(Report.product_id == product_id, Report.id <= up_to, Report.closed_at.is_(None))
    return changed(seen.values(closed_at=now, outcome=deed))


def _tell(product: ProductView, deed: Deed, *, name: str, reason: str, note: str, now: datetime) -> None:
    """Tell the seller, or whoever keeps the shop while it has none."""
    who = func.coalesce(Shop.owner_id, Shop.keeper_id)
    found = (
        select(Shop.owner_id, Shop.whatsapp, Account.phone, Account.id).join(Account, Account.id == who).where(Shop.id == product.shop_id)
    )
    owner_id, whatsapp, phone, reader = db.session.execute(found).one()
    site = site_for(product.market_code)
    text = told(deed, brand=site.brand if site else "Lapak", name=name, reason=reason, note=note)
    link = paths.fill(paths.MY_PRODUCT, slug=product.slug)
    number = (whatsapp if owner_id else "") or phone
    tell(number, text, kind=Kind.PRODUCT, site_code=product.market_code, link=link, to=reader, now=now)


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What somebody reports; their number is theirs to give."""

    trouble: Trouble
    words: str
    phone: str | None = None


def report(slug: str, draft: ReportDraft, *, reporter: str, origin: str, now: datetime) -> bool:
    """Take in what somebody reports of a listing; return False when they have said so already and nobody has looked yet.

    Raise NotFound for a listing that buyers do not see, TooMany for an origin that reports faster than people do, Conflict for a
    listing that a hundred people reported already.
    """
    with transaction():
        product = db.session.scalars(select(Product).where(Product.slug == slug)).first()
        if product is None or product.state not in {State.ACTIVE, State.PAUSED}:
            raise NotFound(catalog.GONE)
        in_all, from_here, same = queries.open_reports(product.id, origin=origin, reporter=reporter)
        if same:
            return False
        window, most = REPORTS_BY_ORIGIN
        if from_here >= OPEN_BY_ORIGIN or queries.reports_from(origin, since=now - window) >= most:
            raise TooMany(
                "Sudah banyak laporan dari jaringan ini. Laporan Anda belum terkirim. Coba lagi satu jam lagi.",
                retry_after=int(window.total_seconds()),
            )
        if in_all >= OPEN_BY_LISTING:
            raise Conflict("Produk ini sudah dilaporkan banyak orang dan sedang diperiksa. Anda tidak perlu melaporkannya lagi.")
        values = {
            "product_id": product.id, "trouble": draft.trouble, "words": draft.words, "phone": draft.phone, "reporter": reporter,
            "origin": origin, "reported_at": now,
        }  # fmt: skip
        try:
            with db.session.begin_nested():
                db.session.execute(insert(Report).values(values))
        except IntegrityError:  # the same click, twice at once
            return False
    return True


def note(product_id: int, *, revision: int, deed: Deed, by_id: int | None, rule: str, at: datetime) -> None:
    """Write into the log what sellers and rules did."""
    with transaction():
        market = select(Shop.market_code).join(Product, Product.shop_id == Shop.id).where(Product.id == product_id)
        db.session.add(
            ModerationLog(
                region_code=db.session.execute(market).scalar_one(), product_id=product_id, revision=revision, deed=deed, by_id=by_id,
                rule=rule, reason="", note="", content="", reports=0, at=at,
            )
        )  # fmt: skip


def set_rules(rules: Rules, *, region_code: str, by: Actor, now: datetime) -> None:
    """Change a region's rules and write down who did. Raise NotAllowed for whoever does not administer it."""
    with transaction():
        checking.set_rules(rules, region_code=region_code, by=by, now=now)
        db.session.add(
            ModerationLog(
                region_code=region_code, product_id=None, revision=0, deed=Deed.RULES, by_id=by.id, rule="", reason="",
                note=_rules_words(rules), content="", reports=0, at=now,
            )
        )  # fmt: skip


def _rules_words(rules: Rules) -> str:
    known: Mapping[str, object] = {
        "material": ",".join(sorted(rules.material)), "price_percent": rules.price_percent, "trusted_after": rules.trusted_after,
        "trusted_days": rules.trusted_days, "companions_pass": rules.companions_pass, "imports_pass": rules.imports_pass,
        "curated_pass": rules.curated_pass,
    }  # fmt: skip
    return json.dumps(known)


def forget_reporters(*, now: datetime) -> int:
    """Forget who wrote reports that were closed a month ago, or came a year ago; return how many. What they say stays."""
    with transaction():
        old = or_(Report.closed_at < now - REPORTER_LIFE, Report.reported_at < now - UNREAD_LIFE)
        known = update(Report).where(old, Report.origin != "")
        return changed(known.values(phone=None, origin="", reporter=literal("report:") + Report.id.cast(Text)))


def _check_moderator(by: Actor, region_code: str) -> None:
    if not policy.may_moderate(by, region_code):
        raise NotAllowed("Hanya kurator dan pengelola daerah ini yang dapat memeriksa produk.")
