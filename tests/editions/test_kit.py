import io
import random
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageChops

from lapak.editions.adapters.cloth import CLOTHS, INK, KAWUNG, SONGKET, WHITE
from lapak.editions.adapters.kit import CARD, CARD_QUALITIES, STORY, Banner, Stall, card, edition_card, qr, story
from lapak.editions.adapters.setting import fit
from lapak.photos.rules import CARD_SIZE, MOST_CARD_BYTES
from lapak.regions.rules import THEMES

PHOTOS = Path("lapak/demo/photos")
SHEET = Path("lapak/static/lapak.css")
STALL = Stall("Keripik tempe Bu Darmi", "Dapur Bu Darmi", "Kab. Grobogan", "Rp18.000", "lapak.contoh/p/a3ypbk", None)
BANNER = Banner("Lapak Jateng", "jateng", "Edisi 47 · Lapak 5", "Teman ngopi sore", "Minggu, 22 November 2026", "#LapakJateng47")
HARD = {
    "a word of 80 letters": "Mempertanggungjawabkan".ljust(80, "o"),
    "80 wide letters": "W" * 80,
    "80 letters in words": "Kopi robusta Temanggung sangrai sedang kemasan hemat dua ratus lima puluh gram ok",
    "Arabic": "قهوة جاوا الأصيلة المحمصة 250 غرام (ممتازة)",
    "Arabic in one word": "قهوة" * 20,
    "Javanese": "ꦏꦿꦶꦥꦶꦏ꧀ꦠꦺꦩ꧀ꦥꦺ ꦧꦸꦢꦂꦩꦶ",
    "Javanese in one word": "ꦏꦿꦶꦥꦶꦏ꧀ꦠꦺꦩ꧀ꦥꦺ" * 5,
    "three scripts": "Kopi قهوة ꦏꦺꦴꦥꦶ 250 g",
    "emoji": "Kopi ☕️ 👩🏽‍🍳 enak",
    "emoji alone": "👩🏽‍🍳☕️",
    "Chinese alone": "牛肉面",
    "marks upon marks": "Z̸̢̛͖a̴͝lg̵o e\u0301" + "\u0301" * 20,
    "a mark alone": "\u0301",
    "nothing": "",
    "signs alone": "… & (–)",
}


def opened(file: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(file))
    assert picture.format == "JPEG"
    return picture.convert("RGB")


@cache
def photo(name: str = "keripik", size: tuple[int, int] = (1280, 1280)) -> bytes:
    return saved(Image.open(PHOTOS / f"{name}.jpg").resize(size))


@cache
def noise() -> bytes:
    return saved(Image.frombytes("RGB", (1280, 1280), random.Random(1).randbytes(1280 * 1280 * 3)))


