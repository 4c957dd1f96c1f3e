"""Pages where buyers write, moderators decide, sellers answer, and everybody reads."""

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.kernel import paths
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from lapak.kernel.paging import Page, parse_key
from lapak.kernel.words import say
from lapak.orders.adapters import session as remembered
from lapak.orders.queries import reading as orders
from lapak.orders.queries.reading import Opened, OrderView
from lapak.orders.service.buying import NOT_BUYER
from lapak.orders.service.moving import GONE as NO_ORDER
from lapak.regions.rules import covers
from lapak.shops import queries as shops
from lapak.testimonials import queries, service
from lapak.testimonials.forms import DecisionForm, ReplyForm, TestimonialForm
from lapak.testimonials.queries import Entry, Words
from lapak.testimonials.rules import CANNOT, DECISIONS, OPEN, State, first_name
from lapak.web.access import actor, allow, public
from lapak.web.links import see
from lapak.web.texts import explained

bp = Blueprint("testimonials", __name__)
SHELVES = {"tayang": State.SHOWN, "ditolak": State.REFUSED}
REPLY = "balasan"


@bp.get(paths.TESTIMONIAL)
@public
def testimonial(token: str) -> ResponseReturnValue:
    """Ask the buyer of a received order how it was, or show them what they wrote; lead others to the order."""
    opened = _opened(token)
    order = opened.order
    if order.received_at is None or opened.own is None:
        return see(paths.ORDER, token=token)
    entry = queries.of_order(order.id)
    if entry and entry.own.state is State.REFUSED:
        form = TestimonialForm(feeling=entry.feeling.value, text=entry.own.text, name=entry.name)
    else:
        form = TestimonialForm(name=first_name(order.buyer_name))
    return _write(order, token, form, entry)


@bp.post(paths.TESTIMONIAL)
@public
def write(token: str) -> ResponseReturnValue:
    """Take a buyer's words."""
    opened, form = _opened(token), TestimonialForm()
    order = opened.order
    if opened.own is None:
        raise NotAllowed(NOT_BUYER)
    if order.received_at is None:
        raise Conflict(service.NOT_YET)
    if not form.validate_on_submit():
        entry = queries.of_order(order.id)
        _check_open(entry.own if entry else None)
        return _write(order, token, form, entry, 422)
    service.write(opened.own, form.draft(), by=actor(), now=g.now)
    flash(_("Terima kasih. Testimoni Anda tampil setelah diperiksa petugas."))
    return see(paths.ORDER, token=token)


@bp.post(paths.TESTIMONIAL_WITHDRAW)
@public
def withdraw(token: str) -> ResponseReturnValue:
    """Delete a buyer's words."""
    service.withdraw(remembered.shown(token), by=actor(), now=g.now)
    flash(_("Testimoni Anda sudah dihapus dan tidak tampil lagi."))
    return see(paths.ORDER, token=token)


@bp.get(paths.SHOP_TESTIMONIALS)
@public
def of_shop(slug: str) -> ResponseReturnValue:
    """List all that buyers said of a shop."""
    shop = shops.by_slug(slug)
    if shop is None or not covers(g.site.region_code, shop.market_code):
        abort(404)
    said = queries.of_shop(shop.id, before=parse_key(request.args.get("sesudah")))
    return render_template("testimonials/shop.html", shop=shop, said=said, tally=queries.tally(shop.id))


@bp.get(paths.MY_TESTIMONIALS)
@allow(policy.sells)
def mine() -> ResponseReturnValue:
    """List what buyers said of a seller's shop."""
    shop = shops.owned_by(actor().id)
    if shop is None:
        return see(paths.START_SHOP)
    page = {"entries": queries.to_seller(shop.id, before=parse_key(request.args.get("sesudah"))), "tally": queries.tally(shop.id)}
    return render_template("testimonials/mine.html", shop=shop, **page)


@bp.get(paths.MY_TESTIMONIAL_REPLY)
@allow(policy.sells)
def answer(testimonial_id: int) -> ResponseReturnValue:
    """Ask a seller for the answer to one testimonial."""
    entry = _about_me(testimonial_id)
    return _answer(entry, ReplyForm(text=entry.reply.text if entry.reply else ""))


