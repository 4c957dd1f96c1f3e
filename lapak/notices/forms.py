"""Forms of notices."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from lapak.kernel.checks import CHOOSE, by
from lapak.notices.rules import AUTH, KIND_NAMES, PUBLIC_KEY, Channel, Kind, mail_address, push_endpoint, push_secret
from lapak.senders.outbound import Device


class AddressForm(FlaskForm):
    """Asks where letters should go."""

    address = StringField(
        _("Alamat surel Anda"), [by(mail_address)], description=_("Kami kirim tautan ke sana. Kabar menyusul setelah Anda membukanya.")
    )


class DeviceForm(FlaskForm):
    """Takes what a browser says of itself when somebody lets it show news; a script fills it in."""

    endpoint = HiddenField(validators=[by(push_endpoint)])
    public_key = HiddenField(validators=[by(lambda text: push_secret(text, size=PUBLIC_KEY))])
    auth = HiddenField(validators=[by(lambda text: push_secret(text, size=AUTH))])

    def device(self) -> Device:
        """Return what a valid form says."""
        return Device(self.endpoint.data, self.public_key.data, self.auth.data)


class ChannelsForm(FlaskForm):
    """Asks which news somebody wants by which channel."""

    whole = HiddenField(validators=[InputRequired(CHOOSE)])  # a form cut off on its way would switch everything off
    mail = SelectMultipleField(choices=[SelectChoice(kind.value, _(KIND_NAMES[kind])) for kind in Kind])
    push = SelectMultipleField(choices=[SelectChoice(kind.value, _(KIND_NAMES[kind])) for kind in Kind])

    def __init__(self) -> None:
        super().__init__()
        for field in (self.mail, self.push):
            field.validate_choice = True
            field.gettext = lambda _text: CHOOSE

    def wanted(self) -> list[tuple[Channel, Kind]]:
        """Return what a valid form says."""
        return [(channel, Kind(kind)) for channel in Channel for kind in self[channel.value].data]
