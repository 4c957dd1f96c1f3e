"""Forms about orders."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from lapak.accounts.adapters import mobile_number
from lapak.catalog.queries import VariantView
from lapak.catalog.rules import UNIT_NAMES, Unit
from lapak.catalog.service.stock import Line
from lapak.kernel.checks import CHOOSE, by, line, optional_day, paragraphs, whole_number
from lapak.kernel.clock import calendar_day, spoken_day
from lapak.kernel.errors import Invalid
from lapak.kernel.money import format_rupiah, parse_rupiah
from lapak.kernel.text import printable
from lapak.kernel.words import say
from lapak.orders.rules.holding import LONGEST_HOLD, Settings
from lapak.orders.rules.items import MOST_UNITS
from lapak.orders.rules.states import DECLINE_TEXTS, DELIVERY_NAMES, PAYS_BY_NAMES, Decline, Delivery, PaysBy
from lapak.orders.service.answering import MOST_POSTAGE
from lapak.orders.service.placing import OrderDraft
from lapak.regions.rules import DISTANCE_NAMES, Distance, Place
from lapak.shops.rules import Opening

CHOOSE_ANEW = say("Pilih satu. Bila tadi sudah memilih, harganya baru saja berubah")
WHERE_TO = say("Tulis kota atau kabupaten tujuan, supaya penjual tahu ke mana barang dikirim")
HOW_MANY = say("Tulis jumlahnya, misalnya 2")


def optional_mobile(text: str) -> str | None:
    """Return a mobile number in E.164, None when nothing was typed; raise Invalid for anything else."""
    return mobile_number(text) if text.strip() else None


def optional_price(text: str) -> int | None:
    """Return an amount in rupiah, 0 included, None when nothing was typed; raise Invalid for anything else."""
    said = text.strip()
    if not said:
        return None
    return 0 if said in {"0", "Rp0", "gratis"} else parse_rupiah(said, field="")


def postage_price(text: str) -> int | None:
    """Return what sending costs in rupiah, None when nothing was typed; raise Invalid for anything else, and for more than ten million."""
    price = optional_price(text)
    if price is not None and price > MOST_POSTAGE:
        raise Invalid({"": say("Tulis ongkos kirim dari 0 sampai Rp10.000.000")})
    return price


class BuyerForm(FlaskForm):
    """Asks a buyer who they are, where it goes and when."""

    delivery = RadioField(
        _("Bagaimana barangnya sampai?"),
        invalid_choice_message=CHOOSE,
        choices=[SelectChoice(way.value, _(DELIVERY_NAMES[way])) for way in (Delivery.SENT, Delivery.PICKUP)],
        default=Delivery.SENT.value,
    )
    buyer_name = StringField(_("Nama Anda"), [by(line(60, wanted=say("Tulis nama Anda, supaya penjual tahu siapa yang memesan")))])
    buyer_place = StringField(
        _("Dikirim ke kota atau kabupaten mana?"), [by(line(120))], description=_("Misalnya Makassar, atau Kab. Gowa.")
    )
    buyer_region = RadioField(_("Maksudnya yang mana?"), validate_choice=False)
    address = StringField(_("Alamat lengkap"), [by(line(200))], description=_("Boleh kosong, dan ditulis nanti di WhatsApp."))
    ready_on = SelectField(_("Untuk hari apa?"), validate_choice=False)
    buyer_phone = StringField(
        _("Nomor WhatsApp Anda"),
        [by(optional_mobile)],
        description=_("Boleh kosong. Dengan nomor ini penjual dapat menghubungi Anda lebih dulu."),
    )
    note = TextAreaField(_("Catatan untuk penjual"), [by(paragraphs(300))], description=_("Boleh kosong."))
    understood = BooleanField(_("Saya mengerti, tetap pesan"))
    once = HiddenField(filters=[printable])
    postage_seen = HiddenField(filters=[printable])

    def ask_for_service(self) -> None:
        """Word the questions for a service: it happens somewhere, some day, instead of being sent."""
        del self.delivery
        self.buyer_place.label.text, self.buyer_place.description = _("Di mana jasanya dipakai?"), _("Kota atau kecamatan sudah cukup.")
        self.note.label.text = _("Kapan, dan apa kebutuhannya?")
        self.note.description = _("Misalnya Sabtu depan, untuk lima puluh orang.")

    def ask_for_pickup(self) -> None:
        """Leave out where it is sent: its seller sends nothing."""
        del self.delivery
        del self.buyer_place
        del self.address

    def offer_days(self, days: Sequence[date]) -> None:
        """Offer the days on which it can be ready; without any the question is left out."""
        if not days:
            del self.ready_on
            return
        self.ready_on.choices = [SelectChoice(day.isoformat(), spoken_day(day)) for day in days]

    def offer_places(self, places: Sequence[Place]) -> None:
        """Offer the places that bear the name that was typed, so that a choice among them stays chosen."""
        self.buyer_region.choices = [SelectChoice(place.code, place.name) for place in places]

    @property
    def way(self) -> Delivery:
        """How it reaches the buyer."""
        if "delivery" in self:
            return Delivery(self.delivery.data)
        return Delivery.SERVICE if "buyer_place" in self else Delivery.PICKUP

    def validate_buyer_place(self, field: Any) -> None:
        """Ask where to only if it is sent."""
        if "delivery" in self and self.delivery.data == Delivery.SENT and not field.data and not field.errors:
            raise ValidationError(WHERE_TO)

    def draft(self, lines: Sequence[Line], *, source: str, place_code: str | None) -> OrderDraft:
        """Return what a valid form says."""
        is_sent = self.way is not Delivery.PICKUP
        return OrderDraft(
            self.buyer_name.data, self.buyer_place.data if is_sent else "", self.note.data, tuple(lines), self.buyer_phone.data,
            place_code if is_sent else None, self.address.data if is_sent and "address" in self else "", self.way, self._day(), source,
            self.understood.data, self.postage_seen.data or None,
        )  # fmt: skip

    def _day(self) -> date | None:
        if "ready_on" not in self or not self.ready_on.data:
            return None
        try:
            return calendar_day(printable(str(self.ready_on.data)), field="")
        except Invalid:
            return None


class OrderForm(BuyerForm):
    """Asks a buyer for one listing: which of its variants, and how many."""

    quantity = StringField(_("Berapa banyak?"), [by(whole_number(1, MOST_UNITS, wanted=HOW_MANY))], default="1")
    variant = RadioField(_("Pilih yang mana?"), invalid_choice_message=CHOOSE_ANEW)
    price_seen = HiddenField(filters=[lambda price: "" if price is None else printable(str(price))])

    def offer(self, variants: Sequence[VariantView]) -> None:
        """Offer the variants that are on sale; without any the question is left out."""
        if not variants:
            del self.variant
            return
        self.variant.choices = [
            SelectChoice(f"{one.id}:{one.price}", f"{one.name}, {format_rupiah(one.price)}" + _left(one.left)) for one in variants
        ]

    def lines(self, product_id: int) -> list[Line]:
        """Return what a valid form asks for; a variant's choice carries the price that the buyer saw."""
        seen = str(self.price_seen.data or "")
        price = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 12 else None
        if "variant" in self:
            variant_id, _colon, price_shown = self.variant.data.partition(":")
            return [Line(product_id, self.quantity.data, int(price_shown), int(variant_id))]
        return [Line(product_id, self.quantity.data, price)]


