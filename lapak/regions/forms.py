"""The form of a site's texts."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from lapak.kernel.checks import by, line, paragraphs
from lapak.kernel.errors import Invalid
from lapak.regions.service import SiteTexts


def hashtag(text: str) -> str:
    """Return a hashtag without its sign, letters and digits only; raise Invalid otherwise."""
    said = text.strip().removeprefix("#")
    if not said.isalnum() or len(said) > 40:
        raise Invalid({"hashtag": "Tulis tagar tanpa spasi, misalnya LapakJateng"})
    return said


class TextsForm(FlaskForm):
    """What a site's pages say."""

    brand = StringField("Nama situs", [by(line(40, wanted="Tulis nama situs"))])
    office = StringField("Pengelola", [by(line(60, wanted="Tulis nama kantor pengelola"))], description="Nama kantor, bukan nama orang.")
    tagline = StringField("Kalimat pembuka", [by(line(160))], description="Tampil di beranda bila belum ada edisi.")
    about = TextAreaField("Tentang situs ini", [by(paragraphs(600))], description="Tampil di kaki setiap halaman.")
    hashtag = StringField("Tagar", [by(hashtag)])

    def texts(self) -> SiteTexts:
        """Return the texts of a valid form."""
        return SiteTexts(self.brand.data, self.office.data, self.tagline.data, self.about.data, self.hashtag.data)
