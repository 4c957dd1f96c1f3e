"""Pages where sellers list what they sell, and where admins keep the categories."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lapak.accounts import policy
from lapak.catalog import queries, service
from lapak.catalog.forms import CategoryForm, FirstProductForm, ProductForm
from lapak.catalog.queries import ProductView
from lapak.catalog.rules import MOST_PHOTOS, MOST_PRODUCTS, NAME_LENGTH, Kind, State
from lapak.kernel import paths
from lapak.kernel.codes import token as fresh_token
from lapak.kernel.errors import DomainError, Invalid, NotFound
from lapak.kernel.text import clean_line
from lapak.kernel.words import say
from lapak.photos import queries as photo_queries
from lapak.photos import service as photo_service
from lapak.photos.queries import PhotoRow
from lapak.shops import queries as shops
from lapak.web.access import actor, allow, signed_in
from lapak.web.limits import takes_photos
from lapak.web.links import see
from lapak.web.texts import explained, translated

bp = Blueprint("catalog", __name__)
LONGEST_ONCE = 64
MOVED = {State.ACTIVE: say("Produk dijual lagi."), State.PAUSED: say("Produk dijeda."), State.ARCHIVED: say("Produk diarsipkan.")}
NO_PHOTO = say("Tambahkan satu foto. Foto dari ponsel sudah cukup")


@bp.get(paths.START_PRODUCT)
@signed_in
def first() -> ResponseReturnValue:
    """Ask a new seller for the first listing; `?jenis=jasa` asks for a service instead."""
    if shops.owned_by(actor().id) is None:
        return see(paths.START_SHOP)
    kind = Kind.SERVICE if request.args.get("jenis") == "jasa" else Kind.GOODS
    return _first(FirstProductForm(kind=kind.value, once=fresh_token()), [])


@bp.post(paths.START_PRODUCT)
@signed_in
@takes_photos
def publish_first() -> ResponseReturnValue:
    """Put the first listing on sale."""
    if shops.owned_by(actor().id) is None:
        return see(paths.START_SHOP)
    form = FirstProductForm()
    is_valid = form.validate_on_submit()
    photos = _photos(form)
    if not photos and not form.photos.errors:
        form.photos.errors = [NO_PHOTO]
    if not is_valid or form.photos.errors:
        return _first(form, photos, 422)
    try:
        slug = service.publish(form.draft(), photos=_said(photos), by=actor(), now=g.now, once=_once(form))
    except DomainError as refusal:
        _show_refusal(form, refusal)
        return _first(form, photos, 422)
    _say_published(slug)
    return see(paths.PRODUCT, slug=slug)


def _say_published(slug: str) -> None:
    found = queries.by_slug(slug)
    kind = next((one.name for one in queries.category_choices(found.region_code) if one.slug == found.category), "") if found else ""
    if kind:
        flash(_("Produk Anda sudah tayang di jenis %(kind)s. Bagikan tautannya kepada pelanggan.", kind=kind))
    else:
        flash(_("Produk Anda sudah tayang. Bagikan tautannya kepada pelanggan."))


def _first(form: FirstProductForm, photos: Sequence[PhotoRow], status: int = 200) -> ResponseReturnValue:
    return render_template("catalog/first.html", form=form, photos=photos, is_service=form.kind.data == Kind.SERVICE), status


@bp.get(paths.MY_PRODUCTS)
@allow(policy.sells)
def mine() -> ResponseReturnValue:
    """List everything a seller offers."""
    shop = shops.owned_by(actor().id)
    return render_template(
        "catalog/mine.html",
        shop=shop,
        cards=queries.mine(shop.id) if shop else [],
        unconfirmed=queries.unconfirmed(shop.id) if shop else [],
    )


@bp.get(paths.MY_PRODUCT_KIND)
@signed_in
def kind() -> ResponseReturnValue:
    """Tell, while a seller types `?nama=`, which kind its listing would get; an empty name for none."""
    found = queries.suggested_category(clean_line(request.args.get("nama", ""))[: NAME_LENGTH[1]], _own_place())
    return {"slug": found.slug if found else "", "name": found.name if found else ""}


@bp.get(paths.MY_PRODUCT_NEW)
@allow(policy.sells)
def new() -> ResponseReturnValue:
    """Ask for another listing."""
    return _edit(_form(_asked_kind(), data={"once": fresh_token()}), None, [])


@bp.post(paths.MY_PRODUCT_NEW)
@allow(policy.sells)
@takes_photos
def publish() -> ResponseReturnValue:
    """Put another listing on sale."""
    form = _form(_asked_kind())
    is_valid = form.validate_on_submit()
    photos = _photos(form)
    if not photos and not form.photos.errors:
        form.photos.errors = [NO_PHOTO]
    if not is_valid or form.photos.errors:
        return _edit(form, None, photos, 422)
    try:
        slug = service.publish(form.draft(), photos=_said(photos), by=actor(), now=g.now, once=_once(form))
    except DomainError as refusal:
        return _refused(form, None, photos, refusal)
    _say_published(slug)
    return see(paths.PRODUCT, slug=slug)


@bp.get(paths.MY_PRODUCT)
@allow(policy.sells)
def edit(slug: str) -> ResponseReturnValue:
    """Show a listing's form."""
    product = _own(slug)
    values = {**asdict(product), "category": product.category or "", "supply": product.supply.value, "reach": product.reach.value}
    form = _form(
        product.kind, product, data={**values, "stock": product.left, "stock_seen": product.left, "received_seen": product.received}
    )
    return _edit(form, product, photo_queries.by_keys([photo.key for photo in queries.photos_of(product.id)], actor().id))


