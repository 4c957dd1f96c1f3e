"""Opening an order by what its buyer can say aloud: its short code and the last four digits of their number."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select

from lapak.db.base import db
from lapak.db.session import alone, transaction
from lapak.kernel.codes import readings
from lapak.kernel.errors import Invalid, NotFound, TooMany
from lapak.kernel.words import say
from lapak.orders.models import Order, OrderGuess

WINDOW = timedelta(minutes=15)
MOST_GUESSES = 10
"""In a window, from one network or at one order: four digits would take days, and the buyer is told to wait."""
NO_MATCH = say("Tidak ada pesanan dengan kode dan nomor itu. Periksa keduanya, atau buka tautan di pesan WhatsApp Anda.")


def find(code: str, digits: str, *, origin: str, now: datetime) -> str:
    """Return the order's code as it is written here, when the digits are its buyer's; every try counts.

    Raise Invalid for what cannot be right, NotFound when it does not fit (also for an order without a number), TooMany after ten tries.
    """
    if not (digits.isascii() and digits.isdigit() and len(digits) == 4):
        raise Invalid({"digits": say("Tulis empat angka terakhir nomor WhatsApp Anda")})
    names = [one.upper() for one in readings(code)]
    if not names:
        raise Invalid({"code": say("Tulis kode pesanan, misalnya 7KQ2MF")})
    with transaction():
        alone("guess", origin)
        found = db.session.execute(select(Order.code, Order.buyer_phone).where(Order.code.in_(names)).order_by(Order.id).limit(5)).all()
        meant = found[0][0] if found else names[0]  # one order, however its code was spelled
        db.session.execute(delete(OrderGuess).where(OrderGuess.at < now - WINDOW))
        tries = select(func.count()).where(OrderGuess.at >= now - WINDOW, or_(OrderGuess.origin == origin, OrderGuess.code == meant))
        if (db.session.scalar(tries) or 0) >= MOST_GUESSES:
            raise TooMany("Terlalu banyak percobaan. Coba lagi 15 menit lagi.", retry_after=int(WINDOW.total_seconds()))
        db.session.add(OrderGuess(origin=origin, code=meant, at=now))
    fits = [one for one, phone in found if phone and phone.endswith(digits)]
    if len(fits) != 1:
        raise NotFound(NO_MATCH)
    return str(fits[0])
