"""Forms about editions."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from lapak.editions.rules import NOTE_LENGTH, theme
from lapak.editions.service import EditionDraft
from lapak.kernel.checks import by, paragraphs, whole_number
from lapak.kernel.clock import calendar_day


class EditionForm(FlaskForm):
    """Asks for an edition's number, theme, date and the curator's note."""

    number = StringField("Nomor edisi", [by(whole_number(1, 9999, wanted="Tulis nomor edisi"))])
    theme = StringField("Tema", [by(theme)], description="Beberapa kata yang mudah diingat, misalnya Teman ngopi sore.")
    date = StringField("Tanggal", [by(lambda text: calendar_day(str(text), field="date"))], description="Biasanya hari Minggu.")
    note = TextAreaField(
        "Catatan kurator", [by(paragraphs(NOTE_LENGTH))], description="Mengapa tema ini, apa yang dinilai. Dibaca pembeli."
    )

    def draft(self) -> EditionDraft:
        """Return what a valid form says."""
        return EditionDraft(self.number.data, self.theme.data, self.note.data, self.date.data)
