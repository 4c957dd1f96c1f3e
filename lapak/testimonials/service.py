"""Changes to testimonials. What is written waits for a moderator, the seller's reply too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from lapak.accounts import policy as accounts
from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import changed, transaction
from lapak.kernel.errors import Conflict, NotAllowed, NotFound
from lapak.kernel.words import say
from lapak.orders.service.buying import bought_with
from lapak.shops.models import Shop
from lapak.testimonials.events import TestimonialShown
from lapak.testimonials.models import Reply, Testimonial
from lapak.testimonials.rules import CANNOT, DECIDED, OPEN, Feeling, Refusal, State, move

GONE = say("Testimoni ini tidak ada.")
NOT_YET = say("Testimoni dapat ditulis setelah Anda menyatakan barangnya diterima.")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a buyer says: how it was, in their words, and under which name."""

    feeling: Feeling
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decides on the words they read; `seen` is the version that was on their page."""

    to: State
    seen: int
    why: Refusal | None = None
    note: str = ""


def write(token: str, draft: Draft, *, by: Actor | None = None, now: datetime) -> None:
    """Write as the buyer of an order that they received; the same sent twice is one.

    What was refused or taken back may be written anew. `token` is the buyer's own: raise what `orders.service.bought_with` raises
    for any other, Conflict before the receipt, and while other words of the same buyer wait or are shown.
    """
    with transaction():
        order = bought_with(token, by=by, now=now)
        if order.received_at is None:
            raise Conflict(NOT_YET)
        said = {"feeling": draft.feeling, "text": draft.text, "name": draft.name}
        row = _of_order(order.id)
        if row is None:
            place = {"order_id": order.id, "shop_id": order.shop_id}
            db.session.add(Testimonial(**place, state=State.WAITING, version=1, written_at=now, refusal_note="", **said))
        elif row.state in OPEN or any(getattr(row, name) != value for name, value in said.items()):
            _put(row, State.WAITING, **said, written_at=now, refusal=None, refusal_note="", decided_at=None, decided_by=None)
            db.session.execute(delete(Reply).where(Reply.testimonial_id == row.id))


def withdraw(token: str, *, by: Actor | None = None, now: datetime) -> None:
    """Take a testimonial back as its buyer: its words, its name and the seller's reply are deleted; a second time changes nothing.

    `token` is the buyer's own, as for `write`.
    """
    with transaction():
        row = _of_order(bought_with(token, by=by, now=now).id)
        if row is None:
            raise NotFound(GONE)
        if row.state != State.WITHDRAWN:
            _put(row, State.WITHDRAWN, text="", name="", refusal=None, refusal_note="", decided_at=now, decided_by=None)
            db.session.execute(delete(Reply).where(Reply.testimonial_id == row.id))


def reply(testimonial_id: int, text: str, *, by: Actor, now: datetime) -> None:
    """Answer as the shop's owner, once; what a moderator refused may be written anew. The same sent twice is one."""
    with transaction():
        found = db.session.execute(
            select(Testimonial.state, Shop.owner_id)
            .join(Shop, Shop.id == Testimonial.shop_id)
            .where(Testimonial.id == testimonial_id)
            .with_for_update(of=Testimonial)
        ).first()
        if found is None or found[1] != by.id or found[0] != State.SHOWN:
            raise NotFound(GONE)
        row = db.session.get(Reply, testimonial_id)
        if row is None:
            db.session.add(Reply(testimonial_id=testimonial_id, state=State.WAITING, version=1, text=text, written_at=now, refusal_note=""))
        elif row.state in OPEN or row.text != text:
            _put(row, State.WAITING, text=text, written_at=now, refusal=None, refusal_note="", decided_at=None, decided_by=None)


def decide(testimonial_id: int, decision: Decision, *, by: Actor, now: datetime) -> None:
    """Show or refuse a testimonial as a moderator of its shop's region.

    Raise Conflict when a colleague was quicker or the words are no longer those that were read; NotAllowed for one's own shop.
    """
    with transaction():
        _check_moderator(testimonial_id, by=by)
        row = db.session.get(Testimonial, testimonial_id)
        if _decide(row, decision, by=by, now=now) and decision.to is State.SHOWN:
            announce(TestimonialShown(testimonial_id), now=now)


def decide_reply(testimonial_id: int, decision: Decision, *, by: Actor, now: datetime) -> None:
    """Show or refuse a seller's reply, as `decide` does for what it answers."""
    with transaction():
        _check_moderator(testimonial_id, by=by)
        _decide(db.session.get(Reply, testimonial_id), decision, by=by, now=now)


def _of_order(order_id: int) -> Testimonial | None:
    return db.session.scalars(select(Testimonial).where(Testimonial.order_id == order_id)).first()


def _check_moderator(testimonial_id: int, *, by: Actor) -> None:
    """Raise NotFound unless this person moderates where the shop is, NotAllowed for their own shop."""
    shop = db.session.execute(
        select(Shop.market_code, Shop.owner_id).join(Testimonial, Testimonial.shop_id == Shop.id).where(Testimonial.id == testimonial_id)
    ).first()
    if shop is None or not accounts.may_moderate(by, shop[0]):
        raise NotFound(GONE)
    if shop[1] == by.id:
        raise NotAllowed("Ini lapak Anda sendiri. Mintalah rekan lain yang memutuskan.")


def _decide(row: Testimonial | Reply | None, decision: Decision, *, by: Actor, now: datetime) -> bool:
    """Write a decision; return False when this very decision was written already."""
    if row is None:
        raise NotFound(GONE)
    if row.state == decision.to and row.decided_by == by.id and row.version == decision.seen + 1:
        return False
    if row.version != decision.seen:
        raise Conflict(DECIDED)
    _put(row, decision.to, refusal=decision.why, refusal_note=decision.note, decided_at=now, decided_by=by.id)
    return True


def _put(row: Testimonial | Reply, to: State, **values: object) -> None:
    """Move words to another state; raise Conflict when they may not go there, or changed since they were read."""
    table, key = (Testimonial, Testimonial.id) if isinstance(row, Testimonial) else (Reply, Reply.testimonial_id)
    move(State(row.state), to)
    mine = update(table).where(key == (row.id if isinstance(row, Testimonial) else row.testimonial_id), table.version == row.version)
    if changed(mine.values({"state": to, "version": row.version + 1, **values})) == 0:
        raise Conflict(CANNOT)
