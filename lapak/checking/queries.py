"""Reads of a region's rules."""

from typing import Any

from sqlalchemy import bindparam, func, select

from lapak.checking.models import CheckingRules
from lapak.checking.rules import Field, Rules
from lapak.db.session import Query


def _rules(material: str, *rest: Any) -> Rules:
    return Rules(frozenset(Field(name) for name in material.split(",") if name), *rest)


_OF = Query(
    select(
        CheckingRules.material, CheckingRules.price_percent, CheckingRules.trusted_after, CheckingRules.trusted_days,
        CheckingRules.companions_pass, CheckingRules.imports_pass, CheckingRules.curated_pass,
    )
    .where(CheckingRules.region_code.in_((bindparam("place"), bindparam("province"))))
    .order_by(func.length(CheckingRules.region_code).desc())
    .limit(1),
    _rules,
)  # fmt: skip


def rules_of(region_code: str) -> Rules:
    """The rules of a market: its own, or its province's, or those that hold while nobody set any."""
    return _OF.first(place=region_code, province=region_code.partition(".")[0]) or Rules()
