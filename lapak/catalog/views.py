"""Pages where sellers list what they sell, and where admins keep the categories."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from lapak.accounts import policy
from lapak.catalog import queries
from lapak.catalog.forms import SPARE_ROWS, CategoryForm, FirstProductForm, ProductForm, VariantsForm
from lapak.catalog.queries import ProductView, ReviewView
from lapak.catalog.rules import MOST_PHOTOS, MOST_PRODUCTS, NAME_LENGTH, Kind, Saved, State, Supply
from lapak.catalog.service import categories as kinds
from lapak.catalog.service import listings, variants
from lapak.checking.rules import FIELD_NAMES, TOLD_FOR, Field
from lapak.kernel import paths
from lapak.kernel.codes import token as fresh_token
from lapak.kernel.errors import DomainError, Invalid, NotFound
from lapak.kernel.money import format_rupiah
from lapak.kernel.text import clean_line
from lapak.kernel.words import say
from lapak.photos import queries as photo_queries
from lapak.photos import service as photo_service
from lapak.photos.queries import PhotoRow
from lapak.shops import policy as shops_policy
from lapak.shops import queries as shops
from lapak.shops.queries import ShopRow
from lapak.web.access import actor, allow, signed_in
from lapak.web.limits import takes_photos
from lapak.web.links import see
from lapak.web.texts import explained, show_beside, translated

bp = Blueprint("catalog", __name__)
LONGEST_ONCE = 64
SAVED = {
    Saved.SHOWN: say("Perubahan sudah tersimpan dan tayang."),
    Saved.WAITING: say("Perubahan tersimpan dan menunggu diperiksa. Sampai itu pembeli melihat versi yang sudah disetujui."),
    Saved.UNMENDED: say("Tersimpan, tetapi belum ada yang berbeda dari yang diminta diperbaiki. Baca pesannya di bawah."),
}
OFFERED = {
    Field.NAME: "name", Field.PRICE: "price", Field.CATEGORY: "category_name", Field.DESCRIPTION: "description", Field.UNIT: "unit",
    Field.AREA: "area_served",
}  # fmt: skip
MOVED = {State.ACTIVE: say("Produk dijual lagi."), State.PAUSED: say("Produk dijeda."), State.ARCHIVED: say("Produk diarsipkan.")}
NOTHING, OLD_PHOTOS = say("kosong"), say("yang lama")
NO_SHOP = say("Lapak ini tidak ada.")
NO_PHOTO = say("Tambahkan satu foto. Foto dari ponsel sudah cukup")
LAST_PHOTO = say("Sisakan satu foto. Pembeli jarang memesan yang tidak terlihat")
STEPS = {"up": -1, "down": 1, "first": -MOST_PHOTOS}


@bp.get(paths.START_PRODUCT)
@signed_in
def first() -> ResponseReturnValue:
    """Ask for a shop's first listing; `?jenis=jasa` asks for a service instead, `?lapak=` names a shop one keeps for a seller."""
    shop = _shop()
    if shop is None:
        return see(paths.START_SHOP)
    return _first(FirstProductForm(kind=_asked_kind().value, once=fresh_token()), [], shop)


@bp.post(paths.START_PRODUCT)
@signed_in
@takes_photos
def publish_first() -> ResponseReturnValue:
    """Put the first listing on sale."""
    shop = _shop()
    if shop is None:
        return see(paths.START_SHOP)
    form = FirstProductForm()
    is_valid = not _is_arranging() and form.validate_on_submit()
    photos = _photos(form, _kept(shop))
    if not is_valid or form.photos.errors:
        return _first(form, photos, shop, _status(form))
    try:
        slug = listings.publish(form.draft(), photos=_said(photos), by=actor(), now=g.now, once=_once(form), shop_id=shop.id)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="name")
        return _first(form, photos, shop, 422)
    return _published(slug, shop)


def _published(slug: str, shop: ShopRow) -> ResponseReturnValue:
    if kept := _kept(shop):
        flash(_("Produk sudah tayang di %(shop)s.", shop=shop.name))
        return see(paths.COMPANION_SHOP, slug=kept.slug)
    _say_published(slug)
    return see(paths.PRODUCT, slug=slug)


