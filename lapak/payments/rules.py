"""What a bank account and a QRIS must be like, whose code it seems to be, and the same code with an amount. Plain Python.

QRIS is EMV's merchant-presented code (orders.md, 5): values are taken by their stated length and never trimmed; lokal-id reads and writes
them, and a code is only ever issued anew for the merchant whose it is. No sentence of ours holds a whole code, so no log does.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from lapak.kernel.errors import Invalid
from lapak.kernel.text import clean_line
from lapak.kernel.words import Words, say
from lapak.regions.rules import Place

LONGEST_CODE = 512
"""EMV QRCPS 1.1, 3.1: the text of a code has at most 512 characters."""
MOST_AMOUNT = 9_999_999_999_999
"""Tag 54 holds thirteen characters."""
LEAST_WIDTH = 240
BANKS = (
    "BRI", "Mandiri", "BNI", "BCA", "BSI", "BTN", "Bank Jateng", "Bank Nagari", "CIMB Niaga", "Danamon", "Permata", "SeaBank", "Bank Jago",
)  # fmt: skip
OTHER_BANK = "lain"
LONGEST_BANK = 40
LONGEST_HOLDER = 60
LONGEST_NOTE = 160

NOT_QRIS = say(
    "Kode ini bukan QRIS. Belum ada yang berubah. Unggah foto QRIS yang Anda terima dari bank atau penyedia QRIS Anda, yang biasa "
    "ditempel di toko."
)
BROKEN = say(
    "Isi kode QRIS ini rusak, terpotong, atau sudah diubah, jadi uangnya bisa salah alamat. Belum ada yang berubah. Foto ulang kodenya "
    "dari dekat sampai seluruh kotaknya terlihat, atau minta kode baru ke bank Anda."
)
DYNAMIC = say(
    "Ini QRIS untuk satu pembayaran saja: jumlahnya sudah terisi dan kodenya berganti setiap kali. Belum ada yang berubah. Unggah QRIS "
    "yang ditempel di toko, yang jumlahnya diketik oleh pembeli."
)
FOREIGN = say("Kode ini bukan kode pembayaran rupiah di Indonesia. Belum ada yang berubah. Unggah QRIS dari bank Anda di Indonesia.")
WITH_FEE = say(
    "Kode QRIS ini menambahkan biaya di luar harga, jadi pembeli akan membayar lebih dari total pesanan. Belum ada yang berubah. Minta "
    "QRIS tanpa biaya tambahan ke bank Anda."
)
NO_NMID = say(
    "Kode QRIS ini tidak menyebut nomor merchant nasional (NMID), jadi kami tidak dapat mengenali bila kodenya ditukar. Belum ada yang "
    "berubah. Minta QRIS yang lengkap ke bank Anda."
)
TOO_LONG = say(
    "Teks ini terlalu panjang untuk QRIS: paling banyak %(most)s huruf. Belum ada yang berubah. Salin teks kodenya saja, atau unggah "
    "fotonya.",
    most=LONGEST_CODE,
)
NO_TEXT = say("Pilih foto QRIS Anda, atau tempel teks kodenya")
NO_CODE = say(
    "Tidak ada kode QR yang terbaca di foto ini. Belum ada yang berubah. Foto ulang dari dekat, lurus, dan terang, sampai seluruh kotaknya "
    "terlihat."
)
WRONG_AMOUNT = say("Jumlah untuk QRIS harus rupiah bulat, paling sedikit Rp1.")
WRONG_NUMBER = say("Tulis nomor rekening dengan angka saja, 6 sampai 20 angka")
NO_HOLDER = say("Tulis nama pemilik rekening seperti di buku tabungan")
NO_BANK = say("Tulis nama banknya")

SIZES = {
    "UMI": say("Usaha mikro"), "UKE": say("Usaha kecil"), "UME": say("Usaha menengah"), "UBE": say("Usaha besar"),
}  # fmt: skip

_PRINTABLE = re.compile(r"[ -~]*")
_NMID = re.compile(r"[A-Za-z0-9]{1,15}")
_CRC = re.compile(r"[0-9A-F]{4}")
_NATIONAL = "ID.CO.QRIS.WWW"
_BROKEN_TAGS = {"format", "crc", "crc_missing", "duplicate", "mcc", "merchant_name", "merchant_city"}
_REFUSED = {
    "payload_format": NOT_QRIS, "merchant_account": NOT_QRIS, "amount": DYNAMIC, "tip": WITH_FEE, "currency": FOREIGN, "country": FOREIGN,
}  # fmt: skip


class CodeState(StrEnum):
    """Where a shop's code stands: shown to buyers, or waiting for the seller to say that it is the right one."""

    CURRENT = "current"
    WAITING = "waiting"


