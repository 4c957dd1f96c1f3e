"""Reads of inboxes, of where else news goes, and of what is on its way."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from lapak.accounts.models import Account, LoginSession
from lapak.db.base import UtcDateTime
from lapak.db.session import Query
from lapak.kernel.paging import Page
from lapak.notices.models import Errand, MailAddress, Mute, Notice, PushDevice
from lapak.notices.rules import CONFIRM_LIFE, MOST_COUNTED, MOST_DEVICES, Channel, Kind, device_mark

PAGE = 30
LAST = 2**62


@dataclass(frozen=True, slots=True)
class News:
    """A notice as its reader sees it."""

    id: int
    kind: Kind
    text: str
    link: str
    site_code: str
    written_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address that somebody gave."""

    id: int
    account_id: int
    address: str
    site_code: str
    seed: str
    asked_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    ended_because: str

    def is_good(self, now: datetime) -> bool:
        """Whether news may go there."""
        return self.confirmed_at is not None and self.confirmed_at <= now and self.ended_at is None

    def may_confirm(self, now: datetime) -> bool:
        """Whether its link still confirms it."""
        return self.confirmed_at is None and self.ended_at is None and self.asked_at <= now < self.asked_at + CONFIRM_LIFE


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A browser that shows news, as its owner sees it. `mark` lets a page know whether it is shown in that very browser."""

    id: int
    name: str
    added_at: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class Due:
    """Something that has to be sent now. `notice_id` is None where an address is asked to be confirmed."""

    id: int
    tries: int
    notice_id: int | None
    text: str
    link: str
    site_code: str


_NEWS = select(Notice.id, Notice.kind, Notice.text, Notice.link, Notice.site_code, Notice.written_at, Notice.read_at)


def _to_news(id_: int, kind: str, text: str, link: str, code: str, written_at: datetime, read_at: datetime | None) -> News:
    return News(id_, Kind(kind), text, link, code, written_at, read_at)


_INBOX = Query(
    _NEWS.where(Notice.account_id == bindparam("account_id"), Notice.id < bindparam("before")).order_by(Notice.id.desc()).limit(PAGE + 1),
    _to_news,
)
_ONE = Query(_NEWS.where(Notice.account_id == bindparam("account_id"), Notice.id == bindparam("notice_id")), _to_news)
_UNREAD = Query(
    select(func.count()).select_from(
        select(Notice.id).where(Notice.account_id == bindparam("account_id"), Notice.read_at.is_(None)).limit(MOST_COUNTED + 1).subquery()
    ),
    int,
)
_READER = Query(select(Account.id).where(Account.phone == bindparam("phone")), int)
_PHONE = Query(select(Account.phone).where(Account.id == bindparam("account_id")), str)
_ADDRESS = select(
    MailAddress.id, MailAddress.account_id, MailAddress.address, MailAddress.site_code, MailAddress.seed, MailAddress.asked_at,
    MailAddress.confirmed_at, MailAddress.ended_at, MailAddress.ended_because,
)  # fmt: skip
_LATEST = Query(_ADDRESS.where(MailAddress.account_id == bindparam("account_id")).order_by(MailAddress.id.desc()).limit(10), Address)
_ADDRESS_BY_ID = Query(_ADDRESS.where(MailAddress.id == bindparam("address_id")), Address)
_TO_CONFIRM = Query(_ADDRESS.where(MailAddress.confirm_hash == bindparam("hash")), Address)
_TO_STOP = Query(_ADDRESS.where(MailAddress.stop_hash == bindparam("hash")), Address)
_ASKED = Query(
    select(MailAddress.asked_at)
    .where(MailAddress.account_id == bindparam("account_id"), MailAddress.asked_at > bindparam("since", type_=UtcDateTime))
    .order_by(MailAddress.asked_at.desc())
    .limit(50),
    lambda at: at,
)
_ASKED_OF = Query(
    select(func.count())
    .select_from(MailAddress)
    .where(func.lower(MailAddress.address) == bindparam("address"), MailAddress.asked_at > bindparam("since", type_=UtcDateTime)),
    int,
)
_LIVE = LoginSession.ended_at.is_(None)
_DEVICES = Query(
    select(PushDevice.id, LoginSession.device, PushDevice.added_at, PushDevice.endpoint)
    .join(LoginSession, LoginSession.id == PushDevice.session_id)
    .where(PushDevice.account_id == bindparam("account_id"), _LIVE)
    .order_by(PushDevice.id.desc())
    .limit(MOST_DEVICES),
    lambda id_, name, added_at, endpoint: DeviceRow(id_, name, added_at, device_mark(endpoint)),
)
_DEVICE = Query(
    select(PushDevice.endpoint, PushDevice.public_key, PushDevice.auth)
    .join(LoginSession, LoginSession.id == PushDevice.session_id)
    .where(PushDevice.id == bindparam("device_id"), _LIVE),
    lambda *row: row,
)
_MUTES = Query(
    select(Mute.channel, Mute.kind).where(Mute.account_id == bindparam("account_id")).limit(50),
    lambda channel, kind: (Channel(channel), Kind(kind)),
)
_DUE = (
    select(
        Errand.id, Errand.tries, Errand.notice_id, func.coalesce(Notice.text, ""), func.coalesce(Notice.link, ""),
        func.coalesce(Notice.site_code, ""),
    )
    .outerjoin(Notice, Notice.id == Errand.notice_id)
    .where(Errand.next_at <= bindparam("now", type_=UtcDateTime))
    .order_by(Errand.next_at, Errand.id)
    .limit(1)
)  # fmt: skip
_DUE_LETTER = Query(_DUE.add_columns(Errand.address_id).where(Errand.address_id.is_not(None)), lambda *row: (Due(*row[:-1]), row[-1]))
_DUE_PUSH = Query(_DUE.add_columns(Errand.device_id).where(Errand.device_id.is_not(None)), lambda *row: (Due(*row[:-1]), row[-1]))


def inbox(account_id: int, *, before: int | None) -> Page[News]:
    """A page of somebody's news, newest first."""
    rows = _INBOX.all(account_id=account_id, before=before or LAST)
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def one(account_id: int, notice_id: int) -> News | None:
    """One of somebody's own notices."""
    return _ONE.first(account_id=account_id, notice_id=notice_id)