@bp.post(paths.MY_TESTIMONIAL_REPLY)
@allow(policy.sells)
def reply(testimonial_id: int) -> ResponseReturnValue:
    """Take a seller's answer."""
    entry, form = _about_me(testimonial_id), ReplyForm()
    if not form.validate_on_submit():
        _check_open(entry.reply)
        return _answer(entry, form, 422)
    service.reply(testimonial_id, form.text.data, by=actor(), now=g.now)
    flash(_("Balasan Anda tampil setelah diperiksa petugas."))
    return see(paths.MY_TESTIMONIALS)


@bp.get(paths.MODERATION_TESTIMONIALS)
@allow(policy.may_moderate)
def desk() -> ResponseReturnValue:
    """List what waits for a decision, or (`?rak=`) what is shown or was refused."""
    shelf = request.args.get("rak", "")
    if shelf in SHELVES:
        before = parse_key(request.args.get("sesudah"))
        entries = queries.decided(g.site.region_code, SHELVES[shelf], before=before)
    else:
        shelf, entries = "", Page(queries.waiting(g.site.region_code), None)
    return render_template("testimonials/desk.html", entries=entries, shelf=shelf)


@bp.get(paths.MODERATION_TESTIMONIAL)
@allow(policy.may_moderate)
def judge(testimonial_id: int) -> ResponseReturnValue:
    """Show one testimonial, or (`?untuk=balasan`) the seller's reply to it, and ask for a decision."""
    entry = _here(testimonial_id)
    return _judge(entry, DecisionForm(seen=_words(entry).version))


@bp.post(paths.MODERATION_TESTIMONIAL)
@allow(policy.may_moderate)
def decide(testimonial_id: int) -> ResponseReturnValue:
    """Show or refuse a testimonial, or the reply to it."""
    entry, form, to = _here(testimonial_id), DecisionForm(), request.form.get("to", "")
    if to not in DECISIONS:
        raise Invalid({"to": say("Pilih tayangkan atau tolak.")})
    if to == State.REFUSED and not form.validate_on_submit():
        return _judge(entry, form, 422)
    decision = form.decision(State(to))
    write_down = service.decide_reply if _is_reply() else service.decide
    try:
        write_down(testimonial_id, decision, by=actor(), now=g.now)
    except Conflict as refusal:
        flash(explained(refusal), "segera")
        return see(paths.MODERATION_TESTIMONIAL, testimonial_id=testimonial_id, untuk=REPLY if _is_reply() else None)
    flash(_("Sudah tayang.") if decision.to is State.SHOWN else _("Ditolak. Penulisnya membaca alasannya."))
    return see(paths.MODERATION_TESTIMONIALS)


def _opened(token: str) -> Opened:
    opened = orders.opened(token[:200], own=remembered.own_tokens())
    if opened is None:
        raise NotFound(NO_ORDER)
    return opened


def _check_open(words: Words | None) -> None:
    if words is not None and words.state not in OPEN:
        raise Conflict(CANNOT)


def _write(order: OrderView, token: str, form: TestimonialForm, entry: Entry | None, status: int = 200) -> ResponseReturnValue:
    return render_template("testimonials/write.html", order=order, token=token, form=form, entry=entry), status


def _about_me(testimonial_id: int) -> Entry:
    shop = shops.owned_by(actor().id)
    entry = queries.by_id(testimonial_id)
    if entry is None or shop is None or entry.shop_slug != shop.slug or entry.own.state is not State.SHOWN:
        raise NotFound(service.GONE)
    return entry


def _answer(entry: Entry, form: ReplyForm, status: int = 200) -> ResponseReturnValue:
    return render_template("testimonials/reply.html", entry=entry, form=form), status


def _is_reply() -> bool:
    return request.args.get("untuk") == REPLY


def _here(testimonial_id: int) -> Entry:
    entry = queries.by_id(testimonial_id)
    if entry is None or not covers(g.site.region_code, entry.market_code) or (_is_reply() and entry.reply is None):
        raise NotFound(service.GONE)
    return entry


def _words(entry: Entry) -> Words:
    return entry.reply if _is_reply() and entry.reply else entry.own


def _judge(entry: Entry, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    return render_template("testimonials/judge.html", entry=entry, words=_words(entry), is_reply=_is_reply(), form=form), status
