"""listings count their versions, and entries know which one curators looked at

Revision: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("product") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("product") as table:
        table.alter_column("version", existing_type=sa.Integer(), server_default=None)
    op.add_column("entry", sa.Column("seen_version", sa.Integer(), nullable=True))
    # What stands on a list by now was judged or put in by curators; when its seller changed it last, nobody knows.
    op.execute("UPDATE entry SET seen_version = 1 WHERE standing IN ('chosen', 'reserve')")
    op.execute("UPDATE entry SET seen_version = 1 WHERE id IN (SELECT entry_id FROM score)")


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