def unread(account_id: int) -> int:
    """How many of somebody's notices are unread; not counted beyond a hundred."""
    return _UNREAD.first(account_id=account_id) or 0


def reader_of(phone: str) -> int | None:
    """The account that a number signs in to, if there is one."""
    return _READER.first(phone=phone)


def phone_of(account_id: int) -> str:
    """The number that somebody signs in with."""
    return _PHONE.first(account_id=account_id) or ""


def mail_of(account_id: int, *, now: datetime) -> tuple[Address | None, Address | None, str]:
    """Where somebody's letters go, the address that they gave last and still have to confirm, and one whose mailbox was not there."""
    given = _LATEST.all(account_id=account_id)
    asked = given[0] if given and given[0].may_confirm(now) else None
    refused = given[0].address if given and given[0].ended_because == "refused" else ""
    return next((one for one in given if one.is_good(now)), None), asked, refused


def good_address(account_id: int, *, now: datetime) -> Address | None:
    """Where somebody's letters go."""
    return mail_of(account_id, now=now)[0]


def address(address_id: int) -> Address | None:
    """An address by its inner key."""
    return _ADDRESS_BY_ID.first(address_id=address_id)


def address_to_confirm(secret_hash: str) -> Address | None:
    """The address that a link confirms, whatever became of it."""
    return _TO_CONFIRM.first(hash=secret_hash)


def address_to_stop(secret_hash: str) -> Address | None:
    """The address that a link ends, whatever became of it."""
    return _TO_STOP.first(hash=secret_hash)


def asked_by(account_id: int, *, since: datetime) -> list[datetime]:
    """When somebody asked for letters of confirmation."""
    return _ASKED.all(account_id=account_id, since=since)


def asked_of(mail_address: str, *, since: datetime) -> int:
    """How many such letters an address was sent, whoever asked."""
    return _ASKED_OF.first(address=mail_address.lower(), since=since) or 0


def devices(account_id: int) -> list[DeviceRow]:
    """The browsers that show somebody's news, newest first."""
    return _DEVICES.all(account_id=account_id)


def device(device_id: int) -> tuple[str, str, str] | None:
    """A browser's address and keys; None when it is signed out."""
    return _DEVICE.first(device_id=device_id)


def mutes(account_id: int) -> set[tuple[Channel, Kind]]:
    """Which news somebody does not want by which channel."""
    return set(_MUTES.all(account_id=account_id))


def due_letter(*, now: datetime) -> tuple[Due, int] | None:
    """The letter that has waited longest, and the key of its address."""
    return _DUE_LETTER.first(now=now)


def due_push(*, now: datetime) -> tuple[Due, int] | None:
    """The push message that has waited longest, and the key of its browser."""
    return _DUE_PUSH.first(now=now)