def _say_published(slug: str) -> None:
    found = queries.by_slug(slug)
    kind = next((one.name for one in queries.category_choices(found.market_code) if one.slug == found.category), "") if found else ""
    if kind:
        flash(_("Produk Anda sudah tayang di jenis %(kind)s. Bagikan tautannya kepada pelanggan.", kind=kind))
    else:
        flash(_("Produk Anda sudah tayang. Bagikan tautannya kepada pelanggan."))


def _first(form: FirstProductForm, photos: Sequence[PhotoRow], shop: ShopRow, status: int = 200) -> ResponseReturnValue:
    is_service = form.kind.data == Kind.SERVICE
    page = {"form": form, "photos": photos, "is_service": is_service, "kept": _kept(shop), "is_arranged": _is_arranging()}
    return render_template("catalog/first.html", **page), status


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
        reviews=queries.to_tell(shop.id, since=g.now - TOLD_FOR) if shop else {},
    )


@bp.get(paths.MY_PRODUCT_KIND)
@signed_in
def kind() -> ResponseReturnValue:
    """Tell, while a seller types `?nama=`, which kind its listing would get; an empty name for none."""
    shop = _shop()
    found = queries.suggested_category(
        clean_line(request.args.get("nama", ""))[: NAME_LENGTH[1]], shop.market_code if shop else g.site.region_code
    )
    return {"slug": found.slug if found else "", "name": found.name if found else ""}


@bp.get(paths.MY_PRODUCT_NEW)
@allow(policy.serves)
def new() -> ResponseReturnValue:
    """Ask for another listing, in one's own shop or in the one that `?lapak=` names."""
    shop = _served()
    return _edit(_form(_asked_kind(), shop.market_code, data={"once": fresh_token()}), None, [], _kept(shop))


@bp.post(paths.MY_PRODUCT_NEW)
@allow(policy.serves)
@takes_photos
def publish() -> ResponseReturnValue:
    """Put another listing on sale."""
    shop = _served()
    form = _form(_asked_kind(), shop.market_code)
    is_valid = not _is_arranging() and form.validate_on_submit()
    photos = _photos(form, _kept(shop))
    if not is_valid or form.photos.errors:
        return _edit(form, None, photos, _kept(shop), _status(form))
    try:
        slug = listings.publish(form.draft(), photos=_said(photos), by=actor(), now=g.now, once=_once(form), shop_id=shop.id)
    except DomainError as refusal:
        return _refused(form, None, photos, _kept(shop), refusal)
    return _published(slug, shop)


@bp.get(paths.MY_PRODUCT)
@allow(policy.serves)
def edit(slug: str) -> ResponseReturnValue:
    """Show a listing's form."""
    product, kept = _own(slug)
    review = queries.review_of(product.id)
    said = queries.offered(product, review)
    values = {**asdict(said), "category": said.category or "", "supply": said.supply.value, "reach": said.reach.value}
    values |= {"storage": said.storage.value, "produced_on": said.produced_on or ""}
    counted = {"stock": product.left, "stock_seen": product.left, "received_seen": product.received}
    form = _form(said.kind, product.market_code, said, data={**values, **counted})
    return _edit(form, product, _shown(product, kept, review), kept, review=review)


@bp.post(paths.MY_PRODUCT)
@allow(policy.serves)
@takes_photos
def save(slug: str) -> ResponseReturnValue:
    """Change a listing."""
    product, kept = _own(slug)
    review = queries.review_of(product.id)
    said = queries.offered(product, review)
    form = _form(said.kind, product.market_code, said)
    is_valid = not _is_arranging() and form.validate_on_submit()
    photos = _photos(form, kept, product)
    if not is_valid or form.photos.errors:
        return _edit(form, product, photos or _shown(product, kept, review), kept, _status(form), review)
    try:
        saved = listings.edit(slug, form.draft(), photos=_said(photos), by=actor(), now=g.now)
    except DomainError as refusal:
        return _refused(form, product, photos, kept, refusal, review)
    listings.discard_unused(request.form.getlist("photo_remove"), by=actor())
    flash(_("Tersimpan. Kami beri tahu sesudah diperiksa.") if product.state is State.WITHHELD else translated(SAVED[saved]))
    return see(paths.MY_PRODUCT, slug=slug)


