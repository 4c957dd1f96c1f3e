"""What a seller prints: the sheet of a day and labels, read back as a PDF reader reads them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import update

from lapak.accounts.rules import Actor
from lapak.catalog.rules import Supply
from lapak.db.base import db
from lapak.db.session import transaction
from lapak.orders.adapters import paper
from lapak.orders.rules.items import Item
from lapak.orders.rules.papers import Format, Label, Sheet, SheetOrder, best_before, home_number, totals
from lapak.orders.rules.states import State
from lapak.shops.models import Shop
from tests.factories import Cast, make_product, shop_id_of
from tests.orders.desk import make_order, pages_of
from tests.visiting import Visit

SignIn = Callable[[Actor | None], FlaskClient]
LABEL = Label(
    code="7KQ2MF", link="https://lapak.example/dasbor/pesanan/7KQ2MF", sender="Bu Darmi", sender_place="Grobogan", recipient="Rina",
    place="Kota Makassar", address="Jl. Perintis 10", phone="0812-9876-5432", courier="JNE", tracking="JP123",
    contents=("2 bungkus Keripik tempe",), best_before="3 Desember 2026",
)  # fmt: skip


def label(**changes: Any) -> Label:
    return replace(LABEL, **changes)


def printed(*wanted: Label, on: Format = Format.ROLL) -> list[str]:
    return pages_of(paper.labels(wanted, paper=on, speak=str))


@pytest.fixture
def moment() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def slug(cast: Cast, moment: datetime) -> str:
    return make_product(cast.seller, now=moment)


def test_a_label_says_who_sends_what_to_whom() -> None:
    (text,) = printed(LABEL)
    for part in ("Bu Darmi", "Grobogan", "Rina", "Kota Makassar", "Jl. Perintis 10", "0812-9876-5432", "7KQ2MF", "JNE", "JP123",
                 "2 bungkus Keripik tempe", "Baik sebelum 3 Desember 2026"):  # fmt: skip
        assert part in text


def test_the_labels_code_is_read_back_by_a_phone() -> None:
    page = PdfReader(BytesIO(paper.labels([LABEL], paper=Format.ROLL, speak=str))).pages[0]
    (picture,) = page.images
    framed = Image.new("L", (picture.image.width + 80, picture.image.height + 80), 255)  # type: ignore[union-attr]
    framed.paste(picture.image.convert("L"), (40, 40))  # type: ignore[union-attr]
    assert [one.text for one in zxingcpp.read_barcodes(framed)] == [LABEL.link]


def test_labels_come_one_on_a_roll_and_four_on_a_sheet() -> None:
    roll = PdfReader(BytesIO(paper.labels([LABEL] * 5, paper=Format.ROLL, speak=str))).pages
    sheet = PdfReader(BytesIO(paper.labels([LABEL] * 5, paper=Format.SHEET, speak=str))).pages
    assert [round(float(side) * 25.4 / 72) for side in (roll[0].mediabox.width, roll[0].mediabox.height)] == [100, 150]
    assert (len(roll), len(sheet)) == (5, 2)
    assert sheet[0].extract_text().count("7KQ2MF") == 4


@pytest.mark.parametrize("name", ["José Ñandú", "Đặng Thị Ơ", "Nur’aini Š. Čapek"])
def test_a_name_in_any_latin_letters_is_text(name: str) -> None:
    assert name in printed(label(recipient=name))[0]


@pytest.mark.parametrize("name", ["محمد عبد الرحمن", "ꦱꦸꦥꦿꦶꦪꦤ꧀ꦠꦺꦴ"])
def test_a_name_whose_letters_are_joined_is_drawn(name: str) -> None:
    plain, drawn = (
        PdfReader(BytesIO(paper.labels([one], paper=Format.ROLL, speak=str))).pages[0] for one in (LABEL, label(recipient=name))
    )
    assert len(drawn.images) == len(plain.images) + 1


def test_what_no_font_has_leaves_the_rest() -> None:
    assert "Rina Kopi" in printed(label(recipient="Rina 🍜 𝐊𝐨𝐩𝐢"))[0]


def test_long_words_stay_on_the_label() -> None:
    long = label(
        recipient="Raden Ayu " + "Kusumawardhani" * 9, address="Jl." + "x" * 217, tracking="9" * 60, place="P" * 140,
        contents=tuple(f"{number} bungkus {'Keripik ' * 15}" for number in range(20)),
    )  # fmt: skip
    (text,) = printed(long)
    assert "…" in text
    assert "lagi" in text
    assert "Baik sebelum 3 Desember 2026" in text


def test_two_hundred_labels_take_a_few_seconds() -> None:
    start = perf_counter()
    data = paper.labels([label(code=f"A{number:05}") for number in range(200)], paper=Format.ROLL, speak=str)
    assert perf_counter() - start < 20  # 2.4 s on an idle core: the bound only catches what grows with the square
    assert len(data) < 2_000_000


def test_the_fonts_are_embedded_and_cut_down_to_the_letters_used() -> None:
    assert len(paper.labels([LABEL], paper=Format.ROLL, speak=str)) < 40_000


def test_the_sheet_counts_products_first_and_then_lists_orders() -> None:
    lines = [Item(1, "Keripik", "bungkus", 1, 2, True), Item(2, "Lumpia", "", 1, 1, True, variant="isi 10")]
    assert [(row.quantity, row.unit, row.name, row.orders) for row in totals([lines, lines[:1]])] == [
        (4, "bungkus", "Keripik", 2), (1, "", "Lumpia, isi 10", 1),
    ]  # fmt: skip
    order = SheetOrder("7KQ2MF", "Rina", "Makassar", "Siap dikirim", "Belum dibayar", "Rp36.000", "Jangan pedas", ("2 bungkus Keripik",))
    text = " ".join(pages_of(paper.sheet(Sheet("Bu Darmi", "Kamis", "", totals([lines]), [order] * 40), speak=str)))
    assert text.index("Jumlah per produk") < text.index("2 bungkus") < text.index("7KQ2MF")
    assert text.count("Catatan: Jangan pedas") == 40
    assert "Halaman 1 dari" in text


def test_a_best_before_date_needs_a_batch_and_is_the_earliest() -> None:
    def item(snapshot: str) -> Item:
        return Item(1, "Lumpia", "", 1, 1, True, snapshot=snapshot)

    assert best_before([item('{"shelf_life_days": 3}'), item("{}")]) is None
    both = [item('{"shelf_life_days": 3, "produced_on": "2026-11-30"}'), item('{"shelf_life_days": 30, "produced_on": "2026-11-20"}')]
    assert best_before(both) == date(2026, 12, 3)


@pytest.mark.parametrize(("number", "said"), [("+6281227450913", "0812-2745-0913"), ("+60123456789", "+60123456789"), (None, "")])
def test_a_number_is_written_as_it_is_dialled_at_home(number: str | None, said: str) -> None:
    assert home_number(number) == said


def test_todays_sheet_has_what_is_due_late_or_lies_ready_and_counts_only_what_was_promised(
    cast: Cast, slug: str, moment: datetime, sign_in: SignIn
) -> None:
    made = make_product(cast.seller, now=moment, name="Kue lapis", supply=Supply.MADE_TO_ORDER, stock=None, prepare_days=0)
    ready = make_order(cast.seller, [slug], now=moment, quantity=3, state=State.CONFIRMED, note="Jangan pedas")
    asked = make_order(cast.seller, [made], now=moment, quantity=2)
    gone = make_order(cast.seller, [slug], now=moment, state=State.SENT)
    assert asked.ready_on is not None
    answer = sign_in(cast.seller).get(f"/dasbor/pesanan/hari-ini.pdf?hari={asked.ready_on}")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    today = " ".join(pages_of(sign_in(cast.seller).get("/dasbor/pesanan/hari-ini.pdf").data))
    assert "3 bungkus Keripik tempe" in today
    assert ready.code in today
    assert "Jangan pedas" in today
    assert gone.code not in today
    there = " ".join(pages_of(answer.data))
    assert there.index("Belum Anda jawab") < there.index(asked.code)


def test_an_unreadable_day_is_told_on_the_page(cast: Cast, slug: str, visit: Visit, sign_in: SignIn) -> None:
    page = visit("/dasbor/pesanan/hari-ini.pdf?hari=besok", client=sign_in(cast.seller), status=422)
    assert "Tulis tanggal" in page.get_text()


def test_labels_are_chosen_on_a_page(cast: Cast, slug: str, moment: datetime, visit: Visit, sign_in: SignIn) -> None:
    orders = [make_order(cast.seller, [slug], now=moment, state=state) for state in (State.CONFIRMED, State.SENT, State.PLACED)]
    client = sign_in(cast.seller)
    page = visit("/dasbor/cetak", client=client, queries=7)
    offered = {str(box["value"]): box.has_attr("checked") for box in page.select("input[name=kode]")}
    assert offered == {orders[0].code: True, orders[1].code: False}
    codes = "&".join(f"kode={code}" for code in offered)
    assert len(pages_of(client.get(f"/dasbor/pesanan/label.pdf?{codes}").data)) == 2
    assert len(pages_of(client.get(f"/dasbor/pesanan/label.pdf?{codes}&kertas=a4").data)) == 1
    assert "Pilih dulu" in visit("/dasbor/pesanan/label.pdf", client=client, status=422).get_text()
    many = "&".join(f"kode=A{number:05}" for number in range(201))
    assert "Paling banyak 200" in visit(f"/dasbor/pesanan/label.pdf?{many}", client=client, status=422).get_text()


def test_another_sellers_orders_have_no_label_here(cast: Cast, slug: str, moment: datetime, sign_in: SignIn) -> None:
    order = make_order(cast.seller, [slug], now=moment, state=State.CONFIRMED)
    assert sign_in(cast.other_seller).get(f"/dasbor/pesanan/label.pdf?kode={order.code}").status_code == 404
    assert sign_in(cast.other_seller).get(f"/dasbor/pesanan/{order.code}/label.pdf").status_code == 404


def test_whoever_helps_a_seller_gets_the_label_without_the_buyers_number(cast: Cast, slug: str, moment: datetime, sign_in: SignIn) -> None:
    order = make_order(cast.seller, [slug], now=moment, state=State.CONFIRMED)
    with transaction():
        help_until = {"keeper_id": cast.companion.id, "keeper_until": moment + timedelta(days=1)}
        db.session.execute(update(Shop).where(Shop.id == shop_id_of(cast.seller)).values(help_until))
    path = f"/dasbor/pesanan/{order.code}/label.pdf"
    (own,), (kept,) = (pages_of(sign_in(person).get(path).data) for person in (cast.seller, cast.companion))
    assert "0812-9876-5432" in own
    assert "0812-9876-5432" not in kept
    assert "Rina" in kept
    assert sign_in(cast.companion).get("/dasbor/pesanan/hari-ini.pdf").status_code == 403
