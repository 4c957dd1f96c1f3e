"""What those who were not chosen are told: a reason and one thing to mend, never a bare no (programme.md, 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lapak.editions.rules.choosing import Passed
from lapak.editions.rules.readiness import LEAST_LIGHT, LEAST_SHARPNESS
from lapak.kernel.words import Words, say


class Reason(StrEnum):
    """Why an entry was not published."""

    NO_PHOTO = "no_photo"
    SMALL_PHOTO = "small_photo"
    DARK_PHOTO = "dark_photo"
    BLURRED_PHOTO = "blurred_photo"
    PLAIN_PHOTO = "plain_photo"
    QUALITY = "quality"
    PACKAGING = "packaging"
    CLAIMS = "claims"
    PLACE_FULL = "place_full"
    CATEGORY_FULL = "category_full"
    COOLDOWN = "cooldown"
    NOT_ON_SALE = "not_on_sale"
    UNREADY = "unready"
    UNJUDGED = "unjudged"
    OUTRIVALLED = "outrivalled"
    OFF_THEME = "off_theme"


@dataclass(frozen=True, slots=True)
class Answer:
    """A reason in words, the one fix, and the name of an example picture beside theirs where one helps."""

    text: Words
    fix: Words
    example: str = ""


ANSWERS = {
    Reason.NO_PHOTO: Answer(
        say("Belum ada foto"), say("Foto produk di dekat jendela pada siang hari, lalu jadikan foto utama."), "contoh-terang.webp"
    ),
    Reason.SMALL_PHOTO: Answer(
        say("Foto terlalu kecil"), say("Kirim foto asli dari kamera, bukan tangkapan layar atau kiriman ulang."), "contoh-tajam.webp"
    ),
    Reason.DARK_PHOTO: Answer(
        say("Foto gelap"), say("Foto ulang di dekat jendela pada siang hari, tanpa lampu kilat."), "contoh-terang.webp"
    ),
    Reason.BLURRED_PHOTO: Answer(
        say("Foto kurang tajam"), say("Sandarkan ponsel, ketuk layar pada barangnya, lalu foto ulang."), "contoh-tajam.webp"
    ),
    Reason.PLAIN_PHOTO: Answer(
        say("Foto belum menonjolkan barangnya"), say("Pakai alas polos, satu produk memenuhi bingkai."), "contoh-tajam.webp"
    ),
    Reason.QUALITY: Answer(say("Mutu belum terlihat"), say("Tambah satu foto dekat yang memperlihatkan pengerjaan atau isi.")),
    Reason.PACKAGING: Answer(
        say("Kemasan belum lengkap"), say("Beri label dengan nama, isi bersih, dan tanggal; foto kemasannya."), "contoh-kemasan.webp"
    ),
    Reason.CLAIMS: Answer(say("Keterangan perlu diperbaiki"), say("Hapus klaim kesehatan dan sebutkan izin yang sudah ada.")),
    Reason.PLACE_FULL: Answer(
        say("Kabupaten atau kota Anda sudah terwakili"), say("Tidak ada yang perlu diperbaiki. Ikut lagi edisi berikutnya.")
    ),
    Reason.CATEGORY_FULL: Answer(
        say("Jenis ini sudah terwakili"), say("Tidak ada yang perlu diperbaiki. Tunggu edisi bertema jenis Anda.")
    ),
    Reason.COOLDOWN: Answer(
        say("Lapak Anda baru saja tampil"), say("Ikut lagi setelah beberapa edisi, supaya yang lain mendapat giliran.")
    ),
    Reason.NOT_ON_SALE: Answer(
        say("Produk sedang tidak dijual saat edisi terbit"), say("Buka kembali penjualannya, lalu ikut edisi berikutnya.")
    ),
    Reason.UNREADY: Answer(say("Belum siap saat edisi terbit"), say("Isi persediaan dan tekan Saya siap sebelum waktunya.")),
    Reason.UNJUDGED: Answer(
        say("Belum sempat dinilai di edisi ini"), say("Tidak ada yang perlu diperbaiki. Daftarkan lagi di edisi berikutnya.")
    ),
    Reason.OUTRIVALLED: Answer(
        say("Nilai Anda baik, sepuluh yang lain sedikit lebih tinggi"), say("Tambah satu foto yang memperlihatkan kelebihan produk Anda.")
    ),
    Reason.OFF_THEME: Answer(say("Kurang cocok dengan tema ini"), say("Daftarkan produk lain, atau tunggu tema yang lebih dekat.")),
}  # fmt: skip
BY_CRITERION = {
    "attractive": Reason.PLAIN_PHOTO, "quality": Reason.QUALITY, "packaging": Reason.PACKAGING, "safe": Reason.CLAIMS,
}  # fmt: skip
BY_PASSED = {Passed.PLACE: Reason.PLACE_FULL, Passed.CATEGORY: Reason.CATEGORY_FULL, Passed.COOLDOWN: Reason.COOLDOWN}
WEAK = 3.0
"""A criterion whose mean lies below it is what to mend."""


def suggest(
    *, photo_side: int | None, light: int | None, sharpness: int | None, least_side: int, passed: Passed | None, means: Mapping[str, float],
) -> Reason:  # fmt: skip
    """Return the reason that helps most: what is wrong with the photo, then the limit that passed it over, then its weakest side."""
    if photo_side is None:
        return Reason.NO_PHOTO
    if light is not None and light < LEAST_LIGHT:
        return Reason.DARK_PHOTO
    if sharpness is not None and sharpness < LEAST_SHARPNESS:
        return Reason.BLURRED_PHOTO
    if photo_side < least_side:
        return Reason.SMALL_PHOTO
    if passed in BY_PASSED:
        return BY_PASSED[passed]
    if not means:
        return Reason.UNJUDGED
    weakest = min(means, key=lambda key: means[key], default="")
    return BY_CRITERION[weakest] if means[weakest] < WEAK else Reason.OUTRIVALLED