def saved(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def difference(one: bytes, other: bytes) -> tuple[int, int, int, int] | None:
    """The box in which two pictures differ, seen through the softness of a JPEG's blocks."""
    return ImageChops.difference(opened(one), opened(other)).getbbox()


def rows(picture: bytes, top: int, bottom: int) -> bytes:
    return opened(picture).crop((0, top, 1080, bottom)).tobytes()


@pytest.mark.parametrize("theme", THEMES)
def test_pictures_have_the_sizes_that_apps_ask_for(theme: str) -> None:
    banner = replace(BANNER, theme=theme)
    assert opened(story(STALL, banner)).size == (1080, 1920)
    assert opened(card(STALL, banner)).size == opened(edition_card([photo()], banner)).size == CARD_SIZE


def test_the_same_values_make_the_same_bytes() -> None:
    assert story(replace(STALL, photo=photo()), BANNER) == story(replace(STALL, photo=photo()), BANNER)


@pytest.mark.parametrize("theme", THEMES)
def test_phones_may_cover_the_top_and_the_bottom_of_a_story(theme: str) -> None:
    banner = replace(BANNER, theme=theme)
    other = replace(banner, label="Edisi 8 · Lapak 10", brand="Lapak Kabupaten Kepulauan Sangihe")
    one = story(replace(STALL, name=HARD["80 wide letters"], photo=noise()), banner)
    two = story(replace(STALL, name="Đặc Ẫ", price="mulai Rp999.999.999.999", link="lapak.pariamankota.contoh/p/k2m9qx"), other)
    assert rows(one, 0, 250) == rows(two, 0, 250)
    assert rows(one, 1580, 1920) == rows(two, 1580, 1920)
    assert rows(one, 250, 1580) != rows(two, 250, 1580)


@pytest.mark.parametrize("name", HARD.values(), ids=HARD)
def test_any_name_makes_a_story_that_keeps_its_edges(name: str) -> None:
    other = story(replace(STALL, name="Bakso"), BANNER)
    box = difference(story(replace(STALL, name=name), BANNER), other)
    assert box
    left, top, right, bottom = box
    assert left >= STORY.left - 8
    assert top >= 250
    assert right <= STORY.right + 8
    assert bottom <= 1580


@pytest.mark.parametrize("name", HARD.values(), ids=HARD)
def test_any_name_makes_a_card_that_keeps_its_edges(name: str) -> None:
    box = difference(card(replace(STALL, name=name, shop=name[:60]), BANNER), card(replace(STALL, name="Bakso"), BANNER))
    assert box
    assert box[0] >= CARD.left - 8
    assert box[2] <= CARD.right + 8
    assert box[3] <= CARD_SIZE[1] - 120, "the words reach into the price"


@pytest.mark.parametrize("field", ["name", "shop", "place", "price", "link"])
def test_every_word_about_a_stall_is_in_its_pictures(field: str) -> None:
    other = Stall(**{**asdict(STALL), field: "Rp99"})
    assert difference(story(STALL, BANNER), story(other, BANNER))
    assert difference(card(STALL, BANNER), card(other, BANNER))


@pytest.mark.parametrize("field", ["label", "brand", "title", "date", "hashtag"])
def test_every_word_about_an_edition_is_on_its_card(field: str) -> None:
    assert difference(edition_card([], BANNER), edition_card([], replace(BANNER, **{field: "Lain"})))


@pytest.mark.parametrize("draw", [story, card])
def test_a_photo_that_is_missing_or_damaged_leaves_its_place_to_the_motif(draw: Callable[[Stall, Banner], bytes]) -> None:
    missing, damaged, cut = (draw(replace(STALL, photo=file), BANNER) for file in (None, b"no photo", photo()[:5000]))
    assert missing == damaged == cut
    assert count(opened(missing).crop((0, 360, 560, 600)), CLOTHS["jateng"].accent) > 30_000


def count(picture: Image.Image, color: str) -> int:
    """How many pixels have nearly this colour."""
    apart = ImageChops.difference(picture, Image.new("RGB", picture.size, color)).split()
    return ImageChops.lighter(ImageChops.lighter(*apart[:2]), apart[2]).point(lambda value: value < 40).histogram()[1]


@pytest.mark.parametrize("size", [(1280, 300), (300, 1280)])
def test_a_photo_that_would_lose_more_than_half_is_shown_whole(size: tuple[int, int]) -> None:
    flag = Image.new("RGB", (2, 2))
    colors = ("#ff0000", "#00ff00", "#00ffff", "#ffffff")
    for at, color in enumerate(colors):
        flag.paste(color, (at % 2, at // 2, at % 2 + 1, at // 2 + 1))
    drawn = opened(story(replace(STALL, photo=saved(flag.resize(size, Image.Resampling.NEAREST))), BANNER)).crop((72, 340, 1008, 1220))
    counts = [count(drawn, color) for color in colors]
    assert min(counts) > 25_000
    assert max(counts) < 1.1 * min(counts)


def test_an_edition_shows_as_many_photos_as_it_has_up_to_five() -> None:
    photos = [photo(name, (640, 640)) for name in ("kopi", "teh", "gethuk", "wingko", "cangkir", "madu")]
    cards = [edition_card(photos[:count], BANNER) for count in range(7)]
    assert len(set(cards[:6])) == 6
    assert cards[6] == cards[5]


def test_a_hashtag_has_one_sign_with_or_without_its_own() -> None:
    assert edition_card([], BANNER) == edition_card([], replace(BANNER, hashtag="LapakJateng47"))


def test_cards_are_small_enough_for_chats_whatever_the_photo() -> None:
    assert len(noise()) > 4 * MOST_CARD_BYTES
    assert len(card(replace(STALL, photo=noise()), BANNER)) <= MOST_CARD_BYTES
    assert len(edition_card([noise()] * 5, BANNER)) <= MOST_CARD_BYTES


def test_even_a_card_of_nothing_but_noise_would_be_small_enough_in_the_last_quality() -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(noise())).crop((0, 0, *CARD_SIZE)).save(out, "JPEG", quality=CARD_QUALITIES[-1], subsampling=2)
    assert len(out.getvalue()) <= MOST_CARD_BYTES


def test_a_name_without_letters_gives_its_place_to_the_shop() -> None:
    assert story(replace(STALL, name="牛肉面"), BANNER) == story(replace(STALL, name=STALL.shop, shop=""), BANNER)


def test_a_brand_that_finds_no_room_is_left_out_and_not_cut() -> None:
    long = replace(BANNER, label="Edisi Santri Digital Nusantara 12 · Lapak 10")
    assert card(STALL, long) == card(STALL, replace(long, brand="Lapak Jawa Tengah"))
    assert difference(story(STALL, long), story(STALL, replace(long, brand="Lapak Demak")))


def test_a_price_is_never_cut() -> None:
    for column in (STORY, CARD):
        start = fit("mulai", column.bold, 500)
        price = fit("Rp999.999.999.999", column.prices, column.right - column.left - start.width - column.bold[0].size)
        assert not price.is_cut
        assert len(price.lines) == 1


def test_colours_and_motifs_are_those_of_the_pages() -> None:
    sheet = SHEET.read_text(encoding="utf-8")
    light = {"jateng": between(sheet, ":root {"), "pariaman": between(sheet, ":root {") + between(sheet, "[data-wilayah=pariaman] {")}
    assert set(CLOTHS) == set(THEMES)
    for theme, cloth in CLOTHS.items():
        tokens = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", light[theme]))
        assert (cloth.ground, cloth.panel, cloth.accent, cloth.second) == tuple(
            tokens[name] for name in ("utama-tua", "utama", "aksen", "atas-2")
        )
        assert (INK, WHITE[:4]) == (tokens["tinta"], tokens["atas"])
    for shape in (*KAWUNG[:4], *SONGKET):
        assert f"d='{shape.path}'" in sheet
    for petal in KAWUNG[:4]:
        assert f"translate({petal.x} {petal.y}) rotate({petal.turn})" in sheet
    for dot in KAWUNG[4:]:
        assert f"<circle cx='{dot.x}' cy='{dot.y}' r='2.4'/>" in sheet.replace("%3C", "<").replace("%3E", ">")


def between(text: str, start: str) -> str:
    return text.partition(start)[2].partition("}")[0]


def test_a_qr_code_says_the_address_and_keeps_its_quiet_zone() -> None:
    address = "https://lapak.contoh/p/a3ypbk"
    picture = Image.open(io.BytesIO(qr(address))).convert("L")
    matrix = segno.make_qr(address, error="m").matrix
    side = picture.width // (len(matrix) + 8)
    assert picture.size == (side * (len(matrix) + 8),) * 2
    assert picture.width >= 720
    read = [
        [picture.getpixel(((x + 4) * side + side // 2, (y + 4) * side + side // 2)) == 0 for x in range(len(matrix))]
        for y in range(len(matrix))
    ]
    assert read == [[module == 1 for module in line] for line in matrix]
    assert ImageChops.invert(picture).getbbox() == (4 * side, 4 * side, picture.width - 4 * side, picture.width - 4 * side)
