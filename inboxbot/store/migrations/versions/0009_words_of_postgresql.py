"""On PostgreSQL the search index takes our own words as they are, instead of its parser's reading of them.

Revision: 0009
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_search_document_words", "search_document")
        op.execute("CREATE INDEX ix_search_document_words ON search_document USING gin (array_to_tsvector(string_to_array(words, ' ')))")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_search_document_words", "search_document")
        op.execute("CREATE INDEX ix_search_document_words ON search_document USING gin (to_tsvector('simple', words))")
