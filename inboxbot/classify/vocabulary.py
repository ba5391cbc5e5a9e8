"""The names of a model's features, in a trie: a twentieth of the memory that a dictionary of them takes, and there at once.

In: names, or the bytes of a saved vocabulary. Out: each name's row in the model's arrays. The trie gives out the rows itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import marisa_trie


class Vocabulary(Mapping[str, int]):
    """Names and their rows; never changed."""

    def __init__(self, trie: marisa_trie.Trie) -> None:
        """Keeps the trie."""
        self._trie = trie

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """A vocabulary of these names, none of which holds a NUL."""
        return cls(marisa_trie.Trie(names))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """What `to_bytes` made; raises ValueError where it is something else."""
        trie = marisa_trie.Trie()
        try:
            trie.frombytes(content)
        except RuntimeError as error:
            raise ValueError("no vocabulary") from error
        return cls(trie)

    def to_bytes(self) -> bytes:
        """The same names give the same bytes."""
        return bytes(self._trie.tobytes())

    def __getitem__(self, name: str) -> int:
        """The row of a name."""
        row = self._row(name)
        if row is None:
            raise KeyError(name)
        return row

    def __contains__(self, name: object) -> bool:
        """Whether it is a name."""
        return isinstance(name, str) and self._row(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._trie.iterkeys())

    def __len__(self) -> int:
        return len(self._trie)

    def _row(self, name: str) -> int | None:
        """No name holds what mails may hold and the trie cannot: a NUL, which would end it, or half a surrogate pair."""
        if "\0" in name:
            return None
        try:
            row: int | None = self._trie.get(name)
        except UnicodeEncodeError:
            return None
        return row
