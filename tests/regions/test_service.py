import pytest
from flask import Flask
from sqlalchemy import func, select

from lapak.db.session import Query
from lapak.kernel.errors import Invalid, NotFound
from lapak.regions import queries, service
from lapak.regions.adapters import all_regions
from lapak.regions.models import Region
from lapak.regions.service import SiteTexts
from tests.factories import JATENG, PARIAMAN

TEXTS = SiteTexts("Lapak Semarang", "Dinas Koperasi", "Dari dekat.", "Tentang.", "LapakSemarang")


def how_many(level: int) -> int:
    return Query(select(func.count()).select_from(Region).where(Region.level == level), int).all()[0]


def test_indonesia_has_38_provinces_and_514_kabupaten_and_kota(app: Flask) -> None:
    assert (how_many(1), how_many(2), how_many(3)) == (38, 514, 0)


def test_every_region_inside_has_the_one_that_covers_it() -> None:
    codes = {code: level for code, _, level in all_regions()}

    assert all(code.partition(".")[0] in codes for code, level in codes.items() if level == 2)
    assert len(codes) == 38 + 514


def test_seeding_again_changes_nothing(app: Flask) -> None:
    assert service.seed(all_regions()) == 0


def test_seeding_follows_a_new_name_and_a_new_region(app: Flask) -> None:
    changed = [(code, "Jawa Tengah Baru" if code == JATENG else name, level) for code, name, level in all_regions()]

    assert service.seed([*changed, ("99", "Provinsi Baru", 1)]) == 2
    assert queries.name_of(JATENG) == "Jawa Tengah Baru"
    assert (how_many(1), how_many(2)) == (39, 514)


def test_a_site_opens_for_any_region_and_is_reached_by_its_slug(app: Flask) -> None:
    service.open_site(region_code="33.74", slug="semarang", texts=TEXTS, theme="jateng", timezone="Asia/Jakarta")
    site = queries.site_by_slug("semarang")

    assert site
    assert (site.region_name, site.brand) == ("Kota Semarang", "Lapak Semarang")


@pytest.mark.parametrize(
    ("field", "value"), [("region_code", "99"), ("region_code", ""), ("theme", "rahasia"), ("timezone", "Europe/London"), ("theme", "../x")]
)
def test_a_site_of_what_does_not_exist_is_refused(app: Flask, field: str, value: str) -> None:
    wanted = {"region_code": "33.74", "slug": "semarang", "theme": "jateng", "timezone": "Asia/Jakarta", field: value}
    with pytest.raises(Invalid) as refusal:
        service.open_site(texts=TEXTS, **wanted)  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [field]
    assert len(queries.sites()) == 2


def test_opening_a_site_again_changes_how_it_is_reached(app: Flask) -> None:
    service.open_site(
        region_code=PARIAMAN, slug="tabuik", texts=TEXTS, theme="pariaman", timezone="Asia/Jakarta", host="lapak.pariaman.example"
    )

    assert queries.site_by_slug("pariaman") is None
    assert [site.slug for site in queries.sites()] == ["tabuik", "jateng"]


def test_a_sites_texts_are_changed_for_it_alone(app: Flask) -> None:
    service.edit_texts(PARIAMAN, TEXTS)

    assert [site.brand for site in queries.sites()] == ["Lapak Semarang", "Lapak Jateng"]


def test_a_region_without_a_site_has_no_texts(app: Flask) -> None:
    with pytest.raises(NotFound):
        service.edit_texts("33.74", TEXTS)


def test_the_places_of_a_province_are_its_kabupaten_and_kota_by_name(app: Flask) -> None:
    names = [place.name for place in queries.places_in(JATENG)]

    assert len(names) == 35
    assert names.index("Banyumas") < names.index("Kota Semarang") < names.index("Wonosobo")


def test_the_only_place_of_a_kota_is_itself(app: Flask) -> None:
    assert [place.code for place in queries.places_in(PARIAMAN)] == [PARIAMAN]
