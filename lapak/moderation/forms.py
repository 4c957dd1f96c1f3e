"""Forms of the desk, of the public's reports, and of the rules."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput

from lapak.accounts.adapters import mobile_number
from lapak.checking.rules import FIELD_NAMES, NOTE_LENGTH, REASON_TEXTS, Field, Reason, Rules, Verdict
from lapak.kernel.checks import CHOOSE, by, paragraphs, whole_number
from lapak.kernel.text import printable
from lapak.kernel.words import say
from lapak.moderation.rules import REPORT_LENGTH, TROUBLE_TEXTS, Trouble
from lapak.moderation.service import Decision, ReportDraft


def optional_mobile(text: str) -> str | None:
    """Return a mobile number in E.164, None when nothing was typed; raise Invalid for anything else."""
    return mobile_number(text) if text.strip() else None


def _number(text: Any) -> int:
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0


class DecisionForm(FlaskForm):
    """Asks a moderator why, unless all is well; the buttons say what."""

    revision = HiddenField(filters=[printable])
    reports_seen = HiddenField(filters=[printable])
    show = HiddenField(filters=[printable])
    reason = RadioField(
        _("Alasan"),
        invalid_choice_message=CHOOSE,
        validate_choice=False,
        choices=[SelectChoice(reason.value, _(REASON_TEXTS[reason])) for reason in Reason],
    )
    note = TextAreaField(
        _("Pesan untuk penjual"),
        [by(paragraphs(NOTE_LENGTH))],
        description=_("Boleh kosong. Penjual membacanya bersama alasan dan cara memperbaikinya."),
    )

    def decision(self, verdict: Verdict) -> Decision:
        """Return what a valid form says."""
        reason = Reason(self.reason.data) if self.reason.data in set(Reason) and verdict is not Verdict.APPROVE else None
        note = self.note.data if verdict is not Verdict.APPROVE else ""
        return Decision(verdict, _number(self.revision.data), _number(self.reports_seen.data), reason, note)


class ReportForm(FlaskForm):
    """Asks anybody what is wrong with a listing."""

    trouble = RadioField(
        _("Apa yang salah?"),
        invalid_choice_message=say("Pilih satu, supaya petugas tahu apa yang harus diperiksa"),
        choices=[SelectChoice(trouble.value, _(TROUBLE_TEXTS[trouble])) for trouble in Trouble],
    )
    words = TextAreaField(
        _("Ceritakan singkat"), [by(paragraphs(REPORT_LENGTH))], description=_("Boleh kosong. Apa yang Anda lihat, kapan, dan di mana.")
    )
    phone = StringField(
        _("Nomor WhatsApp Anda"),
        [by(optional_mobile)],
        description=_("Boleh kosong. Hanya petugas yang melihatnya, untuk bertanya bila perlu. Penjual tidak pernah melihatnya."),
    )

    def draft(self) -> ReportDraft:
        """Return what a valid form says."""
        return ReportDraft(Trouble(self.trouble.data), self.words.data, self.phone.data)


class RulesForm(FlaskForm):
    """Asks an admin by which rules listings wait or pass."""

    material = SelectMultipleField(
        _("Ubahan yang menunggu diperiksa"),
        invalid_choice_message=CHOOSE,
        choices=[SelectChoice(field.value, _(FIELD_NAMES[field])) for field in Field],
        option_widget=CheckboxInput(),
    )
    price_percent = StringField(
        _("Ubahan harga sampai berapa persen boleh langsung tayang?"),
        [by(whole_number(0, 100, wanted=say("Tulis angka dari 0 sampai 100")))],
        description=_("Dihitung dari harga yang terakhir diperiksa. 0 berarti setiap ubahan harga menunggu."),
    )
    trusted_after = StringField(
        _("Berapa produk yang disetujui petugas membuat penjual tepercaya?"),
        [by(whole_number(0, 1000, wanted=say("Tulis angka dari 0 sampai 1.000")))],
        description=_("Produk dan ubahan penjual tepercaya tidak masuk antrean. 0 berarti semua penjual diperiksa."),
    )
    trusted_days = StringField(
        _("Tanpa penolakan selama berapa hari terakhir?"), [by(whole_number(1, 3650, wanted=say("Tulis angka dari 1 sampai 3.650")))]
    )
    companions_pass = BooleanField(_("Yang diisi pendamping dianggap sudah diperiksa"))
    imports_pass = BooleanField(_("Daftar yang dimasukkan pengelola dianggap sudah diperiksa"))
    curated_pass = BooleanField(_("Produk yang dipilih kurator untuk edisi dianggap sudah diperiksa"))

    def rules(self) -> Rules:
        """Return what a valid form says."""
        return Rules(
            frozenset(Field(name) for name in self.material.data), self.price_percent.data, self.trusted_after.data,
            self.trusted_days.data, self.companions_pass.data, self.imports_pass.data, self.curated_pass.data,
        )  # fmt: skip
