"""Every public path, once. Rooms declare their routes and link to each other through these names.

A part is written as Flask writes it: `<slug>`, `<int(max=99999):number>` (a larger number is no page, and no database error).
"""

import re
from urllib.parse import quote, urlencode

HOME = "/"
BROWSE = "/jelajah"
BROWSE_CATEGORY = "/jelajah/<category>"
SEARCH = "/cari"
SUGGEST = "/cari/saran"
PRODUCT = "/produk/<slug>"
SHOP = "/lapak/<slug>"
SHOP_TESTIMONIALS = "/lapak/<slug>/testimoni"
EDITIONS = "/edisi"
EDITION = "/edisi/<int(max=99999):number>"
EDITION_JSON = "/edisi/<int(max=99999):number>.json"
EDITION_HOW = "/edisi/<int(max=99999):number>/cara-kami-memilih"
SERIES_EDITION = "/edisi/<series>/<int(max=99999):number>"
SERIES_EDITION_JSON = "/edisi/<series>/<int(max=99999):number>.json"
SERIES_EDITION_HOW = "/edisi/<series>/<int(max=99999):number>/cara-kami-memilih"
EDITION_KIT = "/edisi/<int(max=99999):number>/bahan-unggah"
SERIES_EDITION_KIT = "/edisi/<series>/<int(max=99999):number>/bahan-unggah"
KIT = "/kit/<key>/<name>"
SHORT = "/p/<code>"

FEED_ATOM = "/feed.atom"
FEED_JSON = "/feed.json"
CATEGORY_ATOM = "/jelajah/<category>/feed.atom"
CATEGORY_JSON = "/jelajah/<category>/feed.json"
SHOP_ATOM = "/lapak/<slug>/feed.atom"
SHOP_JSON = "/lapak/<slug>/feed.json"

BASKET = "/keranjang"
BASKET_ADD = "/produk/<slug>/keranjang"
BASKET_CHANGE = "/keranjang/<slug>/ubah"
CHECKOUT = "/keranjang/<slug>"
ORDER_NEW = "/produk/<slug>/pesan"
ORDERS = "/pesanan"
ORDER = "/pesanan/<token>"
ORDER_CANCEL = "/pesanan/<token>/batal"
ORDER_RECEIVE = "/pesanan/<token>/terima"
ORDER_ACCEPT = "/pesanan/<token>/setuju"
ORDER_EXTEND = "/pesanan/<token>/tunggu"
ORDER_PAY = "/pesanan/<token>/bayar"
ORDER_MONEY_BACK = "/pesanan/<token>/uang-kembali"
ORDER_REPEAT = "/pesanan/<token>/lagi"
TESTIMONIAL = "/pesanan/<token>/testimoni"
TESTIMONIAL_WITHDRAW = "/pesanan/<token>/testimoni/tarik"

SIGN_IN = "/masuk"
SIGN_IN_CODE = "/masuk/kode"
SIGN_OUT = "/keluar"
DEMO_INBOX = "/kotak-demo"

START_SELLING = "/mulai-jualan"
START_CODE = "/mulai-jualan/kode"
START_SHOP = "/mulai-jualan/lapak"
START_QRIS = "/mulai-jualan/qris"
START_PRODUCT = "/mulai-jualan/produk"

DASHBOARD = "/dasbor"
MY_SHOP = "/dasbor/lapak"
MY_PRODUCTS = "/dasbor/produk"
MY_PRODUCTS_CONFIRM = "/dasbor/masih-ada"
MY_PRODUCT_KIND = "/dasbor/jenis"
MY_PRODUCT_NEW = "/dasbor/produk/baru"
MY_PRODUCT = "/dasbor/produk/<slug>"
MY_PRODUCT_STATE = "/dasbor/produk/<slug>/status"
MY_VARIANTS = "/dasbor/produk/<slug>/pilihan"
MY_PRODUCT_WITHDRAW = "/dasbor/produk/<slug>/tarik"
MY_ORDERS = "/dasbor/pesanan"
MY_ORDER = "/dasbor/pesanan/<code>"
MY_ORDER_ANSWER = "/dasbor/pesanan/<code>/jawab"
MY_OPENING = "/dasbor/buka-tutup"
MY_OPENING_DAY = "/dasbor/buka-tutup/hari"
MY_POSTAGE = "/dasbor/ongkir"
MY_TESTIMONIALS = "/dasbor/testimoni"
MY_TESTIMONIAL_REPLY = "/dasbor/testimoni/<int(max=2147483647):testimonial_id>/balas"
MY_SESSIONS = "/dasbor/sesi"
MY_SESSION_END = "/dasbor/sesi/<int(max=2147483647):session_id>/akhiri"

