"""Pages where a seller answers orders, and says when and how much they can take on."""

from datetime import timedelta

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.catalog import queries as catalog
from lapak.catalog.queries import CapacityView
from lapak.catalog.rules import Unit
from lapak.kernel import paths
from lapak.kernel.clock import calendar_day
from lapak.kernel.errors import Invalid, NotFound
from lapak.kernel.paging import parse_key
from lapak.kernel.words import say
from lapak.orders.adapters.evidence import pictures
from lapak.orders.forms import ConfirmForm, DayForm, DeclineForm, OpeningForm, PostageForm, SentForm, SettingsForm
from lapak.orders.queries import placing as facts
from lapak.orders.queries import reading
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.holding import Room, slot_of
from lapak.orders.rules.states import Decline, Delivery, State
from lapak.orders.service import answering, settings
from lapak.orders.service.moving import GONE
from lapak.orders.views.picture import picture_of
from lapak.shops import policy as shops_policy
from lapak.shops import queries as shops
from lapak.shops.queries import ShopRow
from lapak.shops.rules import chat_link
from lapak.web.access import actor, allow
from lapak.web.links import see
from lapak.web.texts import explained

bp = Blueprint("sales", __name__)
CALENDAR_DAYS = 14
NO_NUMBER = say("Belum tersimpan. Tulis angka bulat untuk hari itu, misalnya 20.")


@bp.get(paths.MY_ORDERS)
@allow(policy.sells)
def mine() -> ResponseReturnValue:
    """List a seller's orders, newest first, with what is to be ready in the next days."""
    shop = shops.owned_by(actor().id)
    if shop is None:
        return see(paths.START_SHOP)
    tab = request.args.get("status", "")
    page = {
        "orders": reading.of_shop(shop.id, before=parse_key(request.args.get("sesudah")), tab=tab),
        "tab": tab if tab in reading.TABS else "", "counts": reading.counts(shop.id), "answer_time": reading.answer_time(shop.id),
        "today": g.site.today(g.now), "due": reading.ready_on(shop.id, g.site.today(g.now)), "opening": shop.opening,
    }  # fmt: skip
    return render_template("orders/mine.html", **page)


@bp.get(paths.MY_ORDER)
@allow(policy.serves)
def show(code: str) -> ResponseReturnValue:
    """Show an order to its seller."""
    return _show(_own(code))


@bp.get(paths.MY_ORDER_EVIDENCE)
@allow(policy.serves)
def evidence(code: str, number: int) -> ResponseReturnValue:
    """Send the picture of what was ordered to its seller."""
    return picture_of(_own(code), number)


@bp.post(paths.MY_ORDER_ANSWER)
@allow(policy.serves)
def answer(code: str) -> ResponseReturnValue:
    """Say yes, no, that money came or did not, that goods are under way, that all is done, or that money went back."""
    order, to = _own(code), request.form.get("to", "")
    if to in _PLAIN:
        _PLAIN[to](code, by=actor(), now=g.now)
    elif to == State.CONFIRMED:
        form = ConfirmForm()
        is_valid = form.validate_on_submit()
        if is_valid and form.postage.data is None and order.delivery == Delivery.SENT and order.postage is None:
            form.postage.errors = [say("Tulis ongkos kirimnya. Tulis 0 bila gratis")]
            is_valid = False
        if not is_valid:
            return _show(order, confirm=form, status=422)
        answering.confirm(code, postage=form.postage.data, by=actor(), now=g.now)
    elif to == State.SENT:
        sent = SentForm()
        if not sent.validate_on_submit():
            return _show(order, sent=sent, status=422)
        answering.send(code, sent.courier.data, sent.tracking.data, by=actor(), now=g.now)
    elif to == State.DECLINED:
        no = DeclineForm()
        if not no.validate_on_submit():
            return _show(order, decline=no, status=422)
        answering.decline(code, Decline(no.why.data), no.note.data, by=actor(), now=g.now)
    else:
        raise Invalid({"to": say("Pilih salah satu jawaban di halaman pesanan.")})
    flash(_("Jawaban Anda tersimpan. Pembeli melihatnya di halaman pesanan."))
    return see(paths.MY_ORDER, code=code)


_PLAIN = {
    State.COMPLETED: answering.complete, State.PAID: answering.take_money, "no_money": answering.miss_money,
    State.REFUNDED: answering.send_money_back,
}  # fmt: skip


@bp.get(paths.MY_OPENING)
@allow(policy.sells)
def opening() -> ResponseReturnValue:
    """Show when a shop takes orders, and how much its next days can bear."""
    shop = _shop()
    return _opening(shop, _opening_form(shop))


@bp.post(paths.MY_OPENING)
@allow(policy.sells)
def set_opening() -> ResponseReturnValue:
    """Change when a shop takes orders, and how much it can bear."""
    shop, form = _shop(), OpeningForm()
    if not form.validate_on_submit():
        return _opening(shop, form, 422)
    bears = CapacityView(form.per_day.data, Unit(form.unit.data), form.per_edition.data)
    settings.set_opening(form.opening(), bears, by=actor(), now=g.now)
    flash(_("Tersimpan. Pesanan yang sudah masuk tidak berubah."))
    return see(paths.MY_OPENING)


