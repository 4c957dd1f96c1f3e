"""Telling people: one call reaches the inbox, the phone, and what else somebody allowed. Then each channel goes its own way.

What is told is written in the transaction that made it true; the worker sends it afterwards, each letter and each push message on its
own, at least once. The try is booked before it is made, so two workers never hold the same one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, delete, or_, select, update

from lapak.accounts.rules import Actor
from lapak.db.base import db
from lapak.db.outbox import book, post
from lapak.db.session import alone, changed, in_transaction, insertion, transaction
from lapak.kernel import paths
from lapak.kernel.codes import hash_token, token
from lapak.kernel.errors import NotFound, TooMany
from lapak.kernel.words import say
from lapak.notices import queries
from lapak.notices.models import Errand, MailAddress, Mute, Notice, PushDevice
from lapak.notices.queries import Address, Due
from lapak.notices.rules import (
    ADDRESS_LIMIT,
    ASK_LIMITS,
    ASKS_KEPT,
    CONFIRM_LIFE,
    DONE_KEPT,
    KEPT,
    MOST_DEVICES,
    PAUSES,
    Channel,
    Kind,
    mask_address,
    payload,
    secret,
    subject,
    without_brand,
)  # fmt: skip
from lapak.regions.queries import site_for
from lapak.regions.rules import address_of
from lapak.senders.outbound import Device, Gone, Letter, mailer, pusher

DEAD_LINK = say("Tautan ini sudah tidak berlaku. Minta tautan baru di dasbor, menu Kabar, Pilihan.")
NO_MAIL = say("Situs ini belum mengirim surel.")
NO_PUSH = say("Situs ini belum mengirim kabar ke peramban.")
_log = structlog.get_logger("notices")


def tell(
    phone: str, text: str, *, kind: Kind, site_code: str, link: str = "", to: int | None = None, now: datetime,
) -> None:  # fmt: skip
    """Tell somebody: in their inbox, by a message to their phone, and by letter and push where they allowed it.

    The reader is the account `to`, else the one that signs in with `phone`; who has none gets the message to the phone alone. An empty
    `phone` gets no message. `link` is the path of the page it is about, in the region `site_code`. Runs inside a transaction: what is
    told is true exactly when that commits. Sign-in codes and links that open something by themselves are never told: see `outbox.post`.
    """
    if not in_transaction():
        raise RuntimeError("tell outside a transaction")
    if phone:
        post(phone, text, now=now)
    reader = to if to is not None else queries.reader_of(phone)
    if reader is None:
        return
    site = site_for(site_code)
    plain = without_brand(text, site.brand) if site else str(text)
    notice = Notice(account_id=reader, kind=kind, text=plain, link=link, site_code=site_code, written_at=now)
    db.session.add(notice)
    db.session.flush()
    muted = queries.mutes(reader)
    if mailer() is not None and (Channel.MAIL, kind) not in muted and (where := queries.good_address(reader, now=now)):
        db.session.add(Errand(notice_id=notice.id, address_id=where.id, written_at=now, next_at=now))
    if pusher() is not None and (Channel.PUSH, kind) not in muted:
        db.session.add_all(Errand(notice_id=notice.id, device_id=one.id, written_at=now, next_at=now) for one in queries.devices(reader))


def read(notice_id: int, *, by: Actor, now: datetime) -> queries.News:
    """Mark one's own notice as read and return it; again changes nothing. Raise NotFound for another person's."""
    with transaction():
        own = update(Notice).where(Notice.id == notice_id, Notice.account_id == by.id)
        db.session.execute(own.where(Notice.read_at.is_(None)).values(read_at=now))
        found = queries.one(by.id, notice_id)
        if found is None:
            raise NotFound("Kabar ini tidak ada atau sudah dihapus karena lama.")
        return found


def read_all(*, up_to: int, by: Actor, now: datetime) -> None:
    """Mark all of one's notices as read, up to the newest that was on the page: what came later was not seen."""
    with transaction():
        seen = update(Notice).where(Notice.account_id == by.id, Notice.id <= up_to, Notice.read_at.is_(None))
        db.session.execute(seen.values(read_at=now))


