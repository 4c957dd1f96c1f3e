import re

import pytest

from lapak.kernel.codes import ALPHABET, readings, short_code, six_digits, slug_with_code, slugify, token


def test_short_codes_have_no_look_alikes() -> None:
    assert not set("01OIL U") & set(ALPHABET)
    assert all(set(short_code()) <= set(ALPHABET) and len(short_code()) == 6 for _ in range(200))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a3ypbk", ["a3ypbk"]),
        ("A3-YP bk", ["a3ypbk"]),
        ("0aaaa", ["0aaaa", "daaaa", "qaaaa"]),
        ("uaaaI", ["uaaai", "vaaaj", "vaaat", "vaaa7"]),
        ("1lilil", ["1lilil"]),
    ],
)
def test_a_typed_code_is_read_as_what_may_be_meant_itself_first(typed: str, meant: list[str]) -> None:
    assert readings(typed) == meant


@pytest.mark.parametrize("typed", ["", "abc", "a" * 13, "a" * 10_000, "a3ypb/", "a3ypbé", "٣٣٣٣٣٣", "a3\0ypb", "a3_ypb", "%"])
def test_what_cannot_be_a_code_is_read_as_none(typed: str) -> None:
    assert readings(typed) == []


def test_every_code_of_ours_is_read_as_itself_alone() -> None:
    assert all(readings(code) == [code.lower()] for code in (short_code() for _ in range(100)))


def test_tokens_hold_160_bits_and_never_come_twice() -> None:
    tokens = {token() for _ in range(500)}

    assert len(tokens) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{27}", one) for one in tokens)


def test_a_one_time_code_is_six_digits_with_its_zeros() -> None:
    codes = [six_digits() for _ in range(500)]

    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(set(codes)) > 400


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Keripik tempe, 150 g", "keripik-tempe-150-g"),
        ("  Café -- Sindoro!  ", "cafe-sindoro"),
        ("نص", ""),
        ("🎉", ""),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 100, "a" * 60),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_a_slug_is_plain_words_and_hyphens(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize("text", ["Keripik tempe", "نص", ""])
def test_a_public_name_ends_in_a_code_also_without_words(text: str) -> None:
    assert re.fullmatch(r"(?:keripik-tempe-)?[a-z0-9]{6}", slug_with_code(text))
