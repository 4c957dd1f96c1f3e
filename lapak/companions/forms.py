"""Forms of the counter and of the claim."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from lapak.accounts.adapters import mobile_number
from lapak.accounts.rules import person_name
from lapak.kernel.checks import CHOOSE, by, line
from lapak.kernel.text import printable
from lapak.kernel.words import say
from lapak.regions.rules import Place
from lapak.shops.rules import HELP_DAYS, NAME_LENGTH, WHICH_PLACE, shop_name
from lapak.shops.service import SellerDraft

LONGEST_ONCE = 64
NO_CONSENT = say("Centang kotak ini setelah penjual setuju. Tanpa persetujuan, lapaknya belum dapat dibuat")


def shop_name_or_none(text: str) -> str:
    """Read a shop's name; empty stays empty. Raise Invalid when it is too short or too long."""
    return shop_name(text) if text.strip() else ""


class CorrectionForm(FlaskForm):
    """Asks for what was written down at the counter."""

    seller_name = StringField(_("Nama penjual"), [by(person_name)])
    phone = StringField(_("Nomor WhatsApp penjual"), [by(mobile_number)], description=_("Milik penjual, bukan milik Anda."))
    name = StringField(_("Nama lapak"), [by(shop_name_or_none)], description=_("Kosongkan bila sama dengan nama penjual."))
    region_code = SelectField(_("Kabupaten atau kota"), [by(line(20, wanted=WHICH_PLACE))], invalid_choice_message=CHOOSE)

    def offer(self, places: Sequence[Place]) -> None:
        """Offer these places; one alone is chosen already."""
        choices = [SelectChoice(place.code, place.name) for place in places]
        self.region_code.choices = choices if len(choices) == 1 else [SelectChoice("", _("Pilih")), *choices]

    def draft(self) -> SellerDraft:
        """Return what a valid form says."""
        shop = self.name.data or self.seller_name.data[: NAME_LENGTH[1]].strip()
        return SellerDraft(self.seller_name.data, self.phone.data, shop, self.region_code.data)


class SellerForm(CorrectionForm):
    """Asks for a seller at the counter, and for the consent they gave aloud."""

    consent = BooleanField(_("Sudah saya bacakan, dan penjual setuju"))
    once = HiddenField(filters=[printable])

    def validate_consent(self, field: Any) -> None:
        """Refuse an empty box: it is never ticked for anybody."""
        if not field.data:
            raise ValidationError(NO_CONSENT)

    def key(self) -> str:
        """Return the form's own key, the same however often it is sent."""
        return str(self.once.data or "")[:LONGEST_ONCE]


class ClaimForm(FlaskForm):
    """Asks a seller how long the companion may go on helping, and for consent when nobody recorded it."""

    days = RadioField(
        _("Bolehkah pendamping tetap membantu?"),
        invalid_choice_message=CHOOSE,
        choices=[
            SelectChoice("0", _("Tidak, saya kelola sendiri")),
            *(SelectChoice(str(days), _("Boleh, %(days)s hari", days=days)) for days in HELP_DAYS),
        ],
        default="0",
        description=_("Pendamping dapat menambah dan mengubah produk. Anda dapat mengakhirinya kapan saja di dasbor."),
    )
    consent = BooleanField(_("Saya setuju"))
