"""editions have a story kit: what it is kept under, when it is due, how often it was tried, when it was drawn

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("edition") as table:
        table.add_column(sa.Column("kit_key", sa.Text(), nullable=True))
        table.add_column(sa.Column("kit_due_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("kit_tries", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("kit_at", sa.DateTime(), nullable=True))
        table.create_unique_constraint(op.f("uq_edition_kit_key"), ["kit_key"])
    with op.batch_alter_table("edition") as table:
        table.alter_column("kit_tries", existing_type=sa.Integer(), server_default=None)
    op.create_index("ix_edition_kit_due_at", "edition", ["kit_due_at"])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
