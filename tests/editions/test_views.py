"""The desks of curators and sellers, and what everybody reads of an edition."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from lapak.accounts.rules import Actor, Role
from lapak.catalog.rules import Draft
from lapak.catalog.service import listings
from lapak.editions.queries import desk, public
from lapak.editions.rules.deeds import Deed
from lapak.editions.service import entering, planning
from lapak.kernel.money import Rupiah
from tests.factories import JATENG, WHY, Cast, edition_rows, make_call, make_edition, make_official, make_product, make_shops
from tests.visiting import Visit, check_page

SignIn = Callable[[Actor | None], FlaskClient]
GOOD = {
    "number": "7",
    "theme": "Teman ngopi sore",
    "who": "market",
    "own_work": "y",
    "publish": "2030-11-24",
    "publish_hour": "09.00",
    "note": "Catatan.",
}


SCORES = {"attractive": "5", "quality": "4", "packaging": "3", "safe": "4", "note": ""}


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def test_a_curator_plans_nominates_decides_and_publishes(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    slug, client = make_product(cast.seller, now=datetime.now(UTC), photo=True), sign_in(cast.curator)
    assert client.post("/kurasi/baru", data=GOOD).location == "/kurasi/7"
    assert client.post("/kurasi/7/ajukan", data={"slug": slug, "q": "tempe"}).location == "/kurasi/7?q=tempe#rak"
    code = edition_rows(7)[0].code
    assert client.post(f"/kurasi/7/daftar/{code}/putuskan", data={"wish": "in", "reason": WHY}).status_code == 303
    assert client.post(f"/kurasi/7/siap/{code}/tetap", data={"reason": WHY}).status_code == 303
    visit("/edisi/7", status=404)
    assert client.post("/kurasi/7/jadwal", data={"wish": "now"}).location == "/kurasi/7/terbit"
    assert len(visit("/edisi/7", queries=6).select("li.lapak")) == 1
    assert len(visit("/edisi", queries=7).select("a[href='/edisi/7']")) >= 1
    assert WHY in visit("/edisi/7/cara-kami-memilih", queries=10).get_text()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "0"),
        ("number", "10000"),
        ("theme", ""),
        ("theme", "x" * 61),
        ("publish", "kemarin"),
        ("publish_hour", "25.00"),
        ("opens", "2030-11-01"),
        ("note", "x" * 1201),
    ],
)
def test_an_odd_field_is_refused_with_its_reason(cast: Cast, sign_in: SignIn, field: str, value: str) -> None:
    answer = sign_in(cast.curator).post("/kurasi/baru", data={**GOOD, field: value})
    page = check_page(answer.get_data(as_text=True), "new edition")
    assert answer.status_code == 422
    assert page.select(".pesan-galat")


def test_a_seller_answers_a_call_and_is_told_before_not_after(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    edition_id, client = make_call(cast.curator, now=datetime.now(UTC), category="camilan"), sign_in(cast.seller)
    fits, other = (
        make_product(cast.seller, now=datetime.now(UTC), category="camilan"),
        make_product(cast.seller, now=datetime.now(UTC), name="Kain"),
    )
    page = visit(f"/dasbor/edisi/{edition_id}", client=client, queries=11)
    assert page.select_one(f"input[value='{other}'][disabled]")
    assert client.post(f"/dasbor/edisi/{edition_id}", data={"product": fits}).status_code == 422
    assert client.post(f"/dasbor/edisi/{edition_id}", data={"product": fits, "own_work": "y"}).status_code == 303
    assert "Terdaftar" in visit("/dasbor/edisi", client=client, queries=9).get_text()
    assert client.post(f"/dasbor/edisi/{edition_id}/mundur").status_code == 303
    assert edition_rows() == []


def test_a_seller_who_comes_late_is_told_so(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    edition_id = make_call(cast.curator, now=datetime.now(UTC) - timedelta(days=6), days=5)
    slug, client = make_product(cast.seller, now=datetime.now(UTC)), sign_in(cast.seller)
    answer = client.post(f"/dasbor/edisi/{edition_id}", data={"product": slug, "own_work": "y"})
    assert (answer.status_code, answer.location) == (303, "/dasbor/edisi")
    assert "sudah ditutup" in visit("/dasbor/edisi", client=client).get_text()
    assert sign_in(cast.far_seller).get(f"/d/pariaman/dasbor/edisi/{edition_id}").status_code == 404


def test_a_judge_sees_no_name_and_goes_from_entry_to_entry(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    start = datetime.now(UTC) - timedelta(days=6)
    edition_id = make_call(cast.curator, now=start, days=5)
    for person, name in ((cast.seller, "Keripik tempe Bu Darmi"), (cast.other_seller, "Kopi Sindoro bubuk")):
        slug = make_product(person, now=start, name=name, description="Dari Grobogan dan Temanggung.")
        entering.enter(edition_id, slug, is_own_work=True, stays_in_pool=True, shares_figures=True, by=person, now=start)
    client = sign_in(cast.curator)
    assert not _names_a_shop(visit("/kurasi/1/daftar", client=client, queries=12))
    first = client.get("/kurasi/1/nilai").location
    page = visit(first, client=client, queries=12)
    assert "Bu Darmi" not in page.select_one("main").get_text()  # type: ignore[union-attr]
    assert client.post(first, data={"attractive": "5"}).status_code == 422
    good = {"attractive": "5", "quality": "4", "packaging": "3", "safe": "4", "note": ""}
    assert client.post(first, data=good).status_code == 303
    second = client.get("/kurasi/1/nilai").location
    assert second not in {first, "/kurasi/1"}
    assert not _names_a_shop(visit("/kurasi/1/daftar", client=client))
    client.post(second, data=good)
    assert client.get("/kurasi/1/nilai").location == "/kurasi/1"
    assert _names_a_shop(visit("/kurasi/1/daftar", client=client))


def _names_a_shop(page: BeautifulSoup) -> bool:
    return "Grobogan" in page.select("main")[0].get_text()


def test_the_desk_stays_within_its_budget_however_many_enter(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now = datetime.now(UTC)
    slugs = [make_product(seller, now=now) for seller in make_shops(10, now=now)]
    make_edition(cast.curator, slugs, now=now, publish=False)
    client = sign_in(cast.curator)
    visit("/kurasi", client=client, queries=7)
    visit("/kurasi/1", client=client, queries=15)
    assert len(visit("/kurasi/1/daftar", client=client, queries=10).select("ol li.butir")) == 10
    assert "10 dari 10 siap" in visit("/kurasi/1/siap", client=client, queries=10).get_text()


def test_a_cancelled_and_a_withdrawn_edition_say_so(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now, client = datetime.now(UTC), sign_in(cast.curator)
    make_edition(cast.curator, [], now=now, publish=False)
    client.post("/kurasi/1/batalkan", data={"reason": WHY})
    assert WHY in visit("/edisi/1", status=410).get_text()
    make_edition(cast.curator, [make_product(cast.seller, now=now)], now=now, number=2)
    for _twice in range(2):
        assert client.post("/kurasi/2/terbit/tarik", data={"wish": "tarik", "reason": WHY}).status_code == 303
    assert WHY in visit("/edisi/2", status=410).get_text()
    visit("/edisi/2/cara-kami-memilih", status=404)


def test_what_a_curator_wished_is_done_whatever_a_colleague_did_meanwhile(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now, client, path = datetime.now(UTC), sign_in(cast.curator), "/kurasi/1/terbit/tarik"
    make_edition(cast.curator, [make_product(cast.seller, now=now)], now=now)

    def wish() -> str:
        return str(visit(path, client=client).select("[name=wish]")[0]["value"])

    assert wish() == "tarik"
    sign_in(cast.admin).post(path, data={"wish": "tarik", "reason": WHY})
    assert client.post(path, data={"wish": "tarik", "reason": ""}).status_code == 422
    client.post(path, data={"wish": "tarik", "reason": WHY})
    visit("/edisi/1", status=410)
    assert wish() == "tampilkan"
    for _twice in range(2):
        client.post(path, data={"wish": "tampilkan", "reason": WHY})
    visit("/edisi/1")
    assert client.post(path, data={"reason": WHY}).status_code == 422
    deeds = [one.deed.value for one in public.decisions(1) if one.deed in {Deed.WITHDRAWN, Deed.RESTORED}]
    assert deeds == ["withdrawn", "restored"]


def test_an_edition_is_data_too_and_keeps_what_it_showed(cast: Cast, client: FlaskClient) -> None:
    now = datetime.now(UTC)
    make_edition(cast.curator, [make_product(cast.seller, now=now)], now=now)
    answer = client.get("/edisi/1.json")
    told = answer.get_json()
    assert (told["format"], told["number"], told["series"], len(told["lot_seed"]) > 20) == (1, 1, "", True)
    assert [(one["stall"], one["name"], one["price"]) for one in told["stalls"]] == [(1, "Keripik tempe, 150 g", 18000)]
    assert client.get("/edisi/1.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_in_a_quiet_period_no_official_is_named(cast: Cast, visit: Visit) -> None:
    now = datetime.now(UTC)
    make_edition(cast.curator, [make_product(cast.seller, now=now)], now=now)
    assert "Ema" in visit("/edisi/1").get_text()
    rules, today = desk.programme(JATENG).rules, now.date()
    planning.set_programme(
        rules, channel="", quiet=(today - timedelta(days=1), today + timedelta(days=1)), region_code=JATENG, by=cast.admin
    )
    for path in ("/edisi/1", "/edisi/1/cara-kami-memilih", "/", "/edisi"):
        assert "Ema" not in visit(path).get_text(), path


def test_a_series_has_its_own_addresses(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    planning.add_series("Musisi", region_code=JATENG, by=cast.admin)
    client = sign_in(cast.curator)
    assert client.post("/kurasi/baru", data={**GOOD, "series": "musisi", "number": "1"}).location == "/kurasi/musisi-1"
    visit("/kurasi/musisi-1", client=client)
    visit("/edisi/musisi/1", status=404)


def test_a_region_shows_its_own_editions_only(cast: Cast, visit: Visit) -> None:
    make_edition(cast.curator, [make_product(cast.seller, now=datetime.now(UTC))], now=datetime.now(UTC), number=5)
    visit("/edisi/5")
    visit("/d/pariaman/edisi/5", status=404)


def test_the_readiness_page_says_what_changed_and_a_curator_looks_again(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now, client = datetime.now(UTC), sign_in(cast.curator)
    slug = make_product(cast.seller, now=now)
    make_edition(cast.curator, [slug], now=now, publish=False)
    listings.edit(slug, Draft("Keripik lain", Rupiah(90_000), unit="kotak"), photos={}, by=cast.seller, now=now)
    page = visit("/kurasi/1/siap", client=client, queries=10)
    assert "Produk berubah sejak dinilai" in page.get_text()
    link = str(page.select_one("a[href$='/tetap']")["href"])  # type: ignore[index]
    form = visit(link, client=client)
    assert "90.000" in form.get_text()
    version = str(form.select_one("input[name=version]")["value"])  # type: ignore[index]
    listings.edit(slug, Draft("Keripik lain lagi", Rupiah(95_000), unit="kotak"), photos={}, by=cast.seller, now=now)
    answer = client.post(link, data={"reason": WHY, "version": version})
    assert answer.status_code == 422
    again = check_page(answer.get_data(as_text=True), link)
    assert "baru saja diubah" in again.get_text()
    version = str(again.select_one("input[name=version]")["value"])  # type: ignore[index]
    assert client.post(link, data={"reason": WHY, "version": version}).status_code == 303
    assert "1 dari 1 siap" in visit("/kurasi/1/siap", client=client).get_text()


def test_a_judge_whose_page_is_old_keeps_the_scores_and_sees_what_changed(cast: Cast, sign_in: SignIn) -> None:
    start, client = datetime.now(UTC) - timedelta(days=6), sign_in(cast.curator)
    edition_id, slug = make_call(cast.curator, now=start, days=5), make_product(cast.seller, now=start)
    entering.enter(edition_id, slug, is_own_work=True, stays_in_pool=True, shares_figures=True, by=cast.seller, now=start)
    listings.edit(slug, Draft("Keripik lain", Rupiah(90_000), unit="kotak"), photos={}, by=cast.seller, now=start)
    path = f"/kurasi/1/nilai/{edition_rows()[0].code}"
    answer = client.post(path, data={**SCORES, "version": "1"})
    assert answer.status_code == 422
    page = check_page(answer.get_data(as_text=True), path)
    assert "baru saja diubah" in page.get_text()
    assert len(page.select("input[type=radio][checked]")) == 4
    version = str(page.select_one("input[name=version]")["value"])  # type: ignore[index]
    assert client.post(path, data={**SCORES, "version": version}).status_code == 303


def test_a_curator_with_an_interest_is_told_and_not_offered_to_decide(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    now = datetime.now(UTC)
    slug = make_product(cast.seller, now=now)
    make_edition(cast.curator, [slug], now=now, publish=False)
    client = sign_in(make_official(cast.seller.phone, "Bu Darmi", Role.CURATOR, JATENG, now=now))
    code = edition_rows()[0].code
    paths = {
        f"/kurasi/1/daftar/{code}/putuskan": {"wish": "out", "reason": WHY},
        f"/kurasi/1/daftar/{code}/jawaban": {"answer": "dark_photo"},
        f"/kurasi/1/siap/{code}/tetap": {"reason": WHY},
    }
    for page in ("/kurasi/1/daftar", "/kurasi/1/siap"):
        shown = visit(page, client=client)
        assert "Ada kepentingan" in shown.get_text()
        assert not [link for link in shown.select("main a") if link["href"] in paths]
    for path, said in paths.items():
        answer = client.post(path, data=said)
        assert answer.status_code == 422
        assert "Anda punya kepentingan" in check_page(answer.get_data(as_text=True), path).get_text()


def _call_with_names(cast: Cast, *, now: datetime) -> list[str]:
    """A call that has closed, with two entries whose names and photos name their shops; returns their codes."""
    edition_id = make_call(cast.curator, now=now, days=5)
    for person, name in ((cast.seller, "Keripik tempe Bu Darmi"), (cast.other_seller, "Bubuk Kopi Sindoro")):
        slug = make_product(person, now=now, name=name, photo=True)
        entering.enter(edition_id, slug, is_own_work=True, stays_in_pool=True, shares_figures=True, by=person, now=now)
    return [row.code for row in edition_rows()]


def test_no_page_of_the_desk_names_a_shop_or_a_score_to_who_still_judges(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    start = datetime.now(UTC) - timedelta(days=6)
    first, last = _call_with_names(cast, now=start)
    second = make_official("+628112700111", "Rudi", Role.CURATOR, JATENG, now=start)
    client, other = sign_in(cast.curator), sign_in(second)
    for code in (first, last):
        other.post(f"/kurasi/1/nilai/{code}", data=SCORES)
    client.post(f"/kurasi/1/nilai/{first}", data=SCORES)
    client.post(f"/kurasi/1/daftar/{last}/putuskan", data={"wish": "in", "reason": WHY})
    pages = [
        f"/kurasi/1{end}" for end in ("", "/daftar", "/siap", f"/daftar/{first}/putuskan", f"/daftar/{last}/jawaban", f"/siap/{last}/tetap")
    ]
    for path in pages:
        main = str(visit(path, client=client).select_one("main"))
        assert ("Darmi" in main, "Sindoro" in main, "Grobogan" in main, "4,10" in main) == (False,) * 4, path
    client.post(f"/kurasi/1/nilai/{last}", data=SCORES)
    assert "Bu Darmi" in visit("/kurasi/1/daftar", client=client).get_text()
    assert "4,10" in visit("/kurasi/1/daftar", client=client).get_text()


def test_the_shelf_tells_nobody_who_still_judges_what_of_it_has_entered(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    start = datetime.now(UTC) - timedelta(days=6)
    codes = _call_with_names(cast, now=start)
    make_product(cast.other_seller, now=start, name="Gula semut")
    client = sign_in(cast.curator)
    shelf = visit("/kurasi/1", client=client, queries=15).select_one("#rak")
    assert shelf
    assert "Gula semut" in shelf.get_text()
    assert not {word for word in ("Sindoro", "Temanggung", "Darmi", "Sudah terdaftar") if word in shelf.get_text()}
    for code in codes:
        client.post(f"/kurasi/1/nilai/{code}", data=SCORES)
    assert "Sudah terdaftar" in visit("/kurasi/1", client=client).get_text()


def test_a_judge_is_told_before_the_last_score_and_offered_no_form_after_it(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    first, last = _call_with_names(cast, now=datetime.now(UTC) - timedelta(days=6))
    client = sign_in(cast.curator)
    assert "Ini yang terakhir" not in visit(f"/kurasi/1/nilai/{first}", client=client).get_text()
    client.post(f"/kurasi/1/nilai/{first}", data=SCORES)
    assert visit(f"/kurasi/1/nilai/{first}", client=client).select("form[data-scores]")
    assert "Ini yang terakhir" in visit(f"/kurasi/1/nilai/{last}", client=client, queries=13).get_text()
    client.post(f"/kurasi/1/nilai/{last}", data=SCORES)
    page = visit(f"/kurasi/1/nilai/{first}", client=client)
    assert "tidak dapat diubah lagi" in page.get_text()
    assert not page.select("form[data-scores]")
    assert client.post(f"/kurasi/1/nilai/{first}", data={**SCORES, "safe": "1"}).status_code == 422


def test_curators_read_each_others_notes_once_they_have_judged(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    start, note = datetime.now(UTC) - timedelta(days=6), "Kemasannya sobek di foto kedua."
    first, last = _call_with_names(cast, now=start)
    second = make_official("+628112700111", "Rudi", Role.CURATOR, JATENG, now=start)
    client, other = sign_in(cast.curator), sign_in(second)
    for code in (first, last):
        other.post(f"/kurasi/1/nilai/{code}", data={**SCORES, "note": note if code == first else ""})
    client.post(f"/kurasi/1/nilai/{first}", data=SCORES)
    pages = {"/kurasi/1/daftar": 11, f"/kurasi/1/daftar/{first}/putuskan": 13}
    for path in pages:
        assert note not in visit(path, client=client).get_text()
    client.post(f"/kurasi/1/nilai/{last}", data=SCORES)
    for path, queries in pages.items():
        shown = visit(path, client=client, queries=queries).select_one("main")
        assert shown
        assert shown.get_text().count(note) == 1
        assert "Rudi" in shown.get_text()
    assert note not in visit(f"/kurasi/1/daftar/{last}/putuskan", client=client).get_text()
    other.post(f"/kurasi/1/nilai/{first}/kepentingan", data={"reason": "Saudara saya"})
    assert note not in visit("/kurasi/1/daftar", client=client).get_text()


def test_who_runs_a_shop_reads_no_notes_on_its_entry(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    start, note = datetime.now(UTC) - timedelta(days=6), "Kemasannya sobek di foto kedua."
    codes = _call_with_names(cast, now=start)
    both = sign_in(make_official(cast.seller.phone, "Bu Darmi", Role.CURATOR, JATENG, now=start))
    client = sign_in(cast.curator)
    for code in codes:
        client.post(f"/kurasi/1/nilai/{code}", data={**SCORES, "note": note})
    both.post(f"/kurasi/1/nilai/{codes[1]}", data=SCORES)
    assert visit("/kurasi/1/daftar", client=both).get_text().count(note) == 1
    assert note not in visit(f"/kurasi/1/daftar/{codes[0]}/putuskan", client=both).get_text()


def test_the_kabupaten_is_asked_apart_and_says_when_it_counts(cast: Cast, sign_in: SignIn, visit: Visit) -> None:
    client = sign_in(cast.curator)
    part = visit("/kurasi/baru", client=client).select(".hanya-bila")[0]
    assert part.select("select[name=place]")
    assert "Hanya bila yang boleh ikut lapak dari satu kabupaten atau kota." in part.get_text()
    page = check_page(client.post("/kurasi/baru", data={**GOOD, "who": "place", "place": ""}).text, "new edition")
    assert page.select(".hanya-bila #place-galat")
    assert page.select("[name=who][value=place][checked]")
    assert client.post("/kurasi/baru", data={**GOOD, "who": "market", "place": "33.15"}).status_code == 303
