"""Reads about people, sessions and roles."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, or_, select

from lapak.accounts.models import Account, Consent, LoginSession, RoleGrant, SignInCode
from lapak.accounts.rules import CHANNEL_NAMES, CONSENT_TEXTS, ROLE_NAMES, Actor, Channel, Held, Purpose, Role, is_session_over
from lapak.db.session import Query
from lapak.kernel.codes import hash_token
from lapak.regions.models import Region
from lapak.regions.rules import short_name, within


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session row with its person."""

    id: int
    account_id: int
    name: str
    phone: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in browser, as its owner sees it."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role somebody holds or held, as an admin sees it."""

    id: int
    account_id: int
    name: str
    phone: str
    role: Role
    region_code: str
    region_name: str
    starts_at: datetime
    ends_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether the role has ended."""
        return self.ends_at is not None and self.ends_at <= now

    @property
    def role_name(self) -> str:
        """The role's Indonesian name."""
        return ROLE_NAMES[self.role]


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent as the person who gave it reads it; `recorder` is the name of the companion who wrote it down, if one did."""

    id: int
    purpose: Purpose
    text_version: str
    channel: Channel
    given_at: datetime
    withdrawn_at: datetime | None
    recorder: str | None

    @property
    def text(self) -> str:
        """The words that were agreed to."""
        return CONSENT_TEXTS[self.purpose, self.text_version]

    @property
    def channel_name(self) -> str:
        """How it was given, in words."""
        return CHANNEL_NAMES[self.channel]


def in_force(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition that a role has begun and not ended."""
    return and_(RoleGrant.starts_at <= now, or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now))


_SESSION = Query(
    select(LoginSession.id, Account.id, Account.name, Account.phone, LoginSession.created_at, LoginSession.seen_at)
    .join(Account, Account.id == LoginSession.account_id)
    .where(LoginSession.token_hash == bindparam("token_hash"), LoginSession.ended_at.is_(None)),
    LiveSession,
)
_ROLES = Query(
    select(RoleGrant.role, RoleGrant.region_code)
    .where(RoleGrant.account_id == bindparam("account_id"), in_force(bindparam("now")))
    .order_by(RoleGrant.id)
    .limit(50),
    lambda role, region_code: Held(Role(role), region_code),
)
_SESSIONS = Query(
    select(LoginSession.id, LoginSession.device, LoginSession.created_at, LoginSession.seen_at)
    .where(LoginSession.account_id == bindparam("account_id"), LoginSession.ended_at.is_(None))
    .order_by(LoginSession.seen_at.desc())
    .limit(50),
    SessionRow,
)
_GRANTS = Query(
    select(
        RoleGrant.id, Account.id, Account.name, Account.phone, RoleGrant.role, RoleGrant.region_code, Region.name,
        RoleGrant.starts_at, RoleGrant.ends_at,
    )
    .join(Account, Account.id == RoleGrant.account_id)
    .join(Region, Region.code == RoleGrant.region_code)
    .where(RoleGrant.region_code >= bindparam("low"), RoleGrant.region_code < bindparam("high"), RoleGrant.role != Role.SELLER)
    .order_by(RoleGrant.ends_at.is_not(None), RoleGrant.role, RoleGrant.id)
    .limit(500),
    lambda id_, account_id, name, phone, role, code, region, *times: GrantRow(
        id_, account_id, name, phone, Role(role), code, short_name(region), *times
    ),
)  # fmt: skip
_SENT = Query(
    select(SignInCode.created_at, SignInCode.used_at)
    .where(SignInCode.phone == bindparam("phone"), SignInCode.created_at > bindparam("since"))
    .order_by(SignInCode.created_at.desc())
    .limit(50),
    lambda sent_at, used_at: (sent_at, used_at is not None),
)
_SENT_FROM = Query(
    select(func.count())
    .select_from(SignInCode)
    .where(SignInCode.origin == bindparam("origin"), SignInCode.created_at > bindparam("since")),
    int,
)
_WRONG_FROM = Query(
    select(func.coalesce(func.sum(SignInCode.tries), 0)).where(
        SignInCode.origin == bindparam("origin"), SignInCode.tried_at > bindparam("since"), SignInCode.used_at.is_(None)
    ),
    int,
)


_CONSENTS = Query(
    select(Consent.id, Consent.purpose, Consent.text_version, Consent.channel, Consent.given_at, Consent.withdrawn_at, Account.name)
    .outerjoin(Account, Account.id == Consent.recorded_by)
    .where(Consent.phone == bindparam("phone"))
    .order_by(Consent.id.desc())
    .limit(50),
    lambda id_, purpose, version, channel, *rest: ConsentRow(id_, Purpose(purpose), version, Channel(channel), *rest),
)
_AGREED = Query(
    select(Consent.id).where(Consent.phone == bindparam("phone"), Consent.purpose == bindparam("purpose"), Consent.withdrawn_at.is_(None)),
    int,
)
_NAME = Query(select(Account.name).where(Account.id == bindparam("account_id")), str)


def live_session(token: str) -> LiveSession | None:
    """The session of a token that nobody has ended, however old it is."""
    return _SESSION.first(token_hash=hash_token(token))


def actor_of(token: str, *, now: datetime) -> tuple[Actor, LiveSession] | None:
    """The person behind a session token, with the roles in force; None when the session ended or grew old."""
    session = live_session(token)
    if session is None:
        return None
    roles = tuple(_ROLES.all(account_id=session.account_id, now=now))
    actor = Actor(session.account_id, session.name, session.phone, session.id, roles)
    if is_session_over(created_at=session.created_at, seen_at=session.seen_at, is_official=actor.is_official, now=now):
        return None
    return actor, session


def sessions_of(account_id: int) -> list[SessionRow]:
    """A person's signed-in browsers, last seen first."""
    return _SESSIONS.all(account_id=account_id)


def grants_in(region_code: str) -> list[GrantRow]:
    """The officials of a region and of the regions inside it: in force first, ended ones after."""
    low, high = within(region_code)
    return _GRANTS.all(low=low, high=high)


def codes_sent(phone: str, *, since: datetime) -> list[tuple[datetime, bool]]:
    """When codes were sent to a number, and whether each let somebody in."""
    return _SENT.all(phone=phone, since=since)


def codes_sent_from(origin: str, *, since: datetime) -> int:
    """How many codes an origin asked for."""
    return _SENT_FROM.first(origin=origin, since=since) or 0


def name_of(account_id: int) -> str:
    """A person's name; empty when they gave none."""
    return _NAME.first(account_id=account_id) or ""


def consents_of(phone: str) -> list[ConsentRow]:
    """What was agreed to for a number, newest first, withdrawn ones too."""
    return _CONSENTS.all(phone=phone)


def agrees(phone: str, purpose: Purpose) -> bool:
    """Whether a number's owner has consented to that purpose and not withdrawn it."""
    return _AGREED.first(phone=phone, purpose=purpose) is not None


def wrong_tries_from(origin: str, *, since: datetime) -> int:
    """How many wrong codes an origin typed."""
    return _WRONG_FROM.first(origin=origin, since=since) or 0
