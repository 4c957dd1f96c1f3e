"""The addresses of the market: how they are written, and that none disappears unnoticed."""

import re

import pytest
from flask import Flask

from lapak.kernel import paths

# Others link here: a line may be added; one that changes or goes needs a decision on record and a line in the changelog.
ADDRESSES = """
/
/cari
/cari/saran
/dasbor
/dasbor/angka
/dasbor/buka-tutup
/dasbor/buka-tutup/hari
/dasbor/cetak
/dasbor/edisi
/dasbor/edisi/<int(max=2147483647):edition_id>
/dasbor/edisi/<int(max=2147483647):edition_id>/jawab
/dasbor/edisi/<int(max=2147483647):edition_id>/mundur
/dasbor/edisi/<int(max=2147483647):edition_id>/siap
/dasbor/edisi/kabar
/dasbor/jenis
/dasbor/kabar
/dasbor/kabar/<int(max=2147483647):notice_id>/buka
/dasbor/kabar/pilihan
/dasbor/kabar/pilihan/perangkat
/dasbor/kabar/pilihan/perangkat/<int(max=2147483647):device_id>/matikan
/dasbor/kabar/pilihan/surel
/dasbor/kabar/pilihan/surel/hapus
/dasbor/kabar/terbaca
/dasbor/lapak
/dasbor/masih-ada
/dasbor/ongkir
/dasbor/pembayaran
/dasbor/pembayaran/contoh
/dasbor/pembayaran/qris
/dasbor/pembayaran/qris/hapus
/dasbor/pembayaran/qris/pasang
/dasbor/pembayaran/transfer
/dasbor/pembayaran/tunai
/dasbor/pendamping
/dasbor/persetujuan
/dasbor/persetujuan/<int(max=2147483647):consent_id>/tarik
/dasbor/pesanan
/dasbor/pesanan/<code>
/dasbor/pesanan/<code>/bukti/<int(max=99):number>.jpg
/dasbor/pesanan/<code>/jawab
/dasbor/pesanan/<code>/label.pdf
/dasbor/pesanan/ekspor.csv
/dasbor/pesanan/ekspor.xlsx
/dasbor/pesanan/hari-ini.pdf
/dasbor/pesanan/label.pdf
/dasbor/produk
/dasbor/produk/<slug>
/dasbor/produk/<slug>/pilihan
/dasbor/produk/<slug>/status
/dasbor/produk/<slug>/tarik
/dasbor/produk/baru
/dasbor/sesi
/dasbor/sesi/<int(max=2147483647):session_id>/akhiri
/dasbor/testimoni
/dasbor/testimoni/<int(max=2147483647):testimonial_id>/balas
/edisi
/edisi/<int(max=99999):number>
/edisi/<int(max=99999):number>.json
/edisi/<int(max=99999):number>/bahan-unggah
/edisi/<int(max=99999):number>/cara-kami-memilih
/edisi/<series>/<int(max=99999):number>
/edisi/<series>/<int(max=99999):number>.json
/edisi/<series>/<int(max=99999):number>/bahan-unggah
/edisi/<series>/<int(max=99999):number>/cara-kami-memilih
/favicon.ico
/feed.atom
/feed.json
/foto
/foto/<key>/<name>
/healthz
/jelajah
/jelajah/<category>
/jelajah/<category>/feed.atom
/jelajah/<category>/feed.json
/kabar.js
/kabar/berhenti/<token>
/kabar/surel/<token>
/kelola
/kelola/ekspor.csv
/kelola/impor
/kelola/impor/<int(max=2147483647):run_id>
/kelola/impor/<int(max=2147483647):run_id>/foto
/kelola/impor/<int(max=2147483647):run_id>/hentikan
/kelola/impor/<int(max=2147483647):run_id>/laporan.csv
/kelola/kategori
/kelola/kategori/<slug>
/kelola/lapak
/kelola/pesanan
/kelola/petugas
/kelola/petugas/<int(max=2147483647):grant_id>/akhiri
/kelola/petugas/<int(max=2147483647):grant_id>/serahkan
/kelola/petugas/undang
/kelola/program
/kelola/program/serahkan
/kelola/program/seri
/kelola/teks
/keluar
/keranjang
/keranjang/<slug>
/keranjang/<slug>/ubah
/kit/<key>/<name>
/klaim/<token>
/kotak-demo
/kurasi
/kurasi/<key>
/kurasi/<key>/ajukan
/kurasi/<key>/batalkan
/kurasi/<key>/daftar
/kurasi/<key>/daftar/<code>/jawaban
/kurasi/<key>/daftar/<code>/putuskan
/kurasi/<key>/daftar/susun
/kurasi/<key>/jadwal
/kurasi/<key>/nilai
/kurasi/<key>/nilai/<code>
/kurasi/<key>/nilai/<code>/kepentingan
/kurasi/<key>/rencana
/kurasi/<key>/siap
/kurasi/<key>/siap/<code>/tetap
/kurasi/<key>/terbit
/kurasi/<key>/terbit/<code>/tarik
/kurasi/<key>/terbit/bahan-unggah
/kurasi/<key>/terbit/koreksi
/kurasi/<key>/terbit/tarik
/kurasi/baru
/lapak/<slug>
/lapak/<slug>/feed.atom
/lapak/<slug>/feed.json
/lapak/<slug>/testimoni
/masuk
/masuk/kode
/moderasi
/moderasi/<slug>
/moderasi/<slug>/putuskan
/moderasi/aturan
/moderasi/riwayat
/moderasi/testimoni
/moderasi/testimoni/<int(max=2147483647):testimonial_id>
/mulai-jualan
/mulai-jualan/kode
/mulai-jualan/lapak
/mulai-jualan/produk
/mulai-jualan/qris
/p/<code>
/pendampingan
/pendampingan/<slug>
/pendampingan/<slug>/kirim
/pendampingan/<slug>/lembar
/pendampingan/<slug>/pembayaran
/pendampingan/<slug>/qr.svg
/pendampingan/<slug>/tautan
/pendampingan/<slug>/ubah
/pendampingan/baru
/pesanan
/pesanan/<token>
/pesanan/<token>/batal
/pesanan/<token>/bayar
/pesanan/<token>/bukti/<int(max=99):number>.jpg
/pesanan/<token>/lagi
/pesanan/<token>/setuju
/pesanan/<token>/terima
/pesanan/<token>/testimoni
/pesanan/<token>/testimoni/tarik
/pesanan/<token>/tunggu
/pesanan/<token>/uang-kembali
/produk/<slug>
/produk/<slug>/keranjang
/produk/<slug>/laporkan
/produk/<slug>/pesan
/readyz
/robots.txt
/sitemap.xml
""".strip().splitlines()

