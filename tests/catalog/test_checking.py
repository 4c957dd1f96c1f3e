"""What a seller's changes become once moderators have a say: shown at once, waiting, refused, or taken back."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lapak.catalog import queries
from lapak.catalog.events import ReviewNoted
from lapak.catalog.models import Review, WaitingPhoto
from lapak.catalog.rules import Draft, Kind, Reach, Saved, State, Supply
from lapak.catalog.service import listings as service
from lapak.catalog.service import stock
from lapak.catalog.service.stock import Line
from lapak.checking import service as checking
from lapak.checking.rules import Field, Reason, Rules, Source, Standing, Verdict
from lapak.db.base import db
from lapak.db.outbox import OutboxRow
from lapak.db.session import Query, transaction
from lapak.kernel.errors import Conflict, Invalid, NotFound
from lapak.kernel.money import Rupiah
from lapak.shops import queries as shops
from tests.factories import (
    JATENG,
    Cast,
    make_edition,
    make_kept_shop,
    make_photo,
    make_product,
    product_id_of,
    shop_id_of,
    stock_of,
)

SAID: dict[str, Any] = {"name": "Keripik tempe, 150 g", "price": Rupiah(18000), "unit": "bungkus"}


def said(**changes: Any) -> Draft:
    return Draft(**{**SAID, "reach": Reach.COUNTRY, "stock": 24, "stock_seen": 24, **changes})


def review_of(slug: str) -> queries.ReviewView:
    return queries.review_of(product_id_of(slug))


def decide(slug: str, verdict: Verdict, cast: Cast, now: datetime, reason: str = Reason.PRICE) -> None:
    service.decide(slug, verdict, revision=review_of(slug).revision, reason=reason, note="", by=cast.curator, now=now)


@pytest.fixture
def approved(cast: Cast, now: datetime) -> str:
    """A listing with a photo that a curator has approved."""
    slug = make_product(cast.seller, now=now, photo=True)
    decide(slug, Verdict.APPROVE, cast, now)
    return slug


def edit(slug: str, cast: Cast, now: datetime, *, photos: dict[str, str] | None = None, **changes: Any) -> Saved:
    kept = {photo.key: "" for photo in queries.photos_of(product_id_of(slug))}
    return service.edit(slug, said(**changes), photos=kept if photos is None else photos, by=cast.seller, now=now)


def shown(slug: str) -> queries.ProductView:
    product = queries.by_slug(slug)
    assert product
    return product


def offered(slug: str) -> queries.ProductView:
    return queries.offered(shown(slug), review_of(slug))


def noted() -> list[tuple[str, str]]:
    rows = Query(select(OutboxRow.payload).where(OutboxRow.name == ReviewNoted.__name__).order_by(OutboxRow.id), str).all()
    return [(deed, rule) for row in rows for deed, rule in [_deed(row)]]


def _deed(payload: str) -> tuple[str, str]:
    event = json.loads(payload)
    return event["deed"], event["rule"]


def test_a_new_listing_is_on_sale_at_once_and_waits_to_be_checked(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)

    assert (shown(slug).state, shown(slug).is_checked, review_of(slug).standing) == (State.ACTIVE, False, Standing.WAITING)
    assert noted() == [("sent", "")]


def test_until_it_is_approved_every_edit_shows_at_once(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    before = review_of(slug)

    assert edit(slug, cast, now + timedelta(hours=1), name="Keripik pedas") is Saved.SHOWN
    assert shown(slug).name == "Keripik pedas"
    assert (review_of(slug).revision, review_of(slug).waiting_since) == (before.revision + 1, before.waiting_since)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Keripik pedas"},
        {"description": "Baru."},
        {"price": Rupiah(30000)},
        {"category": "camilan"},
        {"unit": "kilogram"},
        {"photos": {}},
    ],
)
def test_a_material_edit_of_an_approved_listing_waits_while_buyers_see_the_approved_one(
    cast: Cast, now: datetime, approved: str, changes: dict[str, Any]
) -> None:
    before, photos = shown(approved), queries.photos_of(product_id_of(approved))

    assert edit(approved, cast, now, **changes) is Saved.WAITING
    assert (shown(approved), queries.photos_of(product_id_of(approved))) == (before, photos)
    assert (review_of(approved).is_waiting, review_of(approved).standing) == (True, Standing.WAITING)


def test_stock_and_what_is_not_material_shows_at_once_with_the_rest_waiting(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas", stock=30, shelf_life_days=20, price=Rupiah(18500))

    assert (shown(approved).name, shown(approved).shelf_life_days, shown(approved).price) == ("Keripik tempe, 150 g", 20, 18500)
    assert stock_of(approved) == (30, 0, 0)


def test_what_waits_can_still_be_ordered_as_it_was(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas", price=Rupiah(90000))
    stock.hold([Line(product_id_of(approved), 2)], shop_id=shop_id_of(cast.seller))

    assert stock_of(approved) == (24, 2, 0)


def test_stock_alone_never_waits_and_is_not_written_down(cast: Cast, now: datetime, approved: str) -> None:
    before = (review_of(approved), noted())

    assert edit(approved, cast, now, stock=50) is Saved.SHOWN
    assert (review_of(approved), noted()) == before


def test_approval_shows_exactly_what_waited(cast: Cast, now: datetime, approved: str) -> None:
    fresh = make_photo(cast.seller, now=now, alt="Pedas")
    edit(approved, cast, now, name="Keripik pedas", price=Rupiah(30000), description="Pedas.", photos={fresh: "Keripik merah"})
    waiting = offered(approved)
    decide(approved, Verdict.APPROVE, cast, now)

    product = shown(approved)
    assert (
        (product.name, product.price, product.description)
        == (waiting.name, waiting.price, waiting.description)
        == ("Keripik pedas", 30000, "Pedas.")
    )
    assert [(photo.key, photo.alt) for photo in queries.photos_of(product.id)] == [(fresh, "Keripik merah")]
    assert (review_of(approved).standing, review_of(approved).is_waiting) == (Standing.CHECKED, False)


def test_a_refused_edit_leaves_what_was_approved_and_tells_why(cast: Cast, now: datetime, approved: str) -> None:
    before = shown(approved)
    edit(approved, cast, now, name="Obat kuat")
    decide(approved, Verdict.REFUSE, cast, now, Reason.MISLEADING)

    review = review_of(approved)
    assert shown(approved) == before
    assert (review.is_waiting, review.standing, review.verdict, review.reason) == (
        False,
        Standing.CHECKED,
        Verdict.REFUSE,
        Reason.MISLEADING,
    )
    assert queries.to_tell(shop_id_of(cast.seller), since=now - timedelta(days=1)).keys() == {approved}
    assert queries.to_tell(shop_id_of(cast.seller), since=now) == {}


def test_an_edit_that_was_asked_about_waits_for_its_seller_until_it_is_mended(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas")
    decide(approved, Verdict.ASK, cast, now)
    assert (review_of(approved).standing, review_of(approved).waiting_since) == (Standing.ASKED, None)

    assert edit(approved, cast, now, name="Keripik pedas") is Saved.UNMENDED
    assert edit(approved, cast, now + timedelta(hours=2), name="Keripik pedas manis") is Saved.WAITING
    assert (review_of(approved).standing, review_of(approved).waiting_since) == (Standing.WAITING, now + timedelta(hours=2))


def test_a_new_listing_that_was_asked_about_stays_on_sale_and_comes_back_mended(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.ASK, cast, now)
    assert (shown(slug).state, review_of(slug).standing) == (State.ACTIVE, Standing.ASKED)

    edit(slug, cast, now, stock=10)
    assert review_of(slug).standing is Standing.ASKED
    edit(slug, cast, now, name="Keripik tempe asli, 150 g")
    assert (review_of(slug).standing, review_of(slug).reason) == (Standing.WAITING, "")


def test_a_checked_listing_that_was_asked_about_is_looked_at_again_though_the_change_is_small(
    cast: Cast, now: datetime, approved: str
) -> None:
    decide(approved, Verdict.ASK, cast, now)
    assert edit(approved, cast, now, price=Rupiah(18500)) is Saved.SHOWN

    assert (shown(approved).price, review_of(approved).standing) == (18500, Standing.WAITING)


def test_who_was_asked_to_mend_what_buyers_see_is_still_asked_after_taking_a_change_back(cast: Cast, now: datetime, approved: str) -> None:
    decide(approved, Verdict.ASK, cast, now, reason=Reason.NOT_OWN)
    edit(approved, cast, now, name="Keripik pedas")
    service.withdraw(approved, by=cast.seller, now=now)
    assert (review_of(approved).standing, review_of(approved).reason) == (Standing.ASKED, Reason.NOT_OWN)

    edit(approved, cast, now, name="Keripik pedas")
    edit(approved, cast, now)
    assert review_of(approved).standing is Standing.ASKED
    decide(approved, Verdict.APPROVE, cast, now)
    edit(approved, cast, now, name="Keripik pedas")
    service.withdraw(approved, by=cast.seller, now=now)
    assert review_of(approved).standing is Standing.CHECKED


@pytest.mark.parametrize("verdict", [Verdict.REFUSE, Verdict.TAKE_DOWN])
def test_a_refused_listing_leaves_the_shelf_and_its_seller_cannot_put_it_back(cast: Cast, now: datetime, verdict: Verdict) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, verdict, cast, now)

    assert (shown(slug).state, queries.count(queries.Filter(JATENG))) == (State.WITHHELD, 0)
    for to in (State.ACTIVE, State.PAUSED):
        with pytest.raises(Conflict, match="ditarik pemeriksa"):
            service.set_state(slug, to, by=cast.seller, now=now)
    service.set_state(slug, State.ARCHIVED, by=cast.seller, now=now)
    with pytest.raises(Conflict, match="ditarik pemeriksa"):
        service.set_state(slug, State.ACTIVE, by=cast.seller, now=now)
    service.confirm([slug], by=cast.seller, now=now)
    assert shown(slug).state is State.ARCHIVED


def test_a_refused_listing_comes_back_when_it_is_mended_and_approved(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.REFUSE, cast, now)
    edit(slug, cast, now, name="Keripik tempe asli, 150 g")
    assert (shown(slug).state, review_of(slug).standing) == (State.WITHHELD, Standing.WAITING)
    decide(slug, Verdict.APPROVE, cast, now)

    assert (shown(slug).state, shown(slug).is_checked, shown(slug).name) == (State.ACTIVE, True, "Keripik tempe asli, 150 g")


def test_a_listing_that_its_seller_paused_comes_back_paused(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    service.set_state(slug, State.PAUSED, by=cast.seller, now=now)
    for verdict in (Verdict.REFUSE, Verdict.REFUSE, Verdict.APPROVE):
        decide(slug, verdict, cast, now)

    assert (shown(slug).state, shown(slug).is_checked) == (State.PAUSED, True)


def test_approval_brings_nothing_back_whose_seller_withdrew_their_consent_meanwhile(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.REFUSE, cast, now)
    service.pause_all([shop_id_of(cast.seller)], now=now)
    assert shown(slug).state is State.WITHHELD
    decide(slug, Verdict.APPROVE, cast, now)

    assert shown(slug).state is State.PAUSED


def test_a_checked_listing_with_a_waiting_edit_is_taken_down_whole(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas")
    decide(approved, Verdict.TAKE_DOWN, cast, now)

    assert (shown(approved).state, shown(approved).name, review_of(approved).is_waiting) == (State.WITHHELD, "Keripik tempe, 150 g", False)
    assert Query(select(WaitingPhoto.photo_id), int).all() == []


def test_an_archived_listing_that_is_refused_stays_archived(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    service.set_state(slug, State.ARCHIVED, by=cast.seller, now=now)
    decide(slug, Verdict.REFUSE, cast, now)

    assert shown(slug).state is State.ARCHIVED
    with pytest.raises(Conflict):
        service.set_state(slug, State.ACTIVE, by=cast.seller, now=now)


def test_an_order_for_a_withheld_listing_is_refused(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    decide(slug, Verdict.REFUSE, cast, now)
    with pytest.raises(Conflict, match="tidak dijual"):
        stock.hold([Line(product_id_of(slug), 1)], shop_id=shop_id_of(cast.seller))


def test_a_decision_on_an_older_version_is_refused_and_changes_nothing(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas")
    seen = review_of(approved).revision
    edit(approved, cast, now, name="Keripik sangat pedas")
    before = review_of(approved)
    with pytest.raises(Conflict):
        service.decide(approved, Verdict.APPROVE, revision=seen, reason="", note="", by=cast.curator, now=now)

    assert review_of(approved) == before
    assert offered(approved).name == "Keripik sangat pedas"


def test_what_waits_is_edited_further_and_taken_back(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas")
    since = review_of(approved).waiting_since
    edit(approved, cast, now + timedelta(hours=1), name="Keripik manis")
    assert (offered(approved).name, review_of(approved).waiting_since) == ("Keripik manis", since)

    assert service.withdraw(approved, by=cast.seller, now=now)
    assert not service.withdraw(approved, by=cast.seller, now=now)
    assert (offered(approved).name, review_of(approved).standing) == ("Keripik tempe, 150 g", Standing.CHECKED)
    with pytest.raises(NotFound):
        service.withdraw(approved, by=cast.other_seller, now=now)


def test_saying_again_what_buyers_see_takes_the_waiting_version_back(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas")

    assert edit(approved, cast, now) is Saved.SHOWN
    assert (review_of(approved).is_waiting, review_of(approved).standing) == (False, Standing.CHECKED)
    assert noted()[-1] == ("withdrawn", "")


def test_the_same_edit_sent_twice_waits_once(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas")
    before = (review_of(approved), noted())
    edit(approved, cast, now + timedelta(minutes=1), name="Keripik pedas")

    assert (review_of(approved), noted()) == before


def test_a_price_that_creeps_waits_once_it_is_a_tenth_away_from_the_checked_one(cast: Cast, now: datetime, approved: str) -> None:
    assert edit(approved, cast, now, price=Rupiah(19500)) is Saved.SHOWN
    assert edit(approved, cast, now, price=Rupiah(21000)) is Saved.WAITING
    assert shown(approved).price == 19500


def test_a_kind_that_waits_keeps_stock_and_supply_until_it_is_approved(cast: Cast, now: datetime, approved: str) -> None:
    draft = Draft("Keripik tempe, 150 g", Rupiah(18000), kind=Kind.SERVICE, supply=Supply.SERVICE, area_served="Demak")
    kept = {photo.key: "" for photo in queries.photos_of(product_id_of(approved))}
    service.edit(approved, draft, photos=kept, by=cast.seller, now=now)
    assert (shown(approved).kind, shown(approved).supply, shown(approved).left) == (Kind.GOODS, Supply.STOCK, 24)
    decide(approved, Verdict.APPROVE, cast, now)

    assert (shown(approved).kind, shown(approved).supply, shown(approved).area_served) == (Kind.SERVICE, Supply.SERVICE, "Demak")


def test_a_waiting_photo_is_no_loose_one_and_belongs_to_one_listing(cast: Cast, now: datetime, approved: str) -> None:
    fresh = make_photo(cast.seller, now=now)
    edit(approved, cast, now, photos={fresh: ""})
    service.discard_unused([fresh], by=cast.seller)
    assert not service.discard_loose_photos(now=now + timedelta(days=9))
    with pytest.raises(Invalid, match="sudah dipakai"):
        service.publish(said(), photos={fresh: ""}, by=cast.seller, now=now)
    decide(approved, Verdict.REFUSE, cast, now)

    assert service.discard_loose_photos(now=now + timedelta(days=9)) == 1


def test_a_photo_that_an_approved_edit_drops_goes_and_one_it_keeps_stays(cast: Cast, now: datetime, approved: str) -> None:
    old, fresh = queries.photos_of(product_id_of(approved))[0].key, make_photo(cast.seller, now=now)
    edit(approved, cast, now, photos={fresh: "", old: ""})
    decide(approved, Verdict.APPROVE, cast, now)
    assert [photo.key for photo in queries.photos_of(product_id_of(approved))] == [fresh, old]
    edit(approved, cast, now, photos={old: ""})
    decide(approved, Verdict.APPROVE, cast, now)

    assert service.discard_loose_photos(now=now + timedelta(days=9)) == 1
    assert [photo.key for photo in queries.photos_of(product_id_of(approved))] == [old]


def test_words_about_a_photo_wait_with_it(cast: Cast, now: datetime, approved: str) -> None:
    (photo,) = queries.photos_of(product_id_of(approved))

    assert edit(approved, cast, now, photos={photo.key: "Telepon saya"}) is Saved.WAITING
    assert queries.photos_of(product_id_of(approved)) == [photo]


def test_the_index_hears_of_what_buyers_see(cast: Cast, now: datetime, approved: str) -> None:
    edit(approved, cast, now, name="Keripik pedas")
    with transaction():
        db.session.query(OutboxRow).delete()
    decide(approved, Verdict.APPROVE, cast, now)

    assert Query(select(OutboxRow.name), str).all() == ["ProductChanged"]


def trust(cast: Cast, now: datetime) -> list[str]:
    slugs = [make_product(cast.seller, now=now, name=f"Keripik nomor {number}") for number in range(3)]
    for slug in slugs:
        decide(slug, Verdict.APPROVE, cast, now)
    return slugs


def test_a_seller_with_three_approved_listings_passes_with_the_rule_written_down(cast: Cast, now: datetime) -> None:
    slugs = trust(cast, now)
    fresh = make_product(cast.seller, now=now)

    assert (shown(fresh).is_checked, review_of(fresh).standing, noted()[-1]) == (True, Standing.CHECKED, ("passed", "trusted"))
    assert service.edit(slugs[0], said(name="Nama baru"), photos={}, by=cast.seller, now=now) is Saved.SHOWN
    assert noted()[-1] == ("passed", "trusted")


def test_trust_outlasts_what_passes_by_itself(cast: Cast, now: datetime) -> None:
    slugs = trust(cast, now)
    for number in range(3):
        for slug in slugs:
            service.edit(slug, said(name=f"Nama baru {number}"), photos={}, by=cast.seller, now=now)

    assert [shown(slug).name for slug in slugs] == ["Nama baru 2"] * 3


def test_a_refusal_ends_trust_for_ninety_days(cast: Cast, now: datetime) -> None:
    slugs = trust(cast, now)
    decide(slugs[2], Verdict.TAKE_DOWN, cast, now)
    decide(make_product(cast.seller, now=now, name="Keripik keempat"), Verdict.APPROVE, cast, now)

    assert service.edit(slugs[0], said(name="Nama baru"), photos={}, by=cast.seller, now=now + timedelta(days=90)) is Saved.WAITING
    assert service.edit(slugs[1], said(name="Nama baru"), photos={}, by=cast.seller, now=now + timedelta(days=91)) is Saved.SHOWN


def test_what_a_trusted_seller_was_asked_to_mend_is_looked_at_again(cast: Cast, now: datetime) -> None:
    slug = trust(cast, now)[0]
    decide(slug, Verdict.ASK, cast, now)

    for name in ("Nama baru", "Nama baru lagi"):
        assert service.edit(slug, said(name=name), photos={}, by=cast.seller, now=now) is Saved.WAITING


def test_no_rule_puts_a_withheld_listing_back(cast: Cast, now: datetime) -> None:
    slug = trust(cast, now)[0]
    decide(slug, Verdict.TAKE_DOWN, cast, now)
    service.edit(slug, said(name="Nama baru"), photos={}, by=cast.seller, now=now + timedelta(days=100), source=Source.IMPORT)

    assert (shown(slug).state, review_of(slug).standing) == (State.WITHHELD, Standing.WAITING)


def test_curators_who_chose_a_listing_have_checked_it_unless_the_region_says_otherwise(cast: Cast, now: datetime) -> None:
    chosen = make_product(cast.seller, now=now)
    make_edition(cast.curator, [chosen], now=now)
    assert (shown(chosen).is_checked, noted()[-1]) == (True, ("passed", "curated"))

    checking.set_rules(Rules(curated_pass=False), region_code=JATENG, by=cast.admin, now=now)
    other = make_product(cast.other_seller, now=now)
    make_edition(cast.curator, [other], now=now, number=2)
    assert (shown(other).is_curated, shown(other).is_checked) == (True, False)


def test_what_a_seller_changed_since_curators_looked_is_not_taken_as_checked(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    edit(slug, cast, now, name="Nama lain sama sekali")
    service.mark_curated({product_id_of(slug): 1}, now=now)
    assert not shown(slug).is_checked
    service.mark_curated({product_id_of(slug): 2}, now=now)
    assert shown(slug).is_checked


def test_what_a_companion_lists_is_checked_like_any_other_unless_the_region_says_otherwise(cast: Cast, now: datetime) -> None:
    shop, _ = make_kept_shop(cast.companion, "+6285240007788", now=now)
    row = shops.by_slug(shop)
    assert row
    first = service.publish(said(), photos={}, by=cast.companion, now=now, shop_id=row.id)
    checking.set_rules(Rules(companions_pass=True), region_code=JATENG, by=cast.admin, now=now)
    second = service.publish(said(), photos={}, by=cast.companion, now=now, shop_id=row.id)

    assert (shown(first).is_checked, shown(second).is_checked) == (False, True)
    assert noted()[-1] == ("passed", "companion")


def test_a_listing_from_before_moderators_counts_as_checked(cast: Cast, now: datetime) -> None:
    slug = make_product(cast.seller, now=now)
    with transaction():
        db.session.query(Review).delete()
    assert shown(slug).is_checked

    assert service.edit(slug, said(name="Nama baru"), photos={}, by=cast.seller, now=now) is Saved.WAITING
    decide(slug, Verdict.APPROVE, cast, now)
    assert shown(slug).name == "Nama baru"


def test_a_region_that_calls_nothing_material_lets_all_pass(cast: Cast, now: datetime, approved: str) -> None:
    checking.set_rules(Rules(material=frozenset({Field.KIND})), region_code=JATENG, by=cast.admin, now=now)

    assert edit(approved, cast, now, name="Nama lain", price=Rupiah(1)) is Saved.SHOWN
    assert noted()[-1] == ("passed", "small")
