"""Settings: one frozen model, the only reader of the environment (prefix `LAPAK_`)."""

import os
import secrets
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

WEAK_SECRET = 32


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


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_bytes()