MY_NOTICES = "/dasbor/kabar"
MY_NOTICES_READ = "/dasbor/kabar/terbaca"
MY_NOTICE_OPEN = "/dasbor/kabar/<int(max=2147483647):notice_id>/buka"
MY_CHANNELS = "/dasbor/kabar/pilihan"
MY_MAIL = "/dasbor/kabar/pilihan/surel"
MY_MAIL_DROP = "/dasbor/kabar/pilihan/surel/hapus"
MY_DEVICE = "/dasbor/kabar/pilihan/perangkat"
MY_DEVICE_DROP = "/dasbor/kabar/pilihan/perangkat/<int(max=2147483647):device_id>/matikan"
MAIL_CONFIRM = "/kabar/surel/<token>"
MAIL_STOP = "/kabar/berhenti/<token>"
PUSH_WORKER = "/kabar.js"

MY_PAYMENTS = "/dasbor/pembayaran"
MY_PAYMENTS_EXAMPLE = "/dasbor/pembayaran/contoh"
MY_TRANSFER = "/dasbor/pembayaran/transfer"
MY_CASH = "/dasbor/pembayaran/tunai"
MY_QRIS = "/dasbor/pembayaran/qris"
MY_QRIS_TAKE = "/dasbor/pembayaran/qris/pasang"
MY_QRIS_DROP = "/dasbor/pembayaran/qris/hapus"
MY_KEEPER = "/dasbor/pendamping"
MY_CONSENTS = "/dasbor/persetujuan"
MY_CONSENT_WITHDRAW = "/dasbor/persetujuan/<int(max=2147483647):consent_id>/tarik"

COMPANION = "/pendampingan"
COMPANION_NEW = "/pendampingan/baru"
COMPANION_SHOP = "/pendampingan/<slug>"
COMPANION_EDIT = "/pendampingan/<slug>/ubah"
COMPANION_LINK = "/pendampingan/<slug>/tautan"
COMPANION_SEND = "/pendampingan/<slug>/kirim"
COMPANION_SHEET = "/pendampingan/<slug>/lembar"
COMPANION_QR = "/pendampingan/<slug>/qr.svg"
COMPANION_PAYMENTS = "/pendampingan/<slug>/pembayaran"
CLAIM = "/klaim/<token>"

PHOTO_UPLOAD = "/foto"
PHOTO = "/foto/<key>/<name>"

MY_CALLS = "/dasbor/edisi"
MY_CALL = "/dasbor/edisi/<int(max=2147483647):edition_id>"
MY_CALL_LEAVE = "/dasbor/edisi/<int(max=2147483647):edition_id>/mundur"
MY_CALL_ANSWER = "/dasbor/edisi/<int(max=2147483647):edition_id>/jawab"
MY_CALL_READY = "/dasbor/edisi/<int(max=2147483647):edition_id>/siap"
MY_CALLS_NEWS = "/dasbor/edisi/kabar"

