"""What a refused form owes the person: the message beside the field, their own words in it, and a market that did not change."""

import pytest
from werkzeug.datastructures import MultiDict

from lapak.catalog.queries import by_slug, photos_of
from tests.bad_input.test_forms import FORMS, _enter, _typed
from tests.market import Market
from tests.visiting import check_page

# Longer than any field takes, with everything that a careless page would trip over.
LONG = "<script>alert(1)</script> \"&' %s %(x)s {} {{ x }} 🍪 '; DROP TABLE product; -- " * 40
KEEPS = [(name, field) for name, form in FORMS.items() for field in form.keeps]
FIELDS = [(name, field) for name, form in FORMS.items() for field in form.good]
BUTTONS = {
    "accounts.sign_out", "accounts.end_session", "accounts.end_role", "accounts.start_enter", "choosing.compose", "choosing.draw_kit", "calls.hear", "calls.leave", "orders.cancel",
    "photos.upload", "exchange.send", "exchange.add_photos", "exchange.stop", "companions.make_link", "companions.send_link", "companions.claim", "accounts.withdraw_consent",
    "catalog.withdraw", "orders.receive", "testimonials.withdraw", "orders.accept", "orders.extend", "orders.money_back", "orders.repeat",
    "orders.change", "orders.order", "orders.pay", "orders.find",
    "payments.take_code", "payments.drop_code",
    "notices.read_all", "notices.open_one", "notices.drop_address", "notices.drop_device", "notices.confirm", "notices.stop",
}  # fmt: skip
"""Addresses that take a press and no words; the code page of future sellers is the code page; photos and lists have tests of their own."""


def test_every_form_of_the_market_is_tried(market: Market) -> None:
    adapter = market.app.url_map.bind("localhost")
    tried = {adapter.match(form.path(market).partition("?")[0], method="POST")[0] for form in FORMS.values()}
    routes = {rule.endpoint for rule in market.app.url_map.iter_rules() if "POST" in (rule.methods or set())}

    assert routes - tried == BUTTONS


@pytest.mark.parametrize(("name", "field"), KEEPS)
def test_refused_words_stay_in_their_field_with_the_reason_beside_it(market: Market, name: str, field: str) -> None:
    form = FORMS[name]
    client, path = _enter(market, form), form.path(market)
    before = market.writes()
    answer = client.post(path, data={**form.good, field: LONG})
    page = check_page(answer.text, path)

    assert answer.status_code == 422
    assert page.select(f"#{field}-galat")[0].get_text(strip=True)
    assert page.select(f"[role=alert] a[href='#{field}']")
    assert (_typed(page, field) or "").strip() == LONG.strip()
    assert not page.select("main script:not([src])")
    assert market.writes() == before


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_that_is_missing_or_comes_twice_is_no_fault(market: Market, name: str, field: str) -> None:
    form = FORMS[name]
    rest = {other: text for other, text in form.good.items() if other != field}
    twice = [*rest.items(), (field, form.good[field]), (field, LONG)]
    for data in (rest, MultiDict(twice), {**rest, f"{field}[]": "1", f"{field}[a]": "1"}):
        client, path = _enter(market, form), form.path(market)
        before = market.writes()
        answer = client.post(path, data=data)
        assert answer.status_code in {303, 404, 409, 422, 429}
        if answer.status_code != 303:
            assert market.writes() == before


CHOICES = [
    ("shop", "region_code"), ("edit shop", "region_code"), ("product", "category"), ("product", "supply"), ("product", "reach"),
    ("service", "category"), ("answer", "why"), ("invite", "role"), ("invite", "region_code"), ("category", "icon"), ("edit category", "icon"),
    ("decide", "reason"), ("report", "trouble"), ("rules", "material"), ("decision", "why"), ("testimonial", "feeling"),
    ("transfer", "bank"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "field"), CHOICES)
@pytest.mark.parametrize("value", ["99", "13.77", "service", "\x00", "1 OR 1=1", "🍪"])
def test_what_is_not_on_the_list_is_refused_in_plain_words(market: Market, name: str, field: str, value: str) -> None:
    form = FORMS[name]
    answer = _enter(market, form).post(form.path(market), data={**form.good, field: value})
    page = check_page(answer.text, name)

    assert answer.status_code == 422
    assert "Pilih" in page.select(f"#{field}-galat")[0].get_text()


def photos_shown(market: Market) -> list[str]:
    with market.app.app_context():
        product = by_slug(market.mine.product)
        assert product
        return [photo.key for photo in photos_of(product.id)]


@pytest.mark.parametrize("key", ["{other.photo}", "{far.photo}", "tidak-ada", "", "../master.jpg", "\x00", "x" * 10_000])
def test_a_photo_of_somebody_else_cannot_be_shown_as_ones_own(market: Market, key: str) -> None:
    foreign = key.format(other=market.other, far=market.far)
    for name in ("product", "first product", "service"):
        form = FORMS[name]
        answer = _enter(market, form).post(form.path(market), data=MultiDict([*form.good.items(), ("photo_keys", foreign)]))
        assert answer.status_code in {303, 422}
        assert foreign not in photos_shown(market) or not foreign
        assert not check_page(answer.text, name).select("input[name=photo_keys]") if answer.status_code == 422 else True


def test_a_photo_that_stands_elsewhere_is_not_taken_from_there(market: Market) -> None:
    theirs = market.other.photo
    form = FORMS["first product"]
    client = market.enter(market.cast.other_seller)
    assert client.post(form.path(market), data={**form.good, "photo_keys": theirs}).status_code == 303
    _enter(market, form).post(form.path(market), data={**form.good, "photo_keys": theirs})

    assert client.get(f"/foto/{theirs}/320.webp").status_code == 200
    assert theirs not in photos_shown(market)
