"""The seller's desk, the admins' desk, and the site's texts."""

from flask import Blueprint, flash, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.accounts import queries as account_queries
from lapak.accounts import service as accounts
from lapak.catalog import queries as catalog
from lapak.checking.rules import Standing
from lapak.editions.queries import calls
from lapak.kernel import paths
from lapak.kernel.words import say
from lapak.orders.queries import reading as orders
from lapak.regions.forms import TextsForm
from lapak.shops import queries as shops
from lapak.shops.rules import HELP_DAYS
from lapak.web.access import actor, allow
from lapak.web.links import see

bp = Blueprint("dashboard", __name__)
NEWEST_ORDERS = 3
MEND = {Standing.ASKED, Standing.REFUSED}
MORNING, NOON, AFTERNOON, EVENING = 4, 11, 15, 18


@bp.get(paths.DASHBOARD)
@allow(policy.sells)
def home() -> ResponseReturnValue:
    """A seller's day: orders that wait, what is on sale."""
    shop = shops.owned_by(actor().id)
    if shop is None:
        return see(paths.START_SHOP)
    reviews, entries = catalog.to_tell(shop.id, since=g.now), calls.entries_of(shop.id)
    page = {
        "shop": shop,
        "greeting": _greeting(g.site.local(g.now).hour),
        "today": g.site.today(g.now),
        "orders": orders.of_shop(shop.id, limit=NEWEST_ORDERS).rows,
        "waiting": orders.waiting(shop.id),
        "cards": catalog.mine(shop.id),
        "unsorted": catalog.unsorted(shop.id),
        "unconfirmed": catalog.unconfirmed(shop.id),
        "to_mend": [slug for slug, review in reviews.items() if review.standing in MEND],
        "calls": calls.open_for(shop.region_code, shop.market_code, now=g.now),
        "asked": [one for one in entries if one.is_asked and not one.is_awaited],
        "awaited": [one for one in entries if one.is_awaited],
        "keeper": account_queries.name_of(shop.keeper_id) if shop.keeper_id else "",
        "help_days": HELP_DAYS,
        "now": g.now,
    }
    return render_template("dashboard/home.html", **page)


@bp.get(paths.ADMIN)
@allow(policy.may_administer)
def admin() -> ResponseReturnValue:
    """What an admin looks after."""
    return render_template("dashboard/admin.html")


@bp.get(paths.ADMIN_TEXTS)
@allow(policy.may_administer)
def texts() -> ResponseReturnValue:
    """Show the site's texts."""
    return render_template("dashboard/texts.html", form=TextsForm(obj=g.site))


@bp.post(paths.ADMIN_TEXTS)
@allow(policy.may_administer)
def save_texts() -> ResponseReturnValue:
    """Change the site's texts."""
    form = TextsForm()
    if not form.validate_on_submit():
        return render_template("dashboard/texts.html", form=form), 422
    accounts.edit_site_texts(form.texts(), region_code=g.site.region_code, by=actor())
    flash(_("Teks situs sudah diperbarui."))
    return see(paths.ADMIN_TEXTS)


def _greeting(hour: int) -> str:
    if MORNING <= hour < NOON:
        return say("Selamat pagi")
    if NOON <= hour < AFTERNOON:
        return say("Selamat siang")
    return say("Selamat sore") if AFTERNOON <= hour < EVENING else say("Selamat malam")