def _left(left: int | None) -> str:
    if left is None:
        return ""
    return f" · {_('sisa %(left)s', left=left)}" if left else f" · {_('habis')}"


class DeclineForm(FlaskForm):
    """Asks a seller why they cannot take an order."""

    why = RadioField(
        _("Mengapa belum bisa?"),
        invalid_choice_message=say("Pilih satu alasan, supaya pembeli mengerti"),
        choices=[SelectChoice(why.value, _(DECLINE_TEXTS[why])) for why in Decline],
    )
    note = StringField(_("Pesan untuk pembeli"), [by(line(200))], description=_("Boleh kosong. Pembeli membacanya di halaman pesanan."))


class ConfirmForm(FlaskForm):
    """Asks a seller what sending an order costs, when they take it on."""

    postage = StringField(
        _("Ongkos kirim"), [by(postage_price)], description=_("Tulis 0 bila gratis. Pembeli menyetujui jumlahnya sebelum membayar.")
    )


class SentForm(FlaskForm):
    """Asks a seller with whom the goods are under way."""

    courier = StringField(_("Kurir"), [by(line(40))], description=_("Misalnya JNE, Pos, atau diantar sendiri."))
    tracking = StringField(_("Nomor resi"), [by(line(40))], description=_("Boleh kosong dan diisi nanti."))


class PaidForm(FlaskForm):
    """Asks a buyer how they paid."""

    pays_by = RadioField(
        _("Dibayar dengan apa?"),
        invalid_choice_message=CHOOSE,
        choices=[SelectChoice(way.value, _(PAYS_BY_NAMES[way])) for way in PaysBy],
        default=PaysBy.TRANSFER.value,
    )

    def offer(self, ways: Sequence[PaysBy]) -> None:
        """Offer only how the shop is paid, where it said so."""
        if ways:
            self.pays_by.choices = [SelectChoice(way.value, _(PAYS_BY_NAMES[way])) for way in ways]
            self.pays_by.data = ways[0].value


