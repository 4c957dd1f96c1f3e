"""Settings: one frozen model, the only reader of the environment (prefix `LAPAK_`)."""

import os
import re
import secrets
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

WEAK_SECRET = 32
PUSH_KEY_SIZE = 32
CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256: a private key is a number below it (SEC 2, 2.4.2)."""


class Config(BaseSettings):
    """What an instance is told from outside. Production refuses weak or missing values with a sentence that says what to set."""

    model_config = SettingsConfigDict(env_prefix="LAPAK_", env_file=".env", frozen=True, extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="Database, photos, jobs and built static files of the embedded default")
    database_url: str = Field(default="", description="postgresql://user:password@host/name; empty: SQLite in the data folder")
    storage_url: str = Field(default="", description="Empty: a folder `photos` in the data folder")
    secret_key: SecretStr = Field(default=SecretStr(""), description="At least 32 characters; signs cookies and hashes codes")
    public_url: str = Field(default="", description="Where people reach this instance, e.g. https://lapak.jatengprov.go.id")
    trusted_hosts: str = Field(default="", description="Comma-separated host names that may be asked for; empty in demo mode means any")
    trusted_proxies: int = Field(default=0, ge=0, le=5, description="How many proxies in front set X-Forwarded-*")
    demo: bool = Field(default=False, description="A market to play with: codes show on /kotak-demo. Never on a real instance")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    otp_webhook: str = Field(default="", description="URL of the message gateway that takes {to, text} as JSON")
    otp_webhook_secret: SecretStr = Field(default=SecretStr(""), description="Signs the gateway's requests (HMAC-SHA256)")
    smtp_url: SecretStr = Field(default=SecretStr(""), description="smtps://user:password@host or smtp://…; empty: no e-mail is sent")
    mail_from: str = Field(default="", description="The address that e-mails come from, e.g. kabar@lapak.jatengprov.go.id")
    push_key: SecretStr = Field(default=SecretStr(""), description="Private key of Web Push (`lapak make-push-key`); empty: none is sent")
    push_contact: str = Field(default="", description="mailto: or https: address at which push services reach whoever runs this")
    port: int = Field(default_factory=lambda: int(os.environ.get("PORT") or 8000), ge=1, le=65535)

    @model_validator(mode="after")
    def _know_the_database(self) -> Self:
        scheme = self.database_url.partition(":")[0].partition("+")[0]
        if scheme not in {"", "sqlite", "postgresql", "postgres"}:
            raise ValueError("LAPAK_DATABASE_URL: give postgresql://..., or leave it empty for SQLite in the data folder")
        if scheme.startswith("postgres") and find_spec("psycopg") is None:
            raise ValueError("LAPAK_DATABASE_URL: install the driver for PostgreSQL, pip install 'lapak[postgres]'")
        return self

    @model_validator(mode="after")
    def _know_the_channels(self) -> Self:
        if self.smtp_url.get_secret_value():
            if not _is_mail_server(self.smtp_url.get_secret_value()):
                raise ValueError("LAPAK_SMTP_URL: give smtps://user:password@host:port, or smtp:// for a server that offers STARTTLS")
            if not re.fullmatch(r"[^@\s<>,;]+@[A-Za-z0-9.-]+", self.mail_from):
                raise ValueError("LAPAK_MAIL_FROM: set the address that e-mails come from")
        if self.push_key.get_secret_value():
            if not _is_push_key(self.push_key.get_secret_value()):
                raise ValueError("LAPAK_PUSH_KEY: set a key made by `lapak make-push-key`")
            if not self.push_contact.startswith(("mailto:", "https://")):
                raise ValueError("LAPAK_PUSH_CONTACT: set a mailto: or https: address at which push services reach you")
        return self

    @model_validator(mode="after")
    def _refuse_weak(self) -> Self:
        if self.demo:
            return self
        wanted = {
            f"LAPAK_SECRET_KEY: set at least {WEAK_SECRET} random characters": len(self.secret_key.get_secret_value()) < WEAK_SECRET,
            "LAPAK_PUBLIC_URL: set the https address of this instance": not self.public_url.startswith("https://"),
            "LAPAK_TRUSTED_HOSTS: set the host names this instance answers to": not self.trusted_hosts,
            "LAPAK_OTP_WEBHOOK: set the gateway that delivers sign-in codes": not self.otp_webhook.startswith(
                ("https://", "http://127.0.0.1:", "http://127.0.0.1/")
            ),
            "LAPAK_OTP_WEBHOOK_SECRET: set the secret shared with the gateway": not self.otp_webhook_secret.get_secret_value(),
        }
        if missing := [sentence for sentence, is_wrong in wanted.items() if is_wrong]:
            raise ValueError("; ".join(missing))
        return self

    @property
    def is_secure(self) -> bool:
        """Whether people reach this instance over https (then cookies are Secure and HSTS is sent)."""
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        """The host names that may be asked for; empty means any (demo mode only)."""
        return [host.strip() for host in self.trusted_hosts.split(",") if host.strip()]

    @property
    def database(self) -> str:
        """The database's URL, the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'lapak.db'}"

    @property
    def index(self) -> Path:
        """The folder of the index of words: a copy that may be deleted, and is built again from the database."""
        return self.data_dir.resolve() / "index"

    @property
    def photos(self) -> str:
        """The photo store's URL, the embedded default filled in."""
        return self.storage_url or f"file://{self.data_dir.resolve() / 'photos'}"

    @cached_property
    def key(self) -> bytes:
        """The secret key; in demo mode one is made once and kept in the data folder, so that all workers share it."""
        given = self.secret_key.get_secret_value()
        return given.encode() if given else _kept_key(self.data_dir / "secret.key")


def _is_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0 and parts.path in {"", "/"}
    except ValueError:
        return False


def _is_push_key(text: str) -> bool:
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (NotBase64, UnicodeEncodeError):
        return False
    return len(raw) == PUSH_KEY_SIZE and 0 < int.from_bytes(raw) < CURVE_ORDER


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_bytes()
