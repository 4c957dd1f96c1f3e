"""Changes to regions and sites."""

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from lapak.db.base import db
from lapak.db.session import Query, alone, transaction
from lapak.kernel.errors import Invalid, NotFound
from lapak.kernel.words import say
from lapak.regions.models import Region, SiteRow
from lapak.regions.rules import THEMES, ZONES


@dataclass(frozen=True, slots=True)
class SiteTexts:
    """The texts of a site that its admins edit."""

    brand: str
    office: str
    tagline: str
    about: str
    hashtag: str


def seed(regions: list[tuple[str, str, int]]) -> int:
    """Bring the region table up to date with `regions` (code, name, level); return how many rows were new or renamed."""
    with transaction():
        alone("regions")
        known = dict(Query(select(Region.code, Region.name), lambda code, name: (code, name)).all())
        new = [{"code": code, "name": name, "level": level} for code, name, level in regions if code not in known]
        renamed = [(code, name) for code, name, _ in regions if known.get(code, name) != name]
        if new:
            db.session.execute(insert(Region), new)
        for code, name in renamed:
            db.session.execute(update(Region).where(Region.code == code).values(name=name))
    return len(new) + len(renamed)


def open_site(
    *, region_code: str, slug: str, texts: SiteTexts, theme: str, timezone: str, host: str | None = None, is_default: bool = False,
) -> None:  # fmt: skip
    """Open a region's storefront, or change how it is reached; a host or the default that is not named stays as it is.

    Raise Invalid for an unknown region, theme or zone, and for a slug or host that another region has.
    """
    name = host.strip().lower() if host else None
    with transaction():
        others = select(SiteRow.id).where(SiteRow.region_code != region_code)
        wrong = {
            "region_code": say("Kode wilayah tidak dikenal") if db.session.get(Region, region_code) is None else "",
            "theme": say("Tema tidak dikenal") if theme not in THEMES else "",
            "timezone": say("Zona waktu tidak dikenal") if timezone not in ZONES else "",
            "slug": say("Nama pendek ini sudah dipakai daerah lain") if db.session.scalar(others.where(SiteRow.slug == slug)) else "",
            "host": say("Nama host ini sudah dipakai daerah lain")
            if name and db.session.scalar(others.where(SiteRow.host == name))
            else "",
        }
        if fields := {field: text for field, text in wrong.items() if text}:
            raise Invalid(fields)
        row = db.session.scalar(select(SiteRow).where(SiteRow.region_code == region_code))
        if row is None:
            row = SiteRow(region_code=region_code, host=None, is_default=False)
            db.session.add(row)
        row.slug, row.theme, row.timezone, row.host = slug, theme, timezone, name or row.host
        _say(row, texts)
        if is_default:
            db.session.flush()
            db.session.execute(update(SiteRow).values(is_default=SiteRow.id == row.id))


def edit_texts(region_code: str, texts: SiteTexts) -> None:
    """Change what a site's pages say; raise NotFound when the region runs none."""
    with transaction():
        row = db.session.scalar(select(SiteRow).where(SiteRow.region_code == region_code))
        if row is None:
            raise NotFound("Situs daerah ini tidak ada.")
        _say(row, texts)


def _say(row: SiteRow, texts: SiteTexts) -> None:
    row.brand, row.office, row.tagline, row.about, row.hashtag = texts.brand, texts.office, texts.tagline, texts.about, texts.hashtag
