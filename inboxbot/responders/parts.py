"""Sections in words: what the two forms of a letter, and a draft, are laid out from.

In: sections in the letter's order. Out: `Part` values.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from inboxbot.responders.context import Section, Table
from inboxbot.responders.templates import paragraphs


@dataclass(frozen=True, slots=True)
class Part:
    """A section in words: what the letter's two forms are laid out from."""

    title: str
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...]


def parts_of(sections: Iterable[Section]) -> tuple[Part, ...]:
    """The sections in words; a table whose rows all stand further up is left out."""
    shown: set[tuple[str, str]] = set()
    parts = []
    for section in sections:
        tables = tuple(table for table in section.tables if not table.keys <= shown)
        words = paragraphs(f"replies/{section.template}.txt.j2", **section.values, tables=[t.subject for t in tables])
        parts.append(Part(section.title, words, tables))
        shown |= {key for table in tables for key in table.keys}
    return tuple(parts)