CURATION = "/kurasi"
CURATION_NEW = "/kurasi/baru"
CURATION_EDITION = "/kurasi/<key>"
CURATION_PLAN = "/kurasi/<key>/rencana"
CURATION_CANCEL = "/kurasi/<key>/batalkan"
CURATION_NOMINATE = "/kurasi/<key>/ajukan"
CURATION_JUDGE = "/kurasi/<key>/nilai"
CURATION_JUDGE_ENTRY = "/kurasi/<key>/nilai/<code>"
CURATION_RECUSE = "/kurasi/<key>/nilai/<code>/kepentingan"
CURATION_LIST = "/kurasi/<key>/daftar"
CURATION_COMPOSE = "/kurasi/<key>/daftar/susun"
CURATION_OVERRULE = "/kurasi/<key>/daftar/<code>/putuskan"
CURATION_REASON = "/kurasi/<key>/daftar/<code>/jawaban"
CURATION_READY = "/kurasi/<key>/siap"
CURATION_WAVE = "/kurasi/<key>/siap/<code>/tetap"
CURATION_SCHEDULE = "/kurasi/<key>/jadwal"
CURATION_PUBLISHED = "/kurasi/<key>/terbit"
CURATION_KIT = "/kurasi/<key>/terbit/bahan-unggah"
CURATION_CORRECT = "/kurasi/<key>/terbit/koreksi"
CURATION_REMOVE = "/kurasi/<key>/terbit/<code>/tarik"
CURATION_UNPUBLISH = "/kurasi/<key>/terbit/tarik"

REPORT_NEW = "/produk/<slug>/laporkan"
MODERATION = "/moderasi"
MODERATION_RULES = "/moderasi/aturan"
MODERATION_HISTORY = "/moderasi/riwayat"
MODERATION_LISTING = "/moderasi/<slug>"
MODERATION_DECIDE = "/moderasi/<slug>/putuskan"
MODERATION_TESTIMONIALS = "/moderasi/testimoni"
MODERATION_TESTIMONIAL = "/moderasi/testimoni/<int(max=2147483647):testimonial_id>"

ADMIN = "/kelola"
ADMIN_PEOPLE = "/kelola/petugas"
ADMIN_INVITE = "/kelola/petugas/undang"
ADMIN_ROLE_END = "/kelola/petugas/<int(max=2147483647):grant_id>/akhiri"
ADMIN_ROLE_HAND_OVER = "/kelola/petugas/<int(max=2147483647):grant_id>/serahkan"
ADMIN_CATEGORIES = "/kelola/kategori"
ADMIN_CATEGORY = "/kelola/kategori/<slug>"
ADMIN_TEXTS = "/kelola/teks"
ADMIN_PROGRAMME = "/kelola/program"
ADMIN_SERIES = "/kelola/program/seri"
ADMIN_STEWARD = "/kelola/program/serahkan"
ADMIN_ORDERS = "/kelola/pesanan"
ADMIN_UNCLAIMED = "/kelola/lapak"
ADMIN_IMPORTS = "/kelola/impor"
ADMIN_IMPORT = "/kelola/impor/<int(max=2147483647):run_id>"
ADMIN_IMPORT_PHOTOS = "/kelola/impor/<int(max=2147483647):run_id>/foto"
ADMIN_IMPORT_STOP = "/kelola/impor/<int(max=2147483647):run_id>/hentikan"
ADMIN_IMPORT_REPORT = "/kelola/impor/<int(max=2147483647):run_id>/laporan.csv"
ADMIN_EXPORT = "/kelola/ekspor.csv"

HEALTH = "/healthz"
READY = "/readyz"
ROBOTS = "/robots.txt"
SITEMAP = "/sitemap.xml"
FAVICON = "/favicon.ico"

REGION_PREFIX = "/d/"


IN_SERIES = {
    EDITION: SERIES_EDITION, EDITION_JSON: SERIES_EDITION_JSON, EDITION_HOW: SERIES_EDITION_HOW, EDITION_KIT: SERIES_EDITION_KIT,
}  # fmt: skip


def in_series(pattern: str, series: str) -> str:
    """Return where an edition's page of a special series is; the main series has none in its addresses."""
    return IN_SERIES[pattern] if series else pattern


_PART = re.compile(r"<(?:[a-z]+(?:\([a-z0-9=]*\))?:)?([a-z_]+)>")


def fill(pattern: str, **parts: object) -> str:
    """Put `parts` into `pattern`; parts it does not name become the query string. Raise KeyError when one is missing."""
    wanted = set(_PART.findall(pattern))
    path = _PART.sub(lambda match: quote(str(parts[match.group(1)]), safe=""), pattern)
    query = {name: value for name, value in parts.items() if name not in wanted and value is not None}
    return f"{path}?{urlencode(query)}" if query else path
