"""Forms about editions."""

from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TextAreaField, ValidationError

from lapak.editions.rules import NOTE_LENGTH, theme
from lapak.editions.service import EditionDraft
from lapak.kernel.checks import by, paragraphs, whole_number


class EditionForm(FlaskForm):
    """Asks for an edition's number, theme, date and the curator's note."""

    number = StringField("Nomor edisi", [by(whole_number(1, 9999, wanted="Tulis nomor edisi"))])
    theme = StringField("Tema", [by(theme)], description="Beberapa kata yang mudah diingat, misalnya Teman ngopi sore.")
    date = DateField("Tanggal", description="Biasanya hari Minggu.")
    note = TextAreaField(
        "Catatan kurator", [by(paragraphs(NOTE_LENGTH))], description="Mengapa tema ini, apa yang dinilai. Dibaca pembeli."
    )

    def validate_date(self, field: DateField) -> None:
        """Refuse a missing or unreadable date in plain words, and years a programme does not have."""
        if field.data is None or not 2000 <= field.data.year <= 2100:
            raise ValidationError("Tulis tanggal, misalnya 2026-11-29")

    def draft(self) -> EditionDraft:
        """Return what a valid form says."""
        return EditionDraft(self.number.data, self.theme.data, self.note.data, self.date.data)
