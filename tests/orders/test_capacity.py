"""What orders take of a shop besides units: a day's capacity, an edition's, and the variants of a listing."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lapak.catalog import queries as catalog
from lapak.catalog.models import Product, Slot, Variant
from lapak.catalog.queries import CapacityView, VariantView
from lapak.catalog.rules import Draft, Reach, Supply, Unit
from lapak.catalog.service import listings
from lapak.catalog.service.stock import Full, Line, Short
from lapak.catalog.service.variants import VariantDraft, set_variants
from lapak.db.session import Query
from lapak.kernel.errors import Conflict, Invalid, NotFound
from lapak.kernel.money import Rupiah
from lapak.orders.queries import placing as facts
from lapak.orders.queries import reading
from lapak.orders.queries.reading import OrderView
from lapak.orders.rules.states import Decline
from lapak.orders.service import answering, placing, settings, timing
from lapak.orders.service.placing import Bulk, OrderDraft, Warned
from lapak.regions.rules import Distance
from lapak.shops.rules import Opening
from tests.factories import JATENG, KEY, Cast, make_edition, make_product, product_id_of, shop_id_of, stock_of

OPEN = Opening()
SERIAL = iter(range(100_000))


def order(cast: Cast, *lines: Line, now: datetime, **said: object) -> OrderView:
    number = next(SERIAL)
    draft = OrderDraft("Rina", "Makassar", "", lines, **said)  # type: ignore[arg-type]
    token = placing.place(
        draft, shop_id=shop_id_of(cast.seller), idempotency_key=f"k{number}", origin=f"o{number}", site_code=JATENG, key=KEY, now=now
    )
    found = reading.by_token(token)
    assert found
    return found


def taken(day: date | str) -> int:
    name = day if isinstance(day, str) else day.isoformat()
    return Query(select(Slot.taken).where(Slot.name == name), int).first() or 0


@pytest.fixture
def made(cast: Cast, now: datetime) -> Line:
    """Something made to order, ready the day after tomorrow, of which sixty can be made in a day."""
    slug = make_product(cast.seller, now=now, name="Gethuk", supply=Supply.MADE_TO_ORDER, stock=None, prepare_days=2)
    settings.set_opening(OPEN, CapacityView(60, Unit.PORTIONS), by=cast.seller, now=now)
    return Line(product_id_of(slug), 50)


def test_what_is_made_takes_room_on_its_day_before_anybody_confirmed(cast: Cast, made: Line, now: datetime) -> None:
    found = order(cast, made, now=now)

    assert found.ready_on == date(2026, 11, 26)
    assert taken(date(2026, 11, 26)) == 50


def test_a_full_day_gives_way_to_the_next_free_one(cast: Cast, made: Line, now: datetime) -> None:
    order(cast, made, now=now)

    assert order(cast, made, now=now).ready_on == date(2026, 11, 27)
    with pytest.raises(Full):
        order(cast, made, now=now, ready_on=date(2026, 11, 26))
    assert order(cast, Line(made.product_id, 10), now=now, ready_on=date(2026, 11, 26)).ready_on == date(2026, 11, 26)


def test_more_than_any_day_can_bear_is_a_question_and_no_order(cast: Cast, made: Line, now: datetime) -> None:
    with pytest.raises(Bulk, match="sanggup membuat 60"):
        order(cast, Line(made.product_id, 61), now=now)
    assert not reading.of_shop(shop_id_of(cast.seller)).rows


@pytest.mark.parametrize("ending", ["declined", "expired"])
def test_what_an_order_took_comes_back_exactly_once(cast: Cast, made: Line, now: datetime, ending: str) -> None:
    found = order(cast, made, now=now)
    order(cast, Line(made.product_id, 5), now=now)
    for _ in range(2):
        if ending == "declined":
            answering.decline(found.code, Decline.OTHER, "", by=cast.seller, now=now)
        else:
            timing.expire(now=found.hold_until)
    assert taken(date(2026, 11, 26)) == (5 if ending == "declined" else 0)


def test_a_seller_may_count_orders_instead_of_portions(cast: Cast, made: Line, now: datetime) -> None:
    settings.set_opening(OPEN, CapacityView(2, Unit.ORDERS), by=cast.seller, now=now)

    assert [order(cast, made, now=now).ready_on for _ in range(3)] == [date(2026, 11, 26), date(2026, 11, 26), date(2026, 11, 27)]


def test_a_day_may_bear_less_than_others_or_nothing(cast: Cast, made: Line, now: datetime) -> None:
    settings.set_day(date(2026, 11, 26), 0, by=cast.seller)
    settings.set_day(date(2026, 11, 27), 49, by=cast.seller)

    assert order(cast, made, now=now).ready_on == date(2026, 11, 28)


def test_closed_days_are_passed_over_and_a_closed_shop_takes_no_order(cast: Cast, made: Line, now: datetime) -> None:
    bears = CapacityView(60, Unit.PORTIONS)
    settings.set_opening(Opening(date(2026, 11, 26), date(2026, 11, 28)), bears, by=cast.seller, now=now)
    assert order(cast, made, now=now).ready_on == date(2026, 11, 29)

    settings.set_opening(Opening(date(2026, 11, 22), date(2026, 11, 28)), bears, by=cast.seller, now=now)
    with pytest.raises(Conflict, match="buka lagi Minggu, 29 November 2026"):
        order(cast, made, now=now)
    settings.set_opening(Opening(is_busy=True), bears, by=cast.seller, now=now)
    with pytest.raises(Conflict, match="penuh pesanan"):
        order(cast, made, now=now)


def test_a_day_too_soon_or_beyond_the_horizon_is_not_taken(cast: Cast, made: Line, now: datetime) -> None:
    for day in (date(2026, 11, 24), date(2026, 11, 25), date(2030, 1, 1)):
        with pytest.raises(Full):
            order(cast, made, now=now, ready_on=day)


def test_of_64_buyers_at_once_a_day_bears_no_more_than_it_can(app: Flask, cast: Cast, made: Line, now: datetime) -> None:
    day, gate = date(2026, 11, 26), threading.Barrier(64)
    outcomes: list[str] = []

    def buy() -> None:
        with app.app_context():
            gate.wait()
            try:
                order(cast, Line(made.product_id, 10), now=now, ready_on=day)
                outcomes.append("order")
            except Full:
                outcomes.append("full")

    buyers = [threading.Thread(target=buy) for _ in range(64)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    assert sorted(outcomes) == ["full"] * 58 + ["order"] * 6
    assert taken(day) == 60


def test_an_edition_brings_no_more_orders_than_its_seller_can_bear(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now, stock=24)
    edition_id = make_edition(cast.curator, [slug], now=now)
    settings.set_opening(OPEN, CapacityView(None, Unit.ORDERS, 2), by=cast.seller, now=now)
    later = now + timedelta(hours=1)
    first, _second = (order(cast, Line(product_id_of(slug), 1), now=later) for _ in range(2))
    with pytest.raises(Conflict, match="2 pesanan dari edisi ini"):
        order(cast, Line(product_id_of(slug), 1), now=later)
    answering.decline(first.code, Decline.TOO_BUSY, "", by=cast.seller, now=later)
    order(cast, Line(product_id_of(slug), 1), now=later)

    assert taken(f"edition:{edition_id}") == 2
    assert stock_of(slug) == (24, 2, 0)
    assert order(cast, Line(product_id_of(slug), 1), now=now + timedelta(days=8)).source == "direct"


def test_on_an_editions_day_the_seller_answers_within_two_hours(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    make_edition(cast.curator, [slug], now=now)

    assert order(cast, Line(product_id_of(slug), 1), now=now + timedelta(hours=1)).hold_until == now + timedelta(hours=3)


@pytest.fixture
def sizes(cast: Cast, now: datetime) -> tuple[str, list[VariantView]]:
    slug = make_product(cast.seller, now=now, stock=24)
    set_variants(slug, [VariantDraft("150 g", Rupiah(18000), 10), VariantDraft("500 g", Rupiah(52000), 4)], by=cast.seller, now=now)
    return slug, catalog.variants_of(product_id_of(slug))


def counts(slug: str) -> tuple[tuple[int, ...], list[tuple[int, ...]]]:
    """The counts of a listing, and those of its variants."""
    columns = [(table.on_hand, table.held, table.sold, table.received) for table in (Product, Variant)]
    (whole,) = Query(select(*columns[0]).where(Product.slug == slug), lambda *row: row).all()
    mine = select(*columns[1]).where(Variant.product_id == product_id_of(slug)).order_by(Variant.id)
    return whole, Query(mine, lambda *row: row).all()


def test_variants_have_their_own_counts_and_the_listing_their_sum(sizes: tuple[str, list[VariantView]]) -> None:
    slug, (small, large) = sizes

    assert counts(slug) == ((14, 0, 0, 14), [(10, 0, 0, 10), (4, 0, 0, 4)])
    product = catalog.by_slug(slug)
    assert product
    assert (product.price, product.variant_count, small.price, large.price) == (18000, 2, 18000, 52000)


def test_an_order_of_two_variants_holds_and_sells_each(cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime) -> None:
    slug, (small, large) = sizes
    id_ = product_id_of(slug)
    found = order(cast, Line(id_, 3, 18000, small.id), Line(id_, 2, 52000, large.id), now=now)
    assert (found.total, [item.full_name for item in found.items]) == (
        158000, ["Keripik tempe, 150 g, 150 g", "Keripik tempe, 150 g, 500 g"],
    )  # fmt: skip
    assert counts(slug) == ((14, 5, 0, 14), [(10, 3, 0, 10), (4, 2, 0, 4)])
    answering.confirm(found.code, by=cast.seller, now=now)
    answering.complete(found.code, by=cast.seller, now=now)

    assert counts(slug) == ((9, 0, 5, 14), [(7, 0, 3, 10), (2, 0, 2, 4)])


def test_a_variant_that_is_short_is_named_with_what_is_left(cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime) -> None:
    slug, (small, large) = sizes
    with pytest.raises(Short, match="500 g tinggal 4") as short:
        order(cast, Line(product_id_of(slug), 1, None, small.id), Line(product_id_of(slug), 5, None, large.id), now=now)

    assert (short.value.left, short.value.line.variant_id) == (4, large.id)
    assert counts(slug) == ((14, 0, 0, 14), [(10, 0, 0, 10), (4, 0, 0, 4)])


def test_a_listing_in_variants_is_not_ordered_without_one_nor_with_anothers(
    cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime
) -> None:
    slug, (small, _large) = sizes
    other = make_product(cast.seller, now=now, name="Kopi")
    for line in (Line(product_id_of(slug), 1), Line(product_id_of(other), 1, None, small.id), Line(product_id_of(slug), 1, None, 999)):
        with pytest.raises(Conflict):
            order(cast, line, now=now)
    with pytest.raises(Conflict, match="berubah menjadi"):
        order(cast, Line(product_id_of(slug), 1, 17000, small.id), now=now)


def test_a_variant_left_out_leaves_the_shelf_but_not_the_orders_that_hold_it(
    cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime
) -> None:
    slug, (small, large) = sizes
    found = order(cast, Line(product_id_of(slug), 2, None, large.id), now=now)
    kept = VariantDraft("150 g", Rupiah(20000), 10, small.id, 10, 10)
    set_variants(slug, [kept], by=cast.seller, now=now)
    assert counts(slug) == ((12, 2, 0, 12), [(10, 0, 0, 10), (2, 2, 0, 2)])
    with pytest.raises(Conflict):
        order(cast, Line(product_id_of(slug), 1, None, large.id), now=now)
    answering.decline(found.code, Decline.OTHER, "", by=cast.seller, now=now)

    assert counts(slug) == ((10, 0, 0, 10), [(10, 0, 0, 10), (0, 0, 0, 0)])


def test_a_page_of_variants_sent_twice_adds_once_and_an_old_one_is_refused(
    cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime
) -> None:
    slug, (small, large) = sizes
    more = [VariantDraft("150 g", Rupiah(18000), 15, small.id, 10, 10), VariantDraft("500 g", Rupiah(52000), 4, large.id, 4, 4)]
    for _ in range(2):
        set_variants(slug, more, by=cast.seller, now=now)
    assert counts(slug)[1] == [(15, 0, 0, 15), (4, 0, 0, 4)]
    with pytest.raises(Conflict, match="baru saja berubah"):
        set_variants(slug, [VariantDraft("150 g", Rupiah(18000), 30, small.id, 10, 10), more[1]], by=cast.seller, now=now)
    assert counts(slug)[1] == [(15, 0, 0, 15), (4, 0, 0, 4)]


def test_two_variants_of_one_name_and_another_persons_listing_are_refused(
    cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime
) -> None:
    slug, _ = sizes
    with pytest.raises(Invalid, match="nama yang sama"):
        set_variants(slug, [VariantDraft("S", Rupiah(1)), VariantDraft("s", Rupiah(2))], by=cast.seller, now=now)
    with pytest.raises(NotFound):
        set_variants(slug, [], by=cast.other_seller, now=now)


def test_a_listing_edited_on_its_own_page_keeps_its_variants_counts_and_price(
    cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime
) -> None:
    slug, _ = sizes
    listings.edit(slug, Draft("Keripik baru", Rupiah(99000), stock=500, stock_seen=14), photos={}, by=cast.seller, now=now)
    product = catalog.by_slug(slug)

    assert product
    assert (product.name, product.price, counts(slug)[0]) == ("Keripik baru", 18000, (14, 0, 0, 14))


@pytest.mark.parametrize(
    ("changes", "region", "refusal"),
    [
        ({"shelf_life_days": 4}, "73.71", "tidak tahan sampai"),
        ({"shelf_life_days": 10}, "73.71", "mungkin tidak segar"),
        ({"reach": Reach.LOCAL}, "73.71", "biasanya tidak dikirim sejauh itu"),
    ],
)
def test_goods_that_would_not_live_through_the_journey_are_told_of(
    cast: Cast, now: datetime, changes: dict[str, Any], region: str, refusal: str
) -> None:
    line = Line(product_id_of(make_product(cast.seller, now=now, **changes)), 1)
    with pytest.raises(Conflict, match=refusal) as refused:
        order(cast, line, now=now, buyer_region=region)
    if isinstance(refused.value, Warned):
        assert order(cast, line, now=now, buyer_region=region, is_warned=True).total == 18000
    else:
        with pytest.raises(Conflict, match=refusal):
            order(cast, line, now=now, buyer_region=region, is_warned=True)
    assert order(cast, line, now=now, buyer_region="33.15").total == 18000


def test_postage_by_distance_is_part_of_the_total_from_the_start(cast: Cast, now: datetime) -> None:
    settings.set_postage({Distance.PLACE: 0, Distance.PROVINCE: 12000, Distance.ISLAND: None}, by=cast.seller)
    line = Line(product_id_of(make_product(cast.seller, now=now)), 1)
    found = [order(cast, line, now=now, buyer_region=region) for region in ("33.15", "33.74", "32.73")]

    assert [(one.postage, one.total) for one in found] == [(0, 18000), (12000, 30000), (None, 18000)]


def test_strangers_set_nothing(cast: Cast, now: datetime) -> None:
    acts: list[Callable[[], None]] = [
        lambda: settings.set_opening(OPEN, CapacityView(), by=cast.curator, now=now),
        lambda: settings.set_day(date(2026, 11, 26), 1, by=cast.curator),
        lambda: settings.set_postage({}, by=cast.curator),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_variants_swap_their_names_and_take_one_that_was_given_up(cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime) -> None:
    slug, (small, large) = sizes
    swapped = [VariantDraft("500 g", Rupiah(18000), 10, small.id, 10, 10), VariantDraft("150 g", Rupiah(52000), 4, large.id, 4, 4)]
    set_variants(slug, swapped, by=cast.seller, now=now)
    assert [(one.id, one.name) for one in catalog.variants_of(product_id_of(slug))] == [(small.id, "500 g"), (large.id, "150 g")]
    set_variants(slug, [VariantDraft("150 g", Rupiah(18000), 10, small.id, 10, 10)], by=cast.seller, now=now)
    assert [(one.id, one.name) for one in catalog.variants_of(product_id_of(slug)) if one.is_active] == [(small.id, "150 g")]


def test_a_new_variant_under_a_name_just_given_up_is_another(cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime) -> None:
    slug, (small, large) = sizes
    drafts = [
        VariantDraft("Kecil", Rupiah(18000), 10, small.id, 10, 10), VariantDraft("500 g", Rupiah(52000), 4, large.id, 4, 4),
        VariantDraft("150 g", Rupiah(15000), 2),
    ]  # fmt: skip
    set_variants(slug, drafts, by=cast.seller, now=now)

    assert [(one.name, one.price, one.left) for one in catalog.variants_of(product_id_of(slug))] == [
        ("Kecil", 18000, 10), ("500 g", 52000, 4), ("150 g", 15000, 2),
    ]  # fmt: skip


def test_the_page_that_made_a_variant_sent_once_more_makes_no_units(
    cast: Cast, sizes: tuple[str, list[VariantView]], now: datetime
) -> None:
    slug, (small, _) = sizes
    order(cast, Line(product_id_of(slug), 3, None, small.id), now=now)
    set_variants(slug, [VariantDraft("150 g", Rupiah(18000), 10), VariantDraft("500 g", Rupiah(52000), 4)], by=cast.seller, now=now)

    assert counts(slug) == ((14, 3, 0, 14), [(10, 3, 0, 10), (4, 0, 0, 4)])


@pytest.mark.parametrize(("before", "after"), [(Supply.STOCK, Supply.MADE_TO_ORDER), (Supply.MADE_TO_ORDER, Supply.STOCK)])
def test_a_listing_that_was_counted_otherwise_a_moment_ago_is_not_ordered(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch, before: Supply, after: Supply
) -> None:
    slug = make_product(cast.seller, now=now, supply=before, stock=24 if before is Supply.STOCK else None)
    look = facts.offered

    def looked(lines: Any, *, shop_id: int) -> Any:
        found = look(lines, shop_id=shop_id)
        draft = Draft("Keripik tempe, 150 g", Rupiah(18000), supply=after, reach=Reach.COUNTRY, stock=24, stock_seen=0, unit="bungkus")
        listings.edit(slug, draft, photos={}, by=cast.seller, now=now)
        return found

    monkeypatch.setattr(facts, "offered", looked)
    with pytest.raises(Conflict, match="baru saja diubah"):
        order(cast, Line(product_id_of(slug), 2), now=now)
    assert stock_of(slug)[1] == 0
    assert not reading.of_shop(shop_id_of(cast.seller)).rows
