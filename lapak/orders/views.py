"""Pages where a buyer orders and watches, and where a seller answers."""

from flask import Blueprint, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.accounts.rules import origin_of
from lapak.catalog import queries as catalog
from lapak.catalog.queries import ProductView
from lapak.catalog.rules import State as ProductState
from lapak.catalog.rules import why_not_on_sale
from lapak.kernel import paths
from lapak.kernel.codes import token as fresh_token
from lapak.kernel.errors import Conflict, Invalid, NotFound, TooMany
from lapak.kernel.paging import parse_key
from lapak.kernel.words import say
from lapak.orders import adapters, queries, service
from lapak.orders.forms import DeclineForm, OrderForm
from lapak.orders.queries import OrderView
from lapak.orders.rules import Decline, State, form_key, shared_token
from lapak.regions.rules import covers
from lapak.shops import policy as shops_policy
from lapak.shops import queries as shops
from lapak.shops.rules import chat_link
from lapak.visits import adapters as visits
from lapak.web.access import actor, allow, public
from lapak.web.links import see
from lapak.web.texts import explained

bp = Blueprint("orders", __name__)


@bp.get(paths.ORDER_NEW)
@public
def new(slug: str) -> ResponseReturnValue:
    """Ask a buyer how many and for whom."""
    product = _on_sale(slug)
    return _new(product, OrderForm(once=fresh_token(), price_seen=product.price))


@bp.post(paths.ORDER_NEW)
@public
def place(slug: str) -> ResponseReturnValue:
    """Make the order, hold the stock, and go on to its page, which opens WhatsApp."""
    product = _on_sale(slug)
    form = OrderForm()
    if not form.validate_on_submit():
        return _new(product, form, 422)
    origin = origin_of(request.remote_addr, key=current_app.config["KEY"])
    draft = form.draft(product.id)
    filling = form_key(form.once.data or fresh_token(), draft)
    try:
        token = service.place(
            draft, shop_id=product.shop_id, idempotency_key=filling, origin=origin,
            site_code=g.site.region_code, key=current_app.config["KEY"], now=g.now,
        )  # fmt: skip
    except (Conflict, TooMany) as refusal:
        form.quantity.errors = [explained(refusal)]
        product = catalog.by_slug(slug) or product
        form.price_seen.data = product.price
        return _new(product, form, 429 if isinstance(refusal, TooMany) else 409)
    adapters.remember(token)
    return see(paths.ORDER, token=shared_token(token), kirim=1)


@bp.get(paths.ORDERS)
@public
def remembered() -> ResponseReturnValue:
    """List the orders this browser made last, so that a closed tab loses nothing."""
    return render_template("orders/remembered.html", orders=_remembered())


@bp.post(paths.ORDER_CANCEL)
@public
def cancel(token: str) -> ResponseReturnValue:
    """Take an order back."""
    service.cancel(token[:200], now=g.now)
    flash(_("Pesanan dibatalkan. Kabari juga penjual di WhatsApp."))
    return see(paths.ORDER, token=token)


@bp.post(paths.ORDER_RECEIVE)
@public
def receive(token: str) -> ResponseReturnValue:
    """Say that the goods arrived, and go on to what the buyer thinks of them."""
    service.receive_goods(adapters.shown(token), by=actor(), now=g.now)
    flash(_("Terima kasih. Penjual melihat bahwa pesanan ini sudah Anda terima."))
    return see(paths.ORDER, token=token)


@bp.get(paths.MY_ORDERS)
@allow(policy.sells)
def mine() -> ResponseReturnValue:
    """List a seller's orders, newest first."""
    shop = shops.owned_by(actor().id)
    if shop is None:
        return see(paths.START_SHOP)
    return render_template("orders/mine.html", orders=queries.of_shop(shop.id, before=parse_key(request.args.get("sesudah"))))


@bp.get(paths.MY_ORDER)
@allow(policy.serves)
def show(code: str) -> ResponseReturnValue:
    """Show an order to its seller."""
    return _show(_own(code), DeclineForm())


@bp.post(paths.MY_ORDER_ANSWER)
@allow(policy.serves)
def answer(code: str) -> ResponseReturnValue:
    """Confirm, complete or decline an order."""
    order, to = _own(code), request.form.get("to", "")
    if to == State.CONFIRMED:
        service.confirm(code, by=actor(), now=g.now)
    elif to == State.COMPLETED:
        service.complete(code, by=actor(), now=g.now)
    elif to == State.DECLINED:
        form = DeclineForm()
        if not form.validate_on_submit():
            return _show(order, form, 422)
        service.decline(code, Decline(form.why.data), form.note.data, by=actor(), now=g.now)
    else:
        raise Invalid({"to": say("Pilih terima, selesai, atau tolak.")})
    flash(_("Jawaban Anda tersimpan. Pembeli melihatnya di halaman pesanan."))
    return see(paths.MY_ORDER, code=code)


def _on_sale(slug: str) -> ProductView:
    product = catalog.by_slug(slug)
    if product is None or product.state is ProductState.ARCHIVED or not covers(g.site.region_code, product.market_code):
        raise NotFound("Produk ini tidak dijual lagi.")
    return product


def _new(product: ProductView, form: OrderForm, status: int = 200) -> ResponseReturnValue:
    why_not = why_not_on_sale(product.state, product.left, product.shop_name, has_number=bool(product.whatsapp))
    if product.is_withheld or (status == 200 and why_not):
        return see(paths.PRODUCT, slug=product.slug)
    if status == 200:
        visits.note_tap(product.id)
    if product.is_service:
        form.ask_for_service()
    photos = catalog.photos_of(product.id)
    page = {"form": form, "product": product, "photo": photos[0] if photos else None, "recent": _recent(product.id)}
    return render_template("orders/new.html", **page), status


def _remembered() -> list[tuple[str, OrderView]]:
    return queries.by_own(adapters.own_tokens()[::-1])


def _recent(product_id: int) -> str | None:
    """The link of an order this browser just made of the same listing: Back from WhatsApp may skip its page."""
    waiting = (
        token for token, order in _remembered() if order.state is State.PLACED and product_id in {item.product_id for item in order.items}
    )
    return next(waiting, None)


def _own(code: str) -> OrderView:
    shop_id = queries.shop_of(code)
    shop = shops.by_id(shop_id) if shop_id else None
    order = queries.by_code(code, shop_id=shop.id) if shop and shops_policy.runs(actor(), shop, now=g.now) else None
    if order is None:
        raise NotFound(service.GONE)
    return order


def _show(order: OrderView, form: DeclineForm, status: int = 200) -> ResponseReturnValue:
    chat = chat_link(order.buyer_phone, say("Pesanan %(code)s", code=order.code) + ": ") if order.buyer_phone else None
    own = shops.owned_by(actor().id)
    is_kept = own is None or own.id != order.shop_id
    return render_template("orders/show.html", order=order, form=form, chat=chat, is_kept=is_kept), status