@bp.post(paths.MY_PRODUCT)
@allow(policy.sells)
@takes_photos
def save(slug: str) -> ResponseReturnValue:
    """Change a listing."""
    product = _own(slug)
    form = _form(product.kind, product)
    is_valid = form.validate_on_submit()
    photos = _photos(form)
    if not photos and request.form.getlist("photo_remove"):
        form.photos.errors = [say("Sisakan satu foto. Pembeli jarang memesan yang tidak terlihat")]
        photos = photo_queries.by_keys([photo.key for photo in queries.photos_of(product.id)], actor().id)
    if not is_valid or form.photos.errors:
        return _edit(form, product, photos, 422)
    try:
        service.edit(slug, form.draft(), photos=_said(photos), by=actor(), now=g.now)
    except DomainError as refusal:
        return _refused(form, product, photos, refusal)
    service.discard_unused(request.form.getlist("photo_remove"), by=actor())
    flash(_("Perubahan sudah tersimpan dan tayang."))
    return see(paths.MY_PRODUCT, slug=slug)


@bp.post(paths.MY_PRODUCT_STATE)
@allow(policy.sells)
def set_state(slug: str) -> ResponseReturnValue:
    """Pause, resume or archive a listing."""
    wanted = request.form.get("to", "")
    if wanted not in set(State):
        raise Invalid({"to": say("Pilih jeda, jual lagi, atau arsipkan.")})
    service.set_state(slug, State(wanted), by=actor(), now=g.now)
    flash(translated(MOVED[State(wanted)]))
    return see(paths.MY_PRODUCTS)


@bp.post(paths.MY_PRODUCTS_CONFIRM)
@allow(policy.sells)
def confirm() -> ResponseReturnValue:
    """Say that listings are still there: those named, or all that were asked about."""
    shop = shops.owned_by(actor().id)
    slugs = request.form.getlist("slug")[:MOST_PRODUCTS] or [one.slug for one in queries.unconfirmed(shop.id)] if shop else []
    service.confirm(slugs, by=actor(), now=g.now)
    flash(_("Terima kasih. Produk Anda tetap tampil."))
    return see(paths.MY_PRODUCTS)


@bp.get(paths.ADMIN_CATEGORIES)
@allow(policy.may_administer)
def categories() -> ResponseReturnValue:
    """List a region's categories."""
    return _categories(_category_form())


