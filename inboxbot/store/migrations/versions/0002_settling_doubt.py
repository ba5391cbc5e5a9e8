"""What settles a mail in doubt, the copy in the Sent folder, and knowing a renumbered message by its header.

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

from inboxbot.store.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("in_reply_to", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("outbox", sa.Column("answer_key", sa.String(), nullable=True))
    op.add_column("outbox", sa.Column("proof", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("outbox", sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("next_look_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("filed_at", UtcDateTime(timezone=True), nullable=True))
    op.create_index("ix_outbox_in_reply_to", "outbox", ["in_reply_to"])
    op.create_index("ix_outbox_next_look_at", "outbox", ["next_look_at"])
    op.create_index("ix_outbox_answer_key", "outbox", ["answer_key"], unique=True)
    op.add_column("message", sa.Column("header_sha256", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_message_header_sha256", "message", ["header_sha256"])
    op.add_column("mailbox", sa.Column("reconciled_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("mailbox", "reconciled_at")
    op.drop_index("ix_message_header_sha256", "message")
    op.drop_column("message", "header_sha256")
    for name in ("ix_outbox_next_look_at", "ix_outbox_in_reply_to", "ix_outbox_answer_key"):
        op.drop_index(name, "outbox")
    for name in ("in_reply_to", "answer_key", "proof", "looks", "next_look_at", "filed_at"):
        op.drop_column("outbox", name)
