"""Testimonials: written by whom, shown by whom, answered by whom, and what happens when two act at once."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lapak.accounts.rules import Actor, Role
from lapak.catalog.service.stock import Line
from lapak.db.outbox import Delivery, OutboxRow
from lapak.db.session import Query, transaction
from lapak.kernel.errors import Conflict, NotAllowed, NotFound
from lapak.orders.queries import reading as orders
from lapak.orders.rules.tokens import shared_token
from lapak.orders.service import answering, placing
from lapak.testimonials import models, queries, service, tasks
from lapak.testimonials.queries import Entry
from lapak.testimonials.rules import Feeling, Refusal, State
from lapak.testimonials.service import Decision, Draft
from tests.factories import (
    JATENG,
    PARIAMAN,
    Cast,
    actor_of,
    make_official,
    make_product,
    make_received,
    make_testimonial,
    product_id_of,
    shop_id_of,
)

RENYAH = Draft(Feeling.HAPPY, "Renyah, sampai utuh.", "Rina")


@pytest.fixture
def slug(cast: Cast, now: datetime) -> str:
    return make_product(cast.seller, now=now)


@pytest.fixture
def token(cast: Cast, slug: str, now: datetime) -> str:
    return make_received(cast.seller, slug, now=now)


def _entry(token: str) -> Entry:
    order = orders.by_token(token)
    entry = queries.of_order(order.id) if order else None
    assert entry
    return entry


def _show(entry: Entry, by: Actor, now: datetime) -> None:
    service.decide(entry.id, Decision(State.SHOWN, entry.own.version), by=by, now=now)


def test_whoever_runs_the_shop_writes_none_about_it(token: str, cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        service.write(token, RENYAH, by=cast.seller, now=now)


def test_the_link_of_the_chat_writes_and_deletes_nothing(token: str, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="saat memesan"):
        service.write(shared_token(token), RENYAH, now=now)
    service.write(token, RENYAH, now=now)
    with pytest.raises(NotAllowed):
        service.withdraw(shared_token(token), now=now)
    assert _entry(token).own.text == RENYAH.text


def test_what_a_buyer_writes_waits_and_nobody_reads_it_yet(token: str, slug: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    assert _entry(token).own.state is State.WAITING
    assert queries.newest(shop_id_of(cast.seller)) == []
    assert queries.about(product_id_of(slug), shop_id=shop_id_of(cast.seller)) == []
    assert [entry.id for entry in queries.waiting(JATENG)] == [_entry(token).id]
    assert queries.waiting(PARIAMAN) == []


def test_only_a_received_order_has_a_testimonial(cast: Cast, slug: str, now: datetime) -> None:
    token = make_received(cast.seller, slug, now=now, buyer="Wati")
    before = [_placed(cast, slug, now, is_declared=declared) for declared in (False, True)]
    for link in before:
        with pytest.raises(Conflict, match="diterima"):
            service.write(link, RENYAH, now=now)
    with pytest.raises(NotFound):
        service.write("tidak-ada", RENYAH, now=now)
    service.write(token, RENYAH, now=now)


def _placed(cast: Cast, slug: str, now: datetime, *, is_declared: bool) -> str:
    draft = placing.OrderDraft("Rina", "", "", (Line(product_id_of(slug), 1),))
    key = f"placed-{is_declared}"
    token = placing.place(draft, shop_id=shop_id_of(cast.seller), idempotency_key=key, origin=key, site_code=JATENG, key=b"k" * 40, now=now)
    if is_declared:
        order = orders.by_token(token)
        assert order
        answering.confirm(order.code, by=cast.seller, now=now)
        answering.complete(order.code, by=cast.seller, now=now)
    return token


def test_one_order_has_one_testimonial(token: str, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    service.write(token, RENYAH, now=now + timedelta(minutes=1))
    with pytest.raises(Conflict):
        service.write(token, Draft(Feeling.FAIR, "Lain lagi.", "Rina"), now=now)
    assert _entry(token).own.written_at == now
    assert _entry(token).own.text == RENYAH.text


def test_a_shown_one_is_read_with_the_product_and_the_seller_is_told(token: str, slug: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    _show(_entry(token), cast.curator, now)
    (said,) = queries.about(product_id_of(slug), shop_id=shop_id_of(cast.seller))
    assert (said.feeling, said.text, said.name, said.product, said.reply) == (
        Feeling.HAPPY,
        RENYAH.text,
        "Rina",
        "Keripik tempe, 150 g",
        "",
    )
    assert "TestimonialShown" in Query(select(OutboxRow.name), str).all()


def test_telling_the_seller_names_no_buyer(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    _show(_entry(token), cast.curator, now)
    with transaction():
        tasks.tell_seller(_entry(token).id)
        tasks.tell_seller(999_999)
    (text,) = Query(select(Delivery.text).where(Delivery.text.contains("testimoni")), str).all()
    assert "Rina" not in text


def test_a_refusal_tells_why_and_may_be_put_right(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    service.decide(_entry(token).id, Decision(State.REFUSED, 1, Refusal.PRIVATE), by=cast.admin, now=now)
    entry = _entry(token)
    assert (entry.own.state, entry.own.decider) == (State.REFUSED, "Bagus")
    assert "data pribadi" in entry.own.refusal_text
    service.write(token, RENYAH, now=now)
    assert (_entry(token).own.state, _entry(token).own.refusal_text) == (State.WAITING, "")


def test_a_moderators_own_words_stand_for_the_reason(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    service.decide(_entry(token).id, Decision(State.REFUSED, 1, Refusal.OTHER, "Sebut produknya."), by=cast.curator, now=now)
    assert _entry(token).own.refusal_text == "Sebut produknya."


def test_a_shown_one_can_be_taken_down(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    _show(_entry(token), cast.curator, now)
    service.decide(_entry(token).id, Decision(State.REFUSED, 2, Refusal.INSULT), by=cast.admin, now=now)
    assert queries.newest(shop_id_of(cast.seller)) == []


def test_the_second_of_two_moderators_is_told(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    seen = _entry(token)
    _show(seen, cast.curator, now)
    for to, why in ((State.REFUSED, Refusal.INSULT), (State.SHOWN, None)):
        with pytest.raises(Conflict, match="rekan Anda"):
            service.decide(seen.id, Decision(to, seen.own.version, why), by=cast.admin, now=now)
    assert _entry(token).own.state is State.SHOWN
    _show(seen, cast.curator, now)  # the same click of the same person, once more
    assert _entry(token).own.version == 2


def test_two_moderators_at_once_decide_once(app: Flask, token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    seen, start, outcomes = _entry(token), threading.Barrier(2), list[str]()

    def act(by: Actor, decision: Decision) -> None:
        with app.app_context():
            start.wait()
            try:
                service.decide(seen.id, decision, by=by, now=now)
                outcomes.append("done")
            except Conflict:
                outcomes.append("told")

    threads = [
        threading.Thread(target=act, args=(cast.curator, Decision(State.SHOWN, 1))),
        threading.Thread(target=act, args=(cast.admin, Decision(State.REFUSED, 1, Refusal.INSULT))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "told"]


def test_nobody_decides_on_words_they_have_not_read(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    seen = _entry(token)
    service.withdraw(token, now=now)
    service.write(token, Draft(Feeling.FAIR, "Bukan yang tadi.", "R."), now=now)
    with pytest.raises(Conflict):
        _show(seen, cast.curator, now)
    assert _entry(token).own.state is State.WAITING


def test_strangers_and_officials_of_elsewhere_decide_nothing(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    for somebody in (cast.far_curator, cast.far_admin, cast.seller, cast.companion, cast.newcomer):
        with pytest.raises(NotFound):
            _show(_entry(token), somebody, now)


def test_a_moderator_who_sells_does_not_judge_their_own_shop(token: str, cast: Cast, now: datetime) -> None:
    make_official(cast.seller.phone, cast.seller.name, Role.CURATOR, JATENG, now=now)
    service.write(token, RENYAH, now=now)
    with pytest.raises(NotAllowed, match="lapak Anda sendiri"):
        _show(_entry(token), actor_of(cast.seller.phone), now)


def test_taken_back_it_is_gone_and_may_be_written_anew(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    _show(_entry(token), cast.curator, now)
    service.reply(_entry(token).id, "Terima kasih.", by=cast.seller, now=now)
    service.withdraw(token, now=now)
    service.withdraw(token, now=now)
    entry = _entry(token)
    assert (entry.own.state, entry.own.text, entry.name, entry.reply) == (State.WITHDRAWN, "", "", None)
    assert queries.newest(shop_id_of(cast.seller)) == []
    service.write(token, RENYAH, now=now)
    assert _entry(token).own.state is State.WAITING


def test_nothing_to_take_back_is_said(token: str, now: datetime) -> None:
    with pytest.raises(NotFound):
        service.withdraw(token, now=now)


def test_the_seller_answers_once_and_the_answer_waits_too(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    _show(_entry(token), cast.curator, now)
    for _ in range(2):
        service.reply(_entry(token).id, "Terima kasih, Bu.", by=cast.seller, now=now)
    assert [one.reply for one in queries.newest(shop_id_of(cast.seller))] == [""]
    assert [entry.id for entry in queries.waiting(JATENG)] == [_entry(token).id]
    service.decide_reply(_entry(token).id, Decision(State.SHOWN, 1), by=cast.admin, now=now)
    assert [one.reply for one in queries.newest(shop_id_of(cast.seller))] == ["Terima kasih, Bu."]
    with pytest.raises(Conflict):
        service.reply(_entry(token).id, "Satu lagi.", by=cast.seller, now=now)


def test_a_refused_answer_may_be_written_anew(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    _show(_entry(token), cast.curator, now)
    service.reply(_entry(token).id, "Terima kasih, Bu Rina dari Jalan Mawar.", by=cast.seller, now=now)
    service.decide_reply(_entry(token).id, Decision(State.REFUSED, 1, Refusal.PRIVATE), by=cast.admin, now=now)
    service.reply(_entry(token).id, "Terima kasih.", by=cast.seller, now=now)
    reply = _entry(token).reply
    assert reply
    assert (reply.state, reply.text, reply.refusal) == (State.WAITING, "Terima kasih.", None)


def test_nobody_else_answers_and_not_before_it_is_shown(token: str, cast: Cast, now: datetime) -> None:
    service.write(token, RENYAH, now=now)
    with pytest.raises(NotFound):
        service.reply(_entry(token).id, "Terima kasih.", by=cast.seller, now=now)
    _show(_entry(token), cast.curator, now)
    for somebody in (cast.other_seller, cast.curator, cast.companion):
        with pytest.raises(NotFound):
            service.reply(_entry(token).id, "Terima kasih.", by=somebody, now=now)
    with pytest.raises(NotFound):
        service.decide_reply(_entry(token).id, Decision(State.SHOWN, 1), by=cast.admin, now=now)


def test_a_buyer_at_two_tabs_writes_one(app: Flask, token: str, now: datetime) -> None:
    start = threading.Barrier(3)

    def act() -> None:
        with app.app_context():
            start.wait()
            service.write(token, RENYAH, now=now)

    threads = [threading.Thread(target=act) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Query(select(func.count()).select_from(models.Testimonial), int).first() == 1


def test_the_bad_ones_are_counted_too(slug: str, cast: Cast, now: datetime) -> None:
    for number, feeling in enumerate(("happy", "happy", "disappointed")):
        make_testimonial(cast.seller, slug, now=now, buyer=f"Pembeli {'x' * number}", by=cast.curator, feeling=feeling)
    assert queries.tally(shop_id_of(cast.seller)) == {Feeling.HAPPY: 2, Feeling.FAIR: 0, Feeling.DISAPPOINTED: 1}


def test_a_page_ends_and_the_next_goes_on(slug: str, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [make_testimonial(cast.seller, slug, now=now, buyer=name, by=cast.curator)[1] for name in ("Ana", "Budi", "Citra", "Dewi")]
    assert [one.id for one in queries.newest(shop_id_of(cast.seller))] == keys[:0:-1]
    monkeypatch.setattr(queries, "PAGE", 3)
    page = queries.of_shop(shop_id_of(cast.seller), before=None)
    rest = queries.of_shop(shop_id_of(cast.seller), before=page.next_key)
    assert ([one.id for one in page.rows], [one.id for one in rest.rows], rest.next_key) == (keys[:0:-1], keys[:1], None)
