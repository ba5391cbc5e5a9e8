"""What colleagues answered in a mail program, and the Message-IDs that relays gave to our mail.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

from inboxbot.store.tables import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("answered_elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("wire_id", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_outbox_wire_id", "outbox", ["wire_id"])
    op.create_table(
        "colleague_reply",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )


def downgrade() -> None:
    op.drop_table("colleague_reply")
    op.drop_index("ix_outbox_wire_id", "outbox")
    op.drop_column("outbox", "wire_id")
    op.drop_column("message", "answered_elsewhere")
