"""Who may say how a shop is paid, a code that is swapped, two tabs at once, and pictures of codes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lapak.accounts.rules import Actor
from lapak.db.outbox import Delivery
from lapak.db.session import Query
from lapak.kernel.errors import Conflict, Invalid, NotFound
from lapak.payments import policy, queries, rules, service
from lapak.payments.models import QrisDraft
from lapak.payments.rules import Way
from lapak.payments.service import CashDraft, TransferDraft
from lapak.shops import queries as shops
from lapak.shops import service as shops_service
from lapak.shops.service import ShopDraft
from tests.factories import Cast, make_account, make_kept_shop, shop_id_of
from tests.payments.codes import NMID, OTHER_NMID, drawn, jpeg, qris, snapshot
from tests.photos.files import photo, png_of_zeros
from tests.visiting import count_queries

BRI = TransferDraft("BRI", "1234567890", "Darmi")
DARMI = qris("DARMI SNACK")
BUDI = qris("BUDI SANTOSO", nmid=OTHER_NMID)


def told(phone: str) -> list[str]:
    return Query(select(Delivery.text).where(Delivery.phone == phone).order_by(Delivery.id), str).all()


def key_of(shop_id: int) -> str:
    waiting = queries.waiting(shop_id)
    assert waiting is not None
    return waiting.key


def seen(shop_id: int) -> int:
    return queries.ways(shop_id).version


@pytest.fixture
def shop(cast: Cast) -> int:
    return shop_id_of(cast.seller)


def test_a_shop_that_said_nothing_has_no_way(shop: int) -> None:
    ways = queries.ways(shop)

    assert ways.is_empty
    assert (ways.version, ways.transfer, ways.cash, ways.qris) == (0, None, None, None)
    assert queries.ways(999_999).is_empty


def test_everything_an_order_page_needs_is_one_statement(
    shop: int, cast: Cast, now: datetime, queries: Callable[[], count_queries]
) -> None:
    from lapak.payments import queries as payments  # noqa: PLC0415 - the fixture has the name

    service.set_transfer(shop, BRI, seen=0, by=cast.seller, now=now)
    service.set_cash(shop, CashDraft(takes_cash=True, note="Saat diambil."), seen=1, by=cast.seller, now=now)
    service.offer_code(shop, DARMI, seen=2, by=cast.seller, now=now)
    with queries() as sql:
        ways = payments.ways(shop)

    assert len(sql.statements) == 1
    assert ways.transfer == payments.Transfer("BRI", "1234567890", "Darmi")
    assert ways.cash == payments.Cash("Saat diambil.")
    assert ways.qris
    assert (ways.qris.name, ways.qris.nmid, ways.qris.taken_at, ways.version) == ("DARMI SNACK", NMID, now, 3)


def test_a_way_can_be_taken_back(shop: int, cast: Cast, now: datetime) -> None:
    service.set_transfer(shop, BRI, seen=0, by=cast.seller, now=now)
    service.set_cash(shop, CashDraft(takes_cash=True, note="x"), seen=1, by=cast.seller, now=now)
    service.set_transfer(shop, TransferDraft("", "", ""), seen=2, by=cast.seller, now=now)
    service.set_cash(shop, CashDraft(takes_cash=False, note="x"), seen=3, by=cast.seller, now=now)

    assert queries.ways(shop).is_empty


def strangers(cast: Cast) -> list[Actor]:
    return [cast.other_seller, cast.curator, cast.admin, cast.far_seller, cast.far_admin, cast.newcomer, cast.companion]


def attempts(shop_id: int, by: Actor, now: datetime) -> list[Callable[[], Any]]:
    return [
        lambda: service.set_transfer(shop_id, BRI, seen=seen(shop_id), by=by, now=now),
        lambda: service.set_cash(shop_id, CashDraft(takes_cash=True, note=""), seen=seen(shop_id), by=by, now=now),
        lambda: service.offer_code(shop_id, DARMI, seen=seen(shop_id), by=by, now=now),
        lambda: service.take_code(shop_id, "x", seen=seen(shop_id), by=by, now=now),
        lambda: service.drop_code(shop_id, "x", seen=seen(shop_id), by=by, now=now),
    ]


def test_nobody_but_the_owner_leads_the_money(shop: int, cast: Cast, now: datetime) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    before = queries.ways(shop)
    for stranger in strangers(cast):
        for attempt in attempts(shop, stranger, now):
            with pytest.raises(NotFound):
                attempt()

    assert queries.ways(shop) == before


def test_a_shop_that_waits_for_its_owner_is_paid_in_no_way_by_anybody(cast: Cast, now: datetime) -> None:
    slug, _token = make_kept_shop(cast.companion, "+6285240002299", now=now)
    kept = shops.by_slug(slug)
    assert kept is not None
    for person in (cast.companion, cast.admin, cast.seller):
        for attempt in attempts(kept.id, person, now):
            with pytest.raises(NotFound):
                attempt()


def test_a_companion_looks_while_helping_and_changes_nothing(cast: Cast, now: datetime) -> None:
    phone = "+6285240002299"
    slug, token = make_kept_shop(cast.companion, phone, now=now)
    owner = make_account(phone, "Bu Sum", now=now)
    shops_service.claim(token, by=owner, help_days=30, agrees=True, now=now)
    row = shops.by_slug(slug)
    assert row is not None

    assert policy.may_see_ways(cast.companion, row, now=now)
    assert policy.may_see_ways(owner, row, now=now)
    assert policy.may_set_ways(owner, row)
    assert not policy.may_set_ways(cast.companion, row)
    assert not policy.may_see_ways(cast.companion, row, now=now + timedelta(days=31))
    assert not any(policy.may_see_ways(one, row, now=now) for one in (cast.admin, cast.other_seller, cast.curator, None))
    for attempt in attempts(row.id, cast.companion, now):
        with pytest.raises(NotFound):
            attempt()


def test_a_first_code_with_the_shops_name_counts_at_once_and_is_told(shop: int, cast: Cast, now: datetime) -> None:
    assert service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)

    (message,) = told(cast.seller.phone)
    assert "QRIS lapak Bu Darmi kini atas nama DARMI SNACK" in message
    assert DARMI not in message


def test_a_first_code_with_a_strangers_name_waits_for_the_seller(shop: int, cast: Cast, now: datetime) -> None:
    assert not service.offer_code(shop, BUDI, seen=0, by=cast.seller, now=now)
    assert queries.ways(shop).qris is None
    assert told(cast.seller.phone) == []

    service.take_code(shop, key_of(shop), seen=1, by=cast.seller, now=now)
    code = queries.ways(shop).qris
    assert code
    assert code.name == "BUDI SANTOSO"


def test_a_swapped_code_counts_only_once_the_seller_says_so(shop: int, cast: Cast, now: datetime) -> None:
    later = now + timedelta(hours=3)
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    assert not service.offer_code(shop, BUDI, seen=1, by=cast.seller, now=later)
    shown, waiting = queries.ways(shop).qris, queries.waiting(shop)
    assert shown
    assert waiting
    assert (shown.name, waiting.name) == ("DARMI SNACK", "BUDI SANTOSO")

    service.take_code(shop, waiting.key, seen=2, by=cast.seller, now=later)
    shown = queries.ways(shop).qris
    assert shown
    assert (shown.name, shown.taken_at, queries.waiting(shop)) == ("BUDI SANTOSO", later, None)
    newest, first = queries.changes(shop)
    assert (newest.way, newest.by, newest.at) == (Way.QRIS, "Bu Darmi", later)
    assert (newest.number_before, newest.name_before, newest.number_after, newest.name_after) == (
        NMID,
        "DARMI SNACK",
        OTHER_NMID,
        "BUDI SANTOSO",
    )
    assert (first.number_before, first.name_after) == ("", "DARMI SNACK")
    assert "Tadinya atas nama DARMI SNACK, kini BUDI SANTOSO" in told(cast.seller.phone)[-1]


def test_a_code_that_differs_in_its_account_alone_waits_too(shop: int, cast: Cast, now: datetime) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    other = qris("DARMI SNACK", t26="0014COM.GO-JEK.WWW0118936009149999999999")

    assert not service.offer_code(shop, other, seen=1, by=cast.seller, now=now)


def test_a_change_is_told_to_the_shops_number_and_to_its_owners(shop: int, cast: Cast, now: datetime) -> None:
    shops_service.edit_shop(
        ShopDraft("Bu Darmi", "33.15", whatsapp="+6281200000077"), by=cast.seller, site_code="33", now=now
    )  # fmt: skip
    service.set_transfer(shop, BRI, seen=0, by=cast.seller, now=now)

    assert told(cast.seller.phone) == told("+6281200000077")
    assert "rekening transfer lapak Bu Darmi kini atas nama Darmi" in told(cast.seller.phone)[0]
    assert "1234567890" not in told(cast.seller.phone)[0]
    assert queries.changes(shop)[0].number_after == "BRI …7890"


def test_the_same_again_changes_nothing_whatever_was_seen(shop: int, cast: Cast, now: datetime) -> None:
    cash = CashDraft(takes_cash=True, note="")
    for _ in range(2):
        service.set_transfer(shop, BRI, seen=0, by=cast.seller, now=now)
    for _ in range(2):
        service.set_cash(shop, cash, seen=1, by=cast.seller, now=now)
    assert [service.offer_code(shop, DARMI, seen=2, by=cast.seller, now=now) for _ in range(2)] == [True, True]
    assert [service.offer_code(shop, BUDI, seen=3, by=cast.seller, now=now) for _ in range(2)] == [False, False]
    key = key_of(shop)
    for _ in range(2):
        service.take_code(shop, key, seen=4, by=cast.seller, now=now)
    for _ in range(2):
        service.drop_code(shop, key, seen=5, by=cast.seller, now=now)

    assert seen(shop) == 6
    assert len(queries.changes(shop)) == len(told(cast.seller.phone)) == 4


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_tabs_the_later_is_told(shop: int, cast: Cast, now: datetime, first: int) -> None:
    if first:
        service.set_cash(shop, CashDraft(takes_cash=True, note=""), seen=0, by=cast.seller, now=now)
    service.set_transfer(shop, BRI, seen=first, by=cast.seller, now=now)
    with pytest.raises(Conflict, match="tidak disimpan"):
        service.set_transfer(shop, TransferDraft("BCA", "99887766", "Budi"), seen=first, by=cast.seller, now=now)
    with pytest.raises(Conflict):
        service.offer_code(shop, DARMI, seen=first, by=cast.seller, now=now)

    transfer = queries.ways(shop).transfer
    assert transfer
    assert transfer.bank == "BRI"


def test_a_tab_confirms_the_code_that_it_showed_and_no_other(shop: int, cast: Cast, now: datetime) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    service.offer_code(shop, BUDI, seen=1, by=cast.seller, now=now)
    shown = key_of(shop)
    service.offer_code(shop, qris("SITI"), seen=2, by=cast.seller, now=now)
    for version in (2, 3):
        with pytest.raises(Conflict):
            service.take_code(shop, shown, seen=version, by=cast.seller, now=now)

    code = queries.ways(shop).qris
    assert code
    assert code.name == "DARMI SNACK"


def test_a_code_that_waits_can_be_thrown_away_quietly(shop: int, cast: Cast, now: datetime) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    service.offer_code(shop, BUDI, seen=1, by=cast.seller, now=now)
    service.drop_code(shop, key_of(shop), seen=2, by=cast.seller, now=now)

    assert queries.waiting(shop) is None
    assert queries.ways(shop).qris
    assert len(queries.changes(shop)) == 1


def test_a_code_that_buyers_see_can_be_removed_and_that_is_told(shop: int, cast: Cast, now: datetime) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    code = queries.ways(shop).qris
    assert code
    service.drop_code(shop, code.key, seen=1, by=cast.seller, now=now)

    assert queries.ways(shop).qris is None
    assert "sudah dihapus" in told(cast.seller.phone)[-1]


def test_a_code_of_another_shop_is_not_touched(shop: int, cast: Cast, now: datetime) -> None:
    theirs = shop_id_of(cast.other_seller)
    service.offer_code(theirs, qris("KOPI SINDORO"), seen=0, by=cast.other_seller, now=now)
    code = queries.ways(theirs).qris
    assert code
    service.drop_code(shop, code.key, seen=0, by=cast.seller, now=now)
    with pytest.raises(Conflict):
        service.take_code(shop, code.key, seen=0, by=cast.seller, now=now)

    assert queries.ways(theirs).qris == code


def test_a_refused_code_leaves_no_trace(shop: int, cast: Cast, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    with pytest.raises(Invalid):
        service.offer_code(shop, qris("BUDI", t01="12", t54="1000"), seen=1, by=cast.seller, now=now)

    assert (seen(shop), queries.waiting(shop)) == (1, None)
    assert "000201" not in caplog.text


# Pictures -----------------------------------------------------------------------------------------------------------------


def test_a_tilted_grainy_snapshot_is_read(cast: Cast, now: datetime) -> None:
    (found,) = service.codes_in(snapshot(DARMI), by=cast.seller, now=now)

    assert found.text == DARMI


def test_of_two_codes_in_a_picture_both_are_offered(cast: Cast, now: datetime) -> None:
    found = service.codes_in(snapshot(DARMI, BUDI), by=cast.seller, now=now)

    assert {one.name for one in found} == {"DARMI SNACK", "BUDI SANTOSO"}


def test_a_code_that_is_no_qris_beside_one_does_not_disturb(cast: Cast, now: datetime) -> None:
    (found,) = service.codes_in(snapshot(DARMI, "https://warung.example"), by=cast.seller, now=now)

    assert found.name == "DARMI SNACK"


def test_the_same_code_twice_in_a_picture_is_one(cast: Cast, now: datetime) -> None:
    assert len(service.codes_in(snapshot(DARMI, DARMI), by=cast.seller, now=now)) == 1


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (photo, "Tidak ada kode QR"),
        (lambda: jpeg(drawn("https://evil.example/bayar")), "bukan QRIS"),
        (lambda: jpeg(drawn(qris(t01="12", t54="25000"))), "satu pembayaran saja"),
        (lambda: png_of_zeros(60_000, 60_000), "megapiksel"),
        (lambda: photo("PNG")[:2000], "rusak atau terpotong"),
        (lambda: b"\x89PNG\r\n\x1a\n", "rusak atau terpotong"),
        (lambda: b"", "kosong"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (lambda: b"%PDF-1.7", "PDF"),
        (lambda: b"x" * (15 * 1024 * 1024 + 1), "Paling besar"),
    ],
)  # fmt: skip
def test_a_hostile_or_useless_picture_is_told_clearly(cast: Cast, now: datetime, picture: Callable[[], bytes], words: str) -> None:
    with pytest.raises(Invalid) as refused:
        service.codes_in(picture(), by=cast.seller, now=now)

    assert words in refused.value.fields["photo"]


# Opening a shop -----------------------------------------------------------------------------------------------------------


def open_shop(person: Actor, name: str, now: datetime) -> int:
    shops_service.open_shop(ShopDraft(name, "33.15"), by=person, site_code="33", now=now)
    return shop_id_of(person)


def drafts() -> int:
    return len(Query(select(QrisDraft.account_id), int).all())


def test_a_code_shown_while_opening_comes_with_the_shop_once(cast: Cast, now: datetime) -> None:
    service.keep_draft(qris("SITI"), by=cast.newcomer, now=now)
    service.keep_draft(qris("RENGGINANG SUM"), by=cast.newcomer, now=now)
    shop = open_shop(cast.newcomer, "Rengginang Sum", now)
    for _ in range(2):
        service.use_draft(shop, now=now)

    code = queries.ways(shop).qris
    assert code
    assert (code.name, code.taken_at, drafts(), seen(shop)) == ("RENGGINANG SUM", now, 0, 1)


def test_a_code_of_another_name_waits_in_the_new_shop(cast: Cast, now: datetime) -> None:
    service.keep_draft(BUDI, by=cast.newcomer, now=now)
    shop = open_shop(cast.newcomer, "Rengginang Sum", now)
    service.use_draft(shop, now=now)

    assert queries.ways(shop).qris is None
    assert queries.waiting(shop)
    assert "atas nama BUDI SANTOSO tidak mirip nama lapak Rengginang Sum" in told(cast.newcomer.phone)[-1]


def test_a_shop_that_has_its_ways_keeps_them(shop: int, cast: Cast, now: datetime) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    service.keep_draft(BUDI, by=cast.seller, now=now)
    service.use_draft(shop, now=now)

    assert (queries.waiting(shop), seen(shop), drafts()) == (None, 1, 0)


def test_a_shop_without_owner_or_draft_gets_nothing(shop: int, cast: Cast, now: datetime) -> None:
    slug, _token = make_kept_shop(cast.companion, "+6285240002299", now=now)
    kept = shops.by_slug(slug)
    assert kept is not None
    for shop_id in (shop, kept.id, 999_999):
        service.use_draft(shop_id, now=now)

    assert queries.ways(shop).is_empty


def test_a_code_whose_shop_never_came_is_forgotten_after_a_week(cast: Cast, now: datetime) -> None:
    service.keep_draft(DARMI, by=cast.newcomer, now=now)
    service.keep_draft(DARMI, by=cast.companion, now=now + timedelta(days=2))

    assert service.forget_drafts(now=now + timedelta(days=7, minutes=1)) == 1
    assert drafts() == 1


def test_an_amount_that_no_code_can_hold_leaves_the_original(shop: int, cast: Cast, now: datetime) -> None:
    service.offer_code(shop, DARMI, seen=0, by=cast.seller, now=now)
    code = queries.ways(shop).qris
    assert code
    assert code.drawn_for(0) is None
    assert code.drawn_for(rules.MOST_AMOUNT + 1) is None
    assert code.drawn_for(45_000) != code.drawn()
