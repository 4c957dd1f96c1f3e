import pytest

from lapak.accounts.adapters import mobile_number
from lapak.kernel.errors import Invalid


@pytest.mark.parametrize(
    "typed", ["0812 2745 0913", "081227450913", "+6281227450913", "62 812-2745-0913", "81227450913", " 0812.2745.0913 ", "0812\r\n27450913"]
)
def test_a_number_is_read_however_it_is_written(typed: str) -> None:
    assert mobile_number(typed) == "+6281227450913"


@pytest.mark.parametrize(
    "typed",
    [
        "", "0", "08", "0812", "021 5550123", "+1 202 555 0123", "08122745091308122745", "9" * 31, "9" * 1_000_000, "٠٨١٢٢٧٤٥٠٩١٣",
        "081227450913\0", "\u202e0812", "<script>", "%s", "0812 2745 0913 atau 0813", "NaN",
    ],
)  # fmt: skip
def test_what_is_no_mobile_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match="misalnya 0812"):
        mobile_number(typed)