# The outward contract's public paths that exist so far, written as they are promised there.
PROMISED = [
    "/", "/jelajah/<kategori>", "/cari?q=", "/produk/<slug>", "/lapak/<slug>", "/edisi", "/edisi/<nomor>", "/edisi/seri/<nomor>", "/edisi/<nomor>.json", "/edisi/<nomor>/cara-kami-memilih", "/pesanan/<kode>", "/klaim/<kode>", "/kotak-demo",
    "/mulai-jualan", "/dasbor", "/masuk", "/keluar", "/kurasi", "/moderasi", "/kelola", "/robots.txt", "/healthz", "/readyz",
    "/p/<kode>", "/feed.atom", "/feed.json", "/sitemap.xml",
]  # fmt: skip


def test_no_address_disappears_or_appears_unnoticed(app: Flask) -> None:
    assert sorted({rule.rule for rule in app.url_map.iter_rules()}) == sorted(ADDRESSES)


def test_every_promised_path_has_a_page(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for promise in PROMISED:
        path = re.sub(r"<\w+>", "7", promise.partition("?")[0])
        assert set(adapter.allowed_methods(path)) & {"GET", "POST"}, f"{promise} is gone"


@pytest.mark.parametrize("address", ADDRESSES)
def test_words_in_an_address_are_lower_case_and_joined_by_hyphens(address: str) -> None:
    words = [part for part in address.split("/") if part and not part.startswith("<")]

    assert [word for word in words if not re.fullmatch(r"[a-z]+(?:-[a-z]+)*(?:\.[a-z]+)?", word)] == []


@pytest.mark.parametrize("address", [address for address in ADDRESSES if "<" in address])
def test_a_part_says_what_it_takes_and_a_number_how_large(address: str) -> None:
    for kind, name in re.findall(r"<(?:([^<>]+?):)?([a-z_]+)>", address):
        if name == "number" or name.endswith("_id"):
            assert re.fullmatch(r"int\(max=\d+\)", kind), address
        else:
            assert (kind, name in {"slug", "category", "token", "code", "key", "name", "series"}) == ("", True), address


def test_every_address_stands_in_the_one_list_of_paths(app: Flask) -> None:
    listed = {value for name, value in vars(paths).items() if re.fullmatch(r"[A-Z][A-Z_]+", name) and isinstance(value, str)} - {
        paths.REGION_PREFIX
    }

    assert {rule.rule for rule in app.url_map.iter_rules()} == listed


def test_no_address_ends_in_a_slash(app: Flask) -> None:
    assert [rule.rule for rule in app.url_map.iter_rules() if rule.rule != "/" and rule.rule.endswith("/")] == []
