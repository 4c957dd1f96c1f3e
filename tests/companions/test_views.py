"""The counter's pages, and the page behind a claim link."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from lapak.accounts import queries as accounts
from lapak.accounts.rules import Actor
from lapak.catalog import queries as catalog
from lapak.companions import service
from lapak.companions.adapters import qr_svg
from lapak.shops import queries as shops
from lapak.shops import service as shop_service
from tests.factories import KEY, Cast, claim_token_of, make_account, make_kept_shop, make_product, picture
from tests.visiting import Visit, check_page

PHONE = "+6285240002204"
SELLER = {"seller_name": "Sumiyati", "phone": "0852 4000 2204", "name": "", "region_code": "33.15", "consent": "y", "once": "form-1"}
SignIn = Callable[[Actor | None], FlaskClient]


@pytest.fixture
def today() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def _no_csrf(app: object) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # type: ignore[attr-defined]


def test_a_seller_is_registered_and_on_sale_in_two_forms(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    companion = sign_in(cast.companion)
    page = visit("/pendampingan/baru", client=companion)
    assert not page.select_one("#consent[checked]")
    first = companion.post("/pendampingan/baru", data=SELLER)
    slug = first.location.partition("lapak=")[2]
    assert first.status_code == 303
    visit(first.location, client=companion)
    photo = (BytesIO(picture()), "rengginang.jpg")
    second = companion.post(first.location, data={"name": "Rengginang, 200 g", "price": "15 rb", "photos": photo, "once": "p-1"})
    assert second.location == f"/pendampingan/{slug}"
    shown = visit(second.location, client=companion)
    assert "Rengginang, 200 g" in shown.get_text()
    assert "Sumiyati" in visit("/pendampingan", client=companion).get_text()
    assert "Rengginang, 200 g" in visit(f"/lapak/{slug}").get_text()


def test_sent_twice_it_is_one_shop(cast: Cast, sign_in: SignIn) -> None:
    companion = sign_in(cast.companion)
    assert companion.post("/pendampingan/baru", data=SELLER).location == companion.post("/pendampingan/baru", data=SELLER).location


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"consent": ""}, "setelah penjual setuju"),
        ({"phone": "021 555"}, "nomor ponsel"),
        ({"seller_name": " "}, "Tulis nama orangnya"),
        ({"region_code": "13.77"}, "Pilih satu dari daftar"),
        ({"phone": "0812 2745 0913"}, "sudah dipakai sebuah lapak"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(cast: Cast, sign_in: SignIn, changes: dict[str, str], says: str) -> None:
    answer = sign_in(cast.companion).post("/pendampingan/baru", data={**SELLER, **changes})
    page = check_page(answer.text, "/pendampingan/baru")

    assert answer.status_code == 422
    assert says in page.get_text()
    assert accounts.consents_of(PHONE) == []


def test_the_next_form_has_the_last_place_chosen(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    companion = sign_in(cast.companion)
    companion.post("/pendampingan/baru", data=SELLER)
    chosen = visit("/pendampingan/baru", client=companion).select_one("#region_code option[selected]")

    assert chosen is not None
    assert chosen["value"] == "33.15"


def test_a_companion_adds_and_changes_for_a_seller_with_the_sellers_photos(
    cast: Cast, sign_in: SignIn, visit: Visit, today: datetime
) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=today)
    companion, seller = sign_in(cast.companion), make_account(PHONE, now=today)
    form = {"name": "Rengginang", "price": "15000", "supply": "stock", "stock": "9", "reach": "local", "category": ""}
    visit(f"/dasbor/produk/baru?lapak={slug}", client=companion)
    added = companion.post(f"/dasbor/produk/baru?lapak={slug}", data={**form, "photos": (BytesIO(picture()), "a.jpg")})
    assert added.location == f"/pendampingan/{slug}"
    shop = shops.by_slug(slug)
    assert shop is not None
    (card,) = catalog.mine(shop.id)
    service.claim(token, by=seller, help_days=30, agrees=False, now=today)
    page = visit(f"/dasbor/produk/{card.slug}", client=companion)
    keys = [str(field["value"]) for field in page.select("[name=photo_keys]")]
    assert len(keys) == 1
    saved = companion.post(
        f"/dasbor/produk/{card.slug}",
        data={**form, "name": "Rengginang manis", "photo_keys": keys, "photos": (BytesIO(picture("#345")), "b.jpg")},
    )
    assert saved.status_code == 303
    own = visit(f"/dasbor/produk/{card.slug}", client=sign_in(seller))
    assert len(own.select("[name=photo_keys]")) == 2


@pytest.mark.parametrize("path", ["/dasbor/produk/baru?lapak=", "/mulai-jualan/produk?lapak=", "/dasbor/jenis?nama=kopi&lapak="])
def test_a_shop_that_one_does_not_keep_answers_like_one_that_is_not_there(cast: Cast, sign_in: SignIn, today: datetime, path: str) -> None:
    make_product(cast.seller, now=today)
    theirs = shops.owned_by(cast.seller.id)
    assert theirs is not None
    for client in (sign_in(cast.companion), sign_in(cast.other_seller)):
        answers = [client.get(path + slug) for slug in (theirs.slug, "tidak-ada")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].data == answers[1].data


def test_the_sheet_shows_the_link_as_a_picture_and_in_words(cast: Cast, sign_in: SignIn, visit: Visit, today: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=today)
    companion = sign_in(cast.companion)
    page = visit(f"/pendampingan/{slug}/lembar", client=companion)
    qr = companion.get(f"/pendampingan/{slug}/qr.svg")
    again = visit(f"/pendampingan/{slug}/lembar", client=companion)

    assert f"http://localhost/klaim/{token}" in page.get_text()
    assert "berakhir 04" in page.get_text()
    assert "2204" not in page.get_text()
    assert token in again.get_text()
    assert (qr.mimetype, qr.data) == ("image/svg+xml", qr_svg(f"http://localhost/klaim/{token}"))
    assert qr.headers["Cache-Control"] == "no-store"


def test_the_picture_is_an_image_that_runs_nothing() -> None:
    root = ET.fromstring(qr_svg("https://lapak.example/klaim/" + "x" * 32))  # noqa: S314 - our own bytes

    assert {tag.tag.rpartition("}")[2] for tag in root.iter()} <= {"svg", "path", "g"}
    assert not [name for tag in root.iter() for name in tag.attrib if name.startswith("on") or name == "style"]


def test_an_expired_link_has_no_sheet_and_no_picture(cast: Cast, sign_in: SignIn, today: datetime) -> None:
    slug, _ = make_kept_shop(cast.companion, PHONE, now=today - timedelta(days=31))
    companion = sign_in(cast.companion)

    assert companion.get(f"/pendampingan/{slug}/lembar").location == f"/pendampingan/{slug}"
    assert companion.get(f"/pendampingan/{slug}/qr.svg").status_code == 404
    assert "Belum ada tautan" in companion.get(f"/pendampingan/{slug}").text


def test_looking_at_a_link_uses_nothing_up(cast: Cast, visit: Visit, today: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=today)
    for _ in range(3):
        page = visit(f"/klaim/{token}")
    text = page.get_text()

    assert ("Rengginang Bu Sum" in text, "Grobogan" in text) == (True, True)
    assert (PHONE[-4:] in text, "Sumiyati" in text) == (False, False)
    assert page.select_one("form[action='/masuk'] [name=next]")["value"] == f"/klaim/{token}"  # type: ignore[index]
    assert claim_token_of(slug, now=today) == token


def test_a_claim_page_is_kept_nowhere_and_tells_nobody_where_it_was(cast: Cast, sign_in: SignIn, today: datetime) -> None:
    _, token = make_kept_shop(cast.companion, PHONE, now=today)
    for client in (sign_in(None), sign_in(cast.newcomer)):
        answer = client.get(f"/klaim/{token}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert 'content="noindex"' in answer.text


def test_all_links_that_are_not_good_are_one_page(cast: Cast, sign_in: SignIn, today: datetime) -> None:
    used_slug, used = make_kept_shop(cast.companion, PHONE, now=today)
    service.claim(used, by=make_account(PHONE, now=today), help_days=0, agrees=False, now=today)
    _, expired = make_kept_shop(cast.companion, "+6285240002205", now=today - timedelta(days=31))
    slug, replaced = make_kept_shop(cast.companion, "+6285240002206", now=today)
    shop_service.make_link(slug, by=cast.companion, key=KEY, now=today)
    for client in (sign_in(None), sign_in(cast.newcomer)):
        answers = [client.get(f"/klaim/{token}") for token in (used, expired, replaced, "tidak-ada", "x" * 3000)]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.data for answer in answers}) == 1
        assert used_slug not in answers[0].text


def test_the_right_seller_takes_the_shop_over_and_coming_back_leads_home(
    cast: Cast, sign_in: SignIn, visit: Visit, today: datetime
) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=today)
    person = make_account(PHONE, now=today)
    seller = sign_in(person)
    page = visit(f"/klaim/{token}", client=seller)
    assert page.select_one("[name=days][value='0'][checked]")
    assert not page.select_one("#consent")
    assert seller.post(f"/klaim/{token}", data={"days": "30"}).location == "/dasbor"
    shop = shops.by_slug(slug)
    assert shop is not None
    assert shop.owner_id == person.id
    home = visit("/dasbor", client=seller).get_text()
    assert "Sri boleh membantu sampai" in home
    assert seller.get(f"/klaim/{token}").location == "/dasbor"
    assert seller.post(f"/klaim/{token}", data={"days": "90"}).location == "/dasbor"
    seller.post("/dasbor/pendamping", data={"days": "0"})
    assert "kini tidak dapat membukanya" in visit("/dasbor", client=seller).get_text()
    assert sign_in(cast.companion).get(f"/pendampingan/{slug}").status_code == 404


@pytest.mark.parametrize(("who", "says"), [("newcomer", "berakhir 04"), ("seller", "berakhir 04")])
def test_somebody_else_is_refused_on_both_methods(cast: Cast, sign_in: SignIn, today: datetime, who: str, says: str) -> None:
    _, token = make_kept_shop(cast.companion, PHONE, now=today)
    client = sign_in(getattr(cast, who))
    looked, tried = client.get(f"/klaim/{token}"), client.post(f"/klaim/{token}", data={"days": "0"})

    assert (looked.status_code, tried.status_code) == (200, 403)
    for answer in (looked, tried):
        assert says in check_page(answer.text, "/klaim").get_text()
        assert PHONE[-4:] not in answer.text


@pytest.mark.parametrize("days", ["", "-1", "31", "١", "30\n", "1e3", "9" * 400, "<b>"])
def test_a_time_that_is_not_offered_is_refused_and_the_link_stays_good(cast: Cast, sign_in: SignIn, today: datetime, days: str) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=today)
    answer = sign_in(make_account(PHONE, now=today)).post(f"/klaim/{token}", data={"days": days})

    assert answer.status_code == 422
    check_page(answer.text, "/klaim")
    assert claim_token_of(slug, now=today) == token


def test_a_stranger_who_posts_is_sent_to_sign_in(cast: Cast, sign_in: SignIn, today: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=today)
    assert sign_in(None).post(f"/klaim/{token}", data={"days": "0"}).location == "/masuk"
    assert claim_token_of(slug, now=today) == token


def test_a_seller_reads_and_takes_back_their_consent(cast: Cast, sign_in: SignIn, visit: Visit, today: datetime) -> None:
    make_kept_shop(cast.companion, PHONE, now=today)
    seller = sign_in(make_account(PHONE, now=today))
    page = visit("/dasbor/persetujuan", client=seller)
    assert "Dicatat oleh Sri" in page.get_text()
    action = page.select_one("form[action$=tarik]")
    assert action is not None
    assert seller.post(str(action["action"])).location == "/dasbor/persetujuan"
    assert "Ditarik" in visit("/dasbor/persetujuan", client=seller).get_text()


def test_an_admin_finds_what_nobody_owns_and_makes_a_link(cast: Cast, sign_in: SignIn, visit: Visit, today: datetime) -> None:
    slug, _ = make_kept_shop(cast.companion, PHONE, now=today - timedelta(days=31))
    admin = sign_in(cast.admin)
    page = visit("/kelola/lapak", client=admin)
    button = page.select_one(f"form[action='/pendampingan/{slug}/tautan']")
    assert button is not None
    admin.post(f"/pendampingan/{slug}/tautan")
    assert claim_token_of(slug, now=today + timedelta(minutes=1))
    visit(f"/pendampingan/{slug}/lembar", client=admin)


def test_messages_carry_the_link(cast: Cast, sign_in: SignIn, visit: Visit, today: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=today)
    companion = sign_in(cast.companion)
    chat = visit(f"/pendampingan/{slug}", client=companion).select_one("a.wa")
    companion.post(f"/pendampingan/{slug}/kirim")
    once_more = companion.post(f"/pendampingan/{slug}/kirim", follow_redirects=True)

    assert chat is not None
    assert re.fullmatch(rf"https://wa\.me/6285240002204\?text=.*klaim%2F{token}.*", str(chat["href"]))
    assert "Tautan baru saja dikirim" in once_more.text


def test_the_counters_pages_stay_within_their_budgets(cast: Cast, sign_in: SignIn, visit: Visit, today: datetime) -> None:
    slug, token = make_kept_shop(cast.companion, PHONE, now=today)
    for n in range(8):
        make_kept_shop(cast.companion, f"+62852400031{n:02}", now=today)
    companion = sign_in(cast.companion)
    visit("/pendampingan", client=companion, queries=5)
    visit(f"/pendampingan/{slug}", client=companion, queries=11)
    visit("/kelola/lapak", client=sign_in(cast.admin), queries=5)
    visit(f"/klaim/{token}", queries=2)
