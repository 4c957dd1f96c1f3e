"""The counter: a companion registers sellers and hands each their shop; a seller takes it over."""

from flask import Blueprint, Response, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.accounts import queries as accounts
from lapak.accounts.forms import PhoneForm
from lapak.accounts.rules import CONSENT_TEXTS, CONSENT_VERSION, Purpose
from lapak.catalog import queries as catalog
from lapak.checking.rules import TOLD_FOR
from lapak.companions import queries, service
from lapak.companions.adapters import qr_svg
from lapak.companions.forms import ClaimForm, CorrectionForm, SellerForm
from lapak.kernel import paths
from lapak.kernel.codes import token as fresh_token
from lapak.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, TooMany
from lapak.kernel.paging import parse_key
from lapak.kernel.words import say
from lapak.orders.queries import reading as orders
from lapak.regions.queries import places_in
from lapak.regions.rules import Place, covers
from lapak.shops import policy as shops_policy
from lapak.shops import queries as shops
from lapak.shops import service as shops_service
from lapak.shops.queries import LinkRow, OfferRow, ShopRow
from lapak.shops.rules import chat_link, last_two
from lapak.web.access import actor, allow, public, signed_in
from lapak.web.links import absolute, see, to
from lapak.web.texts import explained, show_beside, translated

bp = Blueprint("companions", __name__)
NEWEST_ORDERS = 5
CONSENT = CONSENT_TEXTS[Purpose.SHOP, CONSENT_VERSION]


@bp.get(paths.COMPANION)
@allow(policy.may_accompany)
def mine() -> ResponseReturnValue:
    """List the sellers this companion registered."""
    kept = queries.kept_by(actor().id, before=parse_key(request.args.get("sesudah")), now=g.now)
    return render_template("companions/mine.html", kept=kept, now=g.now)


@bp.get(paths.COMPANION_NEW)
@allow(policy.may_accompany)
def new() -> ResponseReturnValue:
    """Ask for a seller, the place of the last one chosen already."""
    form = SellerForm(once=fresh_token(), region_code=shops.last_place_of(actor().id))
    form.offer(_places())
    return _new(form)


@bp.post(paths.COMPANION_NEW)
@allow(policy.may_accompany)
def register() -> ResponseReturnValue:
    """Open a seller's shop and go on to its first product."""
    form = SellerForm()
    form.offer(_places())
    if not form.validate_on_submit():
        return _new(form, 422)
    try:
        slug = shops_service.register(form.draft(), by=actor(), site_code=g.site.region_code, key=_key(), once=form.key(), now=g.now)
    except Invalid as refusal:
        show_beside(form, refusal, otherwise="name")
        return _new(form, 422)
    return see(paths.START_PRODUCT, lapak=slug)


@bp.get(paths.COMPANION_SHOP)
@allow(policy.may_accompany)
def show(slug: str) -> ResponseReturnValue:
    """Show a seller's shop to whoever keeps it or may hand it over: its link, products and orders."""
    shop = _shop(slug)
    link = _link(shop)
    page = {
        "shop": shop,
        "keeps": shops_policy.keeps(actor(), shop, now=g.now),
        "seller_name": shops.seller_name(shop.id),
        "link": link,
        "chat": chat_link(shop.whatsapp, _message(shop, link)) if link and shop.whatsapp else None,
        "cards": catalog.mine(shop.id),
        "unconfirmed": catalog.unconfirmed(shop.id),
        "reviews": catalog.to_tell(shop.id, since=g.now - TOLD_FOR),
        "orders": orders.of_shop(shop.id, limit=NEWEST_ORDERS).rows,
    }
    return render_template("companions/show.html", **page)


@bp.get(paths.COMPANION_EDIT)
@allow(policy.may_accompany)
def edit(slug: str) -> ResponseReturnValue:
    """Show what was written down at the counter."""
    shop = _waiting(slug)
    form = CorrectionForm(
        seller_name=shops.seller_name(shop.id), phone=shop.whatsapp, name=shop.name, region_code=shop.region_code,
    )  # fmt: skip
    form.offer(_places(shop))
    return render_template("companions/edit.html", form=form, shop=shop)


@bp.post(paths.COMPANION_EDIT)
@allow(policy.may_accompany)
def correct(slug: str) -> ResponseReturnValue:
    """Put right what was written down."""
    shop = _waiting(slug)
    form = CorrectionForm()
    form.offer(_places(shop))
    if not form.validate_on_submit():
        return render_template("companions/edit.html", form=form, shop=shop), 422
    try:
        shops_service.correct(slug, form.draft(), by=actor(), site_code=g.site.region_code, now=g.now)
    except Invalid as refusal:
        show_beside(form, refusal, otherwise="name")
        return render_template("companions/edit.html", form=form, shop=shop), 422
    flash(_("Data penjual sudah diperbaiki."))
    return see(paths.COMPANION_SHOP, slug=slug)


@bp.post(paths.COMPANION_LINK)
@allow(policy.may_accompany)
def make_link(slug: str) -> ResponseReturnValue:
    """Make a new claim link; the old one dies."""
    shops_service.make_link(slug, by=actor(), key=_key(), now=g.now)
    flash(_("Tautan baru sudah jadi. Lembar dan pesan yang lama tidak berlaku lagi."))
    return see(paths.COMPANION_SHOP, slug=slug)


@bp.post(paths.COMPANION_SEND)
@allow(policy.may_accompany)
def send_link(slug: str) -> ResponseReturnValue:
    """Send the claim link to the seller's number."""
    shop = _shop(slug)
    link = _link(shop)
    try:
        shops_service.send_link(slug, _message(shop, link) if link else "", by=actor(), now=g.now)
    except (Conflict, TooMany) as refusal:
        flash(explained(refusal), "segera")
    else:
        flash(_("Tautan sedang dikirim ke nomor penjual."))
    return see(paths.COMPANION_SHOP, slug=slug)


