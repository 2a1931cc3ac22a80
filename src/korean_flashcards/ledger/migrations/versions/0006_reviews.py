"""What people say of analyses and cards (branch review has this step; here it only keeps its place)."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing on this branch."""


def downgrade() -> None:
    """Nothing on this branch."""