class OpeningForm(FlaskForm):
    """Asks a seller when they take orders, and how much they can bear."""

    is_busy = BooleanField(_("Sedang penuh, jangan terima pesanan dulu"))
    closed_from = StringField(_("Tutup mulai tanggal"), [by(optional_day)], description=_("Kosongkan bila tidak tutup."))
    closed_until = StringField(_("Sampai tanggal"), [by(optional_day)], description=_("Boleh kosong bila belum tahu kapan buka lagi."))
    per_day = StringField(
        _("Sanggup membuat berapa sehari?"),
        [by(whole_number(1, 100_000))],
        description=_("Untuk yang dibuat setelah dipesan dan untuk jasa. Kosongkan bila tidak terbatas."),
    )
    unit = RadioField(
        _("Dihitung dalam"),
        invalid_choice_message=CHOOSE,
        choices=[SelectChoice(unit.value, _(UNIT_NAMES[unit])) for unit in Unit],
        default=Unit.PORTIONS.value,
    )
    per_edition = StringField(
        _("Paling banyak berapa pesanan dari satu edisi?"),
        [by(whole_number(1, 100_000))],
        description=_("Bila produk Anda terbit di edisi, pesanan dibatasi sebanyak ini selama sepekan. Boleh kosong."),
    )
    answers_from = SelectField(_("Menjawab pesanan mulai pukul"), coerce=int, invalid_choice_message=CHOOSE)
    answers_until = SelectField(_("sampai pukul"), coerce=int, invalid_choice_message=CHOOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers_from.choices = [SelectChoice(hour, f"{hour:02d}.00") for hour in range(24)]
        self.answers_until.choices = [SelectChoice(hour, f"{hour:02d}.00") for hour in range(1, 25)]

    def validate_answers_until(self, field: Any) -> None:
        """Refuse hours that end before they begin."""
        if self.answers_from.data is not None and field.data is not None and field.data <= self.answers_from.data:
            raise ValidationError(say("Jam selesai harus setelah jam mulai"))

    def validate_closed_until(self, field: Any) -> None:
        """Refuse a closure that ends before it begins, or never began."""
        if field.errors or field.data is None:
            return
        if self.closed_from.data is None or not isinstance(self.closed_from.data, date):
            raise ValidationError(say("Isi juga tanggal mulai tutup"))
        if field.data < self.closed_from.data:
            raise ValidationError(say("Tanggal ini sebelum mulai tutup"))

    def opening(self) -> Opening:
        """Return what a valid form says of when orders are taken."""
        return Opening(
            self.closed_from.data, self.closed_until.data, self.is_busy.data, self.answers_from.data, self.answers_until.data
        )  # fmt: skip


class DayForm(FlaskForm):
    """Asks a seller what they can bear on one day."""

    day = HiddenField(filters=[printable])
    most = StringField(_("Sanggup"), [by(whole_number(0, 100_000))], description=_("0 berarti libur. Kosong berarti seperti biasa."))


class PostageForm(FlaskForm):
    """Asks a seller what sending costs, by how far it goes."""

    place = StringField(_(DISTANCE_NAMES[Distance.PLACE]), [by(postage_price)])
    province = StringField(_(DISTANCE_NAMES[Distance.PROVINCE]), [by(postage_price)])
    island = StringField(_(DISTANCE_NAMES[Distance.ISLAND]), [by(postage_price)])
    country = StringField(_(DISTANCE_NAMES[Distance.COUNTRY]), [by(postage_price)])

    def validate_place(self, field: Any) -> None:
        """Refuse what is no filled-in page at all: it would empty the list."""
        if not field.raw_data and not field.errors:
            raise ValidationError(say("Tulis angka saja, misalnya 18000"))

    def prices(self) -> dict[Distance, int | None]:
        """Return what a valid form says, None where the seller names it for each order."""
        return {far: self[far.value].data for far in Distance}


_DAYS = whole_number(0, 60, wanted=say("Tulis angka bulat saja, misalnya 24"))
_HOURS = whole_number(1, LONGEST_HOLD, wanted=say("Tulis angka bulat saja, misalnya 24"))


class SettingsForm(FlaskForm):
    """Asks a region how it wants orders handled."""

    hold_hours = StringField(_("Penjual menjawab dalam (jam)"), [by(_HOURS)], description=_("Dihitung hanya di jam jawab lapak."))
    edition_hold_hours = StringField(_("Pada hari edisi terbit (jam)"), [by(_HOURS)])
    refund_days = StringField(_("Uang kembali dalam (hari)"), [by(whole_number(1, 60, wanted=say("Tulis angka bulat saja, misalnya 24")))])
    days_place = StringField(_("Dalam kabupaten atau kota (hari)"), [by(_DAYS)])
    days_province = StringField(_("Seprovinsi (hari)"), [by(_DAYS)])
    days_island = StringField(_("Sepulau (hari)"), [by(_DAYS)])
    days_country = StringField(_("Antarpulau (hari)"), [by(_DAYS)])
    margin_days = StringField(_("Cadangan bila kurir terlambat (hari)"), [by(_DAYS)])

    def settings(self) -> Settings:
        """Return what a valid form says."""
        return Settings(**{name: self[name].data for name in Settings.__dataclass_fields__})
