"""Forms about how a shop is paid."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from lapak.kernel.checks import CHOOSE, by, line
from lapak.kernel.text import printable
from lapak.payments.queries import Ways
from lapak.payments.rules import BANKS, LONGEST_BANK, LONGEST_HOLDER, LONGEST_NOTE, NO_BANK, NO_HOLDER, OTHER_BANK, account_number
from lapak.payments.service import CashDraft, TransferDraft

LONGEST_KEY = 64


class SeenForm(FlaskForm):
    """Knows which version of a shop's payment data the seller saw."""

    version = HiddenField(filters=[lambda seen: printable(str(seen or ""))])

    def seen(self) -> int:
        """Return that version; one that never was for what is no number, so that it is told as changed."""
        text = str(self.version.data)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class TransferForm(SeenForm):
    """Asks for a bank account, or that there is none."""

    bank = SelectField(
        _("Bank"),
        invalid_choice_message=CHOOSE,
        choices=[
            SelectChoice("", _("Tidak menerima transfer")),
            *(SelectChoice(bank, bank) for bank in BANKS),
            SelectChoice(OTHER_BANK, _("Bank lain")),
        ],
    )
    other = StringField(_("Nama bank lain"), description=_("Hanya bila banknya tidak ada di daftar."))
    number = StringField(_("Nomor rekening"), description=_("Angka saja. Periksa dua kali."))
    holder = StringField(_("Atas nama"), description=_("Nama pemilik seperti di buku tabungan."))

    def fill(self, ways: Ways) -> None:
        """Show what is set."""
        self.version.data = str(ways.version)
        if ways.transfer:
            is_listed = ways.transfer.bank in BANKS
            self.bank.data = ways.transfer.bank if is_listed else OTHER_BANK
            self.other.data = "" if is_listed else ways.transfer.bank
            self.number.data, self.holder.data = ways.transfer.number, ways.transfer.holder

    def validate_other(self, field: Any) -> None:
        """Ask for the bank's name where the list has none."""
        by(line(LONGEST_BANK, wanted=NO_BANK if self.bank.data == OTHER_BANK else ""))(self, field)

    def validate_number(self, field: Any) -> None:
        """Ask for a number where there is a bank."""
        by(account_number if self.bank.data else line(40))(self, field)

    def validate_holder(self, field: Any) -> None:
        """Ask for a holder where there is a bank."""
        by(line(LONGEST_HOLDER, wanted=NO_HOLDER if self.bank.data else ""))(self, field)

    def draft(self) -> TransferDraft:
        """Return what a valid form says."""
        bank = self.other.data if self.bank.data == OTHER_BANK else self.bank.data
        return TransferDraft(bank, self.number.data, self.holder.data)


class CashForm(SeenForm):
    """Asks whether buyers may pay in cash."""

    takes_cash = BooleanField(_("Pembeli boleh membayar tunai"))
    note = StringField(
        _("Keterangan"),
        [by(line(LONGEST_NOTE))],
        description=_("Boleh kosong. Misalnya: saat barang diambil di rumah, atau saat diantar di Purwodadi."),
    )

    def fill(self, ways: Ways) -> None:
        """Show what is set."""
        self.version.data = str(ways.version)
        self.takes_cash.data = ways.cash is not None
        self.note.data = ways.cash.note if ways.cash else ""

    def draft(self) -> CashDraft:
        """Return what a valid form says."""
        return CashDraft(self.takes_cash.data, self.note.data)


class QrisForm(SeenForm):
    """Asks for a picture of a static QRIS, or its text; the rules look at both once they are here."""

    photo = FileField(_("Foto QRIS Anda"), description=_("Kode yang ditempel di toko. Foto dari dekat, seluruh kotaknya terlihat."))
    text = TextAreaField(
        _("Atau tempel teks kodenya"), filters=[printable], description=_("Untuk yang sudah punya teksnya. Diawali 000201.")
    )


class CodeForm(SeenForm):
    """Names one code of the shop."""

    key = HiddenField(filters=[printable])

    def code(self) -> str:
        """Return its key; none that there is for what is none."""
        return str(self.key.data or "")[:LONGEST_KEY]
