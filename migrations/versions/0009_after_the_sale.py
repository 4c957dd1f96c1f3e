"""after the sale: what buyers received and say of it, how often listings were seen

Revision: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # So far only sellers could say that an order was done.
    op.add_column("customer_order", sa.Column("declared_at", sa.DateTime(), nullable=True))
    op.add_column("customer_order", sa.Column("received_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE customer_order SET declared_at = ended_at WHERE state = 'completed'")
    op.create_table(
        "testimonial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("feeling", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *_judged(),
        sa.CheckConstraint("state IN ('waiting', 'shown', 'refused', 'withdrawn')", name=op.f("ck_testimonial_state")),
        sa.CheckConstraint("feeling IN ('happy', 'fair', 'disappointed')", name=op.f("ck_testimonial_feeling")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_testimonial_decided_by_account")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_testimonial_order_id_customer_order")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_testimonial_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimonial")),
        sa.UniqueConstraint("order_id", name=op.f("uq_testimonial_order_id")),
    )
    op.create_index("ix_testimonial_shop_id_state_id", "testimonial", ["shop_id", "state", "id"])
    op.create_index("ix_testimonial_state_id", "testimonial", ["state", "id"])
    op.create_table(
        "testimonial_reply",
        sa.Column("testimonial_id", sa.Integer(), nullable=False),
        *_judged(),
        sa.CheckConstraint("state IN ('waiting', 'shown', 'refused')", name=op.f("ck_testimonial_reply_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_testimonial_reply_decided_by_account")),
        sa.ForeignKeyConstraint(["testimonial_id"], ["testimonial.id"], name=op.f("fk_testimonial_reply_testimonial_id_testimonial")),
        sa.PrimaryKeyConstraint("testimonial_id", name=op.f("pk_testimonial_reply")),
    )
    op.create_index("ix_testimonial_reply_state_testimonial_id", "testimonial_reply", ["state", "testimonial_id"])
    op.create_table(
        "visit_day",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("taps", sa.Integer(), nullable=False),
        sa.CheckConstraint("source IN ('edition', 'search', 'shelf', 'direct')", name=op.f("ck_visit_day_source")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_visit_day_product_id_product")),
        sa.PrimaryKeyConstraint("product_id", "day", "source", name=op.f("pk_visit_day")),
    )


def _judged() -> list[sa.Column]:
    return [
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("refusal_note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
    ]


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
