"""The story kit: pictures that get reposted, drawn by the worker once an edition is out, and again whenever it was corrected.

An edition's row is its job: claimed for a while, tried again after growing pauses, finished by one update. A process that dies in
between leaves files that the next try writes over with the same bytes.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from babel.dates import format_date
from sqlalchemy import select, update

from lapak.catalog.queries import Card
from lapak.catalog.rules import State as ProductState
from lapak.db.base import db
from lapak.db.session import after_commit, changed, transaction
from lapak.editions.adapters import kit
from lapak.editions.adapters.kit import Banner, Stall
from lapak.editions.models import Edition, Entry
from lapak.editions.queries import calls, public
from lapak.editions.queries.public import EditionView
from lapak.editions.rules.calendar import State
from lapak.editions.rules.captions import caption, folder_name, label, price_text, title
from lapak.editions.rules.choosing import MOST_STALLS, Standing
from lapak.kernel import paths
from lapak.kernel.codes import token
from lapak.kernel.words import say
from lapak.photos.adapters.store import store
from lapak.photos.queries import PhotoView
from lapak.photos.rules import PAUSES, largest
from lapak.regions.queries import site_of
from lapak.regions.rules import Site

CLAIM = timedelta(minutes=2)
"""How long a try has before another process may begin one; drawing takes a few seconds."""
UNDATED = (1980, 1, 1, 0, 0, 0)
"""The archive's files bear no date, so that the same kit has the same bytes."""
CARD, ARCHIVE = "kartu.jpg", "kit.zip"
_KINDS = ("story", "kartu", "kecil")
TYPES = {CARD: "image/jpeg", ARCHIVE: "application/zip"} | {
    f"lapak-{stall}-{kind}.jpg": "image/jpeg" for stall in range(1, MOST_STALLS + 1) for kind in _KINDS
}
"""Every file a kit may have, with its media type."""
SHOWN = (State.PUBLISHED, State.WITHDRAWN)
"""Where an edition stands whose kit was drawn; one that is withdrawn may be shown again, with the pictures it has."""
_log = structlog.get_logger("kits")


@dataclass(frozen=True, slots=True)
class Post:
    """What there is to post of one stall: its listing as it was published, the text that goes with the picture, and the short link."""

    stall: int
    card: Card
    name: str
    price: str
    link: str
    text: str

    def file(self, kind: str) -> str:
        """Return the name of its picture: "story", "kartu" or "kecil", which is the story in small."""
        return f"lapak-{self.stall}-{kind}.jpg"


def order_kit(edition: Edition, *, now: datetime) -> None:
    """Have an edition's kit drawn as the edition is now; what was drawn before is no longer shown, and thrown away."""
    if edition.kit_key:
        after_commit(partial(_forget, edition.kit_key))
    edition.kit_key, edition.kit_due_at, edition.kit_tries, edition.kit_at = token(), now, 0, None


def redraw_showing(product_id: int, *, now: datetime) -> None:
    """Have the kits of editions that showed a listing drawn anew, with or without it."""
    chosen = Entry.product_id == product_id, Entry.standing == Standing.CHOSEN, Edition.state.in_(SHOWN)
    with transaction():
        for edition in db.session.scalars(select(Edition).join(Entry, Entry.edition_id == Edition.id).where(*chosen).order_by(Edition.id)):
            order_kit(edition, now=now)


