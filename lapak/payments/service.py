"""Changes to how shops are paid. Each names the version that the seller saw, and each is told to the shop's number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from lapak.accounts.models import Account
from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.outbox import post
from lapak.db.session import changed, transaction
from lapak.kernel import paths
from lapak.kernel.codes import token
from lapak.kernel.errors import Conflict, Invalid, NotFound
from lapak.kernel.words import say
from lapak.notices.rules import Kind
from lapak.notices.service import tell
from lapak.payments import policy, rules
from lapak.payments.models import PaymentChange, PaymentWays, QrisCode, QrisDraft
from lapak.payments.rules import CodeState, Merchant, Way
from lapak.photos import service as photos
from lapak.regions.queries import site_for
from lapak.shops.models import Shop
from lapak.shops.service import GONE

DRAFT_LIFE = timedelta(days=7)
MOVED = say(
    "Data pembayaran ini sudah berubah di tab atau ponsel lain, jadi yang baru saja Anda kirim tidak disimpan. Buka lagi halaman Cara "
    "pembayaran, periksa isinya, lalu ulangi bila masih perlu."
)


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """What a seller says of their bank account; without `bank` the shop takes no transfer."""

    bank: str
    number: str
    holder: str


@dataclass(frozen=True, slots=True)
class CashDraft:
    """What a seller says of cash."""

    takes_cash: bool
    note: str


def codes_in(picture: bytes, *, by: Actor, now: datetime) -> list[Merchant]:
    """Return the static QRIS in a picture; several when there are several, and the person says which is theirs.

    Neither the picture nor what it says is kept. Raise Invalid under "photo" with the reason when there is none, else as
    `photos.service.read_codes` does.
    """
    found: list[Merchant] = []
    refusal = Invalid({"photo": rules.NO_CODE})
    for text in photos.read_codes(picture, by=by.id, now=now):
        try:
            found.append(rules.static_code(text))
        except Invalid as reason:
            refusal = Invalid({"photo": reason.fields["text"]})
    if not found:
        raise refusal
    return found


def set_transfer(shop_id: int, draft: TransferDraft, *, seen: int, by: Actor, now: datetime) -> None:
    """Say to which bank account buyers send money; to say the same again changes nothing.

    Raise NotFound unless `by` owns the shop, Conflict when something was changed since the version `seen`.
    """
    with transaction():
        shop, ways = _own(shop_id, by=by)
        wanted = draft if draft.bank else TransferDraft("", "", "")
        before = TransferDraft(ways.bank, ways.account_number, ways.account_holder) if ways else TransferDraft("", "", "")
        if wanted == before:
            return
        said = {"bank": wanted.bank, "account_number": wanted.number, "account_holder": wanted.holder}
        _change(shop_id, said, seen=seen, now=now)
        _note(shop, Way.TRANSFER, _account(before), _account(wanted), by=by, now=now)


def set_cash(shop_id: int, draft: CashDraft, *, seen: int, by: Actor, now: datetime) -> None:
    """Say whether buyers may pay in cash; to say the same again changes nothing. Raise as `set_transfer` does."""
    with transaction():
        _shop, ways = _own(shop_id, by=by)
        wanted = draft if draft.takes_cash else CashDraft(takes_cash=False, note="")
        if wanted == (CashDraft(ways.takes_cash, ways.cash_note) if ways else CashDraft(takes_cash=False, note="")):
            return
        _change(shop_id, {"takes_cash": wanted.takes_cash, "cash_note": wanted.note}, seen=seen, now=now)


def offer_code(shop_id: int, text: str, *, seen: int, by: Actor, now: datetime) -> bool:
    """Take in a shop's static QRIS; return whether buyers see it now.

    A first code whose name is like the shop's or its owner's is shown at once. Any other waits for `take_code`: the old one stays in its
    place until then. The code that is shown already, or waits already, changes nothing.

    Raise Invalid as `rules.static_code` does, else as `set_transfer`.
    """
    merchant = rules.static_code(text)
    with transaction():
        shop, _ways = _own(shop_id, by=by)
        current, waiting = _code(shop_id, CodeState.CURRENT), _code(shop_id, CodeState.WAITING)
        if current is not None and current.text == merchant.text:
            return True
        if waiting is not None and waiting.text == merchant.text:
            return False
        _change(shop_id, {}, seen=seen, now=now)
        is_sure = current is None and rules.is_like(merchant.name, shop.name, by.name)
        _put(shop, merchant, is_sure=is_sure, by=by, now=now)
        return is_sure


def take_code(shop_id: int, key: str, *, seen: int, by: Actor, now: datetime) -> None:
    """Show buyers the code that waited, in place of the old one; pressed twice it is shown once. Raise as `set_transfer` does."""
    with transaction():
        shop, _ways = _own(shop_id, by=by)
        current, waiting = _code(shop_id, CodeState.CURRENT), _code(shop_id, CodeState.WAITING)
        if current is not None and current.key == key:
            return
        if waiting is None or waiting.key != key:
            raise Conflict(MOVED)
        _change(shop_id, {}, seen=seen, now=now)
        before = _nothing() if current is None else (current.nmid, current.name)
        if current is not None:
            db.session.delete(current)
            db.session.flush()
        waiting.state, waiting.taken_at = CodeState.CURRENT, now
        _note(shop, Way.QRIS, before, (waiting.nmid, waiting.name), by=by, now=now)


def drop_code(shop_id: int, key: str, *, seen: int, by: Actor, now: datetime) -> None:
    """Forget a code: the one that waits, or the one that buyers see, who then have the other ways. Pressed twice it is gone once.

    Raise as `set_transfer` does.
    """
    with transaction():
        shop, _ways = _own(shop_id, by=by)
        code = db.session.scalars(select(QrisCode).where(QrisCode.key == key, QrisCode.shop_id == shop_id)).first()
        if code is None:
            return
        _change(shop_id, {}, seen=seen, now=now)
        db.session.delete(code)
        if code.state == CodeState.CURRENT:
            _note(shop, Way.QRIS, (code.nmid, code.name), _nothing(), by=by, now=now)


def keep_draft(text: str, *, by: Actor, now: datetime) -> Merchant:
    """Keep the code that somebody showed while opening a shop, until the shop is there. Raise Invalid as `rules.static_code` does."""
    merchant = rules.static_code(text)
    with transaction():
        db.session.merge(QrisDraft(account_id=by.id, text=merchant.text, shown_at=now))
    return merchant


def use_draft(shop_id: int, *, now: datetime) -> None:
    """Give a shop the code that its owner showed while opening it, once; a shop that has said how it is paid keeps that.

    One whose name is unlike the shop's waits, and its owner is told so.
    """
    with transaction():
        shop = db.session.get(Shop, shop_id)
        draft = db.session.get(QrisDraft, shop.owner_id) if shop is not None and shop.owner_id is not None else None
        owner = db.session.get(Account, draft.account_id) if draft is not None else None
        if shop is None or draft is None or owner is None:
            return
        db.session.delete(draft)
        if db.session.get(PaymentWays, shop_id) is not None:
            return
        merchant = rules.static_code(draft.text)
        by = Actor(owner.id, owner.name, owner.phone, 0, ())
        _change(shop_id, {}, seen=0, now=now)
        is_sure = rules.is_like(merchant.name, shop.name, owner.name)
        _put(shop, merchant, is_sure=is_sure, by=by, now=now)
        if not is_sure:
            site = site_for(shop.market_code)
            asked = say(
                "%(brand)s: QRIS yang Anda unggah atas nama %(name)s tidak mirip nama lapak %(shop)s, jadi belum dipasang. Bila benar "
                "milik Anda, pasang di dasbor, menu Cara pembayaran.",
                brand=site.brand if site else "Lapak", name=merchant.name, shop=shop.name,
            )  # fmt: skip
            _tell(owner.phone, asked, shop=shop, to=owner.id, now=now)


def forget_drafts(*, now: datetime) -> int:
    """Forget the codes of people who opened no shop within a week; return how many."""
    with transaction():
        return changed(delete(QrisDraft).where(QrisDraft.shown_at < now - DRAFT_LIFE))


def _own(shop_id: int, *, by: Actor) -> tuple[Shop, PaymentWays | None]:
    shop = db.session.get(Shop, shop_id)
    if shop is None or not policy.may_set_ways(by, shop):
        raise NotFound(GONE)
    return shop, db.session.get(PaymentWays, shop_id)


def _code(shop_id: int, state: CodeState) -> QrisCode | None:
    return db.session.scalars(select(QrisCode).where(QrisCode.shop_id == shop_id, QrisCode.state == state)).first()


def _change(shop_id: int, said: Mapping[str, object], *, seen: int, now: datetime) -> None:
    """Count one change of the version that was seen, and say what is new in it; raise Conflict when somebody was quicker."""
    if seen:
        mine = update(PaymentWays).where(PaymentWays.shop_id == shop_id, PaymentWays.version == seen)
        if changed(mine.values(version=seen + 1, changed_at=now, **said)) == 0:
            raise Conflict(MOVED)
        return
    empty = {"bank": "", "account_number": "", "account_holder": "", "takes_cash": False, "cash_note": ""}
    try:
        with db.session.begin_nested():
            db.session.execute(insert(PaymentWays).values(shop_id=shop_id, version=1, changed_at=now, **{**empty, **said}))
    except IntegrityError:
        raise Conflict(MOVED) from None


def _put(shop: Shop, merchant: Merchant, *, is_sure: bool, by: Actor, now: datetime) -> None:
    """Keep a code, in the place of another that waited; without doubt buyers see it at once."""
    db.session.execute(delete(QrisCode).where(QrisCode.shop_id == shop.id, QrisCode.state == CodeState.WAITING))
    state = CodeState.CURRENT if is_sure else CodeState.WAITING
    code = QrisCode(
        key=token(), shop_id=shop.id, state=state, text=merchant.text, name=merchant.name, city=merchant.city, postcode=merchant.postcode,
        nmid=merchant.nmid, size=merchant.size, added_by=by.id, added_at=now, taken_at=now if is_sure else None,
    )  # fmt: skip
    db.session.add(code)
    if is_sure:
        _note(shop, Way.QRIS, _nothing(), (merchant.nmid, merchant.name), by=by, now=now)


def _nothing() -> tuple[str, str]:
    return "", ""


def _account(draft: TransferDraft) -> tuple[str, str]:
    return (f"{draft.bank} {rules.last_four(draft.number)}", draft.holder) if draft.bank else _nothing()


def _note(shop: Shop, way: Way, before: tuple[str, str], after: tuple[str, str], *, by: Actor, now: datetime) -> None:
    """Write a change down, and tell the shop's number and its owner's: whoever did it may not be the owner."""
    row = PaymentChange(
        shop_id=shop.id, way=way, changed_by=by.id, changed_at=now,
        number_before=before[0], name_before=before[1], number_after=after[0], name_after=after[1],
    )  # fmt: skip
    db.session.add(row)
    site = site_for(shop.market_code)
    what = say("QRIS") if way is Way.QRIS else say("rekening transfer")
    known = {"brand": site.brand if site else "Lapak", "shop": shop.name, "what": what, "before": before[1], "after": after[1]}
    if not before[1]:
        text = say("%(brand)s: %(what)s lapak %(shop)s kini atas nama %(after)s.", **known)
    elif not after[1]:
        text = say("%(brand)s: %(what)s lapak %(shop)s atas nama %(before)s sudah dihapus.", **known)
    else:
        text = say("%(brand)s: %(what)s lapak %(shop)s berubah. Tadinya atas nama %(before)s, kini %(after)s.", **known)
    unasked = say("Bukan Anda yang mengubah? Buka dasbor, menu Cara pembayaran, hapus yang keliru, lalu akhiri perangkat lain.")
    _tell(by.phone, f"{text} {unasked}", shop=shop, to=by.id, now=now)
    if shop.whatsapp not in {"", by.phone}:
        post(shop.whatsapp, f"{text} {unasked}", now=now)  # the same news: to the shop's own phone, and not twice into the inbox


def _tell(phone: str, text: str, *, shop: Shop, to: int, now: datetime) -> None:
    link = paths.fill(paths.MY_PAYMENTS)
    tell(phone, text, kind=Kind.ACCOUNT, site_code=shop.market_code, link=link, to=to, now=now)
