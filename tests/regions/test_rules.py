from datetime import UTC, date, datetime

import pytest

from lapak.regions.rules import Site, covers, short_name, within


@pytest.mark.parametrize(
    ("authority", "place", "governs"),
    [
        ("33", "33", True),
        ("33", "33.74", True),
        ("33.74", "33.74", True),
        ("33", "34.71", False),
        ("33", "3", False),
        ("33", "331", False),
        ("3", "33", False),
        ("33.7", "33.74", False),
        ("33.74", "33", False),
        ("33.74", "33.75", False),
        ("", "33", False),
        ("33", "", False),
        ("33", "33.", True),
        ("%", "33", False),
    ],
)
def test_authority_is_a_prefix_of_whole_parts(authority: str, place: str, governs: bool) -> None:
    assert covers(authority, place) is governs


@pytest.mark.parametrize("place", ["33", "33.01", "33.74", "33.99"])
def test_the_range_of_an_authority_holds_what_it_covers(place: str) -> None:
    low, high = within("33")

    assert low <= place < high


@pytest.mark.parametrize("place", ["32", "32.99", "34", "34.01", "3", "331", "330"])
def test_the_range_of_an_authority_holds_nothing_else(place: str) -> None:
    low, high = within("33")

    assert not low <= place < high


@pytest.mark.parametrize(
    ("name", "said"),
    [("Kabupaten Grobogan", "Grobogan"), ("Kota Semarang", "Kota Semarang"), ("Provinsi Jawa Tengah", "Jawa Tengah"), ("", "")],
)
def test_a_region_is_called_as_people_call_it(name: str, said: str) -> None:
    assert short_name(name) == said


def site_in(timezone: str) -> Site:
    return Site(1, "33", "Jawa Tengah", "jateng", None, "Lapak", "Kantor", "jateng", timezone, "", "", "")


@pytest.mark.parametrize(
    ("timezone", "short", "hour"), [("Asia/Jakarta", "WIB", 7), ("Asia/Makassar", "WITA", 8), ("Asia/Jayapura", "WIT", 9)]
)
def test_a_region_keeps_its_own_clock(timezone: str, short: str, hour: int) -> None:
    site = site_in(timezone)

    assert (site.zone, site.local(datetime(2026, 11, 24, tzinfo=UTC)).hour) == (short, hour)


def test_the_date_changes_at_the_regions_midnight() -> None:
    late = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)

    assert site_in("Asia/Jakarta").today(late) == date(2026, 11, 24)
    assert site_in("Asia/Jayapura").today(late) == date(2026, 11, 25)