@bp.post(paths.ADMIN_CATEGORIES)
@allow(policy.may_administer)
def add_category() -> ResponseReturnValue:
    """Add a category."""
    form = _category_form()
    if not form.validate_on_submit():
        return _categories(form, 422)
    try:
        service.add_category(form.draft(), region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        _show_category_refusal(form, refusal)
        return _categories(form, 422)
    flash(_("Jenis %(name)s sudah ditambahkan.", name=form.name.data))
    return see(paths.ADMIN_CATEGORIES)


@bp.get(paths.ADMIN_CATEGORY)
@allow(policy.may_administer)
def category(slug: str) -> ResponseReturnValue:
    """Show a category's form."""
    row = next((row for row in queries.categories(g.site.region_code, with_hidden=True) if row.slug == slug), None)
    if row is None:
        abort(404)
    return render_template("catalog/category.html", form=_category_form(row.slug, obj=row), category=row)


@bp.post(paths.ADMIN_CATEGORY)
@allow(policy.may_administer)
def save_category(slug: str) -> ResponseReturnValue:
    """Change a category."""
    row = next((row for row in queries.categories(g.site.region_code, with_hidden=True) if row.slug == slug), None)
    if row is None:
        abort(404)
    form = _category_form(row.slug)
    if not form.validate_on_submit():
        return render_template("catalog/category.html", form=form, category=row), 422
    try:
        service.edit_category(slug, form.draft(), region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        _show_category_refusal(form, refusal)
        return render_template("catalog/category.html", form=form, category=row), 422
    flash(_("Jenis %(name)s sudah diperbarui.", name=form.name.data))
    return see(paths.ADMIN_CATEGORIES)


def _category_form(slug: str = "", **given: Any) -> CategoryForm:
    form = CategoryForm(**given)
    form.offer(queries.categories(g.site.region_code, with_hidden=True), slug=slug)
    return form


def _show_category_refusal(form: CategoryForm, refusal: DomainError) -> None:
    fields = refusal.fields if isinstance(refusal, Invalid) else {"name": explained(refusal)}
    for name, text in fields.items():
        form[name].errors = [text]


def _categories(form: CategoryForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "catalog/categories.html", form=form, categories=queries.categories(g.site.region_code, with_hidden=True)
    ), status


def _asked_kind() -> Kind:
    return Kind.SERVICE if request.args.get("jenis") == "jasa" else Kind.GOODS


def _form(kind: Kind, product: ProductView | None = None, **given: Any) -> ProductForm:
    choices = queries.category_choices(product.region_code if product else _own_place(), current=product.category if product else None)
    return ProductForm(kind=kind, categories=choices, **given)


def _own_place() -> str:
    shop = shops.owned_by(actor().id)
    return shop.region_code if shop else g.site.region_code


def _own(slug: str) -> ProductView:
    product = queries.by_slug(slug)
    if product is None or product.owner_id != actor().id:
        raise NotFound(service.GONE)
    return product


def _photos(form: FirstProductForm | ProductForm) -> list[PhotoRow]:
    """Take in the files of a form and return them after the photos it already had; refusals stand beside the field."""
    removed = set(request.form.getlist("photo_remove"))
    keys = [key for key in dict.fromkeys(request.form.getlist("photo_keys")) if key not in removed]
    kept = [_as_typed(photo) for photo in photo_queries.by_keys(keys[:MOST_PHOTOS], actor().id)]
    refusals: list[str] = []
    files = [file for file in form.photos.data or [] if getattr(file, "filename", "")]
    for tried, file in enumerate(files):
        if max(tried, len(kept)) >= MOST_PHOTOS:
            refusals.append(say("Paling banyak %(most)s foto untuk satu produk. Sisanya tidak dipakai", most=MOST_PHOTOS))
            break
        try:
            kept.append(photo_service.take_in(file.read(), by=actor().id, alt="", now=g.now))
        except DomainError as refusal:
            refusals.append(explained(refusal))
    if refusals:
        form.photos.errors = list(dict.fromkeys(refusals))
    return kept


def _once(form: FirstProductForm | ProductForm) -> str | None:
    return str(form.once.data or "")[:LONGEST_ONCE] or None


def _said(photos: Sequence[PhotoRow]) -> dict[str, str]:
    return {photo.key: photo.alt for photo in photos}


def _as_typed(photo: PhotoRow) -> PhotoRow:
    return replace(photo, alt=request.form.get(f"alt_{photo.key}") or photo.alt)


def _edit(form: ProductForm, product: ProductView | None, photos: Sequence[PhotoRow], status: int = 200) -> ResponseReturnValue:
    return render_template("catalog/edit.html", form=form, product=product, photos=photos, is_service=form.kind is Kind.SERVICE), status


def _refused(form: ProductForm, product: ProductView | None, photos: Sequence[PhotoRow], refusal: DomainError) -> ResponseReturnValue:
    _show_refusal(form, refusal)
    return _edit(form, product, photos, 422 if isinstance(refusal, Invalid) else 409)


def _show_refusal(form: FirstProductForm | ProductForm, refusal: DomainError) -> None:
    """Show a refusal beside the field it is about; what is about none stands beside the stock, or else the name."""
    fields = refusal.fields if isinstance(refusal, Invalid) else {"stock": explained(refusal)}
    for name, text in fields.items():
        form[name if name in form else "name"].errors = [text]
