"""A customer's latest conversations come from an index, however many there are.

Revision: 0010
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_conversation_customer_updated", "conversation", ["customer_id", "updated_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_conversation_customer_updated", "conversation")
