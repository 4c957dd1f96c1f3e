"""The store that keeps photos, and where the app keeps the one it was given."""

from typing import cast

from flask import Flask, current_app

from lapak.storage.files import Storage, open_storage


def configure(app: Flask, url: str) -> None:
    """Give the app the store that `url` names; raise ValueError for one we do not know."""
    app.extensions["photos"] = open_storage(url)


def store() -> Storage:
    """Return the store this app was given."""
    return cast("Storage", current_app.extensions["photos"])
