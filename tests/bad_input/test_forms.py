"""Every form, with what nobody should send: a clear answer, nothing lost, nothing written, never a fault of ours."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from lapak.accounts.models import RoleGrant
from lapak.accounts.rules import Role
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.exchange.models import ImportRun
from lapak.exchange.rules import RunState
from lapak.kernel.clock import utc_now
from lapak.kernel.errors import NotFound
from lapak.testimonials import models as testimonial_models
from lapak.testimonials import service as testimonials
from tests.factories import JATENG, make_official, make_product, make_run
from tests.market import DRAFT, PUBLISHED, TO_PUBLISH, Market
from tests.payments.codes import qris
from tests.visiting import check_page

HOSTILE = {
    "empty": "",
    "spaces": "   ",
    "a megabyte": "x" * 1_000_000,
    "nul": "a\x00b",
    "right to left": "\u202ekipirek\u202c",
    "emoji": "🍪👩‍🍳",
    "script": "<script>alert(1)</script>",
    "format": "%s %(x)s {} {0} ${y}",
    "sql": "'; DROP TABLE product; --",
    "long digits": "9" * 400,
    "arabic digits": "١٢٣",
    "minus": "-1",
    "infinity": "1e309",
    "nan": "NaN",
    "two to the 63": str(2**63),
    "lone surrogate": "\udc80",
    "line breaks": "a\r\nb\r\n",
}
STRICT = {"empty", "nul", "right to left", "script"}
"""Whose pages are parsed and read as well; the others only have to say something."""
WITHOUT_FIELDS = {
    "columns",
    "state",
    "answer",
    "decision",
    "still there",
    "let help",
    "nominate",
    "schedule",
    "ready",
    "put forward",
    "channels",
    "device",
}
"""Forms that are buttons: a refusal is a page of its own."""


@dataclass(frozen=True)
class Form:
    """A form: who fills it, where, and what a good filling is. `keeps` are the fields whose text must come back."""

    who: str | None
    path: Callable[[Market], str]
    good: dict[str, str]
    keeps: tuple[str, ...]
    writes: bool = True


FORMS = {
    "sign-in": Form(None, lambda _: "/masuk", {"phone": "0812 3456 7890", "next": "/"}, ("phone",)),
    "start": Form(None, lambda _: "/mulai-jualan", {"phone": "0812 3456 7890"}, ("phone",)),
    "code": Form(None, lambda _: "/masuk/kode", {"code": "000000"}, ()),
    "shop": Form("newcomer", lambda _: "/mulai-jualan/lapak", {"name": "Warung", "region_code": "33.15"}, ("name",)),
    "edit shop": Form(
        "seller",
        lambda _: "/dasbor/lapak",
        {"name": "Warung", "region_code": "33.15", "about": "Sejak 2011.", "whatsapp": "0812 2745 0913"},
        ("name", "about", "whatsapp"),
    ),
    "first product": Form("seller", lambda _: "/mulai-jualan/produk", {"name": "Keripik", "price": "18000", "kind": ""}, ("name", "price")),
    "product": Form(
        "seller",
        lambda market: f"/dasbor/produk/{market.mine.product}",
        {
            "name": "Keripik", "price": "18000", "category": "", "description": "Gurih.", "supply": "stock", "stock": "24", "stock_seen": "24",
            "unit": "bungkus", "weight_grams": "150", "shelf_life_days": "45", "prepare_days": "1", "reach": "local",
        },
        ("name", "price", "description", "stock", "unit", "weight_grams", "shelf_life_days", "prepare_days"),
    ),
    "service": Form(
        "seller",
        lambda _: "/dasbor/produk/baru?jenis=jasa",
        {"name": "Cuci", "price": "8000", "category": "", "description": "", "area_served": "Kota", "prepare_days": "1"},
        ("name", "price", "area_served"),
    ),
    "still there": Form("seller", lambda _: "/dasbor/masih-ada", {"slug": "keripik"}, ()),
    "state": Form("seller", lambda market: f"/dasbor/produk/{market.mine.product}/status", {"to": "active"}, ()),
    "order": Form(
        None,
        lambda market: f"/produk/{market.mine.product}/pesan",
        {"quantity": "1", "buyer_name": "Rina", "buyer_place": "Makassar", "note": "", "once": "x"},
        ("quantity", "buyer_name", "buyer_place", "note"),
    ),
    "basket": Form(None, lambda market: f"/produk/{market.mine.product}/keranjang", {"quantity": "1"}, ("quantity",)),
    "opening": Form(
        "seller", lambda _: "/dasbor/buka-tutup",
        {"closed_from": "2031-01-05", "closed_until": "2031-01-09", "per_day": "60", "unit": "portions", "per_edition": "200", "answers_from": "6", "answers_until": "21"},
        ("closed_from", "closed_until", "per_day", "per_edition"),
    ),
    "day": Form("seller", lambda _: "/dasbor/buka-tutup/hari", {"day": "2031-01-05", "most": "20"}, ()),
    "postage": Form("seller", lambda _: "/dasbor/ongkir", {"place": "5000", "province": "12000", "island": "18000", "country": ""}, ("place", "province", "island", "country")),
    "order rules": Form(
        "admin", lambda _: "/kelola/pesanan",
        {"hold_hours": "24", "edition_hold_hours": "2", "refund_days": "3", "days_place": "1", "days_province": "3", "days_island": "4", "days_country": "8", "margin_days": "2"},
        ("hold_hours", "edition_hold_hours", "refund_days", "days_place", "days_province", "days_island", "days_country", "margin_days"),
    ),
    "variants": Form(
        "seller", lambda market: f"/dasbor/produk/{_fresh_product(market)}/pilihan",
        {"rows-0-name": "150 g", "rows-0-price": "18000", "rows-0-stock": "10", "rows-0-variant_id": "", "rows-0-stock_seen": "", "rows-0-received_seen": ""},
        ("rows-0-name", "rows-0-price", "rows-0-stock"),
    ),
    "answer": Form("seller", lambda market: f"/dasbor/pesanan/{market.mine.order_code}/jawab", {"to": "declined", "why": "", "note": "maaf"}, ("note",)),
    "edition": Form("curator", lambda _: "/kurasi/baru", {"number": "9", "theme": "Tema", "series": "", "category": "", "who": "market", "place": "", "own_work": "y", "opens": "2030-11-01", "opens_hour": "08.00", "closes": "2030-11-20", "closes_hour": "16.00", "publish": "2030-11-24", "publish_hour": "09.00", "note": "Catatan"}, ("number", "theme", "opens", "opens_hour", "closes", "closes_hour", "publish", "publish_hour", "note")),
    "plan": Form("curator", lambda _: f"/kurasi/{DRAFT}/rencana", {"number": "2", "theme": "Tema", "series": "", "category": "", "who": "market", "place": "", "own_work": "y", "opens": "2030-11-01", "opens_hour": "08.00", "closes": "2030-11-20", "closes_hour": "16.00", "publish": "2030-11-24", "publish_hour": "09.00", "note": "Catatan"}, ("number", "theme", "opens", "opens_hour", "closes", "closes_hour", "publish", "publish_hour", "note")),
    "nominate": Form("curator", lambda _: f"/kurasi/{DRAFT}/ajukan", {"slug": "", "q": ""}, ()),
    "cancel": Form("curator", lambda _: f"/kurasi/{TO_PUBLISH}/batalkan", {"reason": "Tidak jadi diadakan."}, ("reason",)),
    "scores": Form("curator", lambda market: f"/kurasi/{DRAFT}/nilai/{market.entries['draft']}", {"attractive": "3", "quality": "4", "packaging": "5", "safe": "1", "note": ""}, ("note",)),
    "recusal": Form("curator", lambda market: f"/kurasi/{TO_PUBLISH}/nilai/{market.entries['spare']}/kepentingan", {"reason": "Saudara saya"}, ("reason",)),
    "overrule": Form("curator", lambda market: f"/kurasi/{DRAFT}/daftar/{market.entries['draft']}/putuskan", {"wish": "in", "reason": "Alasan yang cukup panjang."}, ("reason",)),
    "what they are told": Form("curator", lambda market: f"/kurasi/{DRAFT}/daftar/{market.entries['draft']}/jawaban", {"answer": "dark_photo"}, ()),
    "wave": Form("curator", lambda market: f"/kurasi/{DRAFT}/siap/{market.entries['draft']}/tetap", {"reason": "Alasan yang cukup panjang."}, ("reason",)),
    "schedule": Form("curator", lambda _: f"/kurasi/{DRAFT}/jadwal", {"wish": "recall"}, ()),
    "correction": Form("curator", lambda _: f"/kurasi/{PUBLISHED}/terbit/koreksi", {"theme": "Tema", "note": "", "reason": "Alasan yang cukup panjang."}, ("theme", "note", "reason")),
    "removal": Form("curator", lambda market: f"/kurasi/{PUBLISHED}/terbit/{market.entries['published']}/tarik", {"reason": "Alasan yang cukup panjang."}, ("reason",)),
    "unpublish": Form("curator", lambda _: f"/kurasi/{PUBLISHED}/terbit/tarik", {"wish": "tarik", "reason": "Alasan yang cukup panjang."}, ("reason",)),
    "programme": Form(
        "admin", lambda _: "/kelola/program",
        {
            "channel": "@lapak", "attractive": "30", "quality": "30", "packaging": "20", "safe": "20", "judges": "2", "third_at": "2",
            "most_per_place": "2", "most_per_category": "4", "cooldown": "4", "ready_stock": "10", "quiet_from": "", "quiet_until": "",
        },
        ("channel", "attractive", "safe", "judges", "cooldown"),
    ),
    "series": Form("admin", lambda _: "/kelola/program/seri", {"name": "Musisi"}, ("name",)),
    "steward": Form("admin", lambda _: "/kelola/program/serahkan", {"to": "0"}, ()),
    "entry": Form("seller", lambda market: f"/dasbor/edisi/{market.call}", {"product": "tidak-ada", "own_work": "y", "pool": "", "figures": ""}, ()),
    "ready": Form("seller", lambda market: f"/dasbor/edisi/{market.call}/siap", {"own_work": "y"}, ()),
    "put forward": Form("seller", lambda market: f"/dasbor/edisi/{market.call}/jawab", {"answer": "ikut"}, ()),
    "invite": Form(
        "admin", lambda _: "/kelola/petugas/undang", {"name": "Dewi", "phone": "0811 2700 555", "role": "officer", "region_code": "33"}, ("name", "phone")
    ),
    "hand over": Form(
        "admin", lambda market: f"/kelola/petugas/{_fresh_grant(market)}/serahkan", {"name": "Dewi", "phone": "0811 2700 556"}, ("name", "phone")
    ),
    "counter": Form(
        "companion", lambda _: "/pendampingan/baru",
        {"seller_name": "Bu Sum", "phone": "0852 4000 7788", "name": "Rengginang", "region_code": "33.15", "consent": "y", "once": ""},
        ("seller_name", "phone", "name"),
    ),
    "counter, corrected": Form(
        "companion", lambda market: f"/pendampingan/{market.kept.shop}/ubah",
        {"seller_name": "Bu Sum", "phone": "0852 4000 2204", "name": "Rengginang", "region_code": "33.15"},
        ("seller_name", "phone", "name"),
    ),
    "category": Form("admin", lambda _: "/kelola/kategori", {"name": "Kerajinan", "icon": "package", "parent": "", "synonyms": "kriya", "position": "1"}, ("name", "synonyms")),
    "edit category": Form("admin", lambda _: "/kelola/kategori/camilan", {"name": "Camilan", "icon": "cookie", "parent": "", "synonyms": "jajan", "position": "1", "is_active": "y"}, ("name", "position", "synonyms")),
    "columns": Form(
        "admin", lambda market: f"/kelola/impor/{_fresh_run(market)}", {"name": "0", "price": "1", "place": "2", "key": "", "do": "coba"}, ()
    ),
    "texts": Form(
        "admin",
        lambda _: "/kelola/teks",
        {"brand": "Lapak", "office": "Pemprov", "tagline": "", "about": "", "hashtag": "Lapak"},
        ("brand", "office", "tagline", "about", "hashtag"),
    ),
    "decide": Form(
        "curator", lambda market: f"/moderasi/{market.mine.product}/putuskan",
        {"do": "ask", "reason": "price", "note": "Hitung lagi nolnya.", "revision": "1", "reports_seen": "0", "show": "semua"}, ("note",),
    ),
    "report": Form(
        None, lambda market: f"/produk/{market.mine.product}/laporkan",
        {"trouble": "misleading", "words": "Isinya kurang.", "phone": "0812 3456 7890"}, ("words", "phone"),
    ),
    "rules": Form(
        "admin", lambda _: "/moderasi/aturan",
        {"material": "name", "price_percent": "10", "trusted_after": "3", "trusted_days": "90", "companions_pass": "", "imports_pass": "y", "curated_pass": "y"},
        ("price_percent", "trusted_after", "trusted_days"),
    ),
    "testimonial": Form(
        None, lambda market: f"/pesanan/{_unwritten(market)}/testimoni", {"feeling": "happy", "text": "Enak.", "name": "Rina"}, ("text", "name")
    ),
    "reply": Form("seller", lambda market: f"/dasbor/testimoni/{_unanswered(market)}/balas", {"text": "Terima kasih."}, ("text",)),
    "decision": Form(
        "curator", lambda market: f"/moderasi/testimoni/{_undecided(market)}", {"to": "refused", "why": "", "note": "maaf", "seen": "1"}, ("note",)
    ),
    "transfer": Form(
        "seller", lambda _: "/dasbor/pembayaran/transfer",
        {"bank": "BRI", "other": "", "number": "1234567890", "holder": "Darmi", "version": "4"}, ("other", "number", "holder"),
    ),
    "cash": Form("seller", lambda _: "/dasbor/pembayaran/tunai", {"takes_cash": "y", "note": "Saat diambil.", "version": "4"}, ("note",)),
    "qris": Form("seller", lambda _: "/dasbor/pembayaran/qris", {"text": qris(), "version": "4"}, ("text",)),
    "start with a qris": Form("curator", lambda _: "/mulai-jualan/qris", {"text": qris()}, ("text",)),
    "mail address": Form("seller", lambda _: "/dasbor/kabar/pilihan/surel", {"address": "darmi@contoh.id"}, ("address",)),
    "channels": Form("seller", lambda _: "/dasbor/kabar/pilihan", {"mail": "order", "push": "order", "whole": "y"}, ()),
    "device": Form(
        "seller", lambda _: "/dasbor/kabar/pilihan/perangkat",
        {"endpoint": "https://push.example/b", "public_key": "B" + "A" * 86, "auth": "A" * 22}, (),
    ),
    "let help": Form("seller", lambda _: "/dasbor/pendamping", {"days": "0"}, ()),
}  # fmt: skip
PHONES = iter(range(1000, 9000))
FIELDS = [(name, field) for name, form in FORMS.items() for field in form.good]


def _fresh_grant(market: Market) -> int:
    """A role that nobody else in these tests needs: a good filling really hands it over."""
    with market.app.app_context():
        person = make_official(f"+62811270{next(PHONES)}", "Petugas", Role.OFFICER, JATENG, now=utc_now())
        return Query(select(RoleGrant.id).where(RoleGrant.account_id == person.id), int).all()[0]


def _fresh_product(market: Market) -> str:
    """A listing that may come in variants afterwards."""
    with market.app.app_context():
        return make_product(market.cast.seller, now=utc_now())


def _fresh_run(market: Market) -> int:
    """A list that nobody has begun yet: a good filling begins it."""
    with market.app.app_context():
        with transaction():
            db.session.execute(update(ImportRun).where(ImportRun.id != market.runs["mine"]).values(state=RunState.DONE))
        return make_run(market.cast.admin, now=utc_now())


def _unwritten(market: Market) -> str:
    """A buyer's link of whose testimonial nothing is left."""
    with market.app.app_context(), suppress(NotFound):
        testimonials.withdraw(market.received_token, now=utc_now())
    return market.received_token