@bp.post(paths.MY_PRODUCT_WITHDRAW)
@allow(policy.serves)
def withdraw(slug: str) -> ResponseReturnValue:
    """Take back what waits to be checked."""
    if listings.withdraw(slug, by=actor(), now=g.now):
        flash(_("Ubahan ditarik. Produk tetap seperti yang dilihat pembeli."))
    else:
        flash(_("Tidak ada ubahan yang menunggu lagi. Mungkin baru saja diperiksa."), "segera")
    return see(paths.MY_PRODUCT, slug=slug)


@bp.post(paths.MY_PRODUCT_STATE)
@allow(policy.serves)
def set_state(slug: str) -> ResponseReturnValue:
    """Pause, resume or archive a listing."""
    wanted = request.form.get("to", "")
    if wanted not in set(MOVED):
        raise Invalid({"to": say("Pilih jeda, jual lagi, atau arsipkan.")})
    listings.set_state(slug, State(wanted), by=actor(), now=g.now)
    flash(translated(MOVED[State(wanted)]))
    return _to_list(_own(slug)[1])


@bp.post(paths.MY_PRODUCTS_CONFIRM)
@allow(policy.serves)
def confirm() -> ResponseReturnValue:
    """Say that listings are still there: those named, or all that were asked about."""
    shop = _served()
    slugs = request.form.getlist("slug")[:MOST_PRODUCTS] or [one.slug for one in queries.unconfirmed(shop.id)]
    listings.confirm(slugs, by=actor(), now=g.now)
    flash(_("Terima kasih. Produk Anda tetap tampil."))
    return _to_list(_kept(shop))


@bp.get(paths.MY_VARIANTS)
@allow(policy.serves)
def choices(slug: str) -> ResponseReturnValue:
    """Show in which sizes or tastes a listing comes."""
    product, kept = _own(slug)
    rows: list[dict[str, Any]] = [
        {
            "name": one.name,
            "price": one.price,
            "stock": one.left,
            "variant_id": one.id,
            "stock_seen": one.left,
            "received_seen": one.received,
        }
        for one in queries.variants_of(product.id)
        if one.is_active
    ]
    return _choices(VariantsForm(formdata=None, rows=rows + [{}] * SPARE_ROWS), product, kept)


@bp.post(paths.MY_VARIANTS)
@allow(policy.serves)
def set_choices(slug: str) -> ResponseReturnValue:
    """Change in which sizes or tastes a listing comes."""
    product, kept = _own(slug)
    form = VariantsForm()
    if not form.validate_on_submit():
        return _choices(form, product, kept, 422)
    if not form.rows.entries:  # no filled-in page at all: it would empty the list
        return _choices(form, product, kept, 422, wrong=say("Tulis paling sedikit satu baris, atau kosongkan namanya"))
    try:
        variants.set_variants(slug, form.drafts(), by=actor(), now=g.now)
    except DomainError as refusal:
        return _choices(form, product, kept, 422 if isinstance(refusal, Invalid) else 409, wrong=explained(refusal))
    flash(_("Pilihan tersimpan dan sudah tayang."))
    return see(paths.MY_VARIANTS, slug=slug)


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
        kinds.add_category(form.draft(), region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="name")
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
        kinds.edit_category(slug, form.draft(), region_code=g.site.region_code, by=actor(), now=g.now)
    except DomainError as refusal:
        show_beside(form, refusal, otherwise="name")
        return render_template("catalog/category.html", form=form, category=row), 422
    flash(_("Jenis %(name)s sudah diperbarui.", name=form.name.data))
    return see(paths.ADMIN_CATEGORIES)


def _category_form(slug: str = "", **given: Any) -> CategoryForm:
    form = CategoryForm(**given)
    form.offer(queries.categories(g.site.region_code, with_hidden=True), slug=slug)
    return form


def _categories(form: CategoryForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "catalog/categories.html", form=form, categories=queries.categories(g.site.region_code, with_hidden=True)
    ), status


