"""Which characters of a text already have a role.

In: spans. Out: whether another span touches one of them, in time that does not grow with their number.
"""

from collections.abc import Iterable

from inboxbot.classify.entities.findings import Mention, Span


class Coverage:
    """A text's characters, taken or free."""

    def __init__(self, text: str) -> None:
        self._taken = bytearray(len(text))

    def add(self, span: Span) -> None:
        """Take a span's characters."""
        self._taken[span.start : span.end] = b"\x01" * (span.end - span.start)

    def add_all(self, mentions: Iterable[Mention]) -> None:
        """Take the characters of all these."""
        for mention in mentions:
            self.add(mention.span)

    def copy(self) -> "Coverage":
        """One that can be taken from without changing this."""
        other = Coverage("")
        other._taken = self._taken[:]  # its own kind
        return other

    def hits(self, span: Span) -> bool:
        """Whether any of the span's characters is taken."""
        return 1 in self._taken[span.start : span.end]
