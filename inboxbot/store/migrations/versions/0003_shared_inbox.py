"""The shared inbox: accounts, sessions, tokens, views, notes' mentions, drafts, labels, presence, and the search index.

Revision: 0003
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BATCH = 500
_NO_WORD = re.compile(r"[\W_]+")


def upgrade() -> None:
    _conversation()
    _tables()
    _search_index()
    _index_what_is_there()


def _conversation() -> None:
    """Plain ADD COLUMNs: a table that others refer to is not made anew."""
    op.drop_index("ix_conversation_assignee", "conversation")
    op.drop_index("ix_conversation_customer_id", "conversation")
    op.drop_index("ix_conversation_status", "conversation")
    time = sa.DateTime(timezone=True)
    for column in (
        sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("urgency", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("due_at", time, nullable=True),
        sa.Column("waiting_since", time, nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("lane", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("snoozed_until", time, nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
    ):
        op.add_column("conversation", column)
    op.execute("ALTER TABLE conversation ADD COLUMN merged_into INTEGER REFERENCES conversation (id)")
    seconds = "CAST(strftime('%s', created_at) AS INTEGER)" if _sqlite() else "CAST(EXTRACT(EPOCH FROM created_at) AS BIGINT)"
    op.execute(f"UPDATE conversation SET rank = {seconds}, waiting_since = CASE WHEN status = 'open' THEN created_at END")  # noqa: S608
    op.create_index("ix_conversation_status_rank", "conversation", ["status", "rank", "id"])
    op.create_index("ix_conversation_status_updated", "conversation", ["status", "updated_at", "id"])
    op.create_index("ix_conversation_assignee_status_rank", "conversation", ["assignee", "status", "rank", "id"])
    op.create_index("ix_conversation_customer_status_rank", "conversation", ["customer_id", "status", "rank", "id"])
    op.create_index("ix_conversation_lane", "conversation", ["lane", "status"])
    op.create_index("ix_conversation_due_at", "conversation", ["due_at"])
    op.create_index("ix_conversation_snoozed_until", "conversation", ["snoozed_until"])


def _tables() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("customers", sa.JSON(), nullable=False),
        sa.Column("account_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_saved_view_owner"), "saved_view", ["owner"], unique=False)
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_sign_in_failure_account"), "sign_in_failure", ["account"], unique=False)
    op.create_index(op.f("ix_sign_in_failure_at"), "sign_in_failure", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_failure_client"), "sign_in_failure", ["client"], unique=False)
    op.create_table(
        "staff_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("customers", sa.JSON(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("notify", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["staff_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "conversation_tag",
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("tag", "conversation_id"),
    )
    op.create_table(
        "learned_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id", "email"),
    )
    op.create_table(
        "presence",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("typing", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("conversation_id", "who"),
    )
    op.create_index(op.f("ix_presence_until"), "presence", ["until"], unique=False)
    op.create_table(
        "reply_draft",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("cc", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("conversation_id", "who"),
    )
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "ref_id"),
    )
    op.create_index(op.f("ix_search_document_conversation_id"), "search_document", ["conversation_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["staff_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index(op.f("ix_staff_session_user_id"), "staff_session", ["user_id"], unique=False)
    op.create_table(
        "label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_label_conversation_id"), "label", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_label_message_id"), "label", ["message_id"], unique=False)
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["note.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_mention_conversation_id"), "mention", ["conversation_id"], unique=False)
    op.create_index("ix_mention_email_seen", "mention", ["email", "seen_at"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email", "kind", "subject_key"),
    )
    op.create_index(op.f("ix_notification_email"), "notification", ["email"], unique=False)
    op.create_index(op.f("ix_notification_mailed_at"), "notification", ["mailed_at"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_who"), "audit", ["who"], unique=False)


def _search_index() -> None:
    """FTS5 over the documents' words on SQLite, a GIN index over their tsvector on PostgreSQL."""
    if _sqlite():
        op.execute(
            "CREATE VIRTUAL TABLE search_fts USING fts5(words, content='search_document', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 2', prefix='3')"
        )
    else:
        op.execute("CREATE INDEX ix_search_document_words ON search_document USING gin (to_tsvector('simple', words))")


def _index_what_is_there() -> None:
    """Mail that came before there was a search can be found too."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT id, conversation_id, subject, text, from_email, customer_id FROM message WHERE conversation_id IS NOT NULL")
    ).all()
    for start in range(0, len(rows), _BATCH):
        values = [
            {
                "id": row.id,
                "conversation_id": row.conversation_id,
                "words": _NO_WORD.sub(" ", " ".join(filter(None, (row.subject, row.from_email, row.customer_id, row.text)))).casefold(),
            }
            for row in rows[start : start + _BATCH]
        ]
        connection.execute(
            sa.text("INSERT INTO search_document (conversation_id, kind, ref_id, words) VALUES (:conversation_id, 'message', :id, :words)"),
            values,
        )
    if _sqlite():
        op.execute("INSERT INTO search_fts(search_fts) VALUES ('rebuild')")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def downgrade() -> None:
    if _sqlite():
        op.execute("DROP TABLE search_fts")
    for table in (
        "notification",
        "mention",
        "label",
        "staff_session",
        "search_document",
        "reply_draft",
        "presence",
        "learned_contact",
        "conversation_tag",
        "api_token",
        "staff_user",
        "sign_in_failure",
        "saved_view",
        "invitation",
        "canned_reply",
    ):
        op.drop_table(table)
    for index, table in (
        ("ix_audit_who", "audit"),
        ("ix_audit_at", "audit"),
        ("ix_conversation_status_rank", "conversation"),
        ("ix_conversation_status_updated", "conversation"),
        ("ix_conversation_assignee_status_rank", "conversation"),
        ("ix_conversation_customer_status_rank", "conversation"),
        ("ix_conversation_lane", "conversation"),
        ("ix_conversation_due_at", "conversation"),
        ("ix_conversation_snoozed_until", "conversation"),
    ):
        op.drop_index(index, table)
    for column in ("rank", "urgency", "due_at", "waiting_since", "team", "lane", "snoozed_until", "version", "merged_into"):
        with op.batch_alter_table("conversation", schema=None) as batch_op:
            batch_op.drop_column(column)
    op.create_index("ix_conversation_assignee", "conversation", ["assignee"])
    op.create_index("ix_conversation_customer_id", "conversation", ["customer_id"])
    op.create_index("ix_conversation_status", "conversation", ["status"])
