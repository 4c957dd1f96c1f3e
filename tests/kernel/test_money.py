import pytest

from lapak.kernel.errors import Invalid
from lapak.kernel.money import MAX_PRICE, format_count, format_rupiah, parse_rupiah


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("18000", 18000), ("18.000", 18000), ("18 000", 18000), ("Rp18.000", 18000), ("rp 18.000", 18000), ("Rp. 18.000", 18000),
        ("18.000,-", 18000), ("18.000,00", 18000), ("18 rb", 18000), ("18rb", 18000), ("18 ribu", 18000), ("18k", 18000),
        ("2,5 rb", 2500), ("1", 1), ("1.000.000.000", MAX_PRICE), ("  18000  ", 18000), ("1.250.000", 1250000),
    ],
)  # fmt: skip
def test_a_price_is_read_as_sellers_type_it(typed: str, means: int) -> None:
    assert parse_rupiah(typed, field="price") == means


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "mahal", "-5", "-18000", "0", "1.5.0", "18.00", "1,5", "18,000", "1e309", "1e3", "NaN", "inf", "0x10", "١٨٠٠٠", "１８０００",
        "18000 18000 1", "1.000.000.001", "9" * 21, "9" * 1_000_000, "9" * 18, str(2**63), "Rp", "rb", "18 juta", "18000\0", "%s", "⅓ rb",
    ],
)  # fmt: skip
def test_what_is_no_price_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_rupiah(typed, field="price")
    assert list(refusal.value.fields) == ["price"]


@pytest.mark.parametrize(("amount", "shown"), [(0, "Rp0"), (1, "Rp1"), (18000, "Rp18.000"), (1_000_000_000, "Rp1.000.000.000")])
def test_an_amount_is_written_with_dots(amount: int, shown: str) -> None:
    assert format_rupiah(amount) == shown


@pytest.mark.parametrize("amount", [1, 999, 1000, 18000, 123_456_789])
def test_what_we_write_we_can_read(amount: int) -> None:
    assert parse_rupiah(format_rupiah(amount), field="price") == amount


def test_counts_have_dots_too() -> None:
    assert format_count(2932) == "2.932"