def _unanswered(market: Market) -> int:
    """A testimonial that its seller may answer."""
    with market.app.app_context(), transaction():
        db.session.execute(delete(testimonial_models.Reply))
    return market.said["mine"]


def _undecided(market: Market) -> int:
    """A testimonial that waits for a moderator who has read it."""
    words = testimonial_models.Testimonial
    with market.app.app_context(), transaction():
        db.session.execute(update(words).where(words.id == market.said["waiting"]).values(state="waiting", version=1))
    return market.said["waiting"]


def _enter(market: Market, form: Form) -> FlaskClient:
    return market.enter(getattr(market.cast, form.who) if form.who else None)


def _typed(page: BeautifulSoup, field: str) -> str | None:
    tag = page.select_one(f"#{field}")
    if tag is None:
        return None
    return tag.get_text() if tag.name == "textarea" else str(tag.get("value", ""))


def check_others(page: BeautifulSoup, form: Form, field: str) -> None:
    """What was typed into the other fields of a refused form is still there."""
    for other in set(form.keeps) - {field}:
        if (there := _typed(page, other)) is not None:
            assert there.strip() == form.good[other], f"{field} refused, {other} lost"


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_hostile_field_gets_a_clear_answer(market: Market, name: str, field: str) -> None:
    form = FORMS[name]
    client = _enter(market, form)
    for kind, text in HOSTILE.items():
        path = form.path(market)
        before = market.writes()
        sent = text.encode("utf-8", "surrogateescape")
        answer = client.post(path, data={**form.good, field: sent.decode("latin-1") if kind == "lone surrogate" else text})
        assert answer.status_code in {200, 303, 400, 403, 404, 409, 422, 429}, f"{name}.{field} {kind}: {answer.status_code}"
        if answer.status_code == 422 and answer.mimetype == "text/html":
            assert 'role="alert"' in answer.text or name in WITHOUT_FIELDS, f"{name}.{field} {kind}: no message"
            if kind in STRICT:
                check_others(check_page(answer.text, f"{name}.{field} {kind}"), form, field)
        if answer.status_code not in {200, 303}:
            assert market.writes() == before, f"{name}.{field} {kind}: refused, yet something was written"


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ({}, None),
        ("{}", "application/json"),
        (b"\xff\xfe\x00name=\xff", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data; name", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data"),
        ("name[]=1&name=2&name=3&price[a]=1&" + "a=1&" * 200, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_gets_a_clear_answer(market: Market, name: str, data: Any, content_type: str | None) -> None:
    client, path = _enter(market, FORMS[name]), FORMS[name].path(market)
    before = market.writes()
    answer = client.post(path, data=data, content_type=content_type)
    assert answer.status_code in {303, 400, 403, 404, 409, 413, 422, 429}
    if name not in {"pick", "state"}:
        assert market.writes() == before


def test_a_body_beyond_the_limit_is_refused_in_words(market: Market) -> None:
    answer = _enter(market, FORMS["texts"]).post("/kelola/teks", data={"about": "x" * (4 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "terlalu besar" in answer.get_data(as_text=True)
