"""QRIS read by stated lengths, refused with a reason, and issued anew for the same merchant."""

import re
from random import Random
from typing import Any

import pytest
import qriskit
from hypothesis import given, settings
from hypothesis import strategies as st
from lokal import qris_crc

from lapak.kernel.errors import Invalid
from lapak.payments import rules
from lapak.payments.adapters import draw, places_of_postcode
from lapak.regions.rules import Place
from tests.payments.codes import NMID, account, qris, scrambled, sealed, tag

LETTERS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=25)
AMOUNTS = st.integers(1, rules.MOST_AMOUNT)


def refusal(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        rules.static_code(text)
    return refused.value.fields["text"]


def test_the_checksum_is_the_one_of_the_standard() -> None:
    assert qris_crc("123456789") == "29B1"


def test_a_static_code_says_who_is_paid() -> None:
    found = rules.static_code(qris("KERIPIK BU DARMI", "KAB. GROBOGAN"))

    assert (found.name, found.city, found.postcode, found.nmid, found.size) == ("KERIPIK BU DARMI", "KAB. GROBOGAN", "58111", NMID, "UMI")
    assert found.size_text == "Usaha mikro"


def test_white_space_around_a_pasted_code_does_not_count() -> None:
    assert rules.static_code(f"\n  {qris()} \r\n").text == qris()


def test_a_size_class_that_we_do_not_know_is_kept_and_not_named() -> None:
    found = rules.static_code(qris(size="URE"))

    assert (found.size, found.size_text) == ("URE", None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", rules.NO_TEXT),
        ("https://evil.example/bayar", rules.NOT_QRIS),
        ("WIFI:S:warung;T:WPA;P:rahasia;;", rules.NOT_QRIS),
        ("000201" + "9" * 10_000, rules.TOO_LONG),
        (qris(t62=tag("01", "9" * 90), t80=tag("00", "8" * 90), t81=tag("00", "7" * 90), t82=tag("00", "6" * 90)), rules.TOO_LONG),
        (qris(t01="12", t54="25000"), rules.DYNAMIC),
        (qris(t01="12"), rules.DYNAMIC),
        (qris(t54="25000"), rules.DYNAMIC),
        (qris(t54="25.000.000"), rules.DYNAMIC),
        (qris(t01="13"), rules.BROKEN),
        (qris(t53="840"), rules.FOREIGN),
        (qris(without=["53"]), rules.FOREIGN),
        (qris(t58="TH"), rules.FOREIGN),
        (qris(without=["58"]), rules.FOREIGN),
        (qris(t55="02", t56="1000"), rules.WITH_FEE),
        (qris(t55="03", t57="5"), rules.WITH_FEE),
        (qris(t55="02"), rules.WITH_FEE),
        (qris(without=["26", "51"]), rules.NOT_QRIS),
        (qris(without=["51"]), rules.NO_NMID),
        (qris(nmid=" "), rules.NO_NMID),
        (qris(without=["59"]), rules.BROKEN),
        (qris(without=["60"]), rules.BROKEN),
        (qris(name="X" * 26), rules.BROKEN),
        (qris()[:-8], rules.BROKEN),
        (qris()[:-1], rules.BROKEN),
        (qris()[:-4] + qris()[-4:].lower(), rules.BROKEN),
        (qris() + "5802ID", rules.BROKEN),
        (qris(name="BU\x00DARMI"), rules.BROKEN),
        (qris(name="BU\u202eIMRAD"), rules.BROKEN),
        (qris(name="BU\nDARMI"), rules.BROKEN),
        ("000201" + "59" + "99" + "X" * 20, rules.BROKEN),
        ("000201" + "59-1XXXX", rules.BROKEN),
        ("000201" + "59+2XXXX", rules.BROKEN),
        ("000201" + "59 2XXXX", rules.BROKEN),
        ("000201" + "59ABXXXX", rules.BROKEN),
        ("000201" + "59٠٢XX", rules.BROKEN),
        ("000201" + "5", rules.BROKEN),
        (qris(t26=tag("00", "COM.BANK")[:-2]), rules.BROKEN),
        (qris(t26="0099COM.BANK"), rules.BROKEN),
        (qris(t51=account() + tag("02", "ID9999999999999")), rules.BROKEN),
        (qris(t50=account("ID9999999999999")), rules.BROKEN),
        (sealed(qris()[:-8] + tag("59", "ORANG LAIN")), rules.BROKEN),
    ],
)  # fmt: skip
def test_a_code_that_should_not_be_paid_to_is_refused_with_its_reason(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


def test_every_refusal_says_what_happened_what_is_safe_and_what_to_do() -> None:
    for sentence in (
        rules.NOT_QRIS,
        rules.BROKEN,
        rules.DYNAMIC,
        rules.FOREIGN,
        rules.WITH_FEE,
        rules.NO_NMID,
        rules.TOO_LONG,
        rules.NO_CODE,
    ):
        assert len(re.findall(r"[.](?: |$)", sentence)) >= 3
        assert "Belum ada yang berubah." in sentence
        assert re.search(r"Unggah|Minta|Foto ulang|Salin", sentence)


def test_a_code_without_the_word_static_is_static() -> None:
    assert rules.static_code(qris(without=["01"])).name == "BU DARMI KERIPIK"


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=700))
def test_no_text_is_a_fault(text: str) -> None:
    for candidate in (text, f"000201{text}", sealed(f"000201{text}")):
        with pytest.raises(Invalid):
            rules.static_code(candidate)


