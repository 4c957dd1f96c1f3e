"""Pages where a seller says how to be paid, a companion looks at it, and a newcomer shows the QRIS that fills in the shop."""

import io

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy as accounts
from lapak.kernel import paths
from lapak.kernel.errors import Invalid, NotFound, TooMany
from lapak.payments import policy, queries, rules, service
from lapak.payments.adapters import places_of_postcode
from lapak.payments.forms import CashForm, CodeForm, QrisForm, TransferForm
from lapak.payments.rules import Merchant
from lapak.photos.rules import check_size
from lapak.regions.queries import places_in
from lapak.shops import queries as shops
from lapak.shops.queries import ShopRow
from lapak.shops.service import GONE
from lapak.web.access import actor, allow, signed_in
from lapak.web.limits import takes_photos
from lapak.web.links import see
from lapak.web.texts import explained, show_beside

bp = Blueprint("payments", __name__)
EXAMPLE_TOTAL = 45_000
EXAMPLE_CODE = "CONTOH"


@bp.get(paths.MY_PAYMENTS)
@allow(accounts.sells)
def mine() -> ResponseReturnValue:
    """Show a shop's ways to be paid, the code that waits, and what changed."""
    shop = _shop()
    waiting = queries.waiting(shop.id)
    page = {
        "shop": shop,
        "means": queries.ways(shop.id),
        "waiting": waiting,
        "is_like": waiting is not None and rules.is_like(waiting.name, shop.name, actor().name),
        "changes": queries.changes(shop.id),
    }
    return render_template("payments/mine.html", **page)


@bp.get(paths.MY_TRANSFER)
@allow(accounts.sells)
def transfer() -> ResponseReturnValue:
    """Ask for a bank account."""
    form = TransferForm()
    form.fill(queries.ways(_shop().id))
    return render_template("payments/transfer.html", form=form)


@bp.post(paths.MY_TRANSFER)
@allow(accounts.sells)
def set_transfer() -> ResponseReturnValue:
    """Keep a bank account."""
    shop, form = _shop(), TransferForm()
    if not form.validate_on_submit():
        return render_template("payments/transfer.html", form=form), 422
    service.set_transfer(shop.id, form.draft(), seen=form.seen(), by=actor(), now=g.now)
    flash(_("Rekening transfer sudah disimpan."))
    return see(paths.MY_PAYMENTS)


@bp.get(paths.MY_CASH)
@allow(accounts.sells)
def cash() -> ResponseReturnValue:
    """Ask whether buyers may pay in cash."""
    form = CashForm()
    form.fill(queries.ways(_shop().id))
    return render_template("payments/cash.html", form=form)


@bp.post(paths.MY_CASH)
@allow(accounts.sells)
def set_cash() -> ResponseReturnValue:
    """Keep what the seller says of cash."""
    shop, form = _shop(), CashForm()
    if not form.validate_on_submit():
        return render_template("payments/cash.html", form=form), 422
    service.set_cash(shop.id, form.draft(), seen=form.seen(), by=actor(), now=g.now)
    flash(_("Pembayaran tunai sudah disimpan."))
    return see(paths.MY_PAYMENTS)


@bp.get(paths.MY_QRIS)
@allow(accounts.sells)
def qris() -> ResponseReturnValue:
    """Ask for the shop's QRIS."""
    ways = queries.ways(_shop().id)
    return render_template("payments/qris.html", form=QrisForm(version=str(ways.version)), means=ways, found=[])


@bp.post(paths.MY_QRIS)
@allow(accounts.sells)
@takes_photos
def offer_code() -> ResponseReturnValue:
    """Take in the shop's QRIS; of several in one picture, ask which is the shop's."""
    shop, form = _shop(), QrisForm()
    found = _read(form)
    if len(found) != 1:
        return render_template("payments/qris.html", form=form, means=queries.ways(shop.id), found=found), 200 if found else 422
    if service.offer_code(shop.id, found[0].text, seen=form.seen(), by=actor(), now=g.now):
        flash(_("QRIS sudah terpasang. Periksa nama penerimanya di bawah."))
    return see(paths.MY_PAYMENTS)