def choose(wanted: Iterable[tuple[Channel, Kind]], *, among: Iterable[tuple[Channel, Kind]], by: Actor) -> None:
    """Keep which news somebody wants by which channel, of those that were asked about."""
    asked = set(among)
    unwanted = asked - set(wanted)
    with transaction():
        for channel, kind in asked - unwanted:
            db.session.execute(delete(Mute).where(Mute.account_id == by.id, Mute.channel == channel, Mute.kind == kind))
        for channel, kind in sorted(unwanted):
            row = insertion(Mute).values(account_id=by.id, channel=channel, kind=kind)
            db.session.execute(row.on_conflict_do_nothing())


def give_address(address: str, *, site_code: str, by: Actor, key: bytes, now: datetime) -> None:
    """Take an e-mail address and send a letter there that asks to confirm it; until then the one before stays in use.

    The address in use again asks for nothing. Raise TooMany beyond a few letters a day, to one person or to one address.
    """
    if mailer() is None:
        raise NotFound(NO_MAIL)
    with transaction():
        alone("mail address", by.id)
        used = queries.good_address(by.id, now=now)
        if used is not None and used.address == address:
            return
        _check_limits(address, by=by, now=now)
        waiting = update(MailAddress).where(
            MailAddress.account_id == by.id, MailAddress.confirmed_at.is_(None), MailAddress.ended_at.is_(None)
        )
        db.session.execute(waiting.values(ended_at=now, ended_because="replaced"))
        seed = token()
        row = MailAddress(
            account_id=by.id, address=address, site_code=site_code, seed=seed, asked_at=now, ended_because="",
            confirm_hash=hash_token(secret(key, "confirm", seed)), stop_hash=hash_token(secret(key, "stop", seed)),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        db.session.add(Errand(address_id=row.id, written_at=now, next_at=now))


def _check_limits(address: str, *, by: Actor, now: datetime) -> None:
    day = timedelta(days=1)
    asked = queries.asked_by(by.id, since=now - day)
    for window, most in ASK_LIMITS:
        recent = [at for at in asked if at > now - window]
        if len(recent) >= most:
            wait = int((recent[most - 1] + window - now).total_seconds()) + 1
            raise TooMany("Tautan sudah beberapa kali dikirim. Tunggu %(minutes)s menit lagi.", retry_after=wait, minutes=-(-wait // 60))
    if queries.asked_of(address, since=now - day) >= ADDRESS_LIMIT:
        raise TooMany("Alamat ini sudah beberapa kali dikirimi tautan hari ini. Coba lagi besok.", retry_after=int(day.total_seconds()))


def confirm_address(link: str, *, now: datetime) -> None:
    """Put an address in use by the link that was sent there; again changes nothing. Raise NotFound for a link that is not good.

    Its owner is told, in the inbox and by phone: whoever gave it may not be them.
    """
    with transaction():
        found = queries.address_to_confirm(hash_token(link))
        if found is None or not (found.is_good(now) or found.may_confirm(now)):
            raise NotFound(DEAD_LINK)
        fresh = update(MailAddress).where(MailAddress.id == found.id, MailAddress.confirmed_at.is_(None), MailAddress.ended_at.is_(None))
        if changed(fresh.values(confirmed_at=now)) == 0:
            return
        before = update(MailAddress).where(
            MailAddress.account_id == found.account_id, MailAddress.id != found.id, MailAddress.ended_at.is_(None)
        )
        db.session.execute(before.values(ended_at=now, ended_because="replaced"))
        site, phone = site_for(found.site_code), queries.phone_of(found.account_id)
        text = say(
            "%(brand)s: kabar untuk Anda kini juga dikirim ke %(address)s. Bukan Anda yang memasangnya? Buka dasbor, menu Kabar, Pilihan, "
            "hapus alamat itu, lalu akhiri perangkat lain.",
            brand=site.brand if site else "Lapak", address=mask_address(found.address),
        )  # fmt: skip
        tell(phone, text, kind=Kind.ACCOUNT, site_code=found.site_code, link=paths.fill(paths.MY_CHANNELS), to=found.account_id, now=now)


def drop_address(*, by: Actor, now: datetime) -> None:
    """Send no more letters to somebody; what waits is not sent. Again changes nothing."""
    with transaction():
        own = update(MailAddress).where(MailAddress.account_id == by.id, MailAddress.ended_at.is_(None))
        db.session.execute(own.values(ended_at=now, ended_because="owner"))


def stop_letters(link: str, *, now: datetime) -> None:
    """Send no more letters to an address, by the link in each of them; again changes nothing. Raise NotFound for a link that is none."""
    with transaction():
        found = queries.address_to_stop(hash_token(link))
        if found is None:
            raise NotFound(DEAD_LINK)
        db.session.execute(
            update(MailAddress)
            .where(MailAddress.id == found.id, MailAddress.ended_at.is_(None))
            .values(ended_at=now, ended_because="letter")
        )


def add_device(device: Device, *, by: Actor, now: datetime) -> None:
    """Show somebody's news in the browser they are signed in with; the same browser again is the same device.

    A browser that another person used before is theirs no more. Of too many the oldest goes.
    """
    if pusher() is None:
        raise NotFound(NO_PUSH)
    with transaction():
        said = {"account_id": by.id, "session_id": by.session_id, "public_key": device.public_key, "auth": device.auth, "added_at": now}
        known = db.session.scalars(select(PushDevice).where(PushDevice.endpoint == device.endpoint)).first()
        if known is not None and known.account_id != by.id:
            db.session.execute(delete(PushDevice).where(PushDevice.id == known.id))
        row = insertion(PushDevice).values(endpoint=device.endpoint, **said)
        db.session.execute(row.on_conflict_do_update(index_elements=["endpoint"], set_=said))
        newest = select(PushDevice.id).where(PushDevice.account_id == by.id).order_by(PushDevice.id.desc()).limit(MOST_DEVICES)
        db.session.execute(delete(PushDevice).where(PushDevice.account_id == by.id, PushDevice.id.not_in(newest)))


def drop_device(device_id: int, *, by: Actor) -> None:
    """Show no more news in one of one's own browsers. Raise NotFound for another person's."""
    with transaction():
        if changed(delete(PushDevice).where(PushDevice.id == device_id, PushDevice.account_id == by.id)) == 0:
            raise NotFound("Perangkat ini tidak ada atau sudah dimatikan.")


def send_next_letter(*, key: bytes, public_url: str, now: datetime) -> bool:
    """Send the letter that has waited longest; return whether there was one."""
    found, post_office = queries.due_letter(now=now), mailer()
    if found is None or post_office is None:
        return False
    due, address_id = found
    where = queries.address(address_id)
    if not book(Errand, due.id, due.tries, now=now, pauses=PAUSES) or due.tries >= len(PAUSES):
        return True
    if where is None or not (where.may_confirm(now) if due.notice_id is None else where.is_good(now)):
        _cross_off(due)
        return True
    letter = _request(where, key=key, public_url=public_url, due=due) if due.notice_id is None else _letter(where, due, key, public_url)
    try:
        post_office.send(letter)
    except Gone:
        _log.warning("address is not there", errand=due.id)
        with transaction():
            gone = update(MailAddress).where(MailAddress.id == address_id, MailAddress.ended_at.is_(None))
            db.session.execute(gone.values(ended_at=now, ended_because="refused"))
            db.session.execute(delete(Errand).where(Errand.address_id == address_id, Errand.sent_at.is_(None)))
    except Exception as error:  # noqa: BLE001 - whatever a server makes the library raise, the other letters must go out
        _log.warning("letter not sent", errand=due.id, tries=due.tries + 1, error=type(error).__name__)
    else:
        _note_sent(due, now=now)
    return True


def send_next_push(*, public_url: str, now: datetime) -> bool:
    """Send the push message that has waited longest; return whether there was one."""
    found, service = queries.due_push(now=now), pusher()
    if found is None or service is None:
        return False
    due, device_id = found
    keys = queries.device(device_id)
    if not book(Errand, due.id, due.tries, now=now, pauses=PAUSES) or due.tries >= len(PAUSES):
        return True
    if keys is None:
        _forget_device(device_id)
        return True
    site = site_for(due.site_code)
    link = address_of(site, due.link or paths.MY_NOTICES, public_url=public_url) if site else due.link
    mark = f"kabar-{due.notice_id}"
    try:
        service.send(Device(*keys), payload(site.brand if site else "Lapak", due.text, link, mark), mark)
    except Gone:
        _log.info("device is not there", errand=due.id)
        _forget_device(device_id)
    except Exception as error:  # noqa: BLE001 - see above
        _log.warning("push not sent", errand=due.id, tries=due.tries + 1, error=type(error).__name__)
    else:
        _note_sent(due, now=now)
    return True


def _note_sent(due: Due, *, now: datetime) -> None:
    with transaction():
        db.session.execute(update(Errand).where(Errand.id == due.id).values(sent_at=now, next_at=None))


def _cross_off(due: Due) -> None:
    with transaction():
        db.session.execute(delete(Errand).where(Errand.id == due.id))


def _forget_device(device_id: int) -> None:
    with transaction():
        db.session.execute(delete(PushDevice).where(PushDevice.id == device_id))


def _letter(where: Address, due: Due, key: bytes, public_url: str) -> Letter:
    site = site_for(due.site_code)
    brand = site.brand if site else "Lapak"
    home = site_for(where.site_code) or site
    stop = address_of(home, paths.fill(paths.MAIL_STOP, token=secret(key, "stop", where.seed)), public_url=public_url)
    inbox = address_of(site or home, due.link or paths.MY_NOTICES, public_url=public_url)
    text = say(
        "%(news)s\n\n%(inbox)s\n\n-- \nAnda menerima surel ini karena memintanya di %(brand)s. Surel ini tidak dapat dibalas.\n"
        "Berhenti menerima surel: %(stop)s\n",
        news=due.text, inbox=inbox, brand=brand, stop=stop,
    )  # fmt: skip
    return Letter(where.address, brand, f"{brand}: {subject(due.text)}", text, f"kabar-{due.id}.{where.seed[:8]}", stop)


def _request(where: Address, *, key: bytes, public_url: str, due: Due) -> Letter:
    site = site_for(where.site_code)
    brand = site.brand if site else "Lapak"
    link = address_of(site, paths.fill(paths.MAIL_CONFIRM, token=secret(key, "confirm", where.seed)), public_url=public_url)
    text = say(
        "Seseorang meminta kabar dari %(brand)s dikirim ke alamat ini. Bila itu Anda, buka tautan ini dalam %(hours)s jam, lalu tekan "
        "tombolnya:\n\n%(link)s\n\nBila bukan Anda, abaikan surel ini. Tidak ada yang dikirim lagi.\n",
        brand=brand, hours=int(CONFIRM_LIFE.total_seconds()) // 3600, link=link,
    )  # fmt: skip
    return Letter(where.address, brand, say("%(brand)s: pastikan alamat surel Anda", brand=brand), text, f"pasti-{due.id}.{where.seed[:8]}")


def forget_old(*, now: datetime) -> int:
    """Delete notices older than 180 days, addresses that nobody uses, and what is known of sent and given-up errands after 14 days."""
    with transaction():
        old = changed(delete(Notice).where(Notice.written_at < now - KEPT))
        unused = or_(
            MailAddress.ended_at < now - ASKS_KEPT, and_(MailAddress.confirmed_at.is_(None), MailAddress.asked_at < now - ASKS_KEPT)
        )
        unused_rows = changed(delete(MailAddress).where(unused))
        db.session.execute(delete(Errand).where(Errand.next_at.is_(None), Errand.written_at < now - DONE_KEPT))
    return old + unused_rows