def make_next(*, now: datetime) -> bool:
    """Draw the kit that has waited longest; return whether one was waiting."""
    due = calls.kit_due(now=now)
    if due is None:
        return False
    is_given_up = due.tries >= len(PAUSES)
    values = {"kit_due_at": None if is_given_up else now + PAUSES[due.tries] + CLAIM, "kit_tries": due.tries + 1}
    mine = Edition.id == due.edition_id, Edition.kit_key == due.key
    with transaction():
        is_mine = changed(update(Edition).where(*mine, Edition.kit_due_at == due.due_at).values(values))
    edition = calls.by_id(due.edition_id)
    if not is_mine or edition is None:
        return True
    if is_given_up:
        _log.error("kit given up", edition=edition.id, tries=due.tries)
        return True
    try:
        for name, data in _files(edition):
            store().put(f"{_folder(due.key)}/{name}", data)
    except Exception:  # noqa: BLE001 - a broken photo or a full disk: tried again after the pause
        _log.exception("kit not drawn", edition=edition.id, tries=due.tries + 1)
        return True
    with transaction():
        # Only the kit that was asked for: a correction meanwhile has given the edition another key, and another turn.
        is_wanted = changed(update(Edition).where(*mine).values(kit_at=now, kit_due_at=None))
    if not is_wanted:
        _forget(due.key)
    return True


def read(kit_key: str, name: str) -> bytes | None:
    """Return a file of a kit, None when there is no such one."""
    if name not in TYPES:
        return None
    try:
        return store().read(f"{_folder(kit_key)}/{name}")
    except FileNotFoundError:
        return None


def posts(edition: EditionView, site: Site) -> list[Post]:
    """Return what there is to post of each stall, by number; nothing of a listing that a moderator withholds."""
    shown, found = public.as_shown(edition.id), []
    for card in public.cards(edition.id):
        if card.state == ProductState.WITHHELD:
            continue
        name, price = shown[card.slug]
        stall, cost = card.stall or 0, price_text(price or card.price, is_service=card.is_service)
        link = edition.base + paths.fill(paths.SHORT, code=card.slug.rpartition("-")[2])
        heading = say("%(edition)s: %(theme)s. Lapak %(stall)s", edition=_title(edition), theme=edition.theme, stall=stall)
        text = caption(
            heading=heading, name=name, shop=card.shop_name, place=card.place_name, price=cost,
            link=link, hashtag=site.hashtag,
        )  # fmt: skip
        found.append(Post(stall, card, name, cost, link, text))
    return found


def _title(edition: EditionView) -> str:
    return title(edition.series_name, edition.number)


def _files(edition: EditionView) -> Iterator[tuple[str, bytes]]:
    site = site_of(edition.region_code)
    if site is None:
        raise LookupError(edition.region_code)
    packed: dict[str, bytes] = {}
    faces = []
    for post in posts(edition, site):
        photo = _photo(post.card.photo)
        faces += [photo] if photo else []
        about = Stall(post.name, post.card.shop_name, post.card.place_name, post.price, post.link.partition("://")[2] or post.link, photo)
        banner = _banner(edition, site, label(_title(edition), post.stall))
        story, card = kit.story(about, banner), kit.card(about, banner)
        yield post.file("story"), story
        yield post.file("kecil"), kit.small(story)
        yield post.file("kartu"), card
        folder = folder_name(post.stall, post.name)
        packed |= {
            f"{folder}/story.jpg": story,
            f"{folder}/kartu.jpg": card,
            f"{folder}/keterangan.txt": post.text.encode(),
            f"{folder}/qr.png": kit.qr(post.link),
        }
    packed[CARD] = kit.edition_card(faces, _banner(edition, site, _title(edition)))
    yield CARD, packed[CARD]
    yield ARCHIVE, _zipped(packed)


def _banner(edition: EditionView, site: Site, name: str) -> Banner:
    return Banner(site.brand, site.theme, name, edition.theme, format_date(edition.date, "d MMMM y", locale="id"), site.hashtag)


def _photo(photo: PhotoView | None) -> bytes | None:
    if photo is None:
        return None
    try:
        return store().read(f"{photo.key}/{largest(photo.width, is_finished=photo.is_finished)}")
    except FileNotFoundError:
        return None


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, UNDATED)
            entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".txt") else zipfile.ZIP_STORED
            archive.writestr(entry, files[name])
    return out.getvalue()


def _folder(kit_key: str) -> str:
    return f"kit-{kit_key}"


def _forget(kit_key: str) -> None:
    for name in TYPES:
        store().delete(f"{_folder(kit_key)}/{name}")
