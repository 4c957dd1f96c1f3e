"""Forms about shops."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from lapak.accounts.adapters import mobile_number
from lapak.kernel.checks import CHOOSE, by, line, paragraphs
from lapak.regions.queries import places_in
from lapak.shops.rules import ABOUT_LENGTH, WHICH_PLACE, shop_name
from lapak.shops.service import ShopDraft


class StartForm(FlaskForm):
    """Asks a future seller for the shop's name and place."""

    name = StringField(
        _("Apa nama lapak Anda?"), [by(shop_name)], description=_("Pakai nama yang dikenal pelanggan. Nama sendiri juga boleh.")
    )
    region_code = SelectField(_("Kabupaten atau kota"), [by(line(20, wanted=WHICH_PLACE))], invalid_choice_message=CHOOSE)

    def offer(self, site_code: str, *, current: str | None = None) -> None:
        """Offer the places of a site's region; one place alone is chosen already."""
        places = [SelectChoice(place.code, place.name) for place in places_in(site_code)]
        self.region_code.choices = places if len(places) == 1 else [SelectChoice("", _("Pilih")), *places]
        if current and current not in [place.value for place in places]:
            self.region_code.choices.append(SelectChoice(current, _("Tempat sekarang")))

    def draft(self) -> ShopDraft:
        """Return what a valid form says."""
        return ShopDraft(self.name.data, self.region_code.data)


class ShopForm(StartForm):
    """Edits a shop."""

    about = TextAreaField(
        _("Cerita lapak"), [by(paragraphs(ABOUT_LENGTH))], description=_("Siapa yang membuat, sejak kapan, apa yang khas. Boleh kosong.")
    )
    whatsapp = StringField(_("Nomor WhatsApp untuk pesanan"), [by(mobile_number)], description=_("Pembeli menulis ke nomor ini."))

    def draft(self) -> ShopDraft:
        """Return what a valid form says."""
        return ShopDraft(self.name.data, self.region_code.data, self.about.data, self.whatsapp.data)
