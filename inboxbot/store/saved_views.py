"""Filters that people saved in the sidebar.

In: names and filters. Out: `View`s. A removed one stays in the table: nothing is deleted silently.
"""

from dataclasses import asdict, fields
from datetime import datetime

from sqlmodel import Session, col, or_, select

from inboxbot.errors import NotFoundError
from inboxbot.staff import QueueFilter, View
from inboxbot.store.tables_staff import SavedViewRow


def of(session: Session, owner: str) -> list[View]:
    """The shared views and a person's own."""
    statement = (
        select(SavedViewRow)
        .where(col(SavedViewRow.removed_at).is_(None), or_(col(SavedViewRow.owner) == owner, col(SavedViewRow.shared).is_(True)))
        .order_by(col(SavedViewRow.name), col(SavedViewRow.id))
    )
    return [_view(row) for row in session.exec(statement)]


def add(session: Session, owner: str, name: str, wanted: QueueFilter, *, shared: bool, now: datetime) -> View:
    """Save a filter."""
    row = SavedViewRow(owner=owner, shared=shared, name=name, filter=asdict(wanted), created_at=now)
    session.add(row)
    session.flush()
    return _view(row)


def remove(session: Session, key: str, owner: str, *, may_shared: bool, now: datetime) -> str:
    """Take a view out of the sidebar; its name. NotFoundError when it is not there or somebody else's."""
    row = session.get(SavedViewRow, int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else None  # noqa: PLR2004
    if row is None or row.removed_at is not None or not (row.owner == owner or (row.shared and may_shared)):
        raise NotFoundError(f"there is no view {key} of yours")
    row.removed_at = now
    session.add(row)
    return row.name


def _view(row: SavedViewRow) -> View:
    known = {field.name for field in fields(QueueFilter)}
    values = {name: value for name, value in row.filter.items() if name in known}
    values["status"] = tuple(values.get("status", ()))
    return View(str(row.id), row.name, QueueFilter(**values), own=True, shared=row.shared)
