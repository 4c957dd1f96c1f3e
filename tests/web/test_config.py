import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lapak import cli
from lapak.app import create_app
from lapak.config import Config
from tests.instances import REAL


def settings(tmp_path: Path, **changes: object) -> Config:
    values: dict[str, Any] = {"data_dir": tmp_path, **REAL, **changes}
    return Config(_env_file=None, **values)


@pytest.fixture(autouse=True)
def _nobodys_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA_DIR", "DEMO", "SECRET_KEY", "PUBLIC_URL", "TRUSTED_HOSTS", "OTP_WEBHOOK", "OTP_WEBHOOK_SECRET", "DATABASE_URL"):
        monkeypatch.delenv(f"LAPAK_{name}", raising=False)


def test_a_complete_instance_starts(tmp_path: Path) -> None:
    config = settings(tmp_path)

    assert (config.is_secure, config.hosts, config.key) == (True, ["lapak.example"], b"s" * 48)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("secret_key", "", "LAPAK_SECRET_KEY: set at least 32 random characters"),
        ("secret_key", "s" * 31, "LAPAK_SECRET_KEY: set at least 32 random characters"),
        ("public_url", "", "LAPAK_PUBLIC_URL: set the https address"),
        ("public_url", "http://lapak.example", "LAPAK_PUBLIC_URL: set the https address"),
        ("public_url", "lapak.example", "LAPAK_PUBLIC_URL: set the https address"),
        ("trusted_hosts", "", "LAPAK_TRUSTED_HOSTS: set the host names"),
        ("otp_webhook", "", "LAPAK_OTP_WEBHOOK: set the gateway"),
        ("otp_webhook", "http://gateway.example", "LAPAK_OTP_WEBHOOK: set the gateway"),
        ("otp_webhook", "http://127.0.0.1.jahat.example", "LAPAK_OTP_WEBHOOK: set the gateway"),
        ("otp_webhook_secret", "", "LAPAK_OTP_WEBHOOK_SECRET: set the secret"),
    ],
)
def test_a_missing_or_weak_value_is_refused_with_what_to_set(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence) as refusal:
        settings(tmp_path, **{name: value})
    assert refusal.value.errors()[0]["msg"].count("LAPAK_") == 1


def test_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as refusal:
        settings(tmp_path, secret_key="", public_url="", trusted_hosts="", otp_webhook="", otp_webhook_secret="")
    said = refusal.value.errors()[0]["msg"]

    assert [
        name for name in ("SECRET_KEY", "PUBLIC_URL", "TRUSTED_HOSTS", "OTP_WEBHOOK", "OTP_WEBHOOK_SECRET") if f"LAPAK_{name}:" not in said
    ] == []


@pytest.mark.parametrize("url", ["mysql://lapak:rahasia@db/lapak", "lapak.db", "http://db"])
def test_a_database_that_it_does_not_know_is_refused_without_repeating_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValidationError, match="LAPAK_DATABASE_URL") as refusal:
        settings(tmp_path, database_url=url)
    assert "rahasia" not in str(refusal.value)


def test_a_refusal_does_not_repeat_a_secret(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as refusal:
        settings(tmp_path, secret_key="rahasia-pendek", public_url="")
    assert "rahasia" not in str(refusal.value)


def test_settings_print_without_their_secrets(tmp_path: Path) -> None:
    assert "ssss" not in repr(settings(tmp_path))
    assert "shared" not in repr(settings(tmp_path))


def test_a_demo_needs_nothing(tmp_path: Path) -> None:
    config = Config(_env_file=None, data_dir=tmp_path, demo=True)

    assert (config.is_secure, config.hosts) == (False, [])
    assert config.database == f"sqlite:///{tmp_path}/lapak.db"


@pytest.mark.parametrize(
    ("name", "value"), [("log_level", "LOUD"), ("trusted_proxies", -1), ("trusted_proxies", 6), ("port", 0), ("port", 70000)]
)
def test_a_value_out_of_range_is_refused(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        settings(tmp_path, **{name: value})


def test_settings_do_not_change_while_running(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        settings(tmp_path).demo = True  # type: ignore[misc]


def test_the_workers_of_a_demo_share_one_key_that_only_the_owner_reads(tmp_path: Path) -> None:
    one, other = (Config(_env_file=None, data_dir=tmp_path, demo=True) for _ in range(2))

    assert one.key == other.key
    assert len(one.key) >= 32
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_the_environment_is_read_under_our_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAPAK_DEMO", "1")
    monkeypatch.setenv("LAPAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", "8123")
    config = Config(_env_file=None)

    assert (config.demo, config.data_dir, config.port) == (True, tmp_path, 8123)


def test_a_command_without_its_settings_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.setenv("LAPAK_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["lapak", "migrate"])

    assert cli.run(create_app, {}) == 1
    said = capsys.readouterr().err
    assert "LAPAK_SECRET_KEY" in said
    assert "Traceback" not in said
