"""What was mailed within a day is counted for every message: from indexes alone, without reading the mails themselves.

Revision: 0011
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outbox_customer", "outbox", ["customer_id", "automatic", "created_at"])
    op.create_index("ix_outbox_counted", "outbox", ["automatic", "created_at", "thread_root", "rcpt_to"])


def downgrade() -> None:
    op.drop_index("ix_outbox_counted", "outbox")
    op.drop_index("ix_outbox_customer", "outbox")
