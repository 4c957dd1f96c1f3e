"""editions have a call: entries, judging, choosing, readiness, timed publication; light and sharpness of photos

Revision: 0006
"""

import secrets
from datetime import datetime, time

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STANDINGS = "standing IN ('entered', 'chosen', 'reserve', 'unchosen', 'unready', 'removed', 'withdrawn')"


def upgrade() -> None:
    op.create_table(
        "programme",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("steward_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.Date(), nullable=True),
        sa.Column("quiet_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_programme_region_code_region")),
        sa.ForeignKeyConstraint(["steward_id"], ["account.id"], name=op.f("fk_programme_steward_id_account")),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_programme")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_series_region_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("region_code", "slug", name=op.f("uq_series_region_code_slug")),
    )
    _widen_edition()
    _rebuild_entry()
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("curator_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["curator_id"], ["account.id"], name=op.f("fk_score_curator_id_account")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_score_entry_id_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
    )
    op.create_index(op.f("ix_score_entry_id"), "score", ["entry_id"])
    op.create_index("ix_score_curator_id", "score", ["curator_id"])
    op.create_index(
        "uq_score_entry_id_curator_id", "score", ["entry_id", "curator_id"], unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"), postgresql_where=sa.text("replaced_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "recusal",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("curator_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["curator_id"], ["account.id"], name=op.f("fk_recusal_curator_id_account")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_recusal_entry_id_entry")),
        sa.PrimaryKeyConstraint("entry_id", "curator_id", name=op.f("pk_recusal")),
    )
    op.create_index(op.f("ix_recusal_curator_id"), "recusal", ["curator_id"])
    op.create_table(
        "edition_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_edition_decision_by_id_account")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_decision_edition_id_edition")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_edition_decision_entry_id_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_decision")),
    )
    op.create_index("ix_edition_decision_edition_id_id", "edition_decision", ["edition_id", "id"])
    with op.batch_alter_table("photo") as table:
        table.add_column(sa.Column("light", sa.Integer(), nullable=True))
        table.add_column(sa.Column("sharpness", sa.Integer(), nullable=True))