@bp.get(paths.COMPANION_SHEET)
@allow(policy.may_accompany)
def sheet(slug: str) -> ResponseReturnValue:
    """Show the sheet that a seller takes home: one A5, with the link as a QR code."""
    shop = _shop(slug)
    link = _link(shop)
    if link is None:
        return see(paths.COMPANION_SHOP, slug=slug)
    digits = last_two(shop.whatsapp) if shop.whatsapp else ""
    return render_template("companions/sheet.html", shop=shop, link=link, address=_address(link), digits=digits)


@bp.get(paths.COMPANION_QR)
@allow(policy.may_accompany)
def qr(slug: str) -> ResponseReturnValue:
    """Draw the claim link as a QR code."""
    link = _link(_shop(slug))
    if link is None:
        raise NotFound(shops_service.GONE)
    return Response(qr_svg(_address(link)), mimetype="image/svg+xml")


@bp.get(paths.ADMIN_UNCLAIMED)
@allow(policy.may_administer)
def unclaimed() -> ResponseReturnValue:
    """List the region's shops that have no owner yet, imported ones too."""
    before = parse_key(request.args.get("sesudah"))
    found = queries.unclaimed(g.site.region_code, keeper_id=actor().id, before=before, now=g.now)
    return render_template("companions/unclaimed.html", kept=found, now=g.now)


@bp.get(paths.CLAIM)
@public
def claim_page(token: str) -> ResponseReturnValue:
    """Show whose shop a link offers, and ask its seller to sign in; looking uses nothing up."""
    person = actor()
    if person is not None and shops.is_claimed_by(person.id, token):
        return see(paths.DASHBOARD)
    return _claim(token, ClaimForm())


@bp.post(paths.CLAIM)
@signed_in
def claim(token: str) -> ResponseReturnValue:
    """Take a shop over."""
    form = ClaimForm()
    if not form.validate_on_submit():
        return _claim(token, form, 422)
    try:
        service.claim(token, by=actor(), help_days=int(form.days.data), agrees=form.consent.data, now=g.now)
    except Invalid as refusal:
        show_beside(form, refusal, otherwise="days")
        return _claim(token, form, 422)
    except NotFound:
        return _dead()
    except NotAllowed:
        return _claim(token, form, 403)
    except Conflict:
        return _claim(token, form, 409)
    flash(_("Lapak ini sekarang milik Anda. Periksa produk dan nomornya."))
    return see(paths.DASHBOARD)


def _claim(token: str, form: ClaimForm, status: int = 200) -> ResponseReturnValue:
    offer = shops.offer(token, now=g.now)
    if offer is None or not covers(g.site.region_code, offer.market_code):
        return _dead()
    person = actor()
    page = {
        "offer": offer,
        "token": token,
        "form": form,
        "digits": last_two(offer.whatsapp) if offer.whatsapp else "",
        "door": PhoneForm(formdata=None, next=to(paths.CLAIM, token=token)) if person is None else None,
        "refusal": _why_not(offer) if person else "",
        "consent": CONSENT if person and not accounts.agrees(person.phone, Purpose.SHOP) else "",
    }
    return render_template("companions/claim.html", **page), status


def _why_not(offer: OfferRow) -> str:
    try:
        shops_service.check_claimant(offer, by=actor())
    except DomainError as refusal:
        return explained(refusal)
    return ""


def _dead() -> ResponseReturnValue:
    """One page for every link that is not good, whatever the reason."""
    return render_template("companions/dead.html"), 404


def _new(form: SellerForm, status: int = 200) -> ResponseReturnValue:
    return render_template("companions/new.html", form=form, consent=CONSENT), status


def _places(shop: ShopRow | None = None) -> list[Place]:
    """Where this companion registers sellers, and where a shop is already."""
    places = [place for place in places_in(g.site.region_code) if policy.may_accompany(actor(), place.code)]
    is_missing = shop is not None and shop.region_code not in {place.code for place in places}
    return [*places, Place(shop.region_code, shop.place_name)] if shop and is_missing else places


def _shop(slug: str) -> ShopRow:
    shop = shops.by_slug(slug)
    if shop is None or not (shops_policy.keeps(actor(), shop, now=g.now) or shops_policy.may_hand_over(actor(), shop, now=g.now)):
        raise NotFound(shops_service.GONE)
    return shop


def _waiting(slug: str) -> ShopRow:
    shop = _shop(slug)
    if shop.owner_id is not None or not shops_policy.keeps(actor(), shop, now=g.now):
        raise NotFound(shops_service.GONE)
    return shop


def _link(shop: ShopRow) -> LinkRow | None:
    return shops.link_of(shop.id, now=g.now) if shop.owner_id is None else None


def _address(link: LinkRow) -> str:
    return absolute(paths.CLAIM, token=link.token(_key()))


def _message(shop: ShopRow, link: LinkRow) -> str:
    words = say(
        "%(brand)s: lapak %(shop)s sudah jadi dan menunggu Anda. Buka tautan ini, lalu masuk dengan nomor ini untuk mengambilnya: "
        "%(address)s Berlaku sampai %(until)s.",
        brand=g.site.brand, shop=shop.name, address=_address(link), until=g.site.today(link.expires_at).strftime("%d-%m-%Y"),
    )  # fmt: skip
    return translated(words)


def _key() -> bytes:
    return bytes(current_app.config["KEY"])
