"""Changes to people: codes, sessions, roles."""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from lapak.accounts import policy, queries
from lapak.accounts.events import ConsentWithdrawn
from lapak.accounts.models import Account, Consent, LoginSession, RoleGrant, SignInCode
from lapak.accounts.rules import (
    CODE_LIFE,
    CODE_TRIES,
    CONSENT_VERSION,
    ORIGIN_SENDS,
    ORIGIN_WRONG_TRIES,
    ROLE_NAMES,
    Actor,
    Channel,
    Purpose,
    Role,
    hash_code,
    seconds_until_free,
)  # fmt: skip
from lapak.db.base import db
from lapak.db.outbox import announce
from lapak.db.session import after_commit, changed, transaction
from lapak.kernel.codes import hash_token, six_digits, token
from lapak.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from lapak.kernel.words import say
from lapak.regions import service as regions
from lapak.regions.queries import name_of, site_for
from lapak.regions.service import SiteTexts
from lapak.senders.outbound import NotSent, sender

CLOCK_SLACK = timedelta(minutes=1)
DEAD_CODE = say("Kode ini sudah tidak berlaku. Minta kode baru")


def send_code(phone: str, *, browser: str, origin: str, brand: str, key: bytes, now: datetime) -> None:
    """Send a one-time code to a number. The same happens for known and unknown numbers.

    Raise TooMany beyond the limits of S6, Conflict when the gateway did not take the message.
    """
    code, salt = six_digits(), token()
    with transaction():
        sent = queries.codes_sent(phone, since=now - timedelta(days=1))
        wait = seconds_until_free([at for at, _ in sent], unused=[at for at, was_used in sent if not was_used], now=now)
        window, limit = ORIGIN_SENDS
        if not wait and queries.codes_sent_from(origin, since=now - window) >= limit:
            wait = int(window.total_seconds())
        if wait:
            raise TooMany(
                "Kode sudah beberapa kali dikirim. Tunggu %(minutes)s menit lagi, lalu minta kode baru.",
                retry_after=wait,
                minutes=-(-wait // 60),
            )
        db.session.add(
            SignInCode(
                phone=phone, code_hash=hash_code(code, salt=salt, key=key), salt=salt, browser=hash_token(browser), origin=origin,
                created_at=now, expires_at=now + CODE_LIFE, tries=0,
            )
        )  # fmt: skip
    try:
        warning = say(
            "Kode %(brand)s Anda: %(code)s. Berlaku 10 menit. Jangan berikan kepada siapa pun, juga kepada petugas.", brand=brand, code=code
        )
        sender().send(phone, warning)
    except NotSent as error:
        with transaction():
            db.session.execute(delete(SignInCode).where(SignInCode.salt == salt))
        raise Conflict("Kode belum terkirim karena gangguan pengiriman pesan. Nomor Anda aman. Coba lagi sebentar lagi.") from error


def enter(phone: str, code: str, *, browser: str, origin: str, device: str, key: bytes, now: datetime) -> str:
    """Check a one-time code and open a session; return its token. A first-time number becomes an account.

    Raise Invalid for a wrong, used, old or foreign code, TooMany when this origin has guessed too often.
    """
    session_token = token()
    with transaction():
        window, limit = ORIGIN_WRONG_TRIES
        if queries.wrong_tries_from(origin, since=now - window) >= limit:
            raise TooMany("Terlalu banyak kode salah dari jaringan ini. Tunggu 5 menit.", retry_after=int(window.total_seconds()))
        refusal = _use_code(phone, code, browser=browser, key=key, now=now)
        if not refusal:
            account = _account_of(phone, now=now)
            db.session.add(
                LoginSession(token_hash=hash_token(session_token), account_id=account.id, device=device, created_at=now, seen_at=now)
            )
    if refusal:
        raise Invalid({"code": refusal})
    return session_token


def _use_code(phone: str, code: str, *, browser: str, key: bytes, now: datetime) -> str:
    """Use a code up; return the sentence that refuses it, empty when it was right.

    All live codes of this browser are good, since messages come late and in the wrong order; a wrong try counts against each.
    """
    mine = (SignInCode.phone == phone, SignInCode.browser == hash_token(browser), SignInCode.used_at.is_(None))
    rows = db.session.scalars(select(SignInCode).where(*mine).order_by(SignInCode.id.desc()).limit(5).with_for_update()).all()
    alive = [row for row in rows if row.created_at - CLOCK_SLACK <= now < row.expires_at]
    for row in rows:
        if row not in alive:
            row.expires_at = row.created_at - CLOCK_SLACK  # spent: a clock that jumps must not bring it back (security.md, R8)
    live = [row for row in alive if row.tries < CODE_TRIES]
    if not live:
        return DEAD_CODE
    live[0].tried_at = now  # one try, however many codes it counts against: the network's limit adds up tries by this mark
    for row in live:
        row.tries += 1
    if any(hmac.compare_digest(row.code_hash, hash_code(code, salt=row.salt, key=key)) for row in live):
        for row in live:
            row.used_at = now
        return ""
    left = max(CODE_TRIES - row.tries for row in live)
    return say("Kode salah. Periksa lagi, sisa percobaan: %(left)s", left=left) if left else DEAD_CODE


def _account_of(phone: str, *, now: datetime, name: str = "") -> Account:
    account = db.session.scalars(select(Account).where(Account.phone == phone)).first()
    if account is None:
        account = Account(phone=phone, name=name, created_at=now)
        db.session.add(account)
        db.session.flush()
    elif name and not account.name:
        account.name = name
    return account


def register(phone: str, *, name: str, now: datetime) -> None:
    """Make an account for a number that has none, without signing anybody in."""
    with transaction():
        _account_of(phone, now=now, name=name)


def record_consent(phone: str, purpose: Purpose, *, channel: Channel, by: Actor, now: datetime) -> None:
    """Write down that a number's owner agreed to the text in force (UU 27/2022, art. 22 and 24); `by` is who wrote it down.

    While an earlier consent to the same purpose stands, nothing is added.
    """
    with transaction():
        if not queries.agrees(phone, purpose):
            db.session.add(
                Consent(phone=phone, purpose=purpose, text_version=CONSENT_VERSION, channel=channel, recorded_by=by.id, given_at=now)
            )
            db.session.flush()


def correct_consent(old: str, new: str, *, by: Actor) -> None:
    """Put right the number of a consent that `by` wrote down with a mistyped one."""
    with transaction():
        mine = update(Consent).where(Consent.phone == old, Consent.recorded_by == by.id, Consent.withdrawn_at.is_(None))
        db.session.execute(mine.values(phone=new))


def withdraw_consent(consent_id: int, *, by: Actor, now: datetime) -> None:
    """Take back one's own consent (UU 27/2022, art. 9); twice changes nothing. Raise NotFound for another person's."""
    with transaction():
        consent = db.session.get(Consent, consent_id)
        if consent is None or consent.phone != by.phone:
            raise NotFound("Persetujuan ini tidak ada.")
        if consent.withdrawn_at is None:
            consent.withdrawn_at = now
            announce(ConsentWithdrawn(consent.phone, consent.purpose), now=now)


def touch_session(session_id: int, *, now: datetime) -> None:
    """Note that a session was used."""
    with transaction():
        db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now))