@bp.post(paths.MY_OPENING_DAY)
@allow(policy.sells)
def set_day() -> ResponseReturnValue:
    """Change what a shop can bear on one day."""
    shop, form = _shop(), DayForm()
    if not form.validate_on_submit():
        return _opening(shop, _opening_form(shop), 422, wrong=NO_NUMBER)
    try:
        day = calendar_day(form.day.data or "", field="day")
    except Invalid as refusal:
        return _opening(shop, _opening_form(shop), 422, wrong=explained(refusal))
    settings.set_day(day, form.most.data, by=actor())
    flash(_("Tersimpan."))
    return see(paths.MY_OPENING)


@bp.get(paths.MY_POSTAGE)
@allow(policy.sells)
def postage() -> ResponseReturnValue:
    """Show what a shop asks for sending."""
    prices = facts.postages(_shop().id)
    return render_template("orders/postage.html", form=PostageForm(data={far.value: price for far, price in prices.items()}))


@bp.post(paths.MY_POSTAGE)
@allow(policy.sells)
def set_postage() -> ResponseReturnValue:
    """Change what a shop asks for sending."""
    form = PostageForm()
    if not form.validate_on_submit():
        return render_template("orders/postage.html", form=form), 422
    settings.set_postage(form.prices(), by=actor())
    flash(_("Ongkos kirim tersimpan. Pembeli melihatnya sebelum memesan."))
    return see(paths.MY_POSTAGE)


@bp.get(paths.ADMIN_ORDERS)
@allow(policy.may_administer)
def rules() -> ResponseReturnValue:
    """Show how a region wants orders handled."""
    return render_template("orders/settings.html", form=SettingsForm(obj=facts.settings_of(g.site.region_code)))


@bp.post(paths.ADMIN_ORDERS)
@allow(policy.may_administer)
def set_rules() -> ResponseReturnValue:
    """Change how a region wants orders handled."""
    form = SettingsForm()
    if not form.validate_on_submit():
        return render_template("orders/settings.html", form=form), 422
    settings.set_settings(form.settings(), region_code=g.site.region_code, by=actor())
    flash(_("Tersimpan. Berlaku untuk pesanan yang dibuat mulai sekarang."))
    return see(paths.ADMIN_ORDERS)


def _shop() -> ShopRow:
    shop = shops.owned_by(actor().id)
    if shop is None:
        raise NotFound("Anda belum punya lapak.")
    return shop


def _opening_form(shop: ShopRow) -> OpeningForm:
    said, bears = shop.opening, catalog.capacity_of(shop.id)
    return OpeningForm(
        formdata=None, is_busy=said.is_busy, closed_from=said.closed_from or "", closed_until=said.closed_until or "",
        answers_from=said.answers_from, answers_until=said.answers_until, per_day=bears.per_day, unit=bears.unit,
        per_edition=bears.per_edition,
    )  # fmt: skip


def _opening(shop: ShopRow, form: OpeningForm, status: int = 200, *, wrong: str = "") -> ResponseReturnValue:
    today, bears = g.site.today(g.now), catalog.capacity_of(shop.id)
    taken = catalog.slots_of(shop.id, first=today, end=today + timedelta(days=CALENDAR_DAYS))
    days = []
    for ahead in range(CALENDAR_DAYS):
        day = today + timedelta(days=ahead)
        count, own = taken.get(slot_of(day), (0, None))
        days.append((day, Room(count, bears.per_day if own is None else own), own, shop.opening.is_closed(day)))
    return render_template("orders/opening.html", form=form, days=days, bears=bears, shop=shop, today=today, wrong=wrong), status


def _own(code: str) -> OrderView:
    shop_id = reading.shop_of(code)
    shop = shops.by_id(shop_id) if shop_id else None
    order = reading.by_code(code, shop_id=shop.id) if shop and shops_policy.runs(actor(), shop, now=g.now) else None
    if order is None:
        raise NotFound(GONE)
    return order


def _show(
    order: OrderView, *, confirm: ConfirmForm | None = None, sent: SentForm | None = None, decline: DeclineForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    own = shops.owned_by(actor().id)
    page = {
        "order": order, "events": reading.history(order.id),
        "confirm": confirm or ConfirmForm(formdata=None, postage="" if order.postage is None else str(order.postage)),
        "sent": sent or SentForm(formdata=None, courier=order.courier, tracking=order.tracking),
        "decline": decline or DeclineForm(formdata=None),
        "chat": chat_link(order.buyer_phone, say("Pesanan %(code)s", code=order.code) + ": ") if order.buyer_phone else None,
        "pictures": pictures(order),
        "is_kept": own is None or own.id != order.shop_id,
    }  # fmt: skip
    return render_template("orders/show.html", **page), status
