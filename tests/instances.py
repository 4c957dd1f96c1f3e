"""An instance as it runs for real: https, named hosts, a gateway; no demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lapak.app import create_app
from lapak.config import Config
from lapak.db.base import db

HOST = "lapak.example"
REAL = {
    "demo": False,
    "secret_key": "s" * 48,
    "public_url": f"https://{HOST}",
    "trusted_hosts": HOST,
    "otp_webhook": "https://gateway.example/kirim",
    "otp_webhook_secret": "shared with the gateway",
}


class RealClient(FlaskClient):
    """A browser that asks for the instance's own https address, each request in an app context of its own."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **{"base_url": f"https://{HOST}", **kwargs})


@contextmanager
def real_instance(config: Config, **changes: object) -> Iterator[Flask]:
    """Build the app on the data of `config` with the settings of a real instance."""
    values: dict[str, Any] = {"data_dir": config.data_dir, "port": 8000, "log_level": "ERROR", **REAL, **changes}
    app = create_app(Config(_env_file=None, **values))
    app.test_client_class = RealClient
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
