"""The interfaces of senders, and where the app keeps those it was given."""

from dataclasses import dataclass
from typing import Protocol, cast

from flask import current_app


class NotSent(Exception):
    """The next hop did not take the message."""


class Gone(NotSent):
    """Who it was for is there no more: nothing should be sent to that place again."""


class Sender(Protocol):
    """Something that takes a message for a phone number (E.164, e.g. +6281227450913)."""

    def send(self, to: str, text: str) -> None:
        """Hand the message over; raise NotSent when the next hop did not take it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail. `mark` names it for good, so that a mailbox shows once what was sent twice; `stop` is where one may end them all."""

    to: str
    from_name: str
    subject: str
    text: str
    mark: str
    stop: str = ""


class Mailer(Protocol):
    """Something that takes e-mails."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over; raise Gone when the address does not exist, NotSent when it was not taken otherwise."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that takes push messages, as it told its address and keys."""

    endpoint: str
    public_key: str
    auth: str


class Pusher(Protocol):
    """Something that takes messages for browsers."""

    @property
    def public_key(self) -> str:
        """Our key as browsers want it before they give an address."""

    def send(self, device: Device, payload: bytes, mark: str) -> None:
        """Encrypt and hand over; raise Gone when the browser is there no more, NotSent when it was not taken otherwise."""


def sender() -> Sender:
    """Return the sender this app was given."""
    return cast("Sender", current_app.extensions["sender"])


def mailer() -> Mailer | None:
    """Return what sends e-mails, if this app was given one."""
    return cast("Mailer | None", current_app.extensions.get("mailer"))


def pusher() -> Pusher | None:
    """Return what sends push messages, if this app was given one."""
    return cast("Pusher | None", current_app.extensions.get("pusher"))