def _choices(
    form: VariantsForm, product: ProductView, kept: ShopRow | None, status: int = 200, *, wrong: str = ""
) -> ResponseReturnValue:  # fmt: skip
    page = {"form": form, "product": product, "kept": kept, "wrong": wrong, "is_counted": product.supply is Supply.STOCK}
    return render_template("catalog/variants.html", **page), status


def _asked_kind() -> Kind:
    return Kind.SERVICE if request.args.get("jenis") == "jasa" else Kind.GOODS


def _form(kind: Kind, place: str, product: ProductView | None = None, **given: Any) -> ProductForm:
    choices = queries.category_choices(place, current=product.category if product else None)
    return ProductForm(kind=kind, categories=choices, **given)


def _shop() -> ShopRow | None:
    """The shop a page is about: the one that `?lapak=` names, which this person must run, or else their own."""
    slug = request.args.get("lapak")
    if not slug:
        return shops.owned_by(actor().id)
    shop = shops.by_slug(slug)
    if shop is None or not shops_policy.runs(actor(), shop, now=g.now):
        raise NotFound(NO_SHOP)
    return shop


def _served() -> ShopRow:
    shop = _shop()
    if shop is None:
        raise NotFound(NO_SHOP)
    return shop


def _kept(shop: ShopRow) -> ShopRow | None:
    """The shop, when this person keeps it for somebody else."""
    return None if shop.owner_id == actor().id else shop


def _to_list(kept: ShopRow | None) -> ResponseReturnValue:
    return see(paths.COMPANION_SHOP, slug=kept.slug) if kept else see(paths.MY_PRODUCTS)


def _own(slug: str) -> tuple[ProductView, ShopRow | None]:
    """A listing that this person runs, and the shop it is in when they keep that for somebody else."""
    product = queries.by_slug(slug)
    if product is None:
        raise NotFound(listings.GONE)
    if product.owner_id == actor().id:
        return product, None
    shop = shops.by_id(product.shop_id)
    if shop is None or not shops_policy.runs(actor(), shop, now=g.now):
        raise NotFound(listings.GONE)
    return product, shop


def _photographers(kept: ShopRow | None) -> set[int]:
    """Whose photos a form may hold: those of whoever fills it in, and those of the owner they fill it in for."""
    return {actor().id, kept.owner_id or actor().id} if kept else {actor().id}


def _shown(product: ProductView, kept: ShopRow | None, review: ReviewView) -> list[PhotoRow]:
    """A listing's photos as its seller last put them: those that wait, if any do, with what they are to say."""
    photos = {photo.key: photo for photo in queries.offered_photos_of(product.id, review)}
    return [replace(row, alt=photos[row.key].alt) for row in photo_queries.by_keys(list(photos), *_photographers(kept))]


def _is_arranging() -> bool:
    """Whether a form was sent by one of the buttons at its photos: then it is shown again, and nothing is saved yet."""
    return "photo_do" in request.form


def _status(form: FirstProductForm | ProductForm) -> int:
    return 422 if form.errors else 200


def _photos(form: FirstProductForm | ProductForm, kept_for: ShopRow | None, product: ProductView | None = None) -> list[PhotoRow]:
    """Return the photos of a form: those it had, arranged as asked, then its new files. Refusals stand beside the field."""
    refusals: list[str] = []
    photos = _arranged(_kept_photos(kept_for, refusals), refusals)
    files = [file for file in form.photos.data or [] if getattr(file, "filename", "")]
    for tried, file in enumerate(files):
        if max(tried, len(photos)) >= MOST_PHOTOS:
            refusals.append(say("Paling banyak %(most)s foto untuk satu produk. Sisanya tidak dipakai", most=MOST_PHOTOS))
            break
        photos += _taken_in(file, refusals)
    if not photos and not refusals and not _is_arranging() and (product is None or request.form.getlist("photo_remove")):
        refusals.append(NO_PHOTO if product is None else LAST_PHOTO)
    if refusals:
        form.photos.errors = list(dict.fromkeys(refusals))
    return photos


