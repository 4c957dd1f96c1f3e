"""Forms about people."""

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from lapak.accounts.adapters import mobile_number
from lapak.accounts.rules import OFFICIAL_ROLES, ROLE_NAMES, Role
from lapak.kernel.checks import CHOOSE, by, line
from lapak.kernel.clock import calendar_day
from lapak.kernel.errors import Invalid
from lapak.kernel.text import printable
from lapak.kernel.words import say
from lapak.regions.queries import name_of, sites
from lapak.regions.rules import covers


def six_digits(text: str) -> str:
    """Return a code of six digits, spaces and dashes forgiven; raise Invalid otherwise."""
    said = text.replace(" ", "").replace("-", "")
    if not (len(said) == 6 and said.isascii() and said.isdigit()):
        raise Invalid({"code": say("Kode terdiri dari enam angka, misalnya 204816")})
    return said


def last_day(text: str) -> date | None:
    """Return a date written as 2026-12-31 or 31-12-2026, None when empty; raise Invalid for anything else."""
    return calendar_day(text, field="until") if text.strip() else None


class PhoneForm(FlaskForm):
    """Asks for a mobile number."""

    phone = StringField(_("Nomor WhatsApp Anda"), [by(mobile_number)])
    next = HiddenField(filters=[printable])


class CodeForm(FlaskForm):
    """Asks for the one-time code."""

    code = StringField(_("Kode enam angka"), [by(six_digits)])


class HandOverForm(FlaskForm):
    """Asks who takes over a role."""

    name = StringField(_("Nama"), [by(line(80, wanted=say("Tulis nama orangnya")))])
    phone = StringField(_("Nomor ponsel"), [by(mobile_number)], description=_("Nomor dinas, bukan nomor pribadi, bila ada."))


class InviteForm(HandOverForm):
    """Asks who gets which role where."""

    role = SelectField(
        _("Peran"),
        description=_(
            "Kurator menyusun edisi, pendamping mendaftarkan penjual, petugas menjawab warga, pimpinan memantau, pengelola mengatur situs."
        ),
        invalid_choice_message=CHOOSE,
        choices=[SelectChoice(role.value, _(ROLE_NAMES[role])) for role in Role if role in OFFICIAL_ROLES],
    )
    until = StringField(
        _("Sampai tanggal"), [by(last_day)], description=_("Kosongkan bila belum tahu. Peran berakhir sendiri di akhir hari itu.")
    )
    region_code = SelectField(_("Daerah"), invalid_choice_message=CHOOSE)

    def offer(self, region_code: str) -> None:
        """Offer the region itself, and those inside it that run a site of their own: elsewhere a role would find no desk."""
        inside = [site for site in sites() if covers(region_code, site.region_code) and site.region_code != region_code]
        places = [SelectChoice(site.region_code, site.region_name) for site in inside]
        self.region_code.choices = [SelectChoice(region_code, name_of(region_code) or region_code), *places]