class Way(StrEnum):
    """Which way to be paid a change is about."""

    QRIS = "qris"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Merchant:
    """A static QRIS, and what it says of who is paid; `size` is UMI, UKE, UME, UBE, another code of a bank's, or empty."""

    text: str
    name: str
    city: str
    postcode: str
    nmid: str
    size: str

    @property
    def size_text(self) -> Words | None:
        """The merchant's size class in words; None for one that we do not know."""
        return SIZES.get(self.size)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A QR code as the path of an SVG, in a square of so many modules, its quiet zone included."""

    side: int
    path: str

    @property
    def width(self) -> int:
        """How wide it is shown, in CSS pixels: at least 240, and each module a whole number of them, or readers stumble over the seams."""
        return self.side * -(-LEAST_WIDTH // self.side)


def static_code(text: str) -> Merchant:
    """Read the text of a shop's static QRIS; raise Invalid, with the reason under "text", for anything that should not be paid to."""
    from lokal import parse_qris  # noqa: PLC0415 - 0.2 s that only pages of payment pay, once per process

    code = text.strip(" \t\r\n")
    if not code:
        raise Invalid({"text": NO_TEXT})
    if len(code) > LONGEST_CODE:
        raise Invalid({"text": TOO_LONG})
    if not code.startswith("000201"):
        raise Invalid({"text": NOT_QRIS})
    if not _PRINTABLE.fullmatch(code):
        raise Invalid({"text": BROKEN})
    found = parse_qris(code)
    wrong = {issue.code for issue in found.errors}
    if wrong & _BROKEN_TAGS or not _CRC.fullmatch(found.crc or "") or _is_ambiguous(found.fields):
        raise Invalid({"text": BROKEN})
    for issue, sentence in _REFUSED.items():
        if issue in wrong:
            raise Invalid({"text": sentence})
    kind = next((field.value for field in found.fields if field.tag == "01"), "11")
    if kind == "12" or found.amount is not None:
        raise Invalid({"text": DYNAMIC})
    if kind != "11" or wrong:
        raise Invalid({"text": BROKEN})
    if found.tip is not None and found.tip.kind != "prompt":
        raise Invalid({"text": WITH_FEE})
    if not _NMID.fullmatch(found.nmid or ""):
        raise Invalid({"text": NO_NMID})
    said = (found.merchant_name, found.merchant_city, found.postal_code, found.nmid, (found.criteria or "")[:10])
    return Merchant(code, *(value or "" for value in said))


def _is_ambiguous(fields: Iterable[object]) -> bool:
    """Whether two readers could take different merchants from one code: a part twice in a template, or two national accounts."""
    nationals = 0
    for field in fields:
        parts = getattr(field, "children", None)
        if parts is None:
            continue
        tags = [part.tag for part in parts]
        if len(tags) != len(set(tags)):
            return True
        nationals += any(part.tag == "00" and part.value.upper() == _NATIONAL for part in parts)
    return nationals > 1


def with_amount(text: str, amount: int) -> str:
    """Return a shop's static QRIS as one for an amount in whole rupiah: the same merchant, and nothing else is changed.

    Raise Invalid for a code that `static_code` refuses, and for an amount that is no whole rupiah from 1.
    """
    from lokal import set_qris_amount  # noqa: PLC0415 - as above

    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= MOST_AMOUNT:
        raise Invalid({"amount": WRONG_AMOUNT})
    return str(set_qris_amount(static_code(text).text, amount))


def is_like(merchant: str, *ours: str) -> bool:
    """Whether a merchant's name may well be one of `ours`: banks cut names at 25 letters, shout them and leave titles out.

    It only decides whether the seller is asked once more, so it is tolerant.
    """
    return any(_is_like(merchant, name) for name in ours)


def _is_like(one: str, other: str) -> bool:
    mine, theirs = _words(one), _words(other)
    joined, whole = "".join(mine), "".join(theirs)
    if not joined or not whole:
        return False
    shorter, longer = sorted((joined, whole), key=len)
    if (len(shorter) >= 4 and longer.startswith(shorter)) or SequenceMatcher(None, joined, whole).ratio() >= 0.8:
        return True
    return any(_begin_alike(a, b) for a in _telling(mine) for b in _telling(theirs))


def _begin_alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= 4 and longer.startswith(shorter))


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def _telling(words: list[str]) -> list[str]:
    return [word for word in words if len(word) >= 3 and word not in _COMMON]


_COMMON = {
    "ibu", "pak", "bapak", "mbak", "mas", "bang", "uni", "uda", "haji", "toko", "warung", "kedai", "kios", "rumah", "usaha", "umkm", "dan",
    "snack", "food", "store", "shop", "indonesia", "jaya", "makmur",
}  # fmt: skip


def place_of(city: str, places: Sequence[Place], *, by_postcode: Iterable[str] = ()) -> str:
    """Return the code of the kabupaten or kota that a merchant's city means among `places`; empty when it could be several, or none.

    Banks write cities in at most 15 letters ("KAB. GROBOGAN", "SEMARANG (KOTA)"), often without saying which of two of one name is meant;
    `by_postcode` are the codes that the merchant's postcode stands for, and decides then.
    """
    words = _words(city)
    is_kota = "kota" in words
    is_kab = bool({"kab", "kabupaten"} & set(words))
    said = "".join(word for word in words if word not in {"kota", "kab", "kabupaten", "adm", "administrasi"})
    fitting = [place for place in places if _is_city(said, place, is_kota=is_kota, is_kab=is_kab, is_cut=len(city) >= 14)]
    meant = set(by_postcode)
    decided = [place for place in fitting or places if place.code in meant] if meant else []
    found = fitting if len(fitting) == 1 else decided
    return found[0].code if len(found) == 1 else ""


def _is_city(said: str, place: Place, *, is_kota: bool, is_kab: bool, is_cut: bool) -> bool:
    is_place_kota = place.name.startswith("Kota ")
    if not said or (is_kota and not is_place_kota) or (is_kab and is_place_kota):
        return False
    name = "".join(_words(place.name.removeprefix("Kota ")))
    return name == said or (is_cut and len(said) >= 8 and name.startswith(said))


def account_number(text: str) -> str:
    """Return the digits of a bank account; raise Invalid for anything but 6 to 20 of them, with spaces, dots or hyphens between."""
    digits = re.sub(r"[ .-]", "", clean_line(text))
    if not re.fullmatch(r"[0-9]{6,20}", digits):
        raise Invalid({"number": WRONG_NUMBER})
    return digits


def last_four(number: str) -> str:
    """Return an account's number as logs and messages may show it."""
    return f"…{number[-4:]}"
