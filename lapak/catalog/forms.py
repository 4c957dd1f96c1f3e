"""Forms about listings and categories."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice

from lapak.catalog.queries import CategoryChoice, CategoryView
from lapak.catalog.rules import (
    DESCRIPTION_LENGTH,
    MOST_STOCK,
    MOST_VARIANTS,
    REACH_NAMES,
    STORAGE_NAMES,
    SYNONYMS_LENGTH,
    VARIANT_LENGTH,
    Draft,
    Kind,
    Reach,
    Storage,
    Supply,
    product_name,
)
from lapak.catalog.service.categories import CategoryDraft
from lapak.catalog.service.variants import VariantDraft
from lapak.kernel.checks import CHOOSE, by, line, optional_day, paragraphs, whole_number
from lapak.kernel.money import Rupiah, parse_rupiah
from lapak.kernel.text import printable
from lapak.kernel.words import say

SPARE_ROWS = 3
ICONS = {
    "soup": say("Makanan matang"), "cookie": say("Camilan"), "coffee": say("Minuman"), "shirt": say("Busana"), "amphora": say("Kriya"),
    "sprout": say("Hasil tani"), "scissors": say("Jasa"), "package": say("Lainnya"),
}  # fmt: skip


def price(text: str) -> Rupiah:
    """Read the price a seller typed; raise Invalid when it is not one."""
    return parse_rupiah(str(text), field="price")


class FirstProductForm(FlaskForm):
    """Asks a new seller for the first listing: photo, name, price."""

    photos = MultipleFileField(_("Foto"), description=_("Letakkan di dekat jendela, latar polos."))
    name = StringField(_("Nama produk"), [by(product_name)])
    price = StringField(_("Harga"), [by(price)])
    kind = HiddenField(filters=[printable])
    once = HiddenField(filters=[printable])

    def draft(self) -> Draft:
        """Return what a valid form says. Uncounted goods start as made to order, so that nobody is promised stock nobody counted."""
        is_service = self.kind.data == Kind.SERVICE
        return Draft(
            self.name.data, self.price.data, kind=Kind.SERVICE if is_service else Kind.GOODS,
            supply=Supply.SERVICE if is_service else Supply.MADE_TO_ORDER,
        )  # fmt: skip


class ProductForm(FlaskForm):
    """Asks for everything a listing may say; goods and services show their own questions."""

    photos = MultipleFileField(_("Foto"), description=_("Paling banyak 10. Foto pertama menjadi wajah produk di daftar."))
    name = StringField(_("Nama"), [by(product_name)])
    price = StringField(_("Harga"), [by(price)])
    category = SelectField(
        _("Jenis"), invalid_choice_message=CHOOSE, default="", description=_("Bila Anda kosongkan, kami pilihkan dari nama produknya.")
    )
    description = TextAreaField(
        _("Keterangan"), [by(paragraphs(DESCRIPTION_LENGTH))], description=_("Bahan, rasa, ukuran, cara pakai. Boleh kosong.")
    )
    supply = RadioField(
        _("Persediaan"),
        invalid_choice_message=CHOOSE,
        choices=[
            SelectChoice(Supply.STOCK.value, _("Ada barangnya, saya hitung")),
            SelectChoice(Supply.MADE_TO_ORDER.value, _("Dibuat setelah dipesan")),
        ],
        default=Supply.STOCK.value,
    )
    stock = StringField(
        _("Berapa yang siap dijual?"), [by(whole_number(0, MOST_STOCK))], description=_("Yang sudah dipesan tidak ikut dihitung.")
    )
    stock_seen = HiddenField(filters=[lambda count: "" if count is None else printable(str(count))])
    received_seen = HiddenField(filters=[lambda count: "" if count is None else printable(str(count))])
    unit = StringField(_("Satuan"), [by(line(20))], description=_("Misalnya bungkus, kilogram, lembar."))
    weight_grams = StringField(_("Berat satu satuan (gram)"), [by(whole_number(1, 1_000_000))])
    shelf_life_days = StringField(_("Masa simpan (hari)"), [by(whole_number(1, 3650))], description=_("Untuk makanan dan minuman."))
    storage = SelectField(
        _("Disimpan di"),
        invalid_choice_message=CHOOSE,
        choices=[SelectChoice(storage.value, _(STORAGE_NAMES[storage])) for storage in Storage],
        default=Storage.ROOM.value,
    )
    produced_on = StringField(
        _("Tanggal dibuat"), [by(optional_day)], description=_("Dari tanggal ini dan masa simpan kami hitung baik sebelum kapan.")
    )
    prepare_days = StringField(_("Lama menyiapkan (hari)"), [by(whole_number(0, 365))])
    reach = SelectField(
        _("Jangkauan kirim"),
        invalid_choice_message=CHOOSE,
        choices=[SelectChoice(reach.value, _(REACH_NAMES[reach])) for reach in Reach],
        default=Reach.LOCAL.value,
    )
    once = HiddenField(filters=[printable])
    area_served = StringField(_("Daerah layanan"), [by(line(80))], description=_("Misalnya Kota Semarang dan sekitarnya."))

    def __init__(self, *args: Any, kind: Kind, categories: Sequence[CategoryChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.category.choices = [SelectChoice("", _("Pilihkan dari namanya")), *(SelectChoice(one.slug, one.name) for one in categories)]
        unasked = (
            ("supply", "stock", "stock_seen", "received_seen", "unit", "weight_grams", "shelf_life_days", "storage", "produced_on", "reach")
            if kind is Kind.SERVICE
            else ("area_served",)
        )
        for name in unasked:
            del self[name]
        if kind is Kind.SERVICE:
            self.description.description = _("Apa yang dikerjakan, berapa lama, apa yang termasuk. Boleh kosong.")

    def validate_stock(self, field: Any) -> None:
        """Refuse counted goods without a count: an empty field would take them off sale unseen."""
        if self.supply.data == Supply.STOCK and field.data is None and not field.errors:
            raise ValidationError(say("Tulis jumlahnya, misalnya 20. Tulis 0 bila sedang habis"))

    def draft(self) -> Draft:
        """Return what a valid form says. A new count means counted stock, whatever the choice above it still says."""
        common = {
            "name": self.name.data,
            "price": self.price.data,
            "kind": self.kind,
            "category": self.category.data,
            "description": self.description.data,
        }
        if self.kind is Kind.SERVICE:
            return Draft(**common, supply=Supply.SERVICE, area_served=self.area_served.data, prepare_days=self.prepare_days.data)
        return Draft(
            **common, supply=self._supply(), stock=self.stock.data, stock_seen=_count(self.stock_seen.data),
            received_seen=_count(self.received_seen.data), unit=self.unit.data,
            weight_grams=self.weight_grams.data, shelf_life_days=self.shelf_life_days.data, prepare_days=self.prepare_days.data,
            reach=Reach(self.reach.data), produced_on=self.produced_on.data, storage=Storage(self.storage.data),
        )  # fmt: skip

    def _supply(self) -> Supply:
        is_counted = self.stock.data is not None and self.stock.data != _count(self.stock_seen.data)
        return Supply.STOCK if is_counted else Supply(self.supply.data)


def _count(text: str | None) -> int | None:
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


class VariantRow(Form):
    """Asks for one size or taste of a listing; a row without a name says nothing."""

    name = StringField(_("Nama pilihan"), [by(line(VARIANT_LENGTH))])
    price = StringField(_("Harga"))
    stock = StringField(_("Siap dijual"), [by(whole_number(0, MOST_STOCK))])
    variant_id = HiddenField(filters=[lambda count: "" if count is None else printable(str(count))])
    stock_seen = HiddenField(filters=[lambda count: "" if count is None else printable(str(count))])
    received_seen = HiddenField(filters=[lambda count: "" if count is None else printable(str(count))])

    def validate_price(self, field: Any) -> None:
        """Read the price of a row that says something."""
        if self.name.data:
            by(price)(self, field)

    def draft(self) -> VariantDraft:
        """Return what a valid row says."""
        return VariantDraft(
            self.name.data, self.price.data, self.stock.data, _count(self.variant_id.data), _count(self.stock_seen.data) or 0,
            _count(self.received_seen.data) or 0,
        )  # fmt: skip


class VariantsForm(FlaskForm):
    """Asks in which sizes or tastes a listing comes."""

    rows = FieldList(FormField(VariantRow), max_entries=MOST_VARIANTS + SPARE_ROWS)

    def drafts(self) -> list[VariantDraft]:
        """Return what a valid form says, row by row."""
        return [row.form.draft() for row in self.rows if row.form.name.data]


class CategoryForm(FlaskForm):
    """Asks for a category's name, icon, place in the tree, other words for it and whether it shows."""

    name = StringField(_("Nama jenis"), [by(line(40, wanted=say("Tulis nama jenisnya")))])
    parent = SelectField(_("Di bawah"), invalid_choice_message=CHOOSE, default="")
    icon = SelectField(_("Gambar"), invalid_choice_message=CHOOSE, choices=[SelectChoice(icon, _(name)) for icon, name in ICONS.items()])
    synonyms = TextAreaField(
        _("Kata lain"),
        [by(paragraphs(SYNONYMS_LENGTH))],
        description=_("Satu kata atau nama per baris, misalnya keripik. Dipakai saat mencari dan untuk menebak jenis dari nama produk."),
    )
    position = StringField(_("Urutan"), [by(whole_number(0, 999))], default="0")
    is_active = BooleanField(_("Tampilkan kepada pembeli"), default=True)

    def offer(self, categories: Sequence[CategoryView], *, slug: str = "") -> None:
        """Offer the categories at the top of the tree; one that has others below it stays there itself."""
        is_parent = any(one.parent == slug for one in categories) if slug else False
        tops = [] if is_parent else [one for one in categories if not one.parent and one.slug != slug]
        self.parent.choices = [SelectChoice("", _("Tidak ada, jenis utama")), *(SelectChoice(one.slug, one.name) for one in tops)]

    def draft(self) -> CategoryDraft:
        """Return what a valid form says."""
        synonyms = "\n".join(line for line in self.synonyms.data.splitlines() if line)
        return CategoryDraft(
            self.name.data, self.icon.data, self.parent.data, synonyms, self.position.data or None, is_active=self.is_active.data
        )
