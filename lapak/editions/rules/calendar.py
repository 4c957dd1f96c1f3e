"""What an edition is, when it takes entries, and who may enter."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lapak.kernel.codes import slugify
from lapak.kernel.errors import Conflict, Invalid
from lapak.kernel.text import clean_line, clean_text
from lapak.kernel.words import say
from lapak.regions.rules import covers

THEME_LENGTH = (3, 60)
NOTE_LENGTH = 1200
REASON_LENGTH = (10, 300)
CLOSED_ALREADY = say("Pendaftaran edisi ini sudah ditutup, jadi belum tercatat. Produk Anda tetap dijual seperti biasa.")
_KEY = re.compile(r"(?:([a-z][a-z0-9-]{1,39})-)?([1-9][0-9]{0,4})")
_SERIES = re.compile(r"[a-z](?:-?[a-z0-9])+")
OTHERS_NAMES = frozenset({"baru", "seri", "program"})
"""Words that stand in the addresses of desks and may not be a series' name."""


class State(StrEnum):
    """What was decided about an edition; what the clock says besides is its `Stage`."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """Where an edition stands now, for everybody who looks at it."""

    COMING = "coming"
    OPEN = "open"
    JUDGING = "judging"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Who(StrEnum):
    """Whose shops may enter: the region's market, those of one kabupaten or kota in it, or every shop of Indonesia here."""

    MARKET = "market"
    PLACE = "place"
    COUNTRY = "country"


MOVES = {
    State.DRAFT: {State.SCHEDULED, State.PUBLISHED, State.CANCELLED},
    State.SCHEDULED: {State.DRAFT, State.PUBLISHED, State.CANCELLED},
    State.PUBLISHED: {State.WITHDRAWN},
    State.WITHDRAWN: {State.PUBLISHED},
    State.CANCELLED: set[State](),
}
WHO_NAMES = {
    Who.MARKET: say("Semua lapak di daerah ini"),
    Who.PLACE: say("Lapak dari satu kabupaten atau kota"),
    Who.COUNTRY: say("Lapak dari seluruh Indonesia"),
}
STAGE_NAMES = {
    Stage.COMING: say("Belum dibuka"),
    Stage.OPEN: say("Pendaftaran dibuka"),
    Stage.JUDGING: say("Penilaian"),
    Stage.SCHEDULED: say("Menunggu terbit"),
    Stage.PUBLISHED: say("Terbit"),
    Stage.WITHDRAWN: say("Ditarik"),
    Stage.CANCELLED: say("Dibatalkan"),
}
STATE_NAMES = {State.DRAFT: say("Sedang disusun")} | {state: STAGE_NAMES[Stage(state)] for state in State if state is not State.DRAFT}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a curator plans. `series` and `category` are slugs, empty for the main series and for any category.

    Without `opens_at` and `closes_at` (both or neither) there is no open call: curators nominate from the shelf.
    """

    number: int
    theme: str
    note: str
    publish_at: datetime
    series: str = ""
    category: str = ""
    who: Who = Who.MARKET
    place: str = ""
    asks_own_work: bool = True
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def move(state: State, to: State) -> State:
    """Return `to`; raise Conflict when an edition in `state` cannot go there."""
    if to not in MOVES[state]:
        raise Conflict("Edisi ini sudah berubah (%(state)s). Muat ulang halaman untuk melihat keadaannya.", state=STATE_NAMES[state])
    return to


def stage(state: State, *, opens_at: datetime | None, closes_at: datetime | None, begun_at: datetime | None, now: datetime) -> Stage:
    """Return where an edition stands. Once judging began (`begun_at`), no clock that jumps back opens the call again."""
    if state is not State.DRAFT:
        return Stage(state)
    if begun_at is not None or opens_at is None or closes_at is None or now >= closes_at:
        return Stage.JUDGING
    return Stage.OPEN if now >= opens_at else Stage.COMING


def check(plan: Plan, *, covered: str) -> Plan:
    """Return a plan whose parts fit together; raise Invalid naming the field that does not. `covered` is the region that plans."""
    wrong: dict[str, str] = {}
    if (plan.opens_at is None) != (plan.closes_at is None):
        wrong["closes" if plan.closes_at is None else "opens"] = say("Isi kapan dibuka dan kapan ditutup, atau kosongkan keduanya")
    if plan.opens_at and plan.closes_at and plan.opens_at >= plan.closes_at:
        wrong["closes"] = say("Pendaftaran ditutup sebelum dibuka. Periksa tanggal dan jamnya")
    if plan.closes_at and plan.closes_at >= plan.publish_at:
        wrong["publish"] = say("Edisi terbit sebelum pendaftaran ditutup. Sisakan waktu untuk menilai")
    if plan.who is Who.PLACE and (not plan.place or not covers(covered, plan.place)):
        wrong["place"] = say("Pilih kabupaten atau kota dari daftar")
    if wrong:
        raise Invalid(wrong)
    return plan


def may_enter(who: Who, place: str, *, region: str, shop_place: str, shop_market: str) -> bool:
    """Whether a shop at `shop_place`, shown on the market of `shop_market`, may enter an edition of `region`."""
    if who is Who.COUNTRY:
        return True
    return covers(region, shop_market) and (who is Who.MARKET or covers(place, shop_place))


def key_of(series: str, number: int) -> str:
    """Return what an edition is called in the desk's addresses: "48", "musisi-3"."""
    return f"{series}-{number}" if series else str(number)


def read_key(text: str) -> tuple[str, int] | None:
    """Return the series and number that a desk's address means, None when it means none."""
    found = _KEY.fullmatch(text)
    return (found[1] or "", int(found[2])) if found else None


def theme(text: str) -> str:
    """Return an edition's theme, cleaned; raise Invalid when it is too short or too long."""
    said = clean_line(text)
    shortest, longest = THEME_LENGTH
    if len(said) < shortest:
        raise Invalid({"theme": say("Tulis tema edisi, misalnya Teman ngopi sore")})
    if len(said) > longest:
        raise Invalid({"theme": say("Tema paling panjang %(most)s huruf", most=longest)})
    return said


def reason(text: str) -> str:
    """Return a written reason; raise Invalid when it is too short to be one or longer than 300 characters."""
    said = clean_text(text)
    shortest, longest = REASON_LENGTH
    if len(said) < shortest:
        raise Invalid({"reason": say("Tulis alasannya, paling sedikit %(least)s huruf. Alasan ini dapat dibaca umum", least=shortest)})
    if len(said) > longest:
        raise Invalid({"reason": say("Alasan paling panjang %(most)s huruf", most=longest)})
    return said


def series_slug(name: str) -> str:
    """Return the address of a series called `name`; raise Invalid for a name that makes none."""
    slug = slugify(name, limit=30)
    if not _SERIES.fullmatch(slug) or slug in OTHERS_NAMES:
        raise Invalid({"name": say("Pakai nama seri dengan huruf latin, misalnya Musisi")})
    return slug


def is_quiet(quiet: tuple[date, date] | None, today: date) -> bool:
    """Whether names and pictures of officials stay out of pages and kits: a period around elections, both days included."""
    return quiet is not None and quiet[0] <= today <= quiet[1]