def _kept_photos(kept_for: ShopRow | None, refusals: list[str]) -> list[PhotoRow]:
    """The photos a form had, each replaced where a new file was chosen for it."""
    removed = set(request.form.getlist("photo_remove"))
    keys = [key for key in dict.fromkeys(request.form.getlist("photo_keys")) if key not in removed]
    photos = [_as_typed(photo) for photo in photo_queries.by_keys(keys[:MOST_PHOTOS], *_photographers(kept_for))]
    files = {photo.key: request.files.get(f"photo_new_{photo.key}") for photo in photos}
    return [one for photo in photos for one in _taken_in(files[photo.key], refusals, photo.alt) or [photo]]


def _taken_in(file: FileStorage | None, refusals: list[str], alt: str = "") -> list[PhotoRow]:
    """The photo in a file, or nothing and one more refusal."""
    try:
        return [photo_service.take_in(file.read(), by=actor().id, alt=alt, now=g.now)] if file and file.filename else []
    except DomainError as refusal:
        refusals.append(explained(refusal))
        return []


def _arranged(photos: list[PhotoRow], refusals: list[str]) -> list[PhotoRow]:
    """Do what a button at a photo says: "up", "down", "first" or "crop", and the photo's key; an unknown photo or wish changes nothing."""
    wish, _colon, key = request.form.get("photo_do", "").partition(":")
    at = next((place for place, photo in enumerate(photos) if photo.key == key), None)
    if at is None:
        return photos
    photo = photos[at]
    others = photos[:at] + photos[at + 1 :]
    if wish in STEPS:
        to = max(0, at + STEPS[wish])
        return [*others[:to], photo, *others[to:]]
    if wish == "crop":
        try:
            place = request.form.get(f"crop_{key}", -1, int)
            photo = photo_service.crop(key, at=place, alt=photo.alt, by=actor().id, now=g.now)
        except DomainError as refusal:
            refusals.append(explained(refusal))
    return [*others[:at], photo, *others[at:]]


def _once(form: FirstProductForm | ProductForm) -> str | None:
    return str(form.once.data or "")[:LONGEST_ONCE] or None


def _said(photos: Sequence[PhotoRow]) -> dict[str, str]:
    return {photo.key: photo.alt for photo in photos}


def _as_typed(photo: PhotoRow) -> PhotoRow:
    return replace(photo, alt=request.form.get(f"alt_{photo.key}") or photo.alt)


def _edit(
    form: ProductForm, product: ProductView | None, photos: Sequence[PhotoRow], kept: ShopRow | None, status: int = 200,
    review: ReviewView | None = None,
) -> ResponseReturnValue:  # fmt: skip
    page = {
        "form": form,
        "product": product,
        "photos": photos,
        "still": _still_shown(product, photos, review) if product and review else [],
        "is_service": form.kind is Kind.SERVICE,
        "kept": kept,
        "is_arranged": _is_arranging(),
        "review": review,
        "is_told": bool(review and review.decided_at and review.decided_at > g.now - TOLD_FOR),
    }
    return render_template("catalog/edit.html", **page), status


def _still_shown(product: ProductView, photos: Sequence[PhotoRow], review: ReviewView) -> list[tuple[str, str]]:
    """What buyers go on seeing of a listing while another version of it waits: the names of fields, each with what it says."""
    if not review.is_waiting:
        return []
    said = queries.offered(product, review)
    found: list[tuple[str, str]] = []
    for field, name in OFFERED.items():
        shown = getattr(product, name) or ""
        if shown != (getattr(said, name) or ""):
            found.append((FIELD_NAMES[field], format_rupiah(product.price) if field is Field.PRICE else shown or NOTHING))
    if [photo.key for photo in queries.photos_of(product.id)] != [photo.key for photo in photos]:
        found.append((FIELD_NAMES[Field.PHOTOS], OLD_PHOTOS))
    return found


def _refused(
    form: ProductForm, product: ProductView | None, photos: Sequence[PhotoRow], kept: ShopRow | None, refusal: DomainError,
    review: ReviewView | None = None,
) -> ResponseReturnValue:  # fmt: skip
    show_beside(form, refusal, otherwise="stock" if "stock" in form else "name")
    return _edit(form, product, photos, kept, 422 if isinstance(refusal, Invalid) else 409, review)
