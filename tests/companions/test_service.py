"""A seller is registered at a counter, and takes the shop over: once, by the right person, with everything in it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lapak.accounts import queries as accounts
from lapak.accounts import service as account_service
from lapak.accounts.models import Consent
from lapak.accounts.rules import Actor, Channel, Purpose, Role
from lapak.catalog import queries as catalog
from lapak.catalog import tasks as catalog_tasks
from lapak.catalog.rules import Draft, Saved, State, Supply
from lapak.catalog.service import listings as catalog_service
from lapak.catalog.service.stock import Line
from lapak.checking.rules import Verdict
from lapak.companions import queries, service
from lapak.db.base import db
from lapak.db.outbox import Delivery
from lapak.db.session import Query, transaction
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from lapak.kernel.money import Rupiah
from lapak.orders import tasks as order_tasks
from lapak.orders.queries import reading as order_queries
from lapak.orders.rules.states import State as OrderState
from lapak.orders.service import answering, placing
from lapak.orders.service.placing import OrderDraft
from lapak.photos import queries as photos
from lapak.shops import queries as shops
from lapak.shops import service as shop_service
from lapak.shops.models import Shop
from lapak.shops.queries import ShopRow
from lapak.shops.rules import CLAIM_LIFE, Keeping
from lapak.shops.service import SellerDraft
from tests.factories import JATENG, KEY, Cast, actor_of, claim_token_of, make_account, make_kept_shop, make_official, make_photo

PHONE = "+6285240002204"
SUM = SellerDraft("Sumiyati", PHONE, "Rengginang Bu Sum", "33.15")
DAY = timedelta(days=1)


def register(by: Actor, draft: SellerDraft = SUM, *, now: datetime, once: str = "", site: str = JATENG) -> str:
    return shop_service.register(draft, by=by, site_code=site, key=KEY, once=once, now=now)


def the_shop(slug: str) -> ShopRow:
    found = shops.by_slug(slug)
    assert found is not None
    return found


def sell(slug: str, by: Actor, *, now: datetime, photo: bool = True, **changes: Any) -> str:
    draft = Draft(**{"name": "Rengginang, 200 g", "price": Rupiah(15000), "supply": Supply.STOCK, "stock": 9, **changes})
    keys = {make_photo(by, now=now): ""} if photo else {}
    return catalog_service.publish(draft, photos=keys, by=by, now=now, shop_id=the_shop(slug).id)


def claim(token: str, by: Actor, *, now: datetime, days: int = 0, agrees: bool = False) -> None:
    service.claim(token, by=by, help_days=days, agrees=agrees, now=now)


def sent_to(phone: str) -> list[str]:
    return Query(select(Delivery.text).where(Delivery.phone == phone).order_by(Delivery.id), str).all()


def test_a_registered_shop_waits_for_its_seller_with_consent_and_a_link(cast: Cast, now: datetime) -> None:
    slug = register(cast.companion, now=now)
    shop, (consent,) = the_shop(slug), accounts.consents_of(PHONE)

    assert (shop.owner_id, shop.keeper_id, shop.whatsapp, shop.origin) == (None, cast.companion.id, PHONE, "companion")
    assert (consent.channel, consent.text_version, consent.recorder, consent.given_at) == (Channel.COUNTER, "2026-11", "Sri", now)
    assert shops.link_of(shop.id, now=now) is not None
    assert shops.seller_name(shop.id) == "Sumiyati"


def test_the_same_form_twice_is_one_shop(cast: Cast, now: datetime) -> None:
    first = register(cast.companion, now=now, once="form-1")
    again = register(cast.companion, now=now + DAY, once="form-1")

    assert first == again
    assert len(queries.kept_by(cast.companion.id, before=None, now=now).rows) == 1
    assert len(accounts.consents_of(PHONE)) == 1


def test_two_taps_at_once_are_one_shop(app: Flask, cast: Cast, now: datetime) -> None:
    def tap(_: int) -> str:
        with app.app_context():
            return register(cast.companion, now=now, once="form-1")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(tap, range(4)))) == 1


def test_one_companions_form_key_means_nothing_to_another(cast: Cast, now: datetime) -> None:
    other = make_official("+628112700108", "Tuti", Role.OFFICER, JATENG, now=now)
    first = register(cast.companion, now=now, once="form-1")
    second = register(other, replace(SUM, phone="+6285240002209"), now=now, once="form-1")

    assert first != second


@pytest.mark.parametrize("place", ["33", "13.77", "33.74.01", "99.99", ""])
def test_a_place_outside_the_site_is_refused(cast: Cast, now: datetime, place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        register(cast.companion, replace(SUM, region_code=place), now=now)
    assert "region_code" in refusal.value.fields
    assert accounts.consents_of(PHONE) == []


@pytest.mark.parametrize("who", ["seller", "curator", "far_admin", "newcomer"])
def test_only_who_accompanies_there_registers_anybody(cast: Cast, now: datetime, who: str) -> None:
    with pytest.raises(NotAllowed):
        register(getattr(cast, who), now=now)


def test_a_companion_of_one_kota_registers_nobody_outside_it(app: Flask, cast: Cast, now: datetime) -> None:
    local = make_official("+628112700110", "Wati", Role.COMPANION, "33.74", now=now)
    with pytest.raises(NotAllowed):
        register(local, now=now)
    assert register(local, replace(SUM, region_code="33.74"), now=now)


def test_a_number_in_use_is_refused_in_the_same_words_whosever_it_is(cast: Cast, now: datetime) -> None:
    other = make_official("+628112700108", "Tuti", Role.OFFICER, JATENG, now=now)
    make_kept_shop(other, "+6285240002210", now=now)
    make_kept_shop(cast.companion, "+6285240002211", now=now)
    said = set()
    for phone in (cast.seller.phone, cast.far_seller.phone, "+6285240002210", "+6285240002211"):
        with pytest.raises(Invalid) as refusal:
            register(cast.companion, replace(SUM, phone=phone), now=now)
        said.add(str(refusal.value.fields["phone"]))

    assert len(said) == 1


def test_a_number_that_only_buys_is_free(cast: Cast, now: datetime) -> None:
    assert register(cast.companion, replace(SUM, phone=cast.newcomer.phone), now=now)


def test_a_companion_lists_for_a_seller_until_the_seller_takes_over(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    product = sell(slug, cast.companion, now=now)
    catalog_service.set_state(product, State.PAUSED, by=cast.companion, now=now)
    claim(token, make_account(PHONE, now=now), now=now)

    with pytest.raises(NotFound):
        sell(slug, cast.companion, now=now)
    with pytest.raises(NotFound):
        catalog_service.set_state(product, State.ACTIVE, by=cast.companion, now=now)
    with pytest.raises(NotFound):
        shop_service.correct(slug, SUM, by=cast.companion, site_code=JATENG, now=now)


def test_a_companion_whose_office_ended_keeps_nothing(cast: Cast, now: datetime) -> None:
    slug, _ = make_kept_shop(cast.companion, PHONE, now=now)
    retired = replace(cast.companion, roles=())

    with pytest.raises(NotFound):
        sell(slug, retired, now=now, photo=False)
    with pytest.raises(NotFound):
        shop_service.make_link(slug, by=retired, key=KEY, now=now)


def test_claiming_passes_shop_photos_and_desk_to_the_seller(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    product = catalog.by_slug(sell(slug, cast.companion, now=now))
    seller = make_account(PHONE, now=now)
    claim(token, seller, now=now)
    keys = [photo.key for photo in catalog.photos_of(product.id)] if product else []

    assert the_shop(slug).owner_id == seller.id
    assert actor_of(PHONE).name == "Sumiyati"
    assert [held.role for held in actor_of(PHONE).roles] == [Role.SELLER]
    assert len(keys) == 1
    assert [photo.key for photo in photos.by_keys(keys, seller.id)] == keys
    assert photos.by_keys(keys, cast.companion.id) == []
    assert queries.kept_by(cast.companion.id, before=None, now=now).rows[0].keeping(now) is Keeping.TAKEN


def test_claiming_passes_the_photos_of_a_waiting_version_too(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    listing = sell(slug, cast.companion, now=now)
    catalog_service.decide(listing, Verdict.APPROVE, revision=1, reason="", note="", by=cast.curator, now=now)
    fresh = make_photo(cast.companion, now=now)
    draft = Draft("Rengginang pedas", Rupiah(15000))
    assert catalog_service.edit(listing, draft, photos={fresh: ""}, by=cast.companion, now=now) is Saved.WAITING
    seller = make_account(PHONE, now=now)
    claim(token, seller, now=now)

    assert [photo.key for photo in photos.by_keys([fresh], seller.id)] == [fresh]


def test_a_link_is_good_once_but_its_owner_has_arrived_already(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    seller = make_account(PHONE, now=now)
    claim(token, seller, now=now, days=30)
    claim(token, seller, now=now, days=90)

    assert the_shop(slug).keeper_until == now + 30 * DAY
    with pytest.raises(NotFound):
        claim(token, cast.newcomer, now=now)


@pytest.mark.parametrize("which", ["unknown", "expired", "replaced"])
def test_a_link_that_is_not_good_says_the_same_whatever_the_reason(cast: Cast, now: datetime, which: str) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    seller = make_account(PHONE, now=now)
    if which == "replaced":
        shop_service.make_link(slug, by=cast.companion, key=KEY, now=now)
    with pytest.raises(NotFound, match="tidak berlaku"):
        claim("x" * 27 if which == "unknown" else token, seller, now=now + CLAIM_LIFE if which == "expired" else now)
    assert the_shop(slug).owner_id is None


def test_a_new_link_is_another_and_works(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    shop_service.make_link(slug, by=cast.companion, key=KEY, now=now)
    fresh = claim_token_of(slug, now=now)
    claim(fresh, make_account(PHONE, now=now), now=now)

    assert fresh != token
    assert the_shop(slug).owner_id is not None


def test_another_number_is_refused_with_two_digits_and_no_more(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    with pytest.raises(NotAllowed) as refusal:
        claim(token, cast.newcomer, now=now)

    assert "berakhir 04" in str(refusal.value)
    assert "2204" not in str(refusal.value)
    assert the_shop(slug).owner_id is None


def test_somebody_with_a_shop_gets_no_second(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    seller = make_account(PHONE, now=now)
    shop_service.open_shop(shop_service.ShopDraft("Lain", "33.15"), by=seller, site_code=JATENG, now=now)
    with pytest.raises(Conflict, match="sudah punya lapak"):
        claim(token, seller, now=now)
    assert the_shop(slug).owner_id is None


def test_two_at_once_have_one_winner(app: Flask, cast: Cast, now: datetime) -> None:
    slug, _ = make_kept_shop(cast.companion, PHONE, now=now)
    no_number(slug, cast, now=now)
    token = claim_token_of(slug, now=now)
    rivals = [make_account(f"+62852400030{n:02}", now=now) for n in range(6)]

    def attempt(person: Actor) -> bool:
        with app.app_context():
            try:
                claim(token, person, now=now, agrees=True)
            except NotFound:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        won = [person for person, has_won in zip(rivals, pool.map(attempt, rivals), strict=True) if has_won]

    assert len(won) == 1
    assert (the_shop(slug).owner_id, the_shop(slug).whatsapp) == (won[0].id, won[0].phone)


def no_number(slug: str, cast: Cast, *, now: datetime) -> None:
    """Make it a shop as an import leaves it: nobody answers there yet."""
    with transaction():
        db.session.execute(update(Shop).where(Shop.slug == slug).values(whatsapp="", origin="import", seller_name=None))


def test_an_imported_shop_without_number_goes_to_whoever_holds_the_link_and_agrees(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    no_number(slug, cast, now=now)
    with pytest.raises(Invalid) as refusal:
        claim(token, cast.newcomer, now=now)
    assert set(refusal.value.fields) == {"consent"}
    claim(token, cast.newcomer, now=now, agrees=True)

    assert (the_shop(slug).owner_id, the_shop(slug).whatsapp) == (cast.newcomer.id, cast.newcomer.phone)
    assert accounts.consents_of(cast.newcomer.phone)[0].channel is Channel.PAGE


def test_an_admin_of_the_region_hands_over_what_nobody_owns(cast: Cast, now: datetime) -> None:
    slug, _ = make_kept_shop(cast.companion, PHONE, now=now)
    shop_service.make_link(slug, by=cast.admin, key=KEY, now=now)
    with pytest.raises(NotFound):
        shop_service.make_link(slug, by=cast.far_admin, key=KEY, now=now)
    with pytest.raises(NotFound):
        sell(slug, cast.admin, now=now, photo=False)

    assert [row.slug for row in queries.unclaimed(JATENG, keeper_id=cast.admin.id, before=None, now=now).rows] == [slug]
    assert queries.unclaimed("13.77", keeper_id=cast.far_admin.id, before=None, now=now).rows == []


def test_the_seller_lets_the_companion_help_and_ends_it(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    seller = make_account(PHONE, now=now)
    claim(token, seller, now=now)
    shop_service.let_help(90, by=seller, now=now)
    product = sell(slug, cast.companion, now=now + 89 * DAY)
    with pytest.raises(NotFound):
        sell(slug, cast.companion, now=now + 90 * DAY, photo=False)
    shop_service.let_help(0, by=seller, now=now)
    with pytest.raises(NotFound):
        catalog_service.set_state(product, State.PAUSED, by=cast.companion, now=now)
    found = catalog.by_slug(product)
    keys = [photo.key for photo in catalog.photos_of(found.id)] if found else []

    assert [photo.key for photo in photos.by_keys(keys, seller.id)] == keys != []


def test_a_seller_without_companion_has_nobody_to_let_in(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotFound):
        shop_service.let_help(30, by=cast.seller, now=now)


@pytest.mark.parametrize("days", [-1, 7, 10**9])
def test_help_lasts_thirty_or_ninety_days_only(cast: Cast, now: datetime, days: int) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    with pytest.raises(Invalid):
        claim(token, make_account(PHONE, now=now), now=now, days=days)
    assert the_shop(slug).owner_id is None


def test_a_mistyped_number_is_put_right_and_its_link_dies(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    right = "+6285240002299"
    shop_service.correct(slug, replace(SUM, phone=right), by=cast.companion, site_code=JATENG, now=now)

    assert (the_shop(slug).whatsapp, shops.offer(token, now=now)) == (right, None)
    assert (accounts.consents_of(PHONE), len(accounts.consents_of(right))) == ([], 1)


def test_putting_right_takes_no_number_that_is_in_use(cast: Cast, now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    with pytest.raises(Invalid):
        shop_service.correct(slug, replace(SUM, phone=cast.seller.phone), by=cast.companion, site_code=JATENG, now=now)
    shop_service.correct(slug, replace(SUM, shop_name="Rengginang Sumi"), by=cast.companion, site_code=JATENG, now=now)

    assert the_shop(slug).name == "Rengginang Sumi"
    assert shops.offer(token, now=now) is not None


def test_a_link_is_sent_once_an_hour_however_many_are_made(cast: Cast, now: datetime) -> None:
    slug, _ = make_kept_shop(cast.companion, PHONE, now=now)
    shop_service.send_link(slug, "satu", by=cast.companion, now=now)
    shop_service.make_link(slug, by=cast.companion, key=KEY, now=now)
    with pytest.raises(TooMany):
        shop_service.send_link(slug, "dua", by=cast.companion, now=now + timedelta(minutes=59))
    shop_service.send_link(slug, "tiga", by=cast.companion, now=now + timedelta(hours=1))

    assert sent_to(PHONE) == ["satu", "tiga"]


def test_nothing_is_sent_without_a_good_link(cast: Cast, now: datetime) -> None:
    slug, _ = make_kept_shop(cast.companion, PHONE, now=now)
    with pytest.raises(Conflict):
        shop_service.send_link(slug, "satu", by=cast.companion, now=now + CLAIM_LIFE)
    assert sent_to(PHONE) == []


def test_consent_taken_back_stops_the_shop_and_its_keeper(cast: Cast, now: datetime) -> None:
    slug, _ = make_kept_shop(cast.companion, PHONE, now=now)
    product = sell(slug, cast.companion, now=now)
    seller = make_account(PHONE, now=now)
    (consent,) = accounts.consents_of(PHONE)
    with pytest.raises(NotFound):
        account_service.withdraw_consent(consent.id, by=cast.newcomer, now=now)
    account_service.withdraw_consent(consent.id, by=seller, now=now)
    account_service.withdraw_consent(consent.id, by=seller, now=now + DAY)
    catalog_tasks.stop_showing(PHONE, Purpose.SHOP)
    found = catalog.by_slug(product)

    assert found is not None
    assert found.state is State.PAUSED
    assert accounts.consents_of(PHONE)[0].withdrawn_at == now
    assert not accounts.agrees(PHONE, Purpose.SHOP)
    with pytest.raises(NotFound):
        catalog_service.set_state(product, State.ACTIVE, by=cast.companion, now=now + 1000 * DAY)


def test_consent_that_stands_is_not_written_down_twice(cast: Cast, now: datetime) -> None:
    for _ in range(2):
        account_service.record_consent(PHONE, Purpose.SHOP, channel=Channel.COUNTER, by=cast.companion, now=now)

    assert len(Query(select(Consent.id), int).all()) == 1


def tell(order_id: int) -> None:
    """Run the listener as the relay does, in a transaction of its own."""
    with transaction():
        order_tasks.tell_seller(order_id)


@pytest.fixture
def ordered(app: Flask, cast: Cast, now: datetime) -> Callable[[str], str]:
    def order(slug: str) -> str:
        product = catalog.by_slug(sell(slug, cast.companion, now=now))
        assert product is not None
        draft = OrderDraft("Rina", "Makassar", "", (Line(product.id, 1),))
        token = placing.place(draft, shop_id=product.shop_id, idempotency_key=product.slug, origin="o", site_code=JATENG, key=KEY, now=now)
        found = order_queries.by_token(token)
        assert found is not None
        tell(found.id)
        return found.code

    return order


def test_an_order_of_an_unclaimed_shop_is_told_to_both_and_answered_by_the_companion(
    cast: Cast, ordered: Callable[[str], str], now: datetime
) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    code = ordered(slug)
    assert code in sent_to(PHONE)[0]
    assert "Rengginang Bu Sum" in sent_to(cast.companion.phone)[0]
    with pytest.raises(NotFound):
        answering.confirm(code, by=cast.seller, now=now)
    answering.confirm(code, by=cast.companion, now=now)
    seller = make_account(PHONE, now=now)
    claim(token, seller, now=now)
    with pytest.raises(NotFound):
        answering.complete(code, by=cast.companion, now=now)
    answering.complete(code, by=seller, now=now)
    found = order_queries.by_code(code, shop_id=the_shop(slug).id)

    assert found is not None
    assert found.state is OrderState.COMPLETED


def test_an_order_of_a_claimed_shop_is_told_to_its_seller_alone(cast: Cast, ordered: Callable[[str], str], now: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=now)
    code = ordered(slug)
    told = len(sent_to(cast.companion.phone))
    claim(token, make_account(PHONE, now=now), now=now)
    found = order_queries.by_code(code, shop_id=the_shop(slug).id)
    assert found is not None
    tell(found.id)

    assert "dasbor Anda" in sent_to(PHONE)[-1]
    assert len(sent_to(cast.companion.phone)) == told