def end_overdue(token: str, *, now: datetime) -> None:
    """End a session that grew old, for good: a clock that jumps back must not revive it (security.md, R8)."""
    session = queries.live_session(token)
    if session is not None and queries.actor_of(token, now=now) is None:
        with transaction():
            db.session.execute(update(LoginSession).where(LoginSession.id == session.id).values(ended_at=now))


def end_session(session_id: int, *, by: Actor, now: datetime) -> None:
    """Sign a browser out, on every worker at once; raise NotFound unless it is this person's own."""
    with transaction():
        own = update(LoginSession).where(LoginSession.id == session_id, LoginSession.account_id == by.id, LoginSession.ended_at.is_(None))
        if changed(own.values(ended_at=now)) == 0:
            raise NotFound("Sesi ini tidak ada atau sudah berakhir.")


def become_seller(account_id: int, *, region_code: str, now: datetime) -> None:
    """Let a person sell in a region; repeating it changes nothing."""
    with transaction():
        held = select(RoleGrant.id).where(RoleGrant.account_id == account_id, RoleGrant.role == Role.SELLER, RoleGrant.ends_at.is_(None))
        if db.session.scalar(held) is None:
            db.session.add(RoleGrant(account_id=account_id, role=Role.SELLER, region_code=region_code, starts_at=now))


