"""an inbox for everybody, e-mail addresses and browsers that are told too, and what is on its way there

Revision: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _account(table: str) -> sa.Column:
    return sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", name=op.f(f"fk_{table}_account_id_account")), nullable=False)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        _account("notice"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("site_code", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_account_id_id", "notice", ["account_id", "id"])
    op.create_index("ix_notice_account_id_read_at", "notice", ["account_id", "read_at"])
    op.create_index("ix_notice_written_at", "notice", ["written_at"])
    op.create_table(
        "mail_address",
        sa.Column("id", sa.Integer(), nullable=False),
        _account("mail_address"),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("site_code", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("confirm_hash", sa.Text(), nullable=False),
        sa.Column("stop_hash", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_address")),
        sa.UniqueConstraint("confirm_hash", name=op.f("uq_mail_address_confirm_hash")),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_mail_address_stop_hash")),
        sa.CheckConstraint(
            "ended_because IN ('', 'owner', 'letter', 'refused', 'replaced')", name=op.f("ck_mail_address_ended_because")
        ),
    )
    op.create_index("ix_mail_address_account_id", "mail_address", ["account_id"])
    op.create_index("ix_mail_address_address_asked_at", "mail_address", ["address", "asked_at"])
    op.create_table(
        "push_device",
        sa.Column("id", sa.Integer(), nullable=False),
        _account("push_device"),
        sa.Column(
            "session_id", sa.Integer(),
            sa.ForeignKey("login_session.id", name=op.f("fk_push_device_session_id_login_session"), ondelete="CASCADE"), nullable=False,
        ),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_device")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_device_endpoint")),
    )
    op.create_index("ix_push_device_account_id", "push_device", ["account_id"])
    op.create_index("ix_push_device_session_id", "push_device", ["session_id"])
    op.create_table(
        "notice_mute",
        _account("notice_mute"),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "channel", "kind", name=op.f("pk_notice_mute")),
        sa.CheckConstraint("channel IN ('mail', 'push')", name=op.f("ck_notice_mute_channel")),
    )

    def one(name: str, table: str) -> sa.Column:
        key = sa.ForeignKey(f"{table}.id", name=op.f(f"fk_notice_errand_{name}_{table}"), ondelete="CASCADE")
        return sa.Column(name, sa.Integer(), key, nullable=True)

    op.create_table(
        "notice_errand",
        sa.Column("id", sa.Integer(), nullable=False),
        one("notice_id", "notice"),
        one("address_id", "mail_address"),
        one("device_id", "push_device"),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_errand")),
        sa.UniqueConstraint("notice_id", "address_id", name=op.f("uq_notice_errand_notice_id_address_id")),
        sa.UniqueConstraint("notice_id", "device_id", name=op.f("uq_notice_errand_notice_id_device_id")),
        sa.CheckConstraint("(address_id IS NULL) <> (device_id IS NULL)", name=op.f("ck_notice_errand_one_place")),
    )
    op.create_index("ix_notice_errand_next_at_id", "notice_errand", ["next_at", "id"])
    op.create_index("ix_notice_errand_address_id", "notice_errand", ["address_id"])
    op.create_index("ix_notice_errand_device_id", "notice_errand", ["device_id"])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
