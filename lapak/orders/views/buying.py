"""Pages where a buyer fills a basket, orders, and says what became of the order."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts.rules import origin_of
from lapak.catalog import queries as catalog
from lapak.catalog.queries import ProductView
from lapak.catalog.rules import Reach, Supply
from lapak.catalog.rules import State as ProductState
from lapak.catalog.service.stock import Full, Line, Short
from lapak.kernel import paths
from lapak.kernel.codes import token as fresh_token
from lapak.kernel.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from lapak.kernel.text import printable
from lapak.kernel.words import say
from lapak.orders.adapters import session as adapters
from lapak.orders.forms import HOW_MANY, BuyerForm, OrderForm, PaidForm
from lapak.orders.queries import baskets, reading
from lapak.orders.queries import placing as facts
from lapak.orders.queries.baskets import Basket
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.holding import OFFERED_DAYS
from lapak.orders.rules.items import MOST_UNITS
from lapak.orders.rules.states import PaysBy, State
from lapak.orders.rules.tokens import form_key, shared_token
from lapak.orders.service import buying, finding, placing
from lapak.orders.service.moving import GONE
from lapak.orders.service.placing import Spoiled, Unknown, Warned
from lapak.orders.views.picture import picture_of
from lapak.regions import queries as regions
from lapak.regions.rules import DISTANCE_NAMES, Distance, covers
from lapak.visits import adapters as visits
from lapak.visits.rules import source_named
from lapak.web.access import actor, public
from lapak.web.links import see
from lapak.web.texts import explained

bp = Blueprint("orders", __name__)
UNDERSTOOD = say("Centang bila Anda mengerti dan tetap ingin memesan")
WHICH_PLACE = say("Ada beberapa tempat bernama itu. Pilih satu")


@bp.get(paths.ORDER_NEW)
@public
def new(slug: str) -> ResponseReturnValue:
    """Ask a buyer how many and for whom."""
    product = _on_sale(slug)
    return _new(product, OrderForm(once=fresh_token(), price_seen=product.price))


@bp.post(paths.ORDER_NEW)
@public
def place(slug: str) -> ResponseReturnValue:
    """Make the order, hold what it takes, and go on to its page, which opens WhatsApp."""
    product = _on_sale(slug)
    form = _asked(OrderForm(), product)
    if not form.validate_on_submit():
        return _new(product, form, 422)
    lines = form.lines(product.id)
    try:
        return _place(form, lines, shop_id=product.shop_id)
    except Ambiguous:
        return _new(product, form, 422)
    except (Conflict, TooMany) as refusal:
        _show_beside(form, refusal, lines, shop_id=product.shop_id, otherwise=form.quantity)
        if isinstance(refusal, Short) and refusal.left:
            left = str(refusal.left)
            form.quantity._value = lambda: left  # noqa: SLF001 - the number that can be had stands ready
        fresh = catalog.by_slug(slug) or product
        form.price_seen.data = fresh.price
        return _new(fresh, form, 429 if isinstance(refusal, TooMany) else 409)


def _show_beside(
    form: BuyerForm, refusal: Conflict | TooMany, lines: Sequence[Line], *, shop_id: int, otherwise: Any
) -> bool:  # fmt: skip
    """Show a refusal beside the question that it is about, which may get other answers to choose from; return whether there was one."""
    field = otherwise
    if isinstance(refusal, Unknown | Spoiled) and "buyer_place" in form:
        field = form.buyer_place
    if isinstance(refusal, Warned):
        field = form.understood if not isinstance(refusal, Unknown) else field
        form.understood.errors = form.understood.errors or [UNDERSTOOD]
    if isinstance(refusal, Full) and "ready_on" in form:
        field = form.ready_on
        form.offer_days(_days(lines, shop_id=shop_id))
        field = form.ready_on if "ready_on" in form else otherwise
    if field is None:
        return False
    field.errors = [explained(refusal)]
    return True


@bp.get(paths.BASKET)
@public
def basket() -> ResponseReturnValue:
    """Show what is in this browser's basket, seller by seller."""
    return render_template("orders/basket.html", baskets=_baskets())


@bp.post(paths.BASKET_ADD)
@public
def add(slug: str) -> ResponseReturnValue:
    """Put a listing into the basket and show its seller's other listings."""
    product = _on_sale(slug)
    form = _asked(OrderForm(), product)
    asked = [form.quantity, form.variant] if "variant" in form else [form.quantity]
    is_good = [field.validate(form) and not field.errors for field in asked]
    if not all(is_good):
        return _new(product, form, 422)
    (line,) = form.lines(product.id)
    if not adapters.put(line):
        form.quantity.errors = [say("Keranjang sudah penuh. Pesan dulu yang ada di keranjang.")]
        return _new(product, form, 409)
    flash(_("%(name)s masuk keranjang.", name=product.name))
    return see(paths.CHECKOUT, slug=product.shop_slug)


