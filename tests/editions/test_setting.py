from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from lapak.editions.adapters import letters, lines
from lapak.editions.adapters.letters import CAN_SHAPE, FACES, FOLDER, words_of
from lapak.editions.adapters.lines import Style
from lapak.editions.adapters.setting import Block, fit

needs_shaping = pytest.mark.skipif(not CAN_SHAPE, reason="Pillow found no FriBiDi")


def said(block: Block) -> list[str]:
    return ["".join(span.piece.text for span in line.spans) for line in block.lines]


def style(size: int) -> Style:
    return Style(size, weight=800)


def test_lines_are_as_even_as_they_can_be() -> None:
    assert said(fit("Keripik tempe Bu Darmi", [style(92)], 936, 212)) == ["Keripiktempe", "BuDarmi"]
    assert said(fit("satu dua tiga empat lima enam", [style(60)], 620, 200)) == ["satuduatiga", "empatlimaenam"]


def test_a_number_stays_with_its_unit_and_bu_with_her_name() -> None:
    assert said(fit("Keripik tempe super 150 g", [style(60)], 640, 200))[-1].endswith("150g")
    assert said(fit("Pecel pincuk Bu Sri", [style(60)], 480, 200))[-1] == "BuSri"


def test_a_text_shrinks_before_its_words_are_broken_and_is_broken_before_it_is_cut() -> None:
    sizes = [style(80), style(60), style(40)]
    word = "pertanggungjawaban"
    small, broken, cut = (fit(word * times, sizes, 640, 100) for times in (1, 2, 9))
    assert said(small) == [word]
    assert small.lines[0].style.size == 60
    assert "".join(said(broken)) == word * 2
    assert not broken.is_cut
    assert cut.is_cut
    assert said(cut)[-1].endswith("…")
    assert all(block.width <= 642 and (len(block.lines) == 1 or block.height <= 100) for block in (small, broken, cut))


def test_no_dangling_comma_stands_before_the_ellipsis() -> None:
    assert said(fit("satu, dua, tiga, empat", [style(60)], 330)) == ["satu,dua…"]


def test_ink_begins_and_ends_exactly_at_the_edge() -> None:
    picture = Image.new("L", (700, 200))
    block = fit("Bu Darmi", [style(90)], 700)
    block.draw(ImageDraw.Draw(picture), 50, 40, "white")
    box = picture.point(lambda value: 255 * (value > 100)).getbbox()
    assert box
    assert abs(box[0] - 50) <= 1
    assert abs(box[2] - 50 - block.width) <= 2
    assert abs(box[1] - 40) <= 3


@needs_shaping
def test_arabic_letters_are_joined() -> None:
    joined, apart = fit("قهوة", [style(90)], 900), fit("ق ه و ة", [style(90)], 900)
    gaps = 3 * lines.width_of([(letters.GAP,)], style(90))
    assert joined.width < 0.9 * (apart.width - gaps)


@needs_shaping
def test_arabic_runs_from_right_to_left_and_digits_and_brackets_with_it() -> None:
    assert said(fit("قهوة 250 غرام (جاوا)", [style(60)], 900)) == [")جاوا(غرام250قهوة"]
    assert said(fit("Kopi قهوة عربية enak", [style(60)], 900)) == ["Kopiعربيةقهوةenak"]


@needs_shaping
def test_javanese_marks_stand_upon_their_letter() -> None:
    plain, marked = fit("ꦏ", [style(90)], 900), fit("ꦏꦶ", [style(90)], 900)
    assert abs(plain.width - marked.width) < 4
    assert marked.lines[0].ascent > plain.lines[0].ascent


def test_letters_that_no_font_has_are_left_out() -> None:
    assert words_of("Kopi ☕️ 👩🏽‍🍳 enak") == words_of("Kopi enak")
    assert words_of("Kopi☕enak") == words_of("Kopi enak")
    assert words_of("𝐊𝐨𝐩𝐢 enak") == words_of("Kopi enak")
    assert words_of("牛肉面") == []


@pytest.mark.parametrize(
    ("first", "last"),
    [(0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x148), (0x14A, 0x17E), (0x1EA0, 0x1EF9)]
    + ([(0x620, 0x64A), (0x671, 0x6D3), (0x750, 0x77F), (0xA984, 0xA9B2), (0xA9D0, 0xA9D9)] if CAN_SHAPE else []),
)
def test_the_fonts_have_every_letter_of_their_scripts(first: int, last: int) -> None:
    assert [hex(code) for code in range(first, last + 1) if not letters._is_known(chr(code))] == []


@pytest.fixture
def no_fribidi(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (letters, lines):
        monkeypatch.setattr(module, "CAN_SHAPE", False)
    letters._has.cache_clear()
    lines._measured.cache_clear()
    yield
    letters._has.cache_clear()
    lines._measured.cache_clear()


@pytest.mark.usefixtures("no_fribidi")
def test_without_fribidi_letters_that_must_be_joined_are_left_out() -> None:
    assert words_of("Kopi قهوة ꦏꦺꦴꦥꦶ enak") == words_of("Kopi enak")
    assert said(fit("Kopi (enak)", [style(60)], 900)) == ["Kopi(enak)"]


def test_fonts_are_few_and_come_with_their_licences() -> None:
    used = {face.path(weight) for face in FACES for weight in face.weights or (500,)}
    assert used == set(FOLDER.glob("*.woff2"))
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 600_000
    assert {f"LICENSE-{family}.txt" for family in ("plus-jakarta-sans", "noto-sans-arabic", "noto-sans-javanese")} <= {
        file.name for file in FOLDER.iterdir()
    }
