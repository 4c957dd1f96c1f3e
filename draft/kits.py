"""Making the kit: the pictures that get reposted, drawn by the worker once an edition is out, kept until it changes.

An edition's row is its job: claimed for a while, tried again after growing pauses, finished by one update. A process that dies in
between leaves files that the next try writes over with the same bytes.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update

from lapak.db.session import changed, transaction
from lapak.editions.adapters import kit
from lapak.editions.models import Edition
from lapak.editions.queries import calls, public
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.captions import caption, day_text, file_stem, label, price_text, title
from lapak.photos.adapters.store import store
from lapak.photos.queries import PhotoView
from lapak.photos.rules import largest
from lapak.regions.queries import site_of
from lapak.regions.rules import Site

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))
STAMP = (2020, 1, 1, 0, 0, 0)
"""The archive's files bear no date, so that the same kit has the same bytes."""
FACES = 5
CARD, ARCHIVE = "kartu.jpg", "kit.zip"
TYPES = {".jpg": "image/jpeg", ".zip": "application/zip"}
_log = structlog.get_logger("kits")


def make_next(*, now: datetime) -> bool:
    """Draw the kit that has waited longest; return whether there was one."""
    edition_id = calls.kit_due(now=now)
    if edition_id is None:
        return False
    edition = _claim(edition_id, now=now)
    if edition is None:
        return True
    try:
        for name, data in _files(edition):
            store().put(f"{folder(edition.kit_key)}/{name}", data)
    except Exception:  # noqa: BLE001 - a broken photo or a full disk: tried again after the pause
        _log.exception("kit not drawn", edition=edition.id)
        return True
    with transaction():
        # Only the kit that was asked for: a correction meanwhile has given the edition another key, and another turn.
        mine = update(Edition).where(Edition.id == edition.id, Edition.kit_key == edition.kit_key)
        changed(mine.values(kit_at=now, kit_due_at=None))
    return True


def _claim(edition_id: int, *, now: datetime) -> EditionView | None:
    with transaction():
        tries, key = calls.kit_tries(edition_id)
        is_given_up = tries >= len(PAUSES)
        values = {"kit_due_at": None} if is_given_up else {"kit_due_at": now + PAUSES[tries], "kit_tries": tries + 1}
        mine = update(Edition).where(Edition.id == edition_id, Edition.kit_tries == tries, Edition.kit_key == key, Edition.kit_due_at <= now)
        is_mine = changed(mine.values(values))
        if is_mine and is_given_up:
            _log.error("kit given up", edition=edition_id, tries=tries)
        return calls.by_id(edition_id) if is_mine and not is_given_up else None


def read(kit_key: str, name: str) -> bytes | None:
    """Return a file of a kit, None when there is no such one."""
    try:
        return store().read(f"{folder(kit_key)}/{name}")
    except (FileNotFoundError, ValueError):
        return None


def folder(kit_key: str | None) -> str:
    """Return where a kit's files are kept."""
    return f"kit-{kit_key}"


def story_name(stall: int) -> str:
    """Return the file of a stall's story picture."""
    return f"lapak-{stall}-story.jpg"


def card_name(stall: int) -> str:
    """Return the file of a stall's card."""
    return f"lapak-{stall}-kartu.jpg"


def captions(edition: EditionView, site: Site) -> list[tuple[int, str, str]]:
    """Return the text to post for each stall: (stall, the listing's name as published, text)."""
    shown = public.as_shown(edition.id)
    found = []
    for card in public.cards(edition.id):
        name, price = shown.get(card.slug, (card.name, card.price))
        text = caption(
            edition=title(edition.series_name, edition.number), theme=edition.theme, stall=card.stall or 0, name=name, shop=card.shop_name,
            place=card.place_name, price=price_text(price or card.price, is_service=card.is_service), link=_link(edition, card.slug),
            hashtag=site.hashtag,
        )  # fmt: skip
        found.append((card.stall or 0, name, text))
    return found


def _files(edition: EditionView) -> Iterator[tuple[str, bytes]]:
    site = site_of(edition.region_code)
    if site is None:
        raise LookupError(edition.region_code)
    archive: dict[str, bytes] = {}
    faces: list[bytes] = []
    texts = {stall: text for stall, _name, text in captions(edition, site)}
    shown = public.as_shown(edition.id)
    for card in public.cards(edition.id):
        stall = card.stall or 0
        name, price = shown.get(card.slug, (card.name, card.price))
        photo = _photo(card.photo)
        faces += [photo] if photo else []
        link = _link(edition, card.slug)
        about = kit.Stall(
            name, card.shop_name, card.place_name, price_text(price or card.price, is_service=card.is_service),
            link.partition("://")[2] or link, photo,
        )  # fmt: skip
        banner = _banner(edition, site, label(edition.series_name, edition.number, stall))
        stem = file_stem(stall, name)
        for file, into, data in (
            (story_name(stall), f"{stem}/story.jpg", kit.story(about, banner)),
            (card_name(stall), f"{stem}/kartu.jpg", kit.card(about, banner)),
        ):
            archive[into] = data
            yield file, data
        archive[f"{stem}/keterangan.txt"] = texts[stall].encode()
        archive[f"{stem}/qr.png"] = kit.qr(link)
    data = kit.edition_card(faces[:FACES], _banner(edition, site, title(edition.series_name, edition.number)))
    archive[CARD] = data
    yield CARD, data
    yield ARCHIVE, _zipped(archive)


def _banner(edition: EditionView, site: Site, name: str) -> kit.Banner:
    day = site.today(edition.published_at) if edition.published_at else edition.date
    return kit.Banner(site.brand, site.theme, name, edition.theme, day_text(day), site.hashtag)


def _photo(photo: PhotoView | None) -> bytes | None:
    if photo is None:
        return None
    try:
        return store().read(f"{photo.key}/{largest(photo.width, is_finished=photo.is_finished)}")
    except FileNotFoundError:
        return None


def _link(edition: EditionView, slug: str) -> str:
    return f"{edition.base.rstrip('/')}/p/{slug.rpartition('-')[2]}"


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith((".jpg", ".png")) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return out.getvalue()
