"""editions tell more: whose photo named its shop, who agreed to take part, which number is empty

Revision: 0011
"""

import re

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
    op.add_column("edition_decision", sa.Column("stall", sa.Integer(), nullable=True))
    decisions = sa.table("edition_decision", sa.column("id"), sa.column("deed"), sa.column("reason"), sa.column("stall"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(decisions).where(decisions.c.deed == "removed")).all():
        # The number stood at the beginning of the reason: "Lapak 4: penjualnya tidak lagi setuju ditampilkan".
        if found := re.fullmatch(r"Lapak ([0-9]+): (.*)", row.reason, re.DOTALL):
            values = {"stall": int(found[1]), "reason": found[2]}
            connection.execute(sa.update(decisions).where(decisions.c.id == row.id).values(values))


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