def _widen_edition() -> None:
    with op.batch_alter_table("edition") as table:
        table.drop_constraint(op.f("uq_edition_region_code_number"), type_="unique")
        table.drop_constraint(op.f("ck_edition_state"), type_="check")
        table.drop_constraint(op.f("ck_edition_published"), type_="check")
        table.add_column(sa.Column("series", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("category_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("who", sa.Text(), nullable=False, server_default="market"))
        table.add_column(sa.Column("place_code", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("asks_own_work", sa.Boolean(), nullable=False, server_default="1"))
        table.add_column(sa.Column("opens_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("closes_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("publish_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("opened_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("begun_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("rules", sa.Text(), nullable=True))
        table.add_column(sa.Column("tie_seed", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("base", sa.Text(), nullable=False, server_default=""))
    edition = sa.table("edition", sa.column("id", sa.Integer), sa.column("publish_at", sa.DateTime), sa.column("published_at", sa.DateTime),
                       sa.column("dated", sa.Date), sa.column("tie_seed", sa.Text))  # fmt: skip
    connection = op.get_bind()
    # A draft's date was a day without an hour; nine in the morning on Java is what regions meant by it.
    for id_, published_at, dated in connection.execute(sa.select(edition.c.id, edition.c.published_at, edition.c.dated)).all():
        values = {"publish_at": published_at or datetime.combine(dated, time(2)), "tie_seed": secrets.token_urlsafe(20)}
        connection.execute(sa.update(edition).where(edition.c.id == id_).values(values))
    with op.batch_alter_table("edition") as table:
        for name, kind in (("series", sa.Text()), ("who", sa.Text()), ("place_code", sa.Text()), ("asks_own_work", sa.Boolean()),
                           ("tie_seed", sa.Text()), ("base", sa.Text())):  # fmt: skip
            table.alter_column(name, existing_type=kind, server_default=None)
        table.alter_column("publish_at", existing_type=sa.DateTime(), nullable=False)
        table.create_foreign_key(op.f("fk_edition_category_id_category"), "category", ["category_id"], ["id"])
        table.create_unique_constraint(op.f("uq_edition_region_code_series_number"), ["region_code", "series", "number"])
        table.create_check_constraint("state", "state IN ('draft', 'scheduled', 'published', 'withdrawn', 'cancelled')")
        table.create_check_constraint("who", "who IN ('market', 'place', 'country')")
        table.create_check_constraint("published", "(state IN ('published', 'withdrawn')) = (published_at IS NOT NULL)")
        table.create_check_constraint("call", "(opens_at IS NULL) = (closes_at IS NULL) AND (opens_at IS NULL OR opens_at < closes_at)")
    op.create_index("ix_edition_state_publish_at", "edition", ["state", "publish_at"])


def _rebuild_entry() -> None:
    connection = op.get_bind()
    old = sa.table("entry", *(sa.column(name) for name in ("edition_id", "product_id", "stall", "picked_at", "picked_by")))
    product = sa.table("product", *(sa.column(name) for name in ("id", "shop_id", "name", "price")))
    rows = connection.execute(
        sa.select(old.c.edition_id, old.c.product_id, old.c.stall, old.c.picked_at, old.c.picked_by, product.c.shop_id, product.c.name,
                  product.c.price).join(product, product.c.id == old.c.product_id).order_by(old.c.edition_id, old.c.stall)  # fmt: skip
    ).all()
    op.drop_table("entry")
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("own_work_at", sa.DateTime(), nullable=True),
        sa.Column("stays_in_pool", sa.Boolean(), nullable=False),
        sa.Column("shares_figures", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=True),
        sa.Column("passed", sa.Text(), nullable=True),
        sa.Column("stall", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("ready_at", sa.DateTime(), nullable=True),
        sa.Column("is_waved", sa.Boolean(), nullable=False),
        sa.Column("was_ready", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("shown_name", sa.Text(), nullable=False),
        sa.Column("shown_price", sa.Integer(), nullable=True),
        sa.CheckConstraint("stall BETWEEN 1 AND 10", name=op.f("ck_entry_stall")),
        sa.CheckConstraint("source IN ('seller', 'pool', 'curator', 'before')", name=op.f("ck_entry_source")),
        sa.CheckConstraint(STANDINGS, name=op.f("ck_entry_standing")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_entry_edition_id_edition")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_entry_entered_by_account")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_entry_product_id_product")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_entry_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("code", name=op.f("uq_entry_code")),
        sa.UniqueConstraint("edition_id", "product_id", name=op.f("uq_entry_edition_id_product_id")),
        sa.UniqueConstraint("edition_id", "stall", name=op.f("uq_entry_edition_id_stall")),
    )
    op.create_index(op.f("ix_entry_product_id"), "entry", ["product_id"])
    op.create_index("ix_entry_edition_id_standing_place", "entry", ["edition_id", "standing", "place"])
    op.create_index("ix_entry_shop_id_entered_at", "entry", ["shop_id", "entered_at"])
    op.create_index(
        "uq_entry_edition_id_shop_id", "entry", ["edition_id", "shop_id"], unique=True,
        sqlite_where=sa.text("source != 'before'"), postgresql_where=sa.text("source != 'before'"),
    )  # fmt: skip
    new = sa.table("entry", *(sa.column(name) for name in (
        "edition_id", "shop_id", "product_id", "code", "source", "entered_at", "entered_by", "stays_in_pool", "shares_figures",
        "standing", "place", "stall", "is_waved", "shown_name", "shown_price")))  # fmt: skip
    for at, row in enumerate(rows, start=1):
        connection.execute(sa.insert(new).values(
            edition_id=row.edition_id, shop_id=row.shop_id, product_id=row.product_id, code=secrets.token_hex(6), source="before",
            entered_at=row.picked_at, entered_by=row.picked_by, stays_in_pool=False, shares_figures=False, standing="chosen",
            place=row.stall or at, stall=row.stall, is_waved=False, shown_name=row.name if row.stall else "",
            shown_price=row.price if row.stall else None))  # fmt: skip


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
