"""What an order may become, and the message that carries it."""

import itertools

import pytest

from lapak.kernel.errors import Conflict
from lapak.orders.rules.items import Item, chat_text, total
from lapak.orders.rules.states import MOVES, Standing, State, Who, move
from lapak.orders.rules.tokens import shared_token, token_for

ITEMS = (Item(1, "Keripik tempe, 150 g", "bungkus", 18000, 2, is_held=True), Item(2, "Kopi", "kantong", 48000, 1, is_held=True))


@pytest.mark.parametrize(("before", "after", "who"), list(itertools.product(State, State, Who)))
def test_an_order_moves_only_along_the_table(before: State, after: State, who: Who) -> None:
    stands = [Standing(before, *flags) for flags in itertools.product([False, True], repeat=3)]
    if who in MOVES[before].get(after, ()):
        assert any(move(one, after, who) is after for one in stands if one.may(after, who))
    else:
        for one in stands:
            with pytest.raises(Conflict):
                move(one, after, who)


def test_the_total_is_the_sum_of_the_lines() -> None:
    assert total(ITEMS) == 84000


def test_the_message_starts_with_the_link_so_that_its_preview_shows() -> None:
    text = chat_text(link="https://lapak.example/pesanan/x", code="7KQ2MF", items=ITEMS, buyer="Rina", place="Makassar", note="")
    lines = text.splitlines()
    assert lines[0] == "https://lapak.example/pesanan/x"
    assert "2 x Keripik tempe, 150 g = Rp36.000" in lines
    assert "Jumlah Rp84.000, belum ongkos kirim" in lines
    assert lines[-1] == "Alamat: Makassar"


def test_a_token_follows_from_the_forms_key_and_ours() -> None:
    assert token_for("once", key=b"a") == token_for("once", key=b"a")
    assert len({token_for("once", key=b"a"), token_for("twice", key=b"a"), token_for("once", key=b"b")}) == 3
    assert len(token_for("once", key=b"a")) == 32


def test_the_token_of_the_chat_follows_from_the_buyers_own_and_is_another() -> None:
    own = token_for("once", key=b"a")
    assert shared_token(own) == shared_token(own) != own
    assert len({shared_token(own), shared_token(shared_token(own)), shared_token(token_for("twice", key=b"a"))}) == 3
    assert len(shared_token(own)) == 32
