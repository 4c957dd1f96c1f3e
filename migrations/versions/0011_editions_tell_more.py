"""editions tell more: whose photo named its shop, who agreed to take part

Revision: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Judges who scored before this were never asked: "no" says that none of them said so.
    with op.batch_alter_table("score") as table:
        table.add_column(sa.Column("names_shop", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("score") as table:
        table.alter_column("names_shop", existing_type=sa.Boolean(), server_default=None)


    op.add_column("entry", sa.Column("agreed_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE entry SET agreed_at = entered_at WHERE source IN ('seller', 'pool')")
    op.execute("UPDATE entry SET agreed_at = ready_at WHERE source = 'curator'")


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
