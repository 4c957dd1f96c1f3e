"""How it stands between a shop, its companion and its seller: rules that need nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from lapak.accounts.rules import Actor, Held, Role
from lapak.shops import policy
from lapak.shops.queries import ShopRow
from lapak.shops.rules import Keeping, Opening, Origin, claim_token, keeping, last_two

NINE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = b"k" * 40


@pytest.mark.parametrize(
    ("owner", "until", "claimed", "stands"),
    [
        (None, None, None, Keeping.WAITING),
        (None, NINE, None, Keeping.ENDED),
        (7, NINE + DAY, NINE - DAY, Keeping.HELPING),
        (7, NINE - DAY, NINE - DAY, Keeping.TAKEN),
        (7, NINE, NINE - DAY, Keeping.ENDED),
        (7, None, None, Keeping.TAKEN),
    ],
)
def test_a_shop_waits_is_helped_is_taken_or_was_helped(
    owner: int | None, until: datetime | None, claimed: datetime | None, stands: Keeping
) -> None:
    assert keeping(owner_id=owner, keeper_until=until, claimed_at=claimed, now=NINE) is stands


def test_a_link_is_long_its_own_and_the_same_again() -> None:
    token = claim_token(1, 2, NINE, key=KEY)
    others = {
        claim_token(2, 2, NINE, key=KEY),
        claim_token(1, 3, NINE, key=KEY),
        claim_token(1, 2, NINE + DAY, key=KEY),
        claim_token(1, 2, NINE, key=b"x"),
    }

    assert len(token) * 6 >= 128
    assert token == claim_token(1, 2, NINE.astimezone(), key=KEY)
    assert token not in others


def test_two_digits_give_no_number_away() -> None:
    assert last_two("+6285240002204") == "04"


def shop(**changes: object) -> ShopRow:
    values: dict[str, object] = {
        "id": 1, "slug": "a", "name": "A", "region_code": "33.15", "market_code": "33.15", "place_name": "Grobogan", "owner_id": None, "keeper_id": 5,
        "keeper_until": None, "origin": Origin.COMPANION, "about": "", "whatsapp": "", "joined_at": NINE, "opening": Opening(), **changes,
    }  # fmt: skip
    return ShopRow(**values)  # type: ignore[arg-type]


def somebody(id_: int, *held: tuple[Role, str]) -> Actor:
    return Actor(id_, "", "", 0, tuple(Held(role, code) for role, code in held))


COMPANION = somebody(5, (Role.COMPANION, "33"))


@pytest.mark.parametrize(
    ("actor", "of", "runs", "hands_over"),
    [
        (None, shop(), False, False),
        (COMPANION, shop(), True, True),
        (COMPANION, shop(keeper_until=NINE), False, False),
        (COMPANION, shop(owner_id=9, keeper_until=NINE + DAY), True, False),
        (COMPANION, shop(owner_id=9, keeper_until=NINE), False, False),
        (somebody(6, (Role.COMPANION, "33")), shop(), False, False),
        (somebody(5), shop(), False, False),
        (somebody(5, (Role.SELLER, "33.15")), shop(), False, False),
        (somebody(5, (Role.CURATOR, "33")), shop(), False, False),
        (somebody(8, (Role.ADMIN, "33")), shop(), False, True),
        (somebody(8, (Role.ADMIN, "13.77")), shop(), False, False),
        (somebody(8, (Role.ADMIN, "33")), shop(owner_id=9), False, False),
        (somebody(9), shop(owner_id=9), True, False),
    ],
)
def test_who_runs_a_shop_and_who_may_hand_it_over(actor: Actor | None, of: ShopRow, runs: bool, hands_over: bool) -> None:
    assert policy.runs(actor, of, now=NINE) is runs
    assert policy.may_hand_over(actor, of, now=NINE) is hands_over