@settings(deadline=None, max_examples=150)
@given(st.randoms(use_true_random=False))
def test_one_changed_character_is_noticed(random: Random) -> None:
    with pytest.raises(Invalid):
        rules.static_code(scrambled(qris(), random))


def test_an_amount_changes_the_type_the_amount_and_the_checksum_alone() -> None:
    filled = rules.with_amount(qris(), 25000)

    # The first of two: an account's number holds the same six letters, which a plain replace would change as well.
    assert qris().count("010211") == 2
    assert filled == sealed(qris()[:-8].replace("010211", "010212", 1).replace("5303360", "5303360540525000"))


def test_a_code_that_holds_its_country_twice_is_not_split_there() -> None:
    filled = rules.with_amount(qris(name="WARUNG 5802ID JAYA"), 25000)

    assert qriskit.parse(filled).merchant_name == "WARUNG 5802ID JAYA"
    assert filled.count("5405") == 1
    assert filled.index("540525000") < filled.index("5802ID")


@pytest.mark.parametrize("name", ["010211", "6304ABCD", "DARMI  ", "  DARMI", "  "])
def test_a_name_is_taken_by_its_length_and_never_trimmed(name: str) -> None:
    assert rules.static_code(qris(name=name)).name == name
    assert qriskit.parse(rules.with_amount(qris(name=name), 7)).merchant_name == name


@settings(deadline=None, max_examples=200)
@given(LETTERS, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=15), AMOUNTS)
def test_the_filled_code_is_the_same_merchants_in_the_eyes_of_another_library(name: str, city: str, amount: int) -> None:
    static = qris(name, city)
    filled = rules.with_amount(static, amount)
    before, after = qriskit.parse(static, strict=True), qriskit.parse(filled, strict=True)

    assert qriskit.is_valid(filled)
    assert after.is_dynamic
    assert after.amount == amount
    assert filled == before.to_dynamic(amount).dumps()
    assert after.to_static().dumps() == static
    assert (after.merchant_name, after.merchant_city, after.nmid) == (name, city, NMID)


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, "25000", None, rules.MOST_AMOUNT + 1, 2**63, float("nan")])
def test_an_amount_is_a_whole_rupiah_from_one(amount: Any) -> None:
    with pytest.raises(Invalid):
        rules.with_amount(qris(), amount)


def test_an_amount_is_never_put_into_a_code_that_is_not_good() -> None:
    with pytest.raises(Invalid):
        rules.with_amount(qris(t01="12", t54="1000"), 25000)


