"""the market fills: companions and claims, categories as a tree, freshness, imports, colours of photos

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

from lapak.db.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_consent_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_phone"), "consent", ["phone"])

    with op.batch_alter_table("shop") as table:
        table.alter_column("owner_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("keeper_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("keeper_until", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("origin", sa.Text(), nullable=False, server_default="self"))
        table.add_column(sa.Column("import_key", sa.Text(), nullable=True))
        table.add_column(sa.Column("once", sa.Text(), nullable=True))
        table.add_column(sa.Column("seller_name", sa.Text(), nullable=True))
        table.create_unique_constraint(op.f("uq_shop_keeper_id_once"), ["keeper_id", "once"])
        table.create_foreign_key(op.f("fk_shop_keeper_id_account"), "account", ["keeper_id"], ["id"])
        table.create_unique_constraint(op.f("uq_shop_import_key"), ["import_key"])
        table.create_check_constraint("origin", "origin IN ('self', 'companion', 'import')")
        table.create_check_constraint("run_by_somebody", "owner_id IS NOT NULL OR keeper_id IS NOT NULL")
    with op.batch_alter_table("shop") as table:
        table.alter_column("origin", existing_type=sa.Text(), server_default=None)
    op.create_index(op.f("ix_shop_keeper_id"), "shop", ["keeper_id"])
    op.create_table(
        "shop_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_shop_claim_created_by_account")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_shop_claim_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_claim")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shop_claim_token_hash")),
    )
    op.create_index(op.f("ix_shop_claim_shop_id"), "shop_claim", ["shop_id"])

    with op.batch_alter_table("photo") as table:
        table.add_column(sa.Column("color", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("finished_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("photo") as table:
        table.alter_column("color", existing_type=sa.Text(), server_default=None)
        table.alter_column("tries", existing_type=sa.Integer(), server_default=None)
    op.create_index("ix_photo_finished_at_tries", "photo", ["finished_at", "tries"])

    with op.batch_alter_table("category") as table:
        table.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("synonyms", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_category_parent_id_category"), "category", ["parent_id"], ["id"])
    with op.batch_alter_table("category") as table:
        table.alter_column("synonyms", existing_type=sa.Text(), server_default=None)
    op.create_index(op.f("ix_category_parent_id"), "category", ["parent_id"])

    with op.batch_alter_table("product") as table:
        table.add_column(sa.Column("code", sa.Text(), nullable=True))
        table.add_column(sa.Column("freshness", sa.Text(), nullable=False, server_default="fresh"))
        table.add_column(sa.Column("freshness_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("confirmed_at", sa.DateTime(), nullable=True))
    product = sa.table("product", sa.column("id", sa.Integer), sa.column("slug", sa.Text), sa.column("code", sa.Text),
                       sa.column("freshness_at", UtcDateTime()), sa.column("confirmed_at", UtcDateTime()), sa.column("updated_at", UtcDateTime()))  # fmt: skip
    connection = op.get_bind()
    connection.execute(sa.update(product).values(freshness_at=product.c.updated_at, confirmed_at=product.c.updated_at))
    for id_, slug in connection.execute(sa.select(product.c.id, product.c.slug)).all():
        connection.execute(sa.update(product).where(product.c.id == id_).values(code=slug.rpartition("-")[2]))
    with op.batch_alter_table("product") as table:
        table.alter_column("code", existing_type=sa.Text(), nullable=False)
        table.alter_column("freshness_at", existing_type=sa.DateTime(), nullable=False)
        table.alter_column("confirmed_at", existing_type=sa.DateTime(), nullable=False)
        table.alter_column("freshness", existing_type=sa.Text(), server_default=None)
        table.create_unique_constraint(op.f("uq_product_code"), ["code"])
        table.create_check_constraint("freshness", "freshness IN ('fresh', 'asked', 'stepped_back', 'paused')")
    op.create_table(
        "search_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_change")),
    )
    op.create_index("ix_product_freshness_freshness_at", "product", ["freshness", "freshness_at"])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
