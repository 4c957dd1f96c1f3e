"""Reads about how shops are paid."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select

from lapak.accounts.models import Account
from lapak.db.session import Query
from lapak.kernel.errors import Invalid
from lapak.kernel.words import Words
from lapak.payments import adapters, rules
from lapak.payments.models import PaymentChange, PaymentWays, QrisCode
from lapak.payments.rules import CodeState, Drawing, Way
from lapak.shops.models import Shop

MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Transfer:
    """A bank account."""

    bank: str
    number: str
    holder: str


@dataclass(frozen=True, slots=True)
class Cash:
    """That a shop takes cash when goods are handed over, and what it says about that; may be empty."""

    note: str


@dataclass(frozen=True, slots=True)
class Qris:
    """A shop's static code, and what it says of the merchant; `taken_at` is when buyers saw it first, None while it waits."""

    key: str
    text: str
    name: str
    city: str
    postcode: str
    nmid: str
    size: str
    added_at: datetime
    taken_at: datetime | None

    @property
    def size_text(self) -> Words | None:
        """The merchant's size class in words; None when the code says none that we know."""
        return rules.SIZES.get(self.size)

    def drawn(self) -> Drawing:
        """The code as the bank gave it."""
        return adapters.draw(self.text)

    def drawn_for(self, total: int) -> Drawing | None:
        """The code with an amount filled in; None when that cannot be, and the original has to do."""
        try:
            return adapters.draw(rules.with_amount(self.text, total))
        except Invalid:
            return None


@dataclass(frozen=True, slots=True)
class Ways:
    """Everything that a page needs to say how a shop is paid; None for each way that its seller has not set.

    `version` is for the seller's forms: it counts changes, 0 before the first.
    """

    shop_id: int
    version: int
    transfer: Transfer | None
    cash: Cash | None
    qris: Qris | None

    @property
    def is_empty(self) -> bool:
        """Whether the seller has set none."""
        return self.transfer is None and self.cash is None and self.qris is None


@dataclass(frozen=True, slots=True)
class Change:
    """That where the money goes has changed."""

    way: Way
    by: str
    at: datetime
    number_before: str
    name_before: str
    number_after: str
    name_after: str


_CODE = (
    QrisCode.key, QrisCode.text, QrisCode.name, QrisCode.city, QrisCode.postcode, QrisCode.nmid, QrisCode.size, QrisCode.added_at,
    QrisCode.taken_at,
)  # fmt: skip


def _to_ways(
    shop_id: int, version: int | None, bank: str | None, number: str | None, holder: str | None, takes_cash: bool | None, note: str | None,
    key: str | None, *code: Any,
) -> Ways:  # fmt: skip
    return Ways(
        shop_id,
        version or 0,
        Transfer(bank, number or "", holder or "") if bank else None,
        Cash(note or "") if takes_cash else None,
        Qris(key, *code) if key else None,
    )


_WAYS = Query(
    select(
        Shop.id, PaymentWays.version, PaymentWays.bank, PaymentWays.account_number, PaymentWays.account_holder, PaymentWays.takes_cash,
        PaymentWays.cash_note, *_CODE,
    )
    .outerjoin(PaymentWays, PaymentWays.shop_id == Shop.id)
    .outerjoin(QrisCode, and_(QrisCode.shop_id == Shop.id, QrisCode.state == CodeState.CURRENT))
    .where(Shop.id == bindparam("shop_id")),
    _to_ways,
)  # fmt: skip
_WAITING = Query(select(*_CODE).where(QrisCode.shop_id == bindparam("shop_id"), QrisCode.state == CodeState.WAITING), Qris)
_CHANGES = Query(
    select(
        PaymentChange.way, Account.name, PaymentChange.changed_at, PaymentChange.number_before, PaymentChange.name_before,
        PaymentChange.number_after, PaymentChange.name_after,
    )
    .join(Account, Account.id == PaymentChange.changed_by)
    .where(PaymentChange.shop_id == bindparam("shop_id"))
    .order_by(PaymentChange.id.desc())
    .limit(MOST_CHANGES),
    lambda way, *rest: Change(Way(way), *rest),
)  # fmt: skip


def ways(shop_id: int) -> Ways:
    """How a shop is paid; all None for one whose seller has said nothing, or that is not there."""
    return _WAYS.first(shop_id=shop_id) or Ways(shop_id, 0, None, None, None)


def waiting(shop_id: int) -> Qris | None:
    """The code that waits for the seller's word; buyers never see it."""
    return _WAITING.first(shop_id=shop_id)


def changes(shop_id: int) -> list[Change]:
    """The last twenty changes of where a shop's money goes, newest first."""
    return _CHANGES.all(shop_id=shop_id)
