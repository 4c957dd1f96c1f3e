"""People, their one-time codes, sessions and roles."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lapak.db.base import Base
from lapak.regions.models import Region


class Account(Base):
    """A person, known by a mobile number in E.164 form."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class SignInCode(Base):
    """A one-time code: stored as a keyed hash, bound to the browser that asked for it, used once."""

    __tablename__ = "sign_in_code"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        Index("ix_sign_in_code_phone_created_at", "phone", "created_at"),
        Index("ix_sign_in_code_origin_created_at", "origin", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str]
    code_hash: Mapped[str]
    salt: Mapped[str]
    browser: Mapped[str]
    origin: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    tried_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class LoginSession(Base):
    """A signed-in browser; ending the row signs it out on every worker."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    device: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role held in a region from one moment to another; history stays."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role IN ('seller', 'companion', 'curator', 'officer', 'leader', 'admin')", name="role"),
        Index("ix_role_grant_region_code_role", "region_code", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    role: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))


class Consent(Base):
    """A person's consent to one purpose (UU 27/2022, art. 20 and 22): which text, when, through whom; history stays."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(index=True)
    purpose: Mapped[str]
    text_version: Mapped[str]
    channel: Mapped[str]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