@bp.post(paths.BASKET_CHANGE)
@public
def change(slug: str) -> ResponseReturnValue:
    """Change how many of what is in the basket; 0 takes it out."""
    found = _basket(slug)
    try:
        lines = _counted(found)
    except Invalid as refusal:
        return _checkout(found, BuyerForm(once=fresh_token()), 422, wrong=explained(refusal))
    _keep_lines(found, lines)
    flash(_("Keranjang diperbarui."))
    return see(paths.CHECKOUT, slug=slug) if lines else see(paths.BASKET)


@bp.get(paths.CHECKOUT)
@public
def checkout(slug: str) -> ResponseReturnValue:
    """Show one seller's part of the basket, and ask who the buyer is."""
    return _checkout(_basket(slug), BuyerForm(once=fresh_token()))


@bp.post(paths.CHECKOUT)
@public
def order(slug: str) -> ResponseReturnValue:
    """Order one seller's part of the basket, as the page says it."""
    found, form = _part(slug), BuyerForm()
    if found is None:
        flash(_("Keranjang ini sudah dipesan atau sudah kosong. Pesanan Anda ada di bawah."))
        return see(paths.ORDERS)
    days = _prepare(form, found)
    try:
        lines = _counted(found)
    except Invalid as refusal:
        return _checkout(found, form, 422, wrong=explained(refusal), days=days)
    if not lines:
        return _checkout(found, form, 422, wrong=say("Keranjang kosong. Tulis dulu jumlahnya"), days=days)
    if not form.validate_on_submit():
        return _checkout(found, form, 422, days=days)
    try:
        answer = _place(form, lines, shop_id=found.shop_id)
    except Ambiguous:
        return _checkout(found, form, 422, days=days)
    except (Conflict, TooMany) as refusal:
        if isinstance(refusal, Short):
            _keep_lines(found, [line for line in (_cut(line, refusal) for line in lines) if line.quantity])
            found = _basket(slug)
        status = 429 if isinstance(refusal, TooMany) else 409
        is_beside = _show_beside(form, refusal, lines, shop_id=found.shop_id, otherwise=None)
        return _checkout(found, form, status, wrong="" if is_beside else explained(refusal), days=days)
    _keep_lines(found, [])
    return answer


def _cut(line: Line, short: Short) -> Line:
    """The line, cut to what is left where it is the one that is short."""
    is_it = line.product_id == short.line.product_id and short.line.variant_id in {None, line.variant_id}
    return Line(line.product_id, min(line.quantity, short.left), variant_id=line.variant_id) if is_it else line


@bp.get(paths.ORDERS)
@public
def remembered() -> ResponseReturnValue:
    """List the orders this browser made last, so that a closed tab loses nothing."""
    return render_template("orders/remembered.html", orders=_remembered(), code="", wrong="")


@bp.post(paths.ORDERS)
@public
def find() -> ResponseReturnValue:
    """Open an order by its short code and the last four digits of its buyer's number."""
    code, digits = printable(request.form.get("code", ""))[:20], request.form.get("digits", "")[:10]
    origin = origin_of(request.remote_addr, key=current_app.config["KEY"])
    try:
        found = finding.find(code, digits, origin=origin, now=g.now)
    except DomainError as refusal:
        status = 429 if isinstance(refusal, TooMany) else 404 if isinstance(refusal, NotFound) else 422
        return render_template("orders/remembered.html", orders=_remembered(), code=code, wrong=explained(refusal)), status
    adapters.open_by_code(found)
    return see(paths.ORDER, token=found)


@bp.get(paths.ORDER_EVIDENCE)
@public
def evidence(token: str, number: int) -> ResponseReturnValue:
    """Send the picture of what was ordered to whoever may open the order."""
    opened = reading.opened(token[:200], own=adapters.own_tokens(), codes=adapters.opened_codes())
    if opened is None:
        raise NotFound(GONE)
    return picture_of(opened.order, number)


@bp.post(paths.ORDER_CANCEL)
@public
def cancel(token: str) -> ResponseReturnValue:
    """Take an order back."""
    buying.cancel(adapters.shown(token), by=actor(), now=g.now)
    flash(_("Pesanan dibatalkan. Kabari juga penjual di WhatsApp."))
    return see(paths.ORDER, token=token)


@bp.post(paths.ORDER_ACCEPT)
@public
def accept(token: str) -> ResponseReturnValue:
    """Accept what the order costs in all."""
    seen = request.form.get("total", "")
    total = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 15 else -1
    buying.accept(adapters.shown(token), total, by=actor(), now=g.now)
    flash(_("Jumlahnya Anda setujui. Sekarang atur pembayarannya."))
    return see(paths.ORDER, token=token)


