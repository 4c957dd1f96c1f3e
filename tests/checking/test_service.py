"""A region's rules, as data."""

from datetime import datetime

import pytest

from lapak.checking import queries, service
from lapak.checking.rules import Field, Rules
from lapak.kernel.errors import NotAllowed
from tests.factories import JATENG, PARIAMAN, Cast

STRICT = Rules(frozenset(Field), 0, 0, 365, companions_pass=True, imports_pass=False, curated_pass=False)


def test_a_kabupaten_goes_by_its_provinces_rules_until_it_has_its_own(cast: Cast, now: datetime) -> None:
    assert queries.rules_of("33.15") == Rules()
    service.set_rules(STRICT, region_code=JATENG, by=cast.admin, now=now)

    assert queries.rules_of("33.15") == STRICT
    assert queries.rules_of(PARIAMAN) == Rules()


def test_rules_changed_again_are_the_last_ones(cast: Cast, now: datetime) -> None:
    for rules in (STRICT, Rules(frozenset({Field.PHOTOS}))):
        service.set_rules(rules, region_code=JATENG, by=cast.admin, now=now)

    assert queries.rules_of(JATENG) == Rules(frozenset({Field.PHOTOS}))


def test_only_an_admin_of_the_region_changes_its_rules(cast: Cast, now: datetime) -> None:
    for person in (cast.curator, cast.far_admin, cast.seller):
        with pytest.raises(NotAllowed):
            service.set_rules(STRICT, region_code=JATENG, by=person, now=now)

    assert queries.rules_of(JATENG) == Rules()
