"""The interface of a sender, and where the app keeps the one it was given."""

from typing import Protocol, cast

from flask import current_app


class NotSent(Exception):
    """The next hop did not take the message."""


class Sender(Protocol):
    """Something that takes a message for a phone number (E.164, e.g. +6281227450913)."""

    def send(self, to: str, text: str) -> None:
        """Hand the message over; raise NotSent when the next hop did not take it."""


def sender() -> Sender:
    """Return the sender this app was given."""
    return cast("Sender", current_app.extensions["sender"])
