"""Pages where a seller opens and edits their shop."""

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.kernel import paths
from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import say
from lapak.shops import queries, service
from lapak.shops.forms import ShopForm, StartForm
from lapak.shops.rules import HELP_DAYS
from lapak.web.access import actor, allow, signed_in
from lapak.web.links import see

bp = Blueprint("shops", __name__)


@bp.get(paths.START_SHOP)
@signed_in
def start() -> ResponseReturnValue:
    """Ask for the shop's name and place; who has a shop goes straight on to the product."""
    if queries.owned_by(actor().id) is not None:
        return see(paths.START_PRODUCT)
    return _start(_start_form())


@bp.post(paths.START_SHOP)
@signed_in
def open_shop() -> ResponseReturnValue:
    """Open the shop and go on to the first product."""
    form = _start_form()
    if not form.validate_on_submit():
        return _start(form, 422)
    try:
        service.open_shop(form.draft(), by=actor(), site_code=g.site.region_code, now=g.now)
    except Invalid as refusal:
        form.region_code.errors = [refusal.fields["region_code"]]
        return _start(form, 422)
    return see(paths.START_PRODUCT)


@bp.get(paths.MY_SHOP)
@allow(policy.sells)
def edit() -> ResponseReturnValue:
    """Show the shop's own words."""
    shop = queries.owned_by(actor().id)
    form = ShopForm(obj=shop)
    form.offer(g.site.region_code, current=shop.region_code if shop else None)
    return render_template("shops/edit.html", form=form, shop=shop)


@bp.post(paths.MY_SHOP)
@allow(policy.sells)
def save() -> ResponseReturnValue:
    """Change the shop's words."""
    shop = queries.owned_by(actor().id)
    form = ShopForm()
    form.offer(g.site.region_code, current=shop.region_code if shop else None)
    if not form.validate_on_submit():
        return render_template("shops/edit.html", form=form, shop=shop), 422
    try:
        service.edit_shop(form.draft(), by=actor(), site_code=g.site.region_code, now=g.now)
    except Invalid as refusal:
        form.region_code.errors = list(refusal.fields.values())
        return render_template("shops/edit.html", form=form, shop=shop), 422
    flash(_("Lapak Anda sudah diperbarui."))
    return see(paths.MY_SHOP)


@bp.post(paths.MY_KEEPER)
@allow(policy.sells)
def let_help() -> ResponseReturnValue:
    """Let the companion help for a while, or end it."""
    days = request.form.get("days", "")
    if days not in {"0", *map(str, HELP_DAYS)}:
        raise Invalid({"days": say("Pilih berapa lama dari daftar")})
    service.let_help(int(days), by=actor(), now=g.now)
    flash(_("Pendamping boleh membantu lagi.") if days != "0" else _("Akses pendamping sudah berakhir."))
    return see(paths.DASHBOARD)


def _start_form() -> StartForm:
    """The form, filled in from the address where somebody showed their QRIS before."""
    form = StartForm(name=clean_line(request.args.get("nama", "")), region_code=request.args.get("tempat", ""))
    form.offer(g.site.region_code)
    return form


def _start(form: StartForm, status: int = 200) -> ResponseReturnValue:
    return render_template("shops/start.html", form=form), status
