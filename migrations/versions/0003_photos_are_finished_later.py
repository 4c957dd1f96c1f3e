"""photos are finished later: when the further sizes of each are due

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("photo") as table:
        table.add_column(sa.Column("due_at", sa.DateTime(), nullable=True))
        table.drop_index("ix_photo_finished_at_tries")
    op.create_index("ix_photo_due_at", "photo", ["due_at"])
    photo = sa.table("photo", sa.column("due_at", sa.DateTime), sa.column("created_at", sa.DateTime))
    op.execute(sa.update(photo).values(due_at=photo.c.created_at))


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
