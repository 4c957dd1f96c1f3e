"""shops belong to a market: their own place's, or that of a region which took them in from outside

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("shop") as table:
        table.add_column(sa.Column("market_code", sa.Text(), nullable=True))
    shop = sa.table("shop", sa.column("id", sa.Integer), sa.column("region_code", sa.Text), sa.column("market_code", sa.Text),
                    sa.column("import_key", sa.Text))  # fmt: skip
    product = sa.table("product", sa.column("id", sa.Integer), sa.column("shop_id", sa.Integer))
    change = sa.table("search_change", sa.column("product_id", sa.Integer))
    op.execute(sa.update(shop).values(market_code=shop.c.region_code))
    connection = op.get_bind()
    # An import's key begins with the region that took the list in.
    for id_, place, key in connection.execute(sa.select(shop.c.id, shop.c.region_code, shop.c.import_key)).all():
        into, _, rest = (key or place).partition("|")
        if rest.partition("|")[0] == place and place != into and not place.startswith(f"{into}."):
            connection.execute(sa.update(shop).where(shop.c.id == id_).values(market_code=into))
            connection.execute(sa.insert(change).from_select(["product_id"], sa.select(product.c.id).where(product.c.shop_id == id_)))
    with op.batch_alter_table("shop") as table:
        table.alter_column("market_code", existing_type=sa.Text(), nullable=False)
        table.create_foreign_key(op.f("fk_shop_market_code_region"), "region", ["market_code"], ["code"])
    op.create_index(op.f("ix_shop_market_code"), "shop", ["market_code"])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
