import pytest

from lapak.kernel import paths


def test_parts_fill_the_path_and_the_rest_becomes_the_query() -> None:
    assert paths.fill(paths.BROWSE_CATEGORY, category="camilan", wilayah="33.74") == "/jelajah/camilan?wilayah=33.74"


def test_a_typed_part_is_filled_like_any_other() -> None:
    assert paths.fill(paths.EDITION, number=47) == "/edisi/47"


def test_a_query_without_a_value_is_left_out() -> None:
    assert paths.fill(paths.SEARCH, q="kopi", jenis=None) == "/cari?q=kopi"


@pytest.mark.parametrize(
    ("slug", "path"),
    [("a/b", "/produk/a%2Fb"), ("..", "/produk/.."), ("a?b#c", "/produk/a%3Fb%23c"), ("é ", "/produk/%C3%A9%20"), ('"<', "/produk/%22%3C")],
)
def test_a_part_never_leaves_its_place(slug: str, path: str) -> None:
    assert paths.fill(paths.PRODUCT, slug=slug) == path


def test_a_missing_part_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        paths.fill(paths.PRODUCT)
