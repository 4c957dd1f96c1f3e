"""The desk's pages, the public's form, and what sellers and buyers see of both."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lapak.accounts.rules import Actor, Role
from lapak.app import HEARS
from lapak.catalog import queries as catalog
from lapak.catalog.rules import Draft, Kind, State
from lapak.catalog.service import listings
from lapak.checking.queries import rules_of
from lapak.checking.rules import Deed, Field, Reason, Rule, Rules, Standing, Verdict
from lapak.db.outbox import relay
from lapak.kernel.money import Rupiah
from lapak.moderation import queries, service
from lapak.moderation.rules import Show, Trouble
from lapak.moderation.service import Decision, ReportDraft
from tests.factories import JATENG, PARIAMAN, Cast, make_edition, make_official, make_photo, make_product, product_id_of
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
GOOD_REPORT = {"trouble": "misleading", "words": "Isinya kurang.", "phone": ""}


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def soon() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def desk(cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.curator)


def make_approved(cast: Cast, now: datetime, **changes: object) -> str:
    slug = make_product(cast.seller, now=now, photo=True, **changes)
    listings.decide(slug, Verdict.APPROVE, revision=1, reason="", note="", by=cast.curator, now=now)
    return slug


def edit(slug: str, cast: Cast, now: datetime, **changes: object) -> None:
    said = {"name": "Keripik tempe, 150 g", "price": Rupiah(18000), "unit": "bungkus", "stock": 24, "stock_seen": 24, **changes}
    photos = {photo.key: "" for photo in catalog.photos_of(product_id_of(slug))}
    listings.edit(slug, Draft(**said), photos=photos, by=cast.seller, now=now)  # type: ignore[arg-type]


def send(client: FlaskClient, slug: str, do: str, **changes: str) -> TestResponse:
    """Press a button of the page as it stands now."""
    return client.post(f"/moderasi/{slug}/putuskan", data={**fields(client, slug), "do": do, **changes})


def fields(client: FlaskClient, slug: str, query: str = "") -> dict[str, str]:
    page = BeautifulSoup(client.get(f"/moderasi/{slug}{query}").text, "html.parser")
    form = page.select("form[action$=putuskan]")[0]
    return {str(field["name"]): str(field.get("value", "")) for field in form.select("input[type=hidden]")}


def standing(slug: str) -> Standing:
    return catalog.review_of(product_id_of(slug)).standing


def text_of(page: Tag) -> str:
    return re.sub(r"\s+", " ", page.get_text())


def test_the_desk_lists_what_waits_at_a_fixed_cost(cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime) -> None:
    for number in range(6):
        make_product(cast.seller, now=soon, name=f"Keripik nomor {number}")
    changed = make_approved(cast, soon, name="Keripik lama")
    edit(changed, cast, soon, name="Keripik baru", price=Rupiah(30000))
    service.report(changed, ReportDraft(Trouble.FRAUD, ""), reporter="a", origin="a", now=soon)
    page = visit("/moderasi", client=desk, queries=8)

    names = [name.get_text(strip=True) for name in page.select("h2.nama")]
    assert names == ["Keripik lama", *(f"Keripik nomor {number}" for number in range(6))]
    first = page.select("li.lapak")[0]
    assert first.select_one("del").get_text() == "Rp18.000"  # type: ignore[union-attr]
    assert [one.get_text() for one in first.select("ins")] == ["Keripik baru", "Rp30.000"]
    assert {"1 laporan", "Diubah"} <= {badge.get_text(strip=True) for badge in first.select(".lencana")}


def test_an_empty_desk_says_so(cast: Cast, visit: Visit, desk: FlaskClient) -> None:
    assert "Tidak ada yang menunggu" in visit("/moderasi", client=desk).get_text()
    assert "Tidak ada yang menunggu" in visit("/moderasi?antrean=diminta&sesudah=x", client=desk).get_text()


def test_a_changed_listing_shows_old_and_new_side_by_side(cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime) -> None:
    slug = make_approved(cast, soon)
    fresh = make_photo(cast.seller, now=soon, alt="Foto baru")
    draft = Draft("Keripik tempe pedas, 150 g", Rupiah(27000), description="<b>Pedas</b> sekali.", unit="bungkus", category="camilan")
    listings.edit(slug, draft, photos={fresh: ""}, by=cast.seller, now=soon)
    page = visit(f"/moderasi/{slug}", client=desk, queries=17)

    rows = {row.th.get_text(" ", strip=True): row for row in page.select("table.beda tbody tr") if row.th}
    assert list(rows) == ["Nama", "Harga naik 50 persen", "Jenis", "Keterangan", "Foto"]
    assert [one.get_text() for one in rows["Nama"].select("ins")] == ["tempe pedas,"]
    assert [one.get_text() for one in rows["Keterangan"].select("ins")] == ["<b>Pedas</b> sekali."]
    assert {"Baru", "Akan hilang"} <= {badge.get_text(strip=True) for badge in page.select(".foto-periksa .lencana")}
    assert len(page.select(".foto-periksa li")) == 2


def test_what_was_sent_again_shows_what_changed_since_the_verdict(cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon, photo=True)
    send(desk, slug, "ask", reason="unclear_text")
    edit(slug, cast, soon, name="Keripik tempe Godong, 150 g")
    page = visit(f"/moderasi/{slug}", client=desk)

    assert [row.th.get_text(strip=True) for row in page.select("table.beda tbody tr") if row.th] == ["Nama"]
    assert "Dikirim lagi" in page.get_text()
    assert "Sebelumnya" in page.get_text()


def test_one_tap_approves_and_opens_the_next(cast: Cast, desk: FlaskClient, soon: datetime) -> None:
    first, second = (make_product(cast.seller, now=soon, name=f"Keripik nomor {number}") for number in range(2))
    answer = send(desk, first, "approve")

    assert (answer.status_code, answer.location) == (303, f"/moderasi/{second}")
    assert standing(first) is Standing.CHECKED
    assert "Keripik nomor 0: disetujui." in desk.get(answer.location).text
    assert send(desk, second, "approve").location == "/moderasi"


def test_the_next_one_stays_in_the_part_of_the_queue_one_works_in(cast: Cast, desk: FlaskClient, soon: datetime) -> None:
    changed = [make_approved(cast, soon, name=f"Keripik nomor {number}") for number in range(2)]
    make_product(cast.seller, now=soon, name="Produk baru")
    for slug in changed:
        edit(slug, cast, soon, name=f"Diubah {slug[-3:]}")
    data = {**fields(desk, changed[0], "?antrean=diubah"), "do": "approve"}

    assert desk.post(f"/moderasi/{changed[0]}/putuskan", data=data).location == f"/moderasi/{changed[1]}?antrean=diubah"


def test_asking_without_a_reason_comes_back_with_the_note(cast: Cast, desk: FlaskClient, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    answer = send(desk, slug, "ask", note="Tolong dibenahi.")
    page = check_page(answer.text, "decide")

    assert answer.status_code == 422
    assert "Pilih satu alasan" in page.select("#reason-galat")[0].get_text()
    assert page.select("#note")[0].get_text().strip() == "Tolong dibenahi."
    assert page.select("[role=alert] a[href='#reason-0']")
    assert standing(slug) is Standing.WAITING


@pytest.mark.parametrize("do", ["", "delete", "APPROVE", "\x00"])
def test_an_unknown_button_decides_nothing(cast: Cast, desk: FlaskClient, soon: datetime, do: str) -> None:
    slug = make_product(cast.seller, now=soon)

    assert desk.post(f"/moderasi/{slug}/putuskan", data={"do": do, "revision": "1"}).status_code == 422
    assert standing(slug) is Standing.WAITING


@pytest.mark.parametrize("revision", ["", "0", "-1", "x", "9" * 40, "٣"])
def test_a_decision_without_the_version_it_is_about_is_refused(cast: Cast, desk: FlaskClient, soon: datetime, revision: str) -> None:
    slug = make_product(cast.seller, now=soon)

    assert desk.post(f"/moderasi/{slug}/putuskan", data={"do": "approve", "revision": revision}).status_code == 409
    assert standing(slug) is Standing.WAITING


def test_a_moderator_sees_the_newest_when_the_seller_was_quicker(cast: Cast, desk: FlaskClient, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    seen = fields(desk, slug)
    edit(slug, cast, soon, name="Keripik yang baru")
    answer = desk.post(f"/moderasi/{slug}/putuskan", data={**seen, "do": "approve"})
    page = check_page(answer.text, "decide")

    assert answer.status_code == 409
    assert "Penjual baru saja mengubah" in page.select("[role=alert]")[0].get_text()
    assert page.h1
    assert page.h1.get_text(strip=True) == "Keripik yang baru"
    assert send(desk, slug, "approve").status_code == 303


def test_the_second_of_two_moderators_reads_what_the_first_decided(cast: Cast, desk: FlaskClient, sign_in: SignIn, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    other = sign_in(make_official("+628112700155", "Nurul", Role.CURATOR, JATENG, now=soon))
    seen = fields(other, slug)
    send(desk, slug, "take_down", reason="forbidden")
    answer = other.post(f"/moderasi/{slug}/putuskan", data={**seen, "do": "approve"})

    assert answer.status_code == 409
    assert "Ema lebih dulu memutuskan: Ditarik dari rak" in check_page(answer.text, "decide").select("[role=alert]")[0].get_text()


def test_the_same_button_twice_goes_on_twice_and_decides_once(cast: Cast, desk: FlaskClient, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    data = {**fields(desk, slug), "do": "approve"}

    assert [desk.post(f"/moderasi/{slug}/putuskan", data=data).status_code for _ in range(2)] == [303, 303]
    assert len(queries.log_of(product_id_of(slug))) == 1


def test_ones_own_listing_cannot_be_decided(cast: Cast, sign_in: SignIn, visit: Visit, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    make_official(cast.seller.phone, "Bu Darmi", Role.CURATOR, JATENG, now=soon)
    both = sign_in(cast.seller)
    page = visit(f"/moderasi/{slug}", client=both)

    assert "lapak Anda sendiri" in page.get_text()
    assert not page.select("form[action$=putuskan]")
    assert both.post(f"/moderasi/{slug}/putuskan", data={"do": "approve", "revision": "1"}).status_code == 403


def test_what_a_listing_of_each_kind_shows_is_in_order(cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime) -> None:
    wash = make_product(cast.seller, now=soon, name="Cuci kering", kind=Kind.SERVICE, stock=None, area_served="Grobogan")
    archived = make_product(cast.seller, now=soon, name="Diarsipkan")
    listings.set_state(archived, State.ARCHIVED, by=cast.seller, now=soon)
    withheld = make_product(cast.seller, now=soon, name="Ditarik")
    send(desk, withheld, "take_down", reason="forbidden")

    assert "Melayani Grobogan" in text_of(visit(f"/moderasi/{wash}", client=desk))
    assert not visit(f"/moderasi/{archived}", client=desk).select("form[action$=putuskan]")
    page = visit(f"/moderasi/{withheld}", client=desk)
    assert "Ditarik dari rak" in page.get_text()
    assert [button.get("value") for button in page.select("form[action$=putuskan] button")] == ["approve", "ask"]


def test_a_seller_sees_what_waits_and_goes_on_with_it(cast: Cast, sign_in: SignIn, visit: Visit, soon: datetime) -> None:
    slug = make_approved(cast, soon)
    seller = sign_in(cast.seller)
    form = {
        "name": "Keripik pedas",
        "price": "30000",
        "supply": "stock",
        "stock": "20",
        "stock_seen": "24",
        "received_seen": "24",
        "reach": "local",
    }
    photo = catalog.photos_of(product_id_of(slug))[0].key
    answer = seller.post(f"/dasbor/produk/{slug}", data={**form, "unit": "bungkus", "photo_keys": photo})
    page = visit(answer.location, client=seller, queries=12)

    assert "menunggu diperiksa" in page.select("[role=status]")[0].get_text()
    assert (page.select("#name")[0]["value"], page.select("#price")[0]["value"], page.select("#stock")[0]["value"]) == (
        "Keripik pedas",
        "30000",
        "20",
    )
    assert "Nama: Keripik tempe, 150 g" in text_of(page)
    assert "Harga: Rp18.000" in text_of(page)
    assert "Ubahan menunggu diperiksa" in visit("/dasbor/produk", client=seller).get_text()
    assert "Keripik pedas" not in visit(f"/produk/{slug}").get_text()


def test_a_seller_takes_a_change_back_by_a_button(cast: Cast, sign_in: SignIn, visit: Visit, soon: datetime) -> None:
    slug, seller = make_approved(cast, soon), sign_in(cast.seller)
    edit(slug, cast, soon, name="Keripik pedas")
    page = visit(f"/dasbor/produk/{slug}", client=seller)
    (form,) = page.select("form[action$=tarik]")

    assert [seller.post(str(form["action"])).status_code for _ in range(2)] == [303, 303]
    assert "Mungkin baru saja diperiksa" in seller.get(f"/dasbor/produk/{slug}").text
    assert visit(f"/dasbor/produk/{slug}", client=seller).select("#name")[0]["value"] == "Keripik tempe, 150 g"


def test_a_seller_reads_on_list_and_page_what_to_mend(cast: Cast, sign_in: SignIn, visit: Visit, desk: FlaskClient, soon: datetime) -> None:
    slug, seller = make_product(cast.seller, now=soon), sign_in(cast.seller)
    send(desk, slug, "ask", reason="number_in_photo", note="Di sudut kiri.")

    assert "Nomor telepon atau tulisan di foto" in visit("/dasbor/produk", client=seller).get_text()
    (link,) = [one for one in visit("/dasbor", client=seller).select("a") if "diminta pemeriksa" in one.get_text()]
    assert link["href"] == f"/dasbor/produk/{slug}"
    page = text_of(visit(f"/dasbor/produk/{slug}", client=seller))
    assert "Pasang foto tanpa nomor" in page
    assert "Pesan pemeriksa: Di sudut kiri." in page
    assert "Simpan dan kirim untuk diperiksa" in page


@pytest.mark.parametrize(("do", "words"), [("take_down", "kami tarik dari rak"), ("refuse", "Ubahan terakhir tidak disetujui")])
def test_a_seller_reads_that_something_was_refused(
    cast: Cast, sign_in: SignIn, visit: Visit, desk: FlaskClient, soon: datetime, do: str, words: str
) -> None:
    slug, seller = make_approved(cast, soon), sign_in(cast.seller)
    edit(slug, cast, soon, name="Obat kuat")
    send(desk, slug, do, reason="misleading")

    assert words in text_of(visit(f"/dasbor/produk/{slug}", client=seller))
    page = visit("/dasbor/produk", client=seller)
    assert "Keterangan menyesatkan" in page.get_text()
    assert ("Jual lagi" in page.get_text()) is False


def test_a_withheld_listing_says_so_to_buyers_and_shows_nothing_of_itself(
    cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime
) -> None:
    slug = make_product(cast.seller, now=soon, name="Barang rahasia", photo=True)
    send(desk, slug, "take_down", reason="forbidden")
    page = visit(f"/produk/{slug}", status=410)

    assert "tidak ditampilkan" in page.get_text()
    assert "Barang rahasia" not in str(page)
    assert not page.select("main img")
    assert page.select("meta[name=robots][content=noindex]")
    assert "Barang rahasia" not in visit("/jelajah").get_text()
    for answer in (desk.get(f"/produk/{slug}/pesan"), desk.post(f"/produk/{slug}/pesan", data={"quantity": "x"})):
        assert (answer.status_code, answer.location) == (303, f"/produk/{slug}")


def test_a_listing_withheld_after_its_edition_leaves_feeds_and_exports_and_shows_no_photo(
    cast: Cast, visit: Visit, client: FlaskClient, sign_in: SignIn, desk: FlaskClient, soon: datetime
) -> None:
    slug = make_product(cast.seller, now=soon, name="Barang rahasia", photo=True)
    make_edition(cast.curator, [slug], now=soon)
    send(desk, slug, "take_down", reason="forbidden")

    for _ in ("withheld", "archived since by its seller"):
        assert [one.get_text(strip=True) for one in visit("/edisi/1").select("li.lapak .nama")] == ["Tidak ditampilkan saat ini"]
        assert "Barang rahasia" not in visit("/edisi/1").get_text()
        assert not visit("/edisi/1").select("li.lapak img, meta[property='og:image'][content*='/foto/']")
        assert not visit("/edisi").select("main img[src*='/foto/']")
        assert not visit("/").select("main img[src*='/foto/']")
        assert visit(f"/produk/{slug}", status=410)
        assert "Barang rahasia" not in client.get("/feed.atom").text
        assert "Barang rahasia" not in sign_in(cast.admin).get("/kelola/ekspor.csv").text
        listings.set_state(slug, State.ARCHIVED, by=cast.seller, now=soon)


def test_buyers_see_apart_whether_a_listing_was_checked_and_whether_it_was_curated(
    cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime
) -> None:
    slug = make_product(cast.seller, now=soon)
    assert {"Belum dikurasi", "Belum diperiksa"} <= {one.get_text(strip=True) for one in visit(f"/produk/{slug}").select(".lencana")}
    send(desk, slug, "approve")

    assert {"Belum dikurasi", "Sudah diperiksa"} <= {one.get_text(strip=True) for one in visit(f"/produk/{slug}").select(".lencana")}


def test_anybody_reports_without_an_account(cast: Cast, visit: Visit, client: FlaskClient, desk: FlaskClient, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    (link,) = [one for one in visit(f"/produk/{slug}", client=client).select("a") if "Laporkan" in one.get_text()]
    visit(str(link["href"]), client=client)
    answers = [client.post(str(link["href"]), data={**GOOD_REPORT, "phone": "0812 3456 7890"}) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, f"/produk/{slug}")] * 2
    page = visit(f"/moderasi/{slug}", client=desk)
    assert "1 laporan pembeli" in text_of(page)
    assert page.select("a[href='https://wa.me/6281234567890?text=']") or page.select("a[href^='https://wa.me/6281234567890']")
    assert [item.reports for item in queries.queue(JATENG, Show.REPORTED).items] == [1]


def test_another_browser_at_the_same_address_may_report_as_well(app: Flask, cast: Cast, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    for _ in range(2):
        client = app.test_client()
        client.get(f"/produk/{slug}/laporkan")
        assert client.post(f"/produk/{slug}/laporkan", data=GOOD_REPORT).status_code == 303
    keeps_nothing = app.test_client(use_cookies=False)
    assert [keeps_nothing.post(f"/produk/{slug}/laporkan", data=GOOD_REPORT).status_code for _ in range(2)] == [303, 303]

    assert len(queries.reports_of(product_id_of(slug))) == 3


def test_a_flood_of_reports_is_told_to_wait(app: Flask, cast: Cast, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    answers = []
    for _ in range(7):
        client = app.test_client()
        client.get(f"/produk/{slug}/laporkan")
        answers.append(client.post(f"/produk/{slug}/laporkan", data=GOOD_REPORT))

    assert [answer.status_code for answer in answers] == [303] * 5 + [429] * 2
    assert "Coba lagi satu jam lagi" in check_page(answers[-1].text, "report").select("#trouble-galat")[0].get_text()


def test_the_reporters_words_and_number_reach_no_seller(
    cast: Cast, client: FlaskClient, sign_in: SignIn, desk: FlaskClient, soon: datetime
) -> None:
    slug = make_product(cast.seller, now=soon)
    client.post(f"/produk/{slug}/laporkan", data={"trouble": "fraud", "words": "Rahasia saya", "phone": "0812 3456 7890"})
    send(desk, slug, "ask", reason="other", note="Balas pembeli.")
    seller = sign_in(cast.seller)

    for path in ("/dasbor", "/dasbor/produk", f"/dasbor/produk/{slug}", f"/produk/{slug}"):
        page = seller.get(path).text
        assert "Rahasia saya" not in page
        assert "81234567890" not in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("trouble", "", "Pilih satu"),
        ("trouble", "x", "Pilih satu"),
        ("words", "x" * 501, "500"),
        ("phone", "110", "nomor"),
        ("phone", "abc", "nomor"),
    ],
)
def test_a_report_that_cannot_be_used_says_so_beside_the_field(
    cast: Cast, client: FlaskClient, soon: datetime, field: str, value: str, words: str
) -> None:
    slug = make_product(cast.seller, now=soon)
    answer = client.post(f"/produk/{slug}/laporkan", data={**GOOD_REPORT, field: value})

    assert answer.status_code == 422
    assert words.lower() in check_page(answer.text, "report").select(f"#{field}-galat")[0].get_text().lower()
    assert queries.reports_of(product_id_of(slug)) == []


def test_what_is_no_more_sold_or_belongs_elsewhere_has_no_form(cast: Cast, client: FlaskClient, desk: FlaskClient, soon: datetime) -> None:
    archived, withheld, far = (
        make_product(cast.seller, now=soon),
        make_product(cast.seller, now=soon),
        make_product(cast.far_seller, now=soon),
    )
    listings.set_state(archived, State.ARCHIVED, by=cast.seller, now=soon)
    send(desk, withheld, "take_down", reason="forbidden")

    for slug in (archived, withheld, far, "tidak-ada"):
        assert client.get(f"/produk/{slug}/laporkan").status_code == 404
        assert client.post(f"/produk/{slug}/laporkan", data=GOOD_REPORT).status_code == 404


def test_a_region_reads_what_it_decided_by_whom_and_why(cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime) -> None:
    assert "Belum ada keputusan" in text_of(visit("/moderasi/riwayat", client=desk))
    slugs = [make_product(cast.seller, now=soon, name=f"Keripik nomor {number}") for number in range(3)]
    send(desk, slugs[0], "take_down", reason="forbidden", note="Tidak boleh dijual.")
    send(desk, slugs[1], "approve")
    service.set_rules(Rules(price_percent=20), region_code=JATENG, by=cast.admin, now=soon)
    rows = [text_of(row) for row in visit("/moderasi/riwayat", client=desk, queries=5).select("li.butir")]

    assert re.search("Aturan diubah.*Bagus", rows[0])
    assert "Keripik nomor 1 Disetujui" in rows[1]
    assert "Keripik nomor 0 Ditarik dari rak: barang terlarang Tidak boleh dijual." in rows[2]
    assert cast.curator.name in rows[2]


def test_a_regions_decisions_go_on_page_by_page_and_stay_in_the_region(cast: Cast, soon: datetime) -> None:
    for number in range(5):
        service.set_rules(Rules(price_percent=number), region_code=JATENG, by=cast.admin, now=soon)
    first = queries.history(JATENG, limit=3)
    rest = queries.history(JATENG, after=first.next_key, limit=3)

    assert (len(first.rows), len(rest.rows), rest.next_key) == (3, 2, None)
    assert queries.history(PARIAMAN).rows == []


def test_an_admin_changes_the_rules_and_a_curator_reads_them(cast: Cast, sign_in: SignIn, visit: Visit, desk: FlaskClient) -> None:
    data = {"material": ["name", "photos"], "price_percent": "25", "trusted_after": "5", "trusted_days": "30", "companions_pass": "y"}
    assert sign_in(cast.admin).post("/moderasi/aturan", data=data).status_code == 303

    found = rules_of("33.15")
    assert found == Rules(frozenset({Field.NAME, Field.PHOTOS}), 25, 5, 30, companions_pass=True, imports_pass=False, curated_pass=False)
    page = visit("/moderasi/aturan", client=desk)
    assert {str(one["value"]) for one in page.select("input[name=material][checked]")} == {"name", "photos"}
    assert page.select("fieldset[disabled]")
    assert "Bagus" in page.get_text()
    assert desk.post("/moderasi/aturan", data=data).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"), [("material", "everything"), ("price_percent", "101"), ("trusted_after", ""), ("trusted_days", "0")]
)
def test_rules_that_make_no_sense_are_refused_beside_the_field(cast: Cast, sign_in: SignIn, field: str, value: str) -> None:
    data = {"material": "name", "price_percent": "25", "trusted_after": "5", "trusted_days": "30", field: value}
    answer = sign_in(cast.admin).post("/moderasi/aturan", data=data)

    assert answer.status_code == 422
    assert check_page(answer.text, "rules").select(f"#{field}-galat")
    assert rules_of(JATENG) == Rules()


def test_only_those_who_may_find_the_desk_in_the_menu(cast: Cast, sign_in: SignIn) -> None:
    shown = {who: "/moderasi" in sign_in(getattr(cast, who)).get("/").text for who in ("curator", "admin", "seller", "companion")}

    assert shown == {"curator": True, "admin": True, "seller": False, "companion": False}


def test_a_decision_in_the_service_is_what_the_page_shows(cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon)
    decision = Decision(Verdict.ASK, 1, reason=Reason.PRICE, note="Kurang nol.")
    service.decide(slug, decision, region_code=JATENG, by=cast.admin, now=soon)
    page = text_of(visit(f"/moderasi/{slug}", client=desk))

    assert "Menunggu penjual" in page
    assert "Diminta diperbaiki" in page
    assert "Bagus" in page
    assert "Kurang nol." in page


def tell(name: str, values: dict[str, Any]) -> None:
    for job in HEARS[name]:
        job(**values)


def badges(page: BeautifulSoup) -> set[str]:
    return {one.get_text(strip=True) for one in page.select(".lencana")}


def test_a_listing_says_when_somebody_looked_at_it_and_nothing_where_only_a_rule_did(
    cast: Cast, visit: Visit, desk: FlaskClient, soon: datetime
) -> None:
    slug, day = make_product(cast.seller, now=soon, photo=True), datetime.now(UTC).astimezone(ZoneInfo("Asia/Jakarta"))
    assert "Diperiksa petugas" not in visit(f"/produk/{slug}").get_text()
    send(desk, slug, "approve")
    page = visit(f"/produk/{slug}", queries=7)
    assert f", {day.day} " in page.get_text().partition("Diperiksa petugas ")[2][:12]
    edit(slug, cast, soon, stock=3)
    assert "Sudah diperiksa" in badges(visit(f"/produk/{slug}"))

    service.note(product_id_of(slug), revision=3, deed=Deed.PASSED, by_id=None, rule=Rule.TRUSTED, at=soon)
    page = visit(f"/produk/{slug}")
    assert "Diperiksa petugas" not in page.get_text()
    assert not {"Sudah diperiksa", "Belum diperiksa"} & badges(page)


def test_what_curators_looked_at_for_an_edition_says_so(cast: Cast, visit: Visit, soon: datetime) -> None:
    slug = make_product(cast.seller, now=soon, photo=True)
    make_edition(cast.curator, [slug], now=soon)
    relay(tell, now=datetime.now(UTC))

    page = visit(f"/produk/{slug}")
    assert "Sudah diperiksa" in badges(page)
    assert "Diperiksa kurator" in page.get_text()
