"""The total both sides agree on, what each says of the money, and money that has to come back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lapak.catalog.service.stock import Line
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from lapak.orders.models import Order
from lapak.orders.queries import reading
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.states import Decline, PaysBy, State
from lapak.orders.rules.tokens import shared_token
from lapak.orders.service import answering, buying, finding, moving, placing, timing
from lapak.orders.service.placing import OrderDraft
from tests.factories import JATENG, KEY, Cast, make_product, product_id_of, shop_id_of, stock_of

PHONE = "+6281299887766"


@pytest.fixture
def slug(cast: Cast, now: datetime) -> str:
    return make_product(cast.seller, now=now)


@pytest.fixture
def token(cast: Cast, slug: str, now: datetime) -> str:
    """An order for two, of which its seller has not heard yet where it goes."""
    draft = OrderDraft("Rina", "Makassar", "", (Line(product_id_of(slug), 2),), PHONE)
    return placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key="x", origin="x", site_code=JATENG, key=KEY, now=now)


def view(token: str) -> OrderView:
    order = reading.by_token(token)
    assert order
    return order


def quote(token: str, postage: int, cast: Cast, now: datetime) -> None:
    answering.confirm(view(token).code, postage=postage, by=cast.seller, now=now)


def deeds(token: str) -> list[tuple[str, str]]:
    return [(event.deed.value, event.who.value) for event in reading.history(view(token).id)]


def test_a_total_the_buyer_did_not_see_waits_for_their_yes(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 22000, cast, now)
    order = view(token)
    assert (order.total, order.to_accept, order.is_final) == (58000, True, False)
    for act in (answering.take_money, answering.complete):
        with pytest.raises(Conflict):
            act(order.code, by=cast.seller, now=now)
    with pytest.raises(Conflict):
        buying.pay(token, PaysBy.QRIS, now=now)
    buying.accept(token, 58000, now=now)

    assert view(token).is_final
    assert deeds(token) == [("placed", "buyer"), ("confirmed", "seller"), ("accepted", "buyer")]


def test_a_total_that_changed_meanwhile_is_not_accepted_unseen(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 22000, cast, now)
    quote(token, 30000, cast, now)
    with pytest.raises(Conflict, match=r"Rp66\.000"):
        buying.accept(token, 58000, now=now)
    buying.accept(token, 66000, now=now)
    with pytest.raises(Conflict, match="sudah menyetujui"):
        quote(token, 10000, cast, now)


def test_no_postage_needs_no_further_yes(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 0, cast, now)

    assert view(token).is_final


@pytest.mark.parametrize("postage", [-1, 10_000_001])
def test_postage_out_of_all_reason_is_refused(token: str, cast: Cast, now: datetime, postage: int) -> None:
    with pytest.raises(Invalid):
        quote(token, postage, cast, now)
    assert view(token).state is State.PLACED


def test_a_total_that_nobody_accepts_lapses_and_frees_the_stock(token: str, slug: str, cast: Cast, now: datetime) -> None:
    quote(token, 22000, cast, now)
    until = view(token).hold_until
    assert timing.expire(now=until - timedelta(seconds=1)) == 0
    assert timing.expire(now=until) == 1
    assert (view(token).state, stock_of(slug)) == (State.EXPIRED, (24, 0, 0))


def test_a_buyer_takes_an_order_back_until_they_accepted_its_total(token: str, slug: str, cast: Cast, now: datetime) -> None:
    quote(token, 22000, cast, now)
    buying.cancel(token, now=now)
    assert (view(token).state, stock_of(slug)) == (State.CANCELLED, (24, 0, 0))


def test_after_paying_the_buyer_does_not_cancel_alone(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 0, cast, now)
    buying.pay(token, PaysBy.CASH, now=now)
    with pytest.raises(Conflict):
        buying.cancel(token, now=now)


def test_paid_is_the_buyers_word_until_the_seller_says_it_too(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 0, cast, now)
    buying.pay(token, PaysBy.QRIS, now=now)
    assert (view(token).state, view(token).money_at) == (State.PAID, None)
    answering.take_money(view(token).code, by=cast.seller, now=now)
    answering.take_money(view(token).code, by=cast.seller, now=now)

    assert view(token).money_at == now
    assert deeds(token)[-2:] == [("paid", "buyer"), ("money_in", "seller")]


def test_money_that_is_not_there_takes_paid_back_but_not_after_the_seller_had_it(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 0, cast, now)
    code = view(token).code
    buying.pay(token, PaysBy.TRANSFER, now=now)
    answering.miss_money(code, by=cast.seller, now=now)
    assert (view(token).state, view(token).paid_said_at) == (State.CONFIRMED, None)
    buying.pay(token, PaysBy.TRANSFER, now=now)
    answering.take_money(code, by=cast.seller, now=now)
    with pytest.raises(Conflict):
        answering.miss_money(code, by=cast.seller, now=now)


@pytest.mark.parametrize("said_by", ["buyer", "seller"])
def test_a_paid_order_that_is_refused_waits_until_the_money_is_back(token: str, slug: str, cast: Cast, now: datetime, said_by: str) -> None:
    quote(token, 0, cast, now)
    code = view(token).code
    if said_by == "buyer":
        buying.pay(token, PaysBy.TRANSFER, now=now)
    else:
        answering.take_money(code, by=cast.seller, now=now)
    answering.decline(code, Decline.SOLD_OUT, "", by=cast.seller, now=now)
    order = view(token)
    assert (order.state, order.refund_amount, order.refund_due_at) == (State.REFUNDING, 36000, now + timedelta(days=3))
    assert stock_of(slug) == (24, 0, 0)
    for _ in range(2):
        answering.send_money_back(code, by=cast.seller, now=now)
    assert view(token).state is State.REFUNDING
    for _ in range(2):
        buying.receive_money(token, now=now)

    assert view(token).state is State.REFUNDED
    assert stock_of(slug) == (24, 0, 0)
    assert [deed for deed, _ in deeds(token)][-3:] == ["refunding", "refund_sent", "refunded"]


def test_a_parcel_that_came_back_is_refused_with_or_without_money(token: str, slug: str, cast: Cast, now: datetime) -> None:
    quote(token, 0, cast, now)
    code = view(token).code
    answering.send(code, "JNE", "", by=cast.seller, now=now)
    answering.send(code, "JNE", "JP1", by=cast.seller, now=now)
    assert (view(token).tracking, stock_of(slug)) == ("JP1", (24, 2, 0))
    answering.decline(code, Decline.NO_REPLY, "", by=cast.seller, now=now)

    assert (view(token).state, stock_of(slug)) == (State.DECLINED, (24, 0, 0))


def test_replayed_and_reordered_answers_change_nothing(token: str, slug: str, cast: Cast, now: datetime) -> None:
    quote(token, 0, cast, now)
    code = view(token).code
    buying.receive_goods(token, now=now)
    before = deeds(token), stock_of(slug)
    for act in (answering.take_money, answering.complete):
        act(code, by=cast.seller, now=now)
        act(code, by=cast.seller, now=now)
    with pytest.raises(Conflict):
        answering.confirm(code, postage=0, by=cast.seller, now=now)
    with pytest.raises(Conflict):
        answering.send(code, "JNE", "", by=cast.seller, now=now)
    with pytest.raises(Conflict):
        answering.decline(code, Decline.OTHER, "", by=cast.seller, now=now)
    with pytest.raises(Conflict):
        buying.cancel(token, now=now)

    assert stock_of(slug) == before[1] == (22, 0, 2)
    assert [deed for deed, _ in deeds(token)] == [*(deed for deed, _ in before[0]), "money_in", "completed"]


def test_only_the_buyers_own_token_speaks_for_them(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 22000, cast, now)
    shared = shared_token(token)
    acts: list[Callable[[], object]] = [
        lambda: buying.accept(shared, 58000, now=now),
        lambda: buying.pay(shared, PaysBy.CASH, now=now),
        lambda: buying.cancel(shared, now=now),
        lambda: buying.extend(shared, now=now),
        lambda: buying.receive_money(shared, now=now),
        lambda: buying.accept(token, 58000, by=cast.seller, now=now),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_a_buyer_gives_more_time_once(token: str, now: datetime) -> None:
    first = view(token).hold_until
    buying.extend(token, now=now)
    assert view(token).hold_until > first + timedelta(hours=20)
    with pytest.raises(Conflict, match="sudah pernah diperpanjang"):
        buying.extend(token, now=now)
    assert timing.expire(now=first) == 0


def test_both_sides_are_reminded_once_before_it_lapses(token: str, now: datetime) -> None:
    told: list[int] = []
    until = view(token).hold_until
    assert timing.warn(told.append, now=now) == 0
    for _ in range(2):
        timing.warn(told.append, now=until - timedelta(minutes=30))
    assert told == [view(token).id]


def test_the_spoken_code_opens_with_the_buyers_last_four_digits(token: str, now: datetime) -> None:
    code = view(token).code
    assert finding.find(f" {code.lower()} ", "7766", origin="a", now=now) == code
    for said, digits in ((code, "7767"), ("7KQ2MF", "7766")):
        with pytest.raises(NotFound, match="Tidak ada pesanan"):
            finding.find(said, digits, origin="a", now=now)
    for digits in ("", "77", "٧٧٦٦", "77667"):
        with pytest.raises(Invalid):
            finding.find(code, digits, origin="a", now=now)


def test_guessing_is_slowed_down_from_one_network_and_at_one_order(token: str, now: datetime) -> None:
    code = view(token).code
    for digit in range(10):
        with pytest.raises(NotFound):
            finding.find(code, f"000{digit}", origin=f"o{digit}", now=now)
    with pytest.raises(TooMany):
        finding.find(code, "7766", origin="fresh", now=now)
    assert finding.find(code, "7766", origin="fresh", now=now + timedelta(minutes=16)) == code


def test_an_order_without_a_number_opens_by_no_digits(cast: Cast, slug: str, now: datetime) -> None:
    draft = OrderDraft("Rina", "", "", (Line(product_id_of(slug), 1),))
    token = placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key="y", origin="y", site_code=JATENG, key=KEY, now=now)
    with pytest.raises(NotFound):
        finding.find(view(token).code, "0000", origin="a", now=now)


def test_a_lower_quote_is_no_more_accepted_than_the_first(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 250_000, cast, now)
    quote(token, 200_000, cast, now)
    assert (view(token).to_accept, view(token).is_final) == (True, False)
    first = view(token).hold_until
    quote(token, 190_000, cast, now + timedelta(hours=5))
    assert view(token).hold_until == first


def test_money_once_spoken_of_has_to_come_back_even_if_it_was_not_found(token: str, cast: Cast, now: datetime) -> None:
    quote(token, 0, cast, now)
    code = view(token).code
    buying.pay(token, PaysBy.TRANSFER, now=now)
    answering.miss_money(code, by=cast.seller, now=now)
    answering.decline(code, Decline.OTHER, "", by=cast.seller, now=now)
    assert view(token).state is State.REFUNDING


def test_whoever_has_not_paid_yet_may_still_leave(token: str, slug: str, cast: Cast, now: datetime) -> None:
    quote(token, 0, cast, now)
    buying.cancel(token, now=now)
    assert (view(token).state, stock_of(slug)) == (State.CANCELLED, (24, 0, 0))


def test_one_faulty_order_holds_up_no_other(token: str, cast: Cast, slug: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = OrderDraft("Sari", "", "", (Line(product_id_of(slug), 1),))
    second = placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key="z", origin="z", site_code=JATENG, key=KEY, now=now)
    faulty, move = view(token).id, moving.shift

    def shift(order: Order, *args: Any, **kwargs: Any) -> None:
        if order.id == faulty:
            raise RuntimeError("broken")
        move(order, *args, **kwargs)

    monkeypatch.setattr("lapak.orders.service.timing.shift", shift)
    assert timing.expire(now=view(token).hold_until) == 1
    assert view(second).state is State.EXPIRED
