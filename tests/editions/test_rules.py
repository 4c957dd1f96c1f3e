"""How stalls are drawn."""

from lapak.editions.rules import draw

SLUGS = [f"produk-{number}" for number in range(10)]


def test_the_same_seed_draws_the_same_stalls_in_whatever_order_they_were_picked() -> None:
    assert draw(SLUGS, seed="a") == draw(SLUGS[::-1], seed="a")
    assert sorted(draw(SLUGS, seed="a")) == SLUGS


def test_no_place_is_favoured() -> None:
    firsts = [draw(SLUGS, seed=str(number))[0] for number in range(2000)]
    assert all(140 < firsts.count(slug) < 260 for slug in SLUGS)
