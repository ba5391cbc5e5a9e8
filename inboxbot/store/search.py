"""Full-text search over mails, replies and notes: FTS5 on SQLite, a tsvector on PostgreSQL, behind this one door.

In: words. Out: conversation ids, those with the newest matching text first. Numbers are found by any of their parts
(`20155` finds `INV-20155`), words by their beginning. What is a word is decided here, not by a database, so both find the same.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session, col, select, update

from inboxbot.staff import Scope
from inboxbot.store.tables import MessageRow, NoteRow
from inboxbot.store.tables_staff import SearchDocumentRow

MOST_TERMS = 12
_NO_WORD = re.compile(r"[\W_]+")
_DATABASE_WORDS = 200_000  # characters of one text that are indexed
_LONGEST_WORD = 100  # characters; both databases have a limit of their own


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that matches; `position` is where the next page goes on."""

    position: int
    conversation_id: int
    kind: str
    ref_id: int


def normal_words(*texts: str | None) -> str:
    """Texts as bare words: lower case, no accents, no punctuation."""
    joined = " ".join(part for part in texts if part)[:_DATABASE_WORDS]
    plain = "".join(c for c in unicodedata.normalize("NFKD", joined) if not unicodedata.combining(c))
    return " ".join(word[:_LONGEST_WORD] for word in _NO_WORD.sub(" ", plain).casefold().split())


def terms(query: str) -> tuple[str, ...]:
    """What is searched for: the query's words, each once."""
    return tuple(dict.fromkeys(normal_words(query).split()))[:MOST_TERMS]


def index_message(session: Session, row: MessageRow, names: Sequence[str] = ()) -> None:
    """Make a conversation's mail findable by subject, text, sender, customer, and by `names`: whatever else it is about."""
    if row.conversation_id is not None:
        words = normal_words(row.subject, row.from_email, row.customer_id, *names, row.text)
        _put(session, row.conversation_id, "message", row.id or 0, words)


def index_note(session: Session, row: NoteRow) -> None:
    """Make a note findable (never for people from outside)."""
    _put(session, row.conversation_id, "note", row.id or 0, normal_words(row.text))


def index_reply(session: Session, conversation_id: int, outbox_id: int, *texts: str) -> None:
    """Make what we wrote findable."""
    _put(session, conversation_id, "reply", outbox_id, normal_words(*texts))


def move(session: Session, from_id: int, to_id: int) -> None:
    """Texts of a merged conversation are found in the other one from now on."""
    session.exec(update(SearchDocumentRow).where(col(SearchDocumentRow.conversation_id) == from_id).values(conversation_id=to_id))


def move_one(session: Session, kind: str, ref_id: int, to_id: int) -> None:
    """One text was split off."""
    session.exec(
        update(SearchDocumentRow)
        .where(col(SearchDocumentRow.kind) == kind, col(SearchDocumentRow.ref_id) == ref_id)
        .values(conversation_id=to_id)
    )


def find(session: Session, query: str, scope: Scope, *, internal: bool, before: int | None = None, limit: int = 50) -> list[Hit]:
    """Matching conversations in scope, the newest text first, each once; `internal`: notes too. () for no words."""
    wanted = terms(query)
    if not wanted:
        return []
    seen: dict[int, Hit] = {}
    while len(seen) < limit:
        batch = _batch(session, wanted, scope, internal, before, limit * 2)
        for hit in batch:
            if len(seen) < limit:
                seen.setdefault(hit.conversation_id, hit)
                before = hit.position
        if len(batch) < limit * 2:
            break
    return list(seen.values())


def _batch(session: Session, wanted: tuple[str, ...], scope: Scope, internal: bool, before: int | None, limit: int) -> list[Hit]:  # noqa: FBT001
    sqlite = session.get_bind().dialect.name == "sqlite"
    if sqlite:
        source, match = "search_fts f JOIN search_document d ON d.id = f.rowid", "search_fts MATCH :query"
        query, position = " ".join(f'"{word}"*' for word in wanted), "f.rowid"
    else:
        source, match = "search_document d", "array_to_tsvector(string_to_array(d.words, ' ')) @@ CAST(:query AS tsquery)"
        query, position = " & ".join(f"'{word}':*" for word in wanted), "d.id"
    values: dict[str, object] = {"query": query, "limit": limit}
    conditions = [match]
    if before is not None:
        conditions.append(f"{position} < :before")
        values["before"] = before
    if not internal:
        conditions.append("d.kind <> 'note'")
    join = ""
    if scope.customers is not None:
        names = {f"c{index}": customer for index, customer in enumerate(sorted(scope.customers))}
        join = " JOIN conversation c ON c.id = d.conversation_id"
        conditions.append(f"c.customer_id IN ({', '.join(f':{name}' for name in names)})" if names else "1 = 0")
        values |= names
    statement = (
        f"SELECT d.id, d.conversation_id, d.kind, d.ref_id FROM {source}{join} "  # noqa: S608 - fixed words; values are bound
        f"WHERE {' AND '.join(conditions)} ORDER BY {position} DESC LIMIT :limit"
    )
    return [Hit(*row) for row in session.connection().execute(text(statement), values)]


def _put(session: Session, conversation_id: int, kind: str, ref_id: int, words: str) -> None:
    known = session.exec(select(SearchDocumentRow).where(SearchDocumentRow.kind == kind, SearchDocumentRow.ref_id == ref_id)).first()
    sqlite = session.get_bind().dialect.name == "sqlite"
    connection = session.connection()
    if known is not None:
        if sqlite:
            connection.execute(
                text("INSERT INTO search_fts (search_fts, rowid, words) VALUES ('delete', :id, :words)"),
                {"id": known.id, "words": known.words},
            )
        known.words, known.conversation_id = words, conversation_id
        session.add(known)
        session.flush()
        row_id = known.id
    else:
        row = SearchDocumentRow(conversation_id=conversation_id, kind=kind, ref_id=ref_id, words=words)
        session.add(row)
        session.flush()
        row_id = row.id
    if sqlite:
        connection.execute(text("INSERT INTO search_fts (rowid, words) VALUES (:id, :words)"), {"id": row_id, "words": words})