@bp.post(paths.ORDER_EXTEND)
@public
def extend(token: str) -> ResponseReturnValue:
    """Give the seller more time."""
    buying.extend(adapters.shown(token), by=actor(), now=g.now)
    flash(_("Waktu tunggu diperpanjang satu kali."))
    return see(paths.ORDER, token=token)


@bp.post(paths.ORDER_PAY)
@public
def pay(token: str) -> ResponseReturnValue:
    """Say that the money went to the seller."""
    form = PaidForm()
    if not form.validate_on_submit():
        raise Invalid({"pays_by": say("Pilih cara membayarnya.")})
    buying.pay(adapters.shown(token), PaysBy(form.pays_by.data), by=actor(), now=g.now)
    flash(_("Tercatat. Penjual memeriksa uangnya, lalu mengonfirmasi di sini."))
    return see(paths.ORDER, token=token)


@bp.post(paths.ORDER_RECEIVE)
@public
def receive(token: str) -> ResponseReturnValue:
    """Say that the goods arrived, and go on to what the buyer thinks of them."""
    buying.receive_goods(adapters.shown(token), by=actor(), now=g.now)
    flash(_("Terima kasih. Penjual melihat bahwa pesanan ini sudah Anda terima."))
    return see(paths.ORDER, token=token)


@bp.post(paths.ORDER_MONEY_BACK)
@public
def money_back(token: str) -> ResponseReturnValue:
    """Say that the money of a refused order is back."""
    buying.receive_money(adapters.shown(token), by=actor(), now=g.now)
    flash(_("Terima kasih. Pesanan ini selesai, uangnya sudah kembali."))
    return see(paths.ORDER, token=token)


@bp.post(paths.ORDER_REPEAT)
@public
def repeat(token: str) -> ResponseReturnValue:
    """Put what was ordered before into the basket again."""
    opened = reading.opened(token[:200], own=adapters.own_tokens())
    if opened is None:
        raise NotFound(GONE)
    for item in opened.order.items:
        adapters.put(Line(item.product_id, item.quantity, variant_id=item.variant_id))
    if _part(opened.order.shop_slug):
        return see(paths.CHECKOUT, slug=opened.order.shop_slug)
    flash(_("Barangnya sekarang dijual dengan pilihan lain. Pilih lagi di lapaknya."))
    return see(paths.SHOP, slug=opened.order.shop_slug)


def _on_sale(slug: str) -> ProductView:
    product = catalog.by_slug(slug)
    if product is None or product.state is ProductState.ARCHIVED or not covers(g.site.region_code, product.market_code):
        raise NotFound("Produk ini tidak dijual lagi.")
    return product


def _asked(form: OrderForm, product: ProductView) -> OrderForm:
    """The form with the questions that this listing needs."""
    if product.is_service:
        form.ask_for_service()
    elif product.reach is Reach.PICKUP:
        form.ask_for_pickup()
    form.offer([one for one in catalog.variants_of(product.id) if one.is_active] if product.variant_count else [])
    is_made = product.supply is not Supply.STOCK
    form.offer_days(_days([Line(product.id, 1, variant_id=_any_variant(form))], shop_id=product.shop_id) if is_made else [])
    return form


def _any_variant(form: OrderForm) -> int | None:
    return int(form.variant.choices[0].value.partition(":")[0]) if "variant" in form else None


def _days(lines: Sequence[Line], *, shop_id: int) -> list[date]:
    """The next days on which a shop can have something ready; none where nothing has to be made."""
    ground = facts.ground(shop_id, site_code=g.site.region_code)
    offered = facts.offered(lines, shop_id=shop_id)
    lines = [line for line in lines if (line.product_id, line.variant_id) in offered]
    if ground is None or not lines:
        return []
    load = facts.load(lines, offered, ground, today=ground.today(g.now))
    return facts.free(load, ground, shop_id=shop_id)[:OFFERED_DAYS] if load else []


def _place(form: BuyerForm, lines: Sequence[Line], *, shop_id: int) -> ResponseReturnValue:
    """Make the order; raise Ambiguous, with the question asked, when several places have the name that was typed."""
    place_code = _where_to(form)
    draft = form.draft(lines, source=source_named(request.args.get("dari", "")), place_code=place_code)
    filling = form_key(form.once.data or fresh_token(), draft)
    origin = origin_of(request.remote_addr, key=current_app.config["KEY"])
    token = placing.place(
        draft, shop_id=shop_id, idempotency_key=filling, origin=origin, site_code=g.site.region_code, key=current_app.config["KEY"],
        now=g.now,
    )  # fmt: skip
    adapters.remember(token)
    return see(paths.ORDER, token=shared_token(token), kirim=1)


