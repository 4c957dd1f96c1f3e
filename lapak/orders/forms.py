"""Forms about orders."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from lapak.accounts.adapters import mobile_number
from lapak.catalog.service import Line
from lapak.kernel.checks import by, line, paragraphs, whole_number
from lapak.kernel.text import printable
from lapak.kernel.words import say
from lapak.orders.rules import DECLINE_TEXTS, MOST_UNITS, Decline
from lapak.orders.service import OrderDraft


def optional_mobile(text: str) -> str | None:
    """Return a mobile number in E.164, None when nothing was typed; raise Invalid for anything else."""
    return mobile_number(text) if text.strip() else None


class OrderForm(FlaskForm):
    """Asks a buyer how many, who they are and where it goes."""

    quantity = StringField(_("Berapa banyak?"), [by(whole_number(1, MOST_UNITS, wanted=say("Tulis jumlahnya, misalnya 2")))], default="1")
    buyer_name = StringField(_("Nama Anda"), [by(line(60, wanted=say("Tulis nama Anda, supaya penjual tahu siapa yang memesan")))])
    buyer_place = StringField(
        _("Dikirim ke mana?"), [by(line(120))], description=_("Kota atau kecamatan sudah cukup. Alamat lengkap cukup di WhatsApp.")
    )
    note = TextAreaField(_("Catatan untuk penjual"), [by(paragraphs(300))], description=_("Boleh kosong."))
    buyer_phone = StringField(
        _("Nomor WhatsApp Anda"),
        [by(optional_mobile)],
        description=_("Boleh kosong. Dengan nomor ini penjual dapat menghubungi Anda lebih dulu."),
    )
    once = HiddenField(filters=[printable])
    price_seen = HiddenField(filters=[lambda price: "" if price is None else printable(str(price))])

    def draft(self, product_id: int) -> OrderDraft:
        """Return what a valid form says."""
        seen = str(self.price_seen.data or "")
        lines = (Line(product_id, self.quantity.data, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 12 else None),)
        return OrderDraft(self.buyer_name.data, self.buyer_place.data, self.note.data, lines, self.buyer_phone.data)

    def ask_for_service(self) -> None:
        """Word the questions for a service: it happens somewhere, some day, instead of being sent."""
        self.buyer_place.label.text, self.buyer_place.description = _("Di mana jasanya dipakai?"), _("Kota atau kecamatan sudah cukup.")
        self.note.label.text = _("Kapan, dan apa kebutuhannya?")
        self.note.description = _("Misalnya Sabtu depan, untuk lima puluh orang.")


class DeclineForm(FlaskForm):
    """Asks a seller why they cannot take an order."""

    why = RadioField(
        _("Mengapa belum bisa?"),
        invalid_choice_message=say("Pilih satu alasan, supaya pembeli mengerti"),
        choices=[SelectChoice(why.value, _(DECLINE_TEXTS[why])) for why in Decline],
    )
    note = StringField(_("Pesan untuk pembeli"), [by(line(200))], description=_("Boleh kosong. Pembeli membacanya di halaman pesanan."))
