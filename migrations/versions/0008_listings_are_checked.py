"""listings are checked: how each stands with moderators, what waits beside it, what the public reports, a region's rules, and the log

Listings from before have no row in listing_review and count as checked, so nothing is written for them.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


STATES = "state IN ('active', 'paused', 'archived')"
MORE_STATES = "state IN ('active', 'paused', 'archived', 'withheld')"


def allow_withheld() -> None:
    """Let a listing be withheld, without writing a million of them anew: SQLite's own way of changing a constraint alone.

    https://www.sqlite.org/lang_altertable.html, 7: what is on disk stays as it is, so the text of the schema is changed. Where a SQLite is
    built to refuse that, and on other databases, the constraint is replaced as usual.
    """
    if op.get_bind().dialect.name == "sqlite" and changed_in_place():
        return
    with op.batch_alter_table("product") as table:
        table.drop_constraint(op.f("ck_product_state"), type_="check")
        table.create_check_constraint(op.f("ck_product_state"), MORE_STATES)


def changed_in_place() -> bool:
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    try:
        done = connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'product' AND instr(sql, ?)",
            (STATES, MORE_STATES, STATES),
        )
    except sa.exc.OperationalError:
        return False
    finally:
        connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    return done.rowcount == 1


def upgrade() -> None:
    allow_withheld()
    op.create_table(
        "checking_rules",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("price_percent", sa.Integer(), nullable=False),
        sa.Column("trusted_after", sa.Integer(), nullable=False),
        sa.Column("trusted_days", sa.Integer(), nullable=False),
        sa.Column("companions_pass", sa.Boolean(), nullable=False),
        sa.Column("imports_pass", sa.Boolean(), nullable=False),
        sa.Column("curated_pass", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_percent BETWEEN 0 AND 100", name=op.f("ck_checking_rules_price_percent")),
        sa.CheckConstraint("trusted_after BETWEEN 0 AND 1000", name=op.f("ck_checking_rules_trusted_after")),
        sa.CheckConstraint("trusted_days BETWEEN 1 AND 3650", name=op.f("ck_checking_rules_trusted_days")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_checking_rules_changed_by_account")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_checking_rules_region_code_region")),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_checking_rules")),
    )
    op.create_table(
        "listing_review",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_price", sa.BigInteger(), nullable=True),
        sa.Column("refused_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("is_owed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("standing IN ('waiting', 'checked', 'asked', 'refused')", name=op.f("ck_listing_review_standing")),
        sa.CheckConstraint("(standing = 'waiting') = (waiting_since IS NOT NULL)", name=op.f("ck_listing_review_waiting")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_listing_review_checked_by_account")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_listing_review_product_id_product")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_listing_review")),
    )
    waiting = sa.text("waiting_since IS NOT NULL")
    op.create_index(
        "ix_listing_review_waiting_since", "listing_review", ["waiting_since"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "waiting_version",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("supply", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("area_served", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_waiting_version_price")),
        sa.CheckConstraint("kind IN ('goods', 'service')", name=op.f("ck_waiting_version_kind")),
        sa.CheckConstraint("supply IN ('stock', 'made_to_order', 'service')", name=op.f("ck_waiting_version_supply")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_waiting_version_category_id_category")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_waiting_version_product_id_product")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_waiting_version")),
    )
    op.create_table(
        "waiting_photo",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_waiting_photo_photo_id_photo")),
        sa.ForeignKeyConstraint(["product_id"], ["waiting_version.product_id"], name=op.f("fk_waiting_photo_product_id_waiting_version")),
        sa.PrimaryKeyConstraint("product_id", "photo_id", name=op.f("pk_waiting_photo")),
        sa.UniqueConstraint("photo_id", name=op.f("uq_waiting_photo_photo_id")),
    )
    op.create_table(
        "listing_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_listing_report_outcome")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_listing_report_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_report")),
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_listing_report_product_id_reporter", "listing_report", ["product_id", "reporter"], unique=True,
        sqlite_where=is_open, postgresql_where=is_open,
    )  # fmt: skip
    op.create_index("ix_listing_report_product_id_id", "listing_report", ["product_id", "id"])
    op.create_index("ix_listing_report_origin_reported_at", "listing_report", ["origin", "reported_at"])
    op.create_table(
        "moderation_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_moderation_log_by_id_account")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_moderation_log_product_id_product")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_moderation_log_region_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_log")),
    )
    op.create_index("ix_moderation_log_product_id_id", "moderation_log", ["product_id", "id"])
    op.create_index("ix_moderation_log_region_code_deed_id", "moderation_log", ["region_code", "deed", "id"])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup (docs/operations.md)")
