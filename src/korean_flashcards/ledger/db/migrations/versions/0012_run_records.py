"""Record how each run ended, with its figures, and keep daily sums of the runs that a cleanup removes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_FIGURES = ("words", "cards", "failures", "cache_hits", "cache_misses", "tokens_in", "tokens_out")


def upgrade() -> None:
    """Create the tables. Earlier runs have no record."""
    op.create_table(
        "run_records",
        sa.Column("run_id", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("pipelines", "environment", "given", "parameters")),
        sa.Column("exit_code", sa.Integer),
        sa.Column("error_code", sa.String),
        sa.Column("message", sa.String),
        *(sa.Column(name, sa.Integer) for name in _FIGURES),
        sa.Column("usd", sa.Float),
        sa.Column("unpriced", sa.Integer),
        sa.Column("stages", sa.String, nullable=False, server_default="[]"),
        sa.PrimaryKeyConstraint("run_id", name="pk_run_records"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_run_records_run_id", ondelete="CASCADE"),
        sa.CheckConstraint("exit_code IN (0, 1, 2)", name="ck_run_records_exit_code"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_days",
        sa.Column("day", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("runs", "complete", "incomplete", "failed")),
        sa.Column("seconds", sa.Float, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in _FIGURES),
        sa.Column("usd", sa.Float, nullable=False),
        sa.Column("unpriced", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", name="pk_run_days"),
        sa.CheckConstraint("kind IN ('run', 'import')", name="ck_run_days_kind"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the records and the sums."""
    op.drop_table("run_days")
    op.drop_table("run_records")
