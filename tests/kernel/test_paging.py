import pytest

from lapak.kernel.paging import parse_key


@pytest.mark.parametrize(("text", "key"), [("1", 1), ("0", 0), ("123456789012345678", 123456789012345678), ("007", 7)])
def test_a_plain_number_is_a_key(text: str, key: int) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "1e9", "NaN", "٣", "²", "9" * 19, "9" * 5000, " 1", "1 OR 1=1", "\0"])
def test_anything_else_starts_from_the_top(text: str | None) -> None:
    assert parse_key(text) is None
