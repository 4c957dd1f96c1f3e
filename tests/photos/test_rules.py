import time

import pytest

from lapak.kernel.codes import token
from lapak.kernel.errors import Invalid
from lapak.photos import rules
from tests.photos.files import KINDS, jpeg_with_scans, photo, saved, scene


@pytest.mark.parametrize("kind", KINDS)
def test_the_five_formats_are_known_by_their_first_bytes(kind: str) -> None:
    assert rules.kind_of(photo(kind)) == kind


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"GIF89a" + bytes(50), "GIF"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xef\xbb\xbf  %PDF-1.4", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?><!-- x --><SVG onload=alert(1)>", "SVG"),
        (b"<!DOCTYPE html><html>", "halaman web"),
        (b"\n  <script>alert(1)</script>", "halaman web"),
        (b"\0\0\0\x20ftypmp42\0\0\0\0isommp42", "video"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video"),
        (b"\x1a\x45\xdf\xa3webm", "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"II*\0" + bytes(20), "RAW"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "RAW"),
        (b"BM" + bytes(60), "BMP"),
        (b"8BPS\0\1", "PSD"),
        (b"PK\x03\x04word/document.xml", "ZIP"),
        (b"RIFF\0\0\0\0WAVE", "bukan foto"),
        (b"hello", "bukan foto"),
        (b"\0" * 64, "bukan foto"),
        (b"\xff\xd8", "bukan foto"),
    ],
)
def test_what_is_no_photo_is_named(data: bytes, word: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.kind_of(data)
    assert word in refusal.value.fields["photo"]


def test_a_heic_with_a_general_major_brand_is_told_from_avif_by_the_brands_behind() -> None:
    assert rules.kind_of(b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf") == "HEIF"
    assert rules.kind_of(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf") == "AVIF"
    assert rules.kind_of(b"\0\0\0\x14ftypmif1\0\0\0\0mif1") == "HEIF"


@pytest.mark.parametrize(
    ("size", "says"), [(int(18.2 * 1024 * 1024), "18,2 MB"), (15 * 1024 * 1024 + 1, "15,1 MB"), (200 * 1024 * 1024, "200,0 MB")]
)
def test_a_file_beyond_15_mb_is_told_its_size_and_ours(size: int, says: str) -> None:
    with pytest.raises(rules.TooLarge) as refusal:
        rules.check_size(size)
    assert says in str(refusal.value)
    assert "Paling besar 15 MB" in str(refusal.value)


def test_15_mb_are_taken_and_nothing_is_not() -> None:
    rules.check_size(15 * 1024 * 1024)
    with pytest.raises(Invalid, match="kosong"):
        rules.check_size(0)


@pytest.mark.parametrize("size", [(200, 200), (8000, 5000), (2560, 200), (4080, 4080 * 2)])
def test_ordinary_sizes_pass(size: tuple[int, int]) -> None:
    rules.check_sides(*size)


@pytest.mark.parametrize(
    ("size", "says"),
    [
        ((13000, 13000), "40 megapiksel"),
        ((60000, 60000), "40 megapiksel"),
        ((8000, 5001), "40 megapiksel"),
        ((199, 4000), "hanya 199 × 4000 piksel"),
        ((1, 1), "paling sedikit 200 piksel"),
        ((20000, 300), "terlalu panjang"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_with_the_figure(size: tuple[int, int], says: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check_sides(*size)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("size", "side", "fits"),
    [((4000, 3000), 2560, (2560, 1920)), ((3000, 4000), 2560, (1920, 2560)), ((2560, 10), 2560, (2560, 10)), ((9, 7), 2560, (9, 7))],
)
def test_a_picture_is_made_to_fit_and_never_larger(size: tuple[int, int], side: int, fits: tuple[int, int]) -> None:
    assert rules.fit(*size, side) == fits


@pytest.mark.parametrize(
    ("size", "width", "becomes"),
    [((2560, 1920), 640, (640, 480)), ((1920, 2560), 640, (640, 853)), ((500, 900), 640, (500, 900)), ((5000, 1), 320, (320, 1))],
)
def test_a_derivative_is_at_most_so_wide(size: tuple[int, int], width: int, becomes: tuple[int, int]) -> None:
    assert rules.narrow(*size, width) == becomes


def test_scans_are_counted_as_a_decoder_meets_them() -> None:
    assert not rules.has_too_many_scans(photo("JPEG"))
    assert not rules.has_too_many_scans(saved(scene(), progressive=True))
    assert not rules.has_too_many_scans(jpeg_with_scans(100))
    assert rules.has_too_many_scans(jpeg_with_scans(101))
    assert rules.has_too_many_scans(jpeg_with_scans(400))


def test_scans_in_a_preview_or_behind_the_end_do_not_count() -> None:
    preview = b"Exif\0\0" + jpeg_with_scans(120, 200, 200)
    whole = photo("JPEG")
    carrying = whole[:2] + b"\xff\xe1" + (len(preview) + 2).to_bytes(2) + preview + whole[2:] + jpeg_with_scans(120)

    assert not rules.has_too_many_scans(carrying)


@pytest.mark.parametrize("filling", [b"\xff\x00", b"\xff", b"\xff\xd0", b"\xff\xda\x00\x00", b"\xff\xe1\x00\x02", b"\x00"])
def test_counting_scans_is_quick_whatever_the_bytes(filling: bytes) -> None:
    hostile = b"\xff\xd8" + filling * (rules.MOST_BYTES // len(filling))
    start = time.process_time()

    rules.has_too_many_scans(hostile)

    assert time.process_time() - start < 1


def test_alt_text_is_one_clean_line_of_150_characters() -> None:
    assert rules.alt_text("  Keripik\n\ttempe\u202e \0 di piring ") == "Keripik tempe di piring"
    assert rules.alt_text("a" * 149 + " bc") == "a" * 149
    assert rules.alt_text("") == ""


def test_our_tokens_are_keys_and_paths_are_not() -> None:
    assert all(rules.is_key(token()) for _ in range(50))
    assert not any(rules.is_key(text) for text in ("", "..", "a/b", "x" * 41, "x" * 27 + "\n", "é" * 27, "master.jpg"))


@pytest.mark.parametrize(
    ("size", "preview"),
    [
        ((2560, 1920), ("640.jpg", 640, 480)),
        ((640, 640), ("640.jpg", 640, 640)),
        ((500, 400), ("640.jpg", 500, 400)),
        ((1920, 2560), ("320.jpg", 320, 427)),
        ((200, 2560), ("320.jpg", 200, 2560)),
    ],
)
def test_outside_of_our_pages_a_photo_is_as_large_as_chats_bear(size: tuple[int, int], preview: tuple[str, int, int]) -> None:
    assert rules.preview(*size, is_finished=False) == preview


def test_a_finished_photo_is_shown_to_chats_by_its_card() -> None:
    assert rules.preview(1920, 2560, is_finished=True) == ("card.jpg", 1200, 630)
