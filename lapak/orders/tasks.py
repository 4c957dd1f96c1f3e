"""Jobs of orders: telling the side that waits, and the clock."""

from datetime import datetime

from lapak.db.outbox import post
from lapak.db.session import after_commit
from lapak.jobs.registry import every
from lapak.kernel import paths
from lapak.kernel.clock import utc_now
from lapak.kernel.money import format_rupiah
from lapak.kernel.words import Words, say
from lapak.notices.rules import Kind
from lapak.notices.service import tell
from lapak.orders.queries import reading
from lapak.orders.queries.reading import ToTell
from lapak.orders.rules.states import Deed, State, Who
from lapak.orders.service import keeping, timing
from lapak.regions.queries import site_of


def tell_seller(order_id: int) -> None:
    """Tell a seller that an order waits, and whoever keeps the shop for them; the buyer's own message may never be sent."""
    now = utc_now()
    found = reading.to_tell(order_id, now=now)
    if found is None:
        return
    known = _known(found)
    if found.owner_id is not None:
        text = say("%(brand)s: pesanan baru %(code)s. Jawab sampai %(until)s di dasbor Anda, menu Pesanan.", **known)
    else:
        text = say(
            "%(brand)s: pesanan baru %(code)s untuk %(shop)s. Pembeli menulis ke nomor ini. Jawab sampai %(until)s lewat pendamping Anda, "
            "atau ambil dulu lapak Anda dengan lembar dari loket.",
            **known,
        )
    _tell(found, text, now=now)
    if found.keeper_phone and found.keeper_phone != found.whatsapp:
        asked = say("%(brand)s: pesanan baru %(code)s untuk %(shop)s. Jawab bersama penjualnya di menu Pendampingan.", **known)
        tell(found.keeper_phone, asked, kind=Kind.ORDER, site_code=found.site_code, link=_desk(found), now=now)


def _tell(found: ToTell, text: str, *, now: datetime) -> None:
    """Tell the seller; a shop that waits for its owner has a phone and no inbox."""
    if found.owner_id is not None:
        tell(found.whatsapp, text, kind=Kind.ORDER, site_code=found.site_code, link=_desk(found), to=found.owner_id, now=now)
    elif found.whatsapp:
        post(found.whatsapp, text, now=now)


def _desk(found: ToTell) -> str:
    return paths.fill(paths.MY_ORDER, code=found.code)


_TO_BUYER = {
    Deed.CONFIRMED: say("%(brand)s: %(shop)s menyanggupi pesanan %(code)s, jumlahnya %(total)s. Buka halaman pesanan Anda."),
    Deed.MONEY_IN: say("%(brand)s: %(shop)s menyatakan uang pesanan %(code)s sudah masuk."),
    Deed.NO_MONEY: say("%(brand)s: %(shop)s belum menemukan uang pesanan %(code)s. Periksa lagi bukti pembayaran Anda."),
    Deed.SENT: say("%(brand)s: pesanan %(code)s dari %(shop)s sudah dikirim. %(tracking)s"),
    Deed.COMPLETED: say("%(brand)s: %(shop)s menyatakan pesanan %(code)s selesai. Benarkah? Nyatakan di halaman pesanan Anda."),
    Deed.DECLINED: say("%(brand)s: %(shop)s belum bisa memenuhi pesanan %(code)s. Alasannya ada di halaman pesanan Anda."),
    Deed.EXPIRED: say("%(brand)s: pesanan %(code)s di %(shop)s gugur karena waktunya habis. Anda boleh memesan lagi."),
    Deed.REFUNDING: say("%(brand)s: %(shop)s membatalkan pesanan %(code)s. %(refund)s harus kembali kepada Anda."),
    Deed.REFUND_SENT: say("%(brand)s: %(shop)s menyatakan uang pesanan %(code)s sudah dikembalikan. Periksa, lalu nyatakan di sana."),
}  # fmt: skip
_TO_SELLER = {
    Deed.ACCEPTED: say("%(brand)s: pembeli menyetujui jumlah pesanan %(code)s, %(total)s."),
    Deed.PAID: say("%(brand)s: pembeli pesanan %(code)s menyatakan sudah membayar %(total)s. Periksa uangnya, lalu konfirmasi."),
    Deed.RECEIVED: say("%(brand)s: pembeli menyatakan pesanan %(code)s sudah diterima."),
    Deed.CANCELLED: say("%(brand)s: pesanan %(code)s dibatalkan pembelinya. Barang kembali ke rak."),
    Deed.EXTENDED: say("%(brand)s: pembeli pesanan %(code)s memberi waktu lagi. Jawab sampai %(until)s."),
    Deed.EXPIRED: say("%(brand)s: pesanan %(code)s gugur karena waktunya habis. Barang kembali ke rak."),
    Deed.REFUNDED: say("%(brand)s: pembeli menyatakan uang pesanan %(code)s sudah kembali. Terima kasih."),
}  # fmt: skip


