"""Forms of testimonials."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from lapak.kernel.checks import by, line
from lapak.kernel.text import printable
from lapak.kernel.words import say
from lapak.testimonials.rules import (
    FEELING_TEXTS,
    LONGEST_NOTE,
    LONGEST_TEXT,
    REFUSAL_TEXTS,
    Feeling,
    Refusal,
    State,
    public_text,
    shown_name,
)
from lapak.testimonials.service import Decision, Draft


class TestimonialForm(FlaskForm):
    """Asks a buyer how it was."""

    feeling = RadioField(
        _("Bagaimana pesanan Anda?"),
        invalid_choice_message=say("Pilih satu: puas, cukup, atau kecewa"),
        choices=[SelectChoice(feeling.value, _(FEELING_TEXTS[feeling])) for feeling in Feeling],
    )
    text = TextAreaField(
        _("Ceritakan"),
        [by(public_text(LONGEST_TEXT, wanted=say("Tulis satu kalimat, misalnya bagaimana rasa, ukuran, atau kemasannya")))],
        description=_("Paling panjang 500 huruf. Tanpa nomor telepon, alamat, atau tautan, karena semua orang dapat membacanya."),
    )
    name = StringField(_("Nama yang tampil"), [by(shown_name)], description=_("Nama depan atau inisial saja, misalnya Rina atau R."))

    def draft(self) -> Draft:
        """Return what a valid form says."""
        return Draft(Feeling(self.feeling.data), self.text.data, self.name.data)


class ReplyForm(FlaskForm):
    """Asks a seller for the answer to one testimonial."""

    text = TextAreaField(
        _("Balasan Anda"),
        [by(public_text(LONGEST_TEXT, wanted=say("Tulis balasannya dulu")))],
        description=_("Satu kali, paling panjang 500 huruf. Jangan sebut nama lengkap, alamat, atau nomor pembeli."),
    )


class DecisionForm(FlaskForm):
    """Asks a moderator whether words may be shown, and why not."""

    why = RadioField(
        _("Mengapa ditolak?"),
        invalid_choice_message=say("Pilih satu alasan, supaya penulisnya mengerti"),
        choices=[SelectChoice(why.value, _(REFUSAL_TEXTS[why])) for why in Refusal],
    )
    note = StringField(
        _("Pesan untuk penulisnya"), [by(line(LONGEST_NOTE))], description=_("Boleh kosong. Dipakai sebagai ganti alasannya.")
    )
    seen = HiddenField(filters=[lambda seen: printable(str(seen or ""))])

    def decision(self, to: State) -> Decision:
        """Return what a valid form says; to show something takes no reason."""
        seen = str(self.seen.data)
        version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
        return Decision(to, version, Refusal(self.why.data), self.note.data) if to is State.REFUSED else Decision(to, version)
