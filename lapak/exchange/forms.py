"""Forms of lists that come in."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from lapak.exchange.rules import COLUMNS, IN_ORDER, NEEDED
from lapak.kernel.checks import CHOOSE

NAMES = {
    "key": _("Kode"), "name": _("Nama produk"), "price": _("Harga"), "category": _("Jenis"), "description": _("Keterangan"),
    "place": _("Kota atau kabupaten"), "shop": _("Nama lapak"), "phone": _("Nomor WhatsApp"), "photo": _("Nama berkas foto"),
    "stock": _("Persediaan"), "unit": _("Satuan"), "weight": _("Berat (gram)"), "kind": _("Barang atau jasa"),
}  # fmt: skip


class ListForm(FlaskForm):
    """Asks for a list, and perhaps its photos."""

    file = FileField(
        _("Daftar produk (.csv atau .xlsx)"), description=_("Baris pertama berisi judul kolom. Paling banyak 100.000 baris, 40 MB.")
    )
    photos = MultipleFileField(
        _("Foto (boleh menyusul sebelum daftarnya dimasukkan)"),
        description=_("Beberapa foto, atau satu ZIP berisi foto. Sekali kirim paling besar 80 MB."),
    )


class PhotosForm(FlaskForm):
    """Asks for more photos of a list."""

    photos = MultipleFileField(_("Foto atau ZIP berisi foto"), description=_("Sekali kirim paling besar 80 MB; boleh beberapa kali."))


def _place(text: Any) -> int | None:
    return int(text) if text not in {None, "", "None"} else None


class ColumnsForm(FlaskForm):
    """Asks which column of a list holds what; each field is one of `exchange.rules.COLUMNS`."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, int], **given: Any) -> None:
        super().__init__(data=dict(columns), **given)
        titles = [SelectChoice(place, title or f"({place + 1})") for place, title in enumerate(header)]
        for field in self.fields():
            field.choices = [SelectChoice("", _("Tidak ada")), *titles]
        self["photo"].choices.insert(1, SelectChoice(IN_ORDER, _("Menurut urutan namanya, satu tiap baris")))

    def fields(self) -> list[SelectField]:
        """The questions in their order, those that must be answered first."""
        return [self[name] for name in (*NEEDED, *(name for name in COLUMNS if name not in NEEDED))]

    def chosen(self) -> dict[str, int | None]:
        """Return the place of the column chosen for each field."""
        return {name: self[name].data for name in COLUMNS}


for _name in COLUMNS:
    setattr(ColumnsForm, _name, SelectField(NAMES[_name], coerce=_place, invalid_choice_message=CHOOSE, validate_choice=True))