def appoint(
    *, phone: str, name: str, role: Role, region_code: str, now: datetime, by: Actor | None, until: datetime | None = None, door: str = "",
) -> None:  # fmt: skip
    """Give somebody a role in a region, for good or `until` a moment, and tell them where the `door` is (the sign-in page's address).

    `by` is None only for the operator's console.

    Raise NotAllowed when `by` may not give it there, Invalid for an unknown region or a day that is over, Conflict when it is
    held already.
    """
    with transaction():
        if by is not None and not policy.may_grant(by, role, in_region=region_code):
            raise NotAllowed("Anda tidak dapat memberi peran ini di daerah tersebut.")
        region_name = name_of(region_code)
        if region_name is None:
            raise Invalid({"region_code": say("Pilih daerah dari daftar")})
        if until is not None and until <= now:
            raise Invalid({"until": say("Tanggal ini sudah lewat")})
        account = _account_of(phone, now=now)
        account.name = name
        held = select(RoleGrant.id).where(
            RoleGrant.account_id == account.id, RoleGrant.role == role, RoleGrant.region_code == region_code, queries.in_force(now)
        )
        if db.session.scalar(held) is not None:
            raise Conflict("Orang ini sudah memegang peran tersebut di daerah itu.")
        db.session.add(
            RoleGrant(
                account_id=account.id, role=role, region_code=region_code, starts_at=now, ends_at=until,
                granted_by=by.id if by else None,
            )
        )  # fmt: skip
        _end_sessions_of(account.id, now=now)
        site = site_for(region_code)
        news = say(
            "Anda kini %(role)s di %(brand)s untuk %(region)s. Masuk dengan nomor ini. %(door)s",
            role=ROLE_NAMES[role].lower(), brand=site.brand if site else "Lapak", region=region_name, door=door,
        )  # fmt: skip
        after_commit(lambda: _tell(phone, news.strip()))


def end_role(grant_id: int, *, by: Actor, now: datetime) -> None:
    """End a role now; raise NotFound outside the admin's region, Conflict for the last admin of a region."""
    with transaction():
        grant = _grant_under(by, grant_id, now=now)
        others = select(RoleGrant.id).where(
            RoleGrant.role == Role.ADMIN, RoleGrant.region_code == grant.region_code, queries.in_force(now), RoleGrant.id != grant.id
        )
        if grant.role == Role.ADMIN and db.session.scalar(others) is None:
            raise Conflict("Ini pengelola terakhir di daerahnya. Serahkan dulu perannya kepada orang lain.")
        grant.ends_at = now
        _end_sessions_of(grant.account_id, now=now)


def hand_over(grant_id: int, *, phone: str, name: str, by: Actor, now: datetime, door: str = "") -> None:
    """End a role and give it to somebody else, both or neither: the office stays filled."""
    with transaction():
        grant = _grant_under(by, grant_id, now=now)
        role, until = Role(grant.role), grant.ends_at
        appoint(phone=phone, name=name, role=role, region_code=grant.region_code, now=now, by=by, until=until, door=door)
        grant.ends_at = now
        _end_sessions_of(grant.account_id, now=now)


def _grant_under(by: Actor, grant_id: int, *, now: datetime) -> RoleGrant:
    grant = db.session.get(RoleGrant, grant_id)
    if (
        grant is None
        or (grant.ends_at is not None and grant.ends_at <= now)
        or not policy.may_grant(by, Role(grant.role), in_region=grant.region_code)
    ):
        raise NotFound("Peran ini tidak ada atau sudah berakhir.")
    return grant


def _end_sessions_of(account_id: int, *, now: datetime) -> None:
    live = update(LoginSession).where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
    db.session.execute(live.values(ended_at=now))


def _tell(phone: str, text: str) -> None:
    try:
        sender().send(phone, text)
    except NotSent:
        return  # the role stands; the admin sees the person in the list and can tell them by hand


def edit_site_texts(texts: SiteTexts, *, region_code: str, by: Actor) -> None:
    """Change what a region's pages say; raise NotAllowed for anybody but its admins."""
    if not policy.may_administer(by, region_code):
        raise NotAllowed("Hanya pengelola daerah ini yang dapat mengubah teksnya.")
    regions.edit_texts(region_code, texts)


def forget_old(*, now: datetime) -> int:
    """Delete codes older than two days and sessions ended or unseen for 90 days; return how many rows went."""
    with transaction():
        codes = changed(delete(SignInCode).where(SignInCode.created_at < now - timedelta(days=2)))
        gone = changed(delete(LoginSession).where(LoginSession.seen_at < now - timedelta(days=90)))
    return codes + gone