@pytest.mark.parametrize(
    ("merchant", "ours"),
    [
        ("BU DARMI KERIPIK", "Bu Darmi"),
        ("DARMI SNACK", "Keripik Tempe Bu Darmi"),
        ("KERIPIK TEMPE BU DARMI GRO", "Keripik Tempe Bu Darmi Grobogan"),
        ("RIS RENDANG", "Uni Ris"),
        ("KOPISINDORO", "Kopi Sindoro"),
        ("Café Élan", "CAFE ELAN"),
        ("SUMIYATI", "Sumiati"),
        ("TOKO 33", "TOKO 33"),
    ],
)  # fmt: skip
def test_a_name_that_a_bank_cut_or_shouted_is_the_same(merchant: str, ours: str) -> None:
    assert rules.is_like(merchant, "Lain Sekali", ours)


@pytest.mark.parametrize(
    ("merchant", "ours"),
    [("BUDI SANTOSO", "Bu Darmi"), ("TOKO MAKMUR", "Toko Jaya Sentosa"), ("", "Bu Darmi"), ("BU", "Bu Darmi"), ("!!", "!!")],
)
def test_a_strangers_name_is_asked_about(merchant: str, ours: str) -> None:
    assert not rules.is_like(merchant, ours)


PLACES = [
    Place("33.15", "Grobogan"),
    Place("33.22", "Semarang"),
    Place("33.74", "Kota Semarang"),
    Place("33.04", "Banjarnegara"),
    Place("33.76", "Kota Tegal"),
    Place("33.28", "Tegal"),
]


@pytest.mark.parametrize(
    ("city", "code"),
    [
        ("GROBOGAN", "33.15"), ("KAB. GROBOGAN", "33.15"), ("Kab Semarang", "33.22"), ("KOTA SEMARANG", "33.74"), ("SEMARANG (KOTA)", "33.74"),
        ("KAB. BANJARNEGA", "33.04"), ("SEMARANG", ""), ("KOTA GROBOGAN", ""), ("JAKARTA PUSAT", ""), ("", ""), ("KOTA", ""), ("S", ""),
    ],
)  # fmt: skip
def test_a_city_of_fifteen_letters_means_a_place_only_where_it_means_one(city: str, code: str) -> None:
    assert rules.place_of(city, PLACES) == code


def test_a_postcode_decides_between_two_of_one_name() -> None:
    assert rules.place_of("SEMARANG", PLACES, by_postcode={"33.74"}) == "33.74"
    assert rules.place_of("SEMARANG", PLACES, by_postcode={"33.15"}) == ""
    assert rules.place_of("PURWODADI", PLACES, by_postcode={"33.15"}) == "33.15"
    assert rules.place_of("GROBOGAN", PLACES, by_postcode={"33.74"}) == "33.15"


def test_postcodes_are_known_and_strange_ones_are_none() -> None:
    assert places_of_postcode("50132") == {"33.74"}
    assert [places_of_postcode(text) for text in ("", "1", "ABCDE", "٥٠١٣٢", "501320")] == [set()] * 5


@pytest.mark.parametrize(("typed", "digits"), [("1234 5678 90", "1234567890"), ("123-456-7890", "1234567890"), ("0012345", "0012345")])
def test_an_account_is_digits(typed: str, digits: str) -> None:
    assert rules.account_number(typed) == digits


@pytest.mark.parametrize("typed", ["", "12345", "1" * 21, "12345a", "١٢٣٤٥٦٧٨", "-1", "1e309", "081-BRI"])
def test_what_is_no_account_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        rules.account_number(typed)


def test_a_drawing_has_its_quiet_zone() -> None:
    drawing = draw("HALO")

    assert drawing.side == 21 + 8
    assert drawing.path.startswith("M4 4h7v1h-7z")
    assert not re.search(r"M[0-3] |M\d+ [0-3]h", drawing.path)