def tell_other_side(order_id: int, deed: str, who: str) -> None:
    """Tell the side that did not do it what happened to an order; the clock tells both. A buyer without a number looks at the page."""
    now = utc_now()
    found = reading.to_tell(order_id, now=now)
    if found is None:
        return
    what, known = Deed(deed), _known(found)
    if who != Who.BUYER and found.buyer_phone and what in _TO_BUYER:
        post(found.buyer_phone, say(_TO_BUYER[what].id, **known), now=now)  # a buyer has no account: their phone alone
    if who in {Who.BUYER, Who.CLOCK} and what in _TO_SELLER:
        _tell(found, say(_TO_SELLER[what].id, **known), now=now)


def _known(found: ToTell) -> dict[str, object]:
    site = site_of(found.site_code)
    until = site.local(found.hold_until) if site else found.hold_until
    clock = f"{until:%d-%m, %H.%M}" + (f" {site.zone}" if site else "")
    return {
        "brand": site.brand if site else "Lapak", "code": found.code, "shop": found.shop_name, "until": clock,
        "total": format_rupiah(found.total), "refund": format_rupiah(found.refund_amount or 0), "tracking": found.tracking,
    }  # fmt: skip


def keep_pictures(order_id: int) -> None:
    """Put the pictures of a new order away, once that it is told is written."""
    after_commit(lambda: keeping.keep_pictures(order_id))


@every("*/5")
def keep_missing_pictures() -> None:
    """Put away what could not be put away before."""
    keeping.keep_missing(now=utc_now())


@every("*/5")
def expire_orders() -> None:
    """Free what orders hold that nobody answered."""
    timing.expire(now=utc_now())


@every("*/5")
def warn_of_lapse() -> None:
    """Remind both sides of orders whose time is nearly over."""
    now = utc_now()

    def remind(order_id: int) -> None:
        found = reading.to_tell(order_id, now=now)
        if found is None:
            return
        seller, buyer = _reminders(State(found.state), _known(found))
        _tell(found, seller, now=now)
        if found.buyer_phone:
            post(found.buyer_phone, buyer, now=now)

    timing.warn(remind, now=now)


def _reminders(state: State, known: dict[str, object]) -> tuple[Words, Words]:
    if state is State.PLACED:
        return (
            say("%(brand)s: pesanan %(code)s belum Anda jawab. Tanpa jawaban sampai %(until)s pesanan gugur.", **known),
            say("%(brand)s: %(shop)s belum menjawab pesanan %(code)s. Tanpa jawaban sampai %(until)s pesanan gugur; Anda boleh memberi "
                "waktu lagi di halaman pesanan.", **known),
        )  # fmt: skip
    return (
        say("%(brand)s: pembeli pesanan %(code)s belum menyetujui jumlahnya. Tanpa itu sampai %(until)s pesanan gugur.", **known),
        say("%(brand)s: setujui jumlah pesanan %(code)s di %(shop)s, %(total)s, sampai %(until)s. Setelah itu pesanan gugur.", **known),
    )
