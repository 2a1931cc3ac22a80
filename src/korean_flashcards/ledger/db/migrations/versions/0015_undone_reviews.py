"""Record which reviews were undone. The reviews stay, but they no longer count."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "undone_reviews",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("review", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("reviewer", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_undone_reviews"),
        sa.ForeignKeyConstraint(["review"], ["reviews.number"], name="fk_undone_reviews_review"),
        sa.UniqueConstraint("review", name="uq_undone_reviews_review"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("undone_reviews")
