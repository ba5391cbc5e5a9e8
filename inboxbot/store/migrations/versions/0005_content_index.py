"""Messages are found by their content: an index for it.

Revision: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_raw_sha256", "message", ["raw_sha256"])


def downgrade() -> None:
    op.drop_index("ix_message_raw_sha256", "message")
