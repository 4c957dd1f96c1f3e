"""The form of a site's texts."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from lapak.kernel.checks import by, line, paragraphs
from lapak.kernel.errors import Invalid
from lapak.kernel.words import say
from lapak.regions.service import SiteTexts


def hashtag(text: str) -> str:
    """Return a hashtag without its sign, letters and digits only; raise Invalid otherwise."""
    said = text.strip().removeprefix("#")
    if not said.isalnum() or len(said) > 40:
        raise Invalid({"hashtag": say("Tulis tagar tanpa spasi, misalnya LapakJateng")})
    return said


class TextsForm(FlaskForm):
    """What a site's pages say."""

    brand = StringField(_("Nama situs"), [by(line(40, wanted=say("Tulis nama situs")))])
    office = StringField(
        _("Pengelola"), [by(line(60, wanted=say("Tulis nama kantor pengelola")))], description=_("Nama kantor, bukan nama orang.")
    )
    tagline = StringField(_("Kalimat pembuka"), [by(line(160))], description=_("Tampil di beranda bila belum ada edisi."))
    about = TextAreaField(_("Tentang situs ini"), [by(paragraphs(600))], description=_("Tampil di kaki setiap halaman."))
    hashtag = StringField(_("Tagar"), [by(hashtag)])

    def texts(self) -> SiteTexts:
        """Return the texts of a valid form."""
        return SiteTexts(self.brand.data, self.office.data, self.tagline.data, self.about.data, self.hashtag.data)