@bp.post(paths.MY_QRIS_TAKE)
@allow(accounts.sells)
def take_code() -> ResponseReturnValue:
    """Show buyers the code that waited."""
    shop, form = _shop(), CodeForm()
    service.take_code(shop.id, form.code(), seen=form.seen(), by=actor(), now=g.now)
    flash(_("Pembeli kini melihat QRIS ini."))
    return see(paths.MY_PAYMENTS)


@bp.post(paths.MY_QRIS_DROP)
@allow(accounts.sells)
def drop_code() -> ResponseReturnValue:
    """Forget a code."""
    shop, form = _shop(), CodeForm()
    service.drop_code(shop.id, form.code(), seen=form.seen(), by=actor(), now=g.now)
    flash(_("Kode itu sudah dihapus."))
    return see(paths.MY_PAYMENTS)


@bp.get(paths.MY_PAYMENTS_EXAMPLE)
@allow(accounts.sells)
def example() -> ResponseReturnValue:
    """Show what buyers see, for a made-up total."""
    return render_template("payments/example.html", means=queries.ways(_shop().id), total=EXAMPLE_TOTAL, code=EXAMPLE_CODE)


@bp.get(paths.COMPANION_PAYMENTS)
@allow(accounts.may_accompany)
def kept(slug: str) -> ResponseReturnValue:
    """Show a keeper how the seller's shop is paid; only its owner can change that."""
    shop = shops.by_slug(slug)
    if shop is None or not policy.may_see_ways(actor(), shop, now=g.now):
        raise NotFound(GONE)
    return render_template("payments/kept.html", shop=shop, means=queries.ways(shop.id))


@bp.get(paths.START_QRIS)
@signed_in
def start() -> ResponseReturnValue:
    """Offer a newcomer to fill in the shop from their QRIS; whoever has a shop sets it there."""
    if shops.owned_by(actor().id) is not None:
        return see(paths.MY_PAYMENTS)
    return render_template("payments/start.html", form=QrisForm(), found=[])


@bp.post(paths.START_QRIS)
@signed_in
@takes_photos
def show_code() -> ResponseReturnValue:
    """Fill in the shop's name and place from a newcomer's QRIS, and keep it for the shop."""
    if shops.owned_by(actor().id) is not None:
        return see(paths.MY_PAYMENTS)
    form = QrisForm()
    found = _read(form)
    if len(found) != 1:
        return render_template("payments/start.html", form=form, found=found), 200 if found else 422
    merchant = service.keep_draft(found[0].text, by=actor(), now=g.now)
    flash(_("QRIS atas nama %(name)s terbaca dan akan dipasang di lapak Anda. Periksa isian di bawah.", name=merchant.name))
    return see(paths.START_SHOP, nama=merchant.name.strip(), tempat=_place(merchant) or None)


def _shop() -> ShopRow:
    shop = shops.owned_by(actor().id)
    if shop is None:
        raise NotFound("Anda belum punya lapak.")
    return shop


def _read(form: QrisForm) -> list[Merchant]:
    """Return the codes that a form brings; none with the reason beside its field."""
    file = request.files.get("photo")
    try:
        if not form.validate_on_submit():
            return []
        if file is not None and file.filename:
            check_size(file.stream.seek(0, io.SEEK_END))
            file.stream.seek(0)
            return service.codes_in(file.read(), by=actor(), now=g.now)
        return [rules.static_code(form.text.data or "")]
    except Invalid as refusal:
        show_beside(form, refusal, otherwise="text")
    except TooMany as refusal:
        form.photo.errors = [explained(refusal)]
    return []


def _place(merchant: Merchant) -> str:
    """Return the kabupaten or kota of this region that a merchant's city means; the postcode is looked up only where that helps."""
    places = places_in(g.site.region_code)
    return rules.place_of(merchant.city, places) or rules.place_of(merchant.city, places, by_postcode=places_of_postcode(merchant.postcode))
