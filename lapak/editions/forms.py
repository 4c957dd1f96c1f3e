"""Forms about editions."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from lapak.editions.rules import NOTE_LENGTH, theme
from lapak.editions.service import EditionDraft
from lapak.kernel.checks import by, paragraphs, whole_number
from lapak.kernel.clock import calendar_day
from lapak.kernel.words import say


class EditionForm(FlaskForm):
    """Asks for an edition's number, theme, date and the curator's note."""

    number = StringField(_("Nomor edisi"), [by(whole_number(1, 9999, wanted=say("Tulis nomor edisi")))])
    theme = StringField(_("Tema"), [by(theme)], description=_("Beberapa kata yang mudah diingat, misalnya Teman ngopi sore."))
    date = StringField(_("Tanggal"), [by(lambda text: calendar_day(str(text), field="date"))], description=_("Biasanya hari Minggu."))
    note = TextAreaField(
        _("Catatan kurator"), [by(paragraphs(NOTE_LENGTH))], description=_("Mengapa tema ini, apa yang dinilai. Dibaca pembeli.")
    )

    def draft(self) -> EditionDraft:
        """Return what a valid form says."""
        return EditionDraft(self.number.data, self.theme.data, self.note.data, self.date.data)
