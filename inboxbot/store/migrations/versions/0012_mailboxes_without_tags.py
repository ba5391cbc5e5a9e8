"""What one sender had is counted and found by the mailbox, whatever tag the address carries.

Revision: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("rcpt_bare", sa.String(), nullable=False, server_default=sa.text("''")))
    outbox = sa.table("outbox", sa.column("rcpt_to", sa.String()), sa.column("rcpt_bare", sa.String()))
    plain = sa.func.lower(outbox.c.rcpt_to)
    tagged = sa.or_(plain.contains("+"), plain.endswith("@googlemail.com"))
    op.execute(outbox.update().where(sa.not_(tagged)).values(rcpt_bare=plain))  # each row is written once: it holds a whole mail
    for address in op.get_bind().execute(sa.select(outbox.c.rcpt_to).where(tagged).distinct()).scalars().all():
        op.execute(outbox.update().where(outbox.c.rcpt_to == address).values(rcpt_bare=_bare(address)))
    op.drop_index("ix_outbox_counted", "outbox")
    op.create_index("ix_outbox_counted", "outbox", ["automatic", "created_at", "thread_root", "rcpt_bare", "kind"])
    op.create_index("ix_outbox_mailbox", "outbox", ["rcpt_bare", "automatic", "created_at", "kind", "sending_at"])


def downgrade() -> None:
    op.drop_index("ix_outbox_mailbox", "outbox")
    op.drop_index("ix_outbox_counted", "outbox")
    op.create_index("ix_outbox_counted", "outbox", ["automatic", "created_at", "thread_root", "rcpt_to"])
    op.drop_column("outbox", "rcpt_bare")


def _bare(email: str) -> str:
    """As `markers.bare` was when this was written."""
    local, at, domain = email.strip().lower().rpartition("@")
    domain = "gmail.com" if domain == "googlemail.com" else domain
    return f"{local.partition('+')[0] or local}{at}{domain}"
