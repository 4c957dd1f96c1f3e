"""Every page, with query strings and paths that nobody should type."""

import pytest

from tests.architecture.test_access import ROLES, cells, fill, person
from tests.market import Market

ODD = [
    "",
    "%00",
    "%ff",
    "%F0%9F%8D%AA",
    "%27%20OR%201%3D1--",
    "%25",
    "_",
    "%5C",
    "a" * 5000,
    "-1",
    "1e309",
    str(2**63),
    "%D9%A1",
    "..%2F..%2Fetc",
    "AND OR NOT (",
    "%22*%22",
]
PAGES = ["/", "/jelajah", "/jelajah/camilan", "/cari", "/edisi", "/masuk", "/mulai-jualan", "/feed.atom", "/sitemap.xml"]
NAMES = ["q", "wilayah", "jenis", "sesudah", "sebelum", "next", "kirim", "bahasa", "q[]"]
PATHS = [
    "/produk/{}", "/produk/{}/pesan", "/lapak/{}", "/p/{}", "/lapak/{}/feed.atom", "/jelajah/{}/feed.json", "/edisi/{}", "/jelajah/{}", "/pesanan/{}", "/foto/{}/640.webp", "/foto/x/{}",
    "/d/{}/", "/d/jateng/{}", "/{}", "/static/{}",
]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("name", NAMES)
def test_an_odd_query_is_answered(market: Market, address: str, name: str) -> None:
    client = market.enter(None)
    for value in ODD:
        assert client.get(f"{address}?{name}={value}").status_code in {200, 303, 404}, f"{address}?{name}={value[:40]}"
    assert client.get(f"{address}?{name}=a&{name}=b").status_code in {200, 303, 404}


@pytest.mark.parametrize("path", PATHS)
def test_an_odd_path_is_no_page(market: Market, path: str) -> None:
    client = market.enter(None)
    for value in ODD[1:]:
        assert client.get(path.format(value)).status_code in {200, 301, 308, 400, 404, 405}, path.format(value)[:80]


@pytest.mark.parametrize("path", ["/dasbor/pesanan", "/kurasi/2/daftar"])
@pytest.mark.parametrize("name", NAMES)
def test_an_odd_query_is_answered_on_desks_too(market: Market, path: str, name: str) -> None:
    client = market.enter(market.cast.seller if path.startswith("/dasbor") else market.cast.curator)
    for value in ODD:
        assert client.get(f"{path}?{name}={value}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/%2e%2e/etc/passwd", "//evil.example", "/\\evil.example", "/produk/..", "/./", "/dasbor/x.css", "/dasbor;a", "/d//", "/d"]
)
def test_a_crooked_path_leads_nowhere(market: Market, path: str) -> None:
    answer = market.enter(None).get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code in {200, 301, 303, 308, 400, 404}
    assert "root:" not in answer.get_data(as_text=True)
    if answer.location:
        assert answer.location.startswith(("/", "http://localhost/"))
        assert not answer.location.startswith("//")


@pytest.mark.parametrize("value", ["%00", "%ff%27%22%3Cscript%3E", "%25_%5C", "1e309", str(2**63), "a" * 5000])
def test_every_page_bears_an_odd_query(market: Market, value: str) -> None:
    visitors = {role: market.enter(person(market, role)) for role in ROLES}
    query = "&".join(f"{name}={value}" for name in NAMES)
    for method, _, path, statuses in cells():
        if method == "GET" and 200 in statuses:
            role = ROLES[statuses.index(200)]
            answer = visitors[role].get(f"{fill(path, market)}?{query}")
            assert answer.status_code in {200, 303}, f"{path}?{query[:40]}"
            assert b"<script>" not in answer.data
