"""The seller's desk, the admins' desk, and the site's texts."""

from datetime import timedelta

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.accounts import queries as account_queries
from lapak.accounts import service as accounts
from lapak.catalog import queries as catalog
from lapak.checking.rules import Standing
from lapak.dashboard import rules
from lapak.editions.queries import calls
from lapak.kernel import paths
from lapak.kernel.words import say
from lapak.orders.queries import figures as order_figures
from lapak.orders.queries import reading as orders
from lapak.orders.rules.states import DECLINE_TEXTS, STATE_NAMES
from lapak.regions.forms import TextsForm
from lapak.shops import queries as shops
from lapak.shops.rules import HELP_DAYS
from lapak.visits import queries as visits
from lapak.visits.rules import SOURCE_NAMES
from lapak.web.access import actor, allow
from lapak.web.links import see

bp = Blueprint("dashboard", __name__)
NEWEST_ORDERS = 3
MOST_LISTINGS = 60
"""Listings whose figures the page shows."""
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


@bp.get(paths.MY_FIGURES)
@allow(policy.sells)
def figures() -> ResponseReturnValue:
    """Show a seller what came of their listings: visits, taps, orders and money, by day, source and listing."""
    shop = shops.owned_by(actor().id)
    if shop is None:
        return see(paths.START_SHOP)
    asked, today = request.args.get("hari", ""), g.site.today(g.now)
    span = next((one for one in rules.SPANS if str(one) == asked), rules.USUAL)
    days = rules.days_until(today, span)
    seen = {"first": days[0], "end": today + timedelta(days=1)}
    made = {"since": g.site.end_of(days[0] - timedelta(days=1)), "until": g.site.end_of(today)}
    # Every zone of Indonesia keeps one distance to UTC all year, so the one of this moment is that of all these days.
    ahead = g.site.local(g.now).utcoffset() or timedelta()
    summary = rules.summary(
        days, visits.by_day(shop.id, **seen), order_figures.by_day(shop.id, ahead=ahead, **made),
        visits.by_product(shop.id, limit=MOST_LISTINGS, **seen), order_figures.by_product(shop.id, limit=MOST_LISTINGS, **made),
    )  # fmt: skip
    page = {
        "summary": summary, "span": span, "spans": rules.SPANS, "chart": rules.chart, "best_day": rules.best_day, "shop": shop,
        "endings": order_figures.endings(shop.id, **made), "source_names": SOURCE_NAMES, "state_names": STATE_NAMES,
        "decline_texts": DECLINE_TEXTS, "value": rules.VALUES,
    }  # fmt: skip
    return render_template("dashboard/figures.html", **page)


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
