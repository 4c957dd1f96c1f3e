"""By which rules a change waits or passes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lapak.checking.rules import (
    FIXES,
    REASON_TEXTS,
    Field,
    Reason,
    Record,
    Rule,
    Rules,
    Source,
    Verdict,
    Version,
    changes,
    check_words,
    is_trusted,
    material,
    passes,
)
from lapak.kernel.errors import Invalid

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
KERIPIK = Version("Keripik", "Gurih.", 18000, 1, "goods", "bungkus", "", ((1, "Keripik"),))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Keripik tempe"}, Field.NAME),
        ({"description": ""}, Field.DESCRIPTION),
        ({"price": 17000}, Field.PRICE),
        ({"category_id": None}, Field.CATEGORY),
        ({"kind": "service"}, Field.KIND),
        ({"unit": "kilogram"}, Field.UNIT),
        ({"area_served": "Demak"}, Field.AREA),
        ({"photos": ((1, "Lain"),)}, Field.PHOTOS),
        ({"photos": ()}, Field.PHOTOS),
    ],
)
def test_each_field_that_moderators_look_at_is_told_apart(change: dict[str, Any], field: Field) -> None:
    assert changes(KERIPIK, replace(KERIPIK, **change)) == {field}


@pytest.mark.parametrize(("price", "waits"), [(18000, False), (19800, False), (19801, True), (16200, False), (16199, True), (180000, True)])
def test_a_price_waits_beyond_a_tenth_of_the_checked_one(price: int, waits: bool) -> None:
    found = material(frozenset({Field.PRICE}), price=price, checked_price=18000, rules=Rules())

    assert (Field.PRICE in found) is waits


def test_a_price_does_not_creep_in_small_steps() -> None:
    rules, checked = Rules(), 10_000
    steps = [10_900, 11_800, 12_700]
    waits = [bool(material(frozenset({Field.PRICE}), price=price, checked_price=checked, rules=rules)) for price in steps]

    assert waits == [False, True, True]


def test_only_what_the_region_calls_material_waits() -> None:
    changed = frozenset({Field.NAME, Field.PHOTOS, Field.UNIT})
    rules = Rules(material=frozenset({Field.PHOTOS}))

    assert material(changed, price=1, checked_price=1, rules=rules) == {Field.PHOTOS}


@pytest.mark.parametrize(
    ("approved", "refused_days_ago", "trusted"),
    [(0, None, False), (2, None, False), (3, None, True), (3, 90, False), (3, 91, True), (9, 0, False)],
)
def test_trust_takes_three_approvals_and_ninety_days_without_a_refusal(approved: int, refused_days_ago: int | None, trusted: bool) -> None:
    refused_at = None if refused_days_ago is None else NOON - timedelta(days=refused_days_ago)

    assert is_trusted(Record(approved, refused_at), rules=Rules(), now=NOON) is trusted


def test_a_region_may_trust_nobody() -> None:
    assert not is_trusted(Record(500, None), rules=Rules(trusted_after=0), now=NOON)


@pytest.mark.parametrize(
    ("source", "rules", "rule"),
    [
        (Source.SELLER, Rules(), None),
        (Source.IMPORT, Rules(), Rule.IMPORT),
        (Source.IMPORT, Rules(imports_pass=False), None),
        (Source.COMPANION, Rules(), None),
        (Source.COMPANION, Rules(companions_pass=True), Rule.COMPANION),
    ],
)
def test_who_brings_it_in_may_be_enough(source: Source, rules: Rules, rule: Rule | None) -> None:
    assert passes(source, Record(0, None), rules=rules, now=NOON) is rule


def test_what_trust_lets_through_says_so() -> None:
    assert passes(Source.SELLER, Record(3, None), rules=Rules(), now=NOON) is Rule.TRUSTED


def test_every_reason_has_words_and_one_fix() -> None:
    assert set(REASON_TEXTS) == set(FIXES) == set(Reason)
    assert all(text.endswith(".") for text in FIXES.values())


@pytest.mark.parametrize("verdict", [Verdict.ASK, Verdict.REFUSE, Verdict.TAKE_DOWN])
def test_whoever_asks_or_refuses_says_why(verdict: Verdict) -> None:
    with pytest.raises(Invalid, match="Pilih satu alasan"):
        check_words(verdict, None, "begitu saja")
    with pytest.raises(Invalid, match="Tulis alasannya"):
        check_words(verdict, Reason.OTHER, "")
    check_words(verdict, Reason.PRICE, "")
    check_words(Verdict.APPROVE, None, "")
