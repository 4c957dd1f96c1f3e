"""how a shop is paid: an account, cash, a static QRIS, and who changed it

Revision: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_ways",
        sa.Column("shop_id", sa.Integer(), sa.ForeignKey("shop.id", name=op.f("fk_payment_ways_shop_id_shop")), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("account_number", sa.Text(), nullable=False),
        sa.Column("account_holder", sa.Text(), nullable=False),
        sa.Column("takes_cash", sa.Boolean(), nullable=False),
        sa.Column("cash_note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_payment_ways")),
    )
    op.create_table(
        "qris_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Integer(), sa.ForeignKey("shop.id", name=op.f("fk_qris_code_shop_id_shop")), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("nmid", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Integer(), sa.ForeignKey("account.id", name=op.f("fk_qris_code_added_by_account")), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qris_code")),
        sa.UniqueConstraint("key", name=op.f("uq_qris_code_key")),
        sa.UniqueConstraint("shop_id", "state", name=op.f("uq_qris_code_shop_id_state")),
        sa.CheckConstraint("state IN ('current', 'waiting')", name=op.f("ck_qris_code_state")),
    )
    op.create_table(
        "payment_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), sa.ForeignKey("shop.id", name=op.f("fk_payment_change_shop_id_shop")), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Integer(), sa.ForeignKey("account.id", name=op.f("fk_payment_change_changed_by_account")), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("number_before", sa.Text(), nullable=False),
        sa.Column("name_before", sa.Text(), nullable=False),
        sa.Column("number_after", sa.Text(), nullable=False),
        sa.Column("name_after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_change")),
        sa.CheckConstraint("way IN ('qris', 'transfer')", name=op.f("ck_payment_change_way")),
    )
    op.create_index("ix_payment_change_shop_id", "payment_change", ["shop_id"])
    op.create_table(
        "qris_draft",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", name=op.f("fk_qris_draft_account_id_account")), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_qris_draft")),
    )
    op.create_index("ix_qris_draft_shown_at", "qris_draft", ["shown_at"])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