class Ambiguous(Exception):
    """Several places bear the name that was typed; the form asks which."""


def _where_to(form: BuyerForm) -> str | None:
    if "buyer_place" not in form or not form.buyer_place.data or ("delivery" in form and form.way != "sent"):
        return None
    places = regions.places_named(form.buyer_place.data)
    chosen = [place for place in places if place.code == form.buyer_region.data]
    if len(places) > 1:
        form.offer_places(places)
        if not chosen:
            form.buyer_region.errors = [WHICH_PLACE]
            raise Ambiguous
    if not places:
        return None
    place = (chosen or places)[0]
    said = form.buyer_place.data
    form.buyer_place.data = place.name if "," not in said else f"{said.rpartition(',')[0]}, {place.name}"
    return place.code


def _new(product: ProductView, form: OrderForm, status: int = 200) -> ResponseReturnValue:
    if product.is_withheld or (status == 200 and product.why_not(g.site.today(g.now))):
        return see(paths.PRODUCT, slug=product.slug)
    if status == 200:
        visits.note_tap(product.id)
        _asked(form, product)
    photos = catalog.photos_of(product.id)
    page = {
        "form": form, "product": product, "photo": photos[0] if photos else None, "recent": _recent(product.id),
        "prices": _prices(form, product.shop_id),
    }  # fmt: skip
    return render_template("orders/new.html", **page), status


def _prices(form: BuyerForm, shop_id: int) -> list[tuple[str, int | None]]:
    """What the shop asks for sending, by how far, where anything is sent; the form remembers what it showed."""
    if "delivery" not in form:
        return []
    prices = facts.postages(shop_id)
    form.postage_seen.data = facts.price_list(prices)
    return [(DISTANCE_NAMES[far], prices.get(far)) for far in Distance] if prices else []


def _baskets() -> list[Basket]:
    """What of the basket this market offers; what is offered no more at all is taken out of it."""
    found = baskets.filled(adapters.basket(), day=g.site.today(g.now))
    there = {(row.product_id, row.variant_id) for one in found for row in one.rows}
    lines = adapters.basket()
    if len(there) < len(lines):
        adapters.keep([line for line in lines if (line.product_id, line.variant_id) in there])
    return [one for one in found if covers(g.site.region_code, one.market_code)]


def _part(slug: str) -> Basket | None:
    """One seller's part of the basket."""
    return next((one for one in _baskets() if one.shop_slug == slug), None)


def _basket(slug: str) -> Basket:
    found = _part(slug)
    if found is None:
        raise NotFound(say("Keranjang untuk lapak ini kosong."))
    return found


def _prepare(form: BuyerForm, found: Basket) -> list[date]:
    if found.is_service:
        form.ask_for_service()
    elif found.is_pickup:
        form.ask_for_pickup()
    days = _days(found.lines, shop_id=found.shop_id)
    form.offer_days(days)
    return days


def _checkout(
    found: Basket, form: BuyerForm, status: int = 200, *, wrong: str = "", days: Sequence[date] | None = None
) -> ResponseReturnValue:  # fmt: skip
    if days is None:
        _prepare(form, found)
    prices = _prices(form, found.shop_id)
    return render_template("orders/checkout.html", basket=found, form=form, wrong=wrong, prices=prices), status


def _counted(found: Basket) -> list[Line]:
    """The basket's lines with the numbers that the page sent, at the prices it showed; raise Invalid for a number that is none."""
    lines = []
    for row in found.rows:
        said = request.form.get(row.field)
        quantity = (0 if row.why_not else row.quantity) if said is None else baskets.quantity(said, HOW_MANY, MOST_UNITS)
        seen = request.form.get(f"{row.field}-harga", "")
        price = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 12 else None
        if quantity and row.why_not:
            raise Invalid({"": say("%(name)s tidak dapat dipesan sekarang: %(why)s", name=row.name, why=row.why_not)})
        if quantity:
            lines.append(Line(row.product_id, quantity, price, row.variant_id))
    return lines


def _keep_lines(found: Basket, lines: Sequence[Line]) -> None:
    """Have the basket hold these lines of one seller, and whatever it holds of others."""
    mine = {(row.product_id, row.variant_id) for row in found.rows}
    others = [line for line in adapters.basket() if (line.product_id, line.variant_id) not in mine]
    adapters.keep([*others, *lines])


def _remembered() -> list[tuple[str, OrderView]]:
    return reading.by_own(adapters.own_tokens()[::-1])


def _recent(product_id: int) -> str | None:
    """The link of an order this browser just made of the same listing: Back from WhatsApp may skip its page."""
    waiting = (
        token for token, order in _remembered() if order.state is State.PLACED and product_id in {item.product_id for item in order.items}
    )
    return next(waiting, None)
