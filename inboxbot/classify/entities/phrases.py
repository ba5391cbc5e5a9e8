"""Word lists as a dictionary of first words: which phrases of which kinds begin at a token, found without searching.

In: kinds with their phrases and values. Out: `Phrases`, asked at a token. A phrase is also found without its accents and
with umlauts spelled out ("proximo", "naechste"); a blank in it stands for blanks, a hyphen or a line end.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from inboxbot.classify.entities.tokens import Tokens, tokenise

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "ł": "l"})
_Entry = tuple[tuple[str, ...], tuple[str | None, ...], int | str]  # further words, the gaps before them, the value


class Phrases:
    """Phrases of several kinds by their first word."""

    def __init__(self, kinds: Mapping[str, Iterable[tuple[str, int | str]]]) -> None:
        """`kinds`: for each kind its phrases with what they mean."""
        found: dict[str, dict[str, dict[_Entry, None]]] = {}
        for kind, phrases in kinds.items():
            for phrase, value in phrases:
                for form in forms(phrase):
                    tokens = tokenise(form)
                    gaps = tuple(tokens.gap_kind(i) for i in range(len(tokens) - 1))
                    found.setdefault(tokens.words[0], {}).setdefault(kind, {})[(tuple(tokens.words[1:]), gaps, value)] = None
        self._first: dict[str, dict[str, tuple[_Entry, ...]]] = {
            word: {kind: tuple(sorted(entries, key=lambda entry: -len(entry[0]))) for kind, entries in kinds.items()}
            for word, kinds in found.items()
        }

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every phrase."""
        further = (word for kinds in self._first.values() for entries in kinds.values() for entry in entries for word in entry[0])
        return frozenset([*self._first, *further])

    def kinds(self, word: str) -> Mapping[str, object]:
        """The kinds of which some phrase begins with that word."""
        return self._first.get(word, {})

    def starting(self, kinds: Iterable[str]) -> frozenset[str]:
        """The first words of these kinds' phrases."""
        wanted = set(kinds)
        return frozenset(word for word, entries in self._first.items() if wanted & entries.keys())

    def at(self, tokens: Tokens, i: int, kind: str) -> tuple[int | str, int] | None:
        """The longest phrase of a kind that begins at token i: its value, and the token after it."""
        entries = self._first.get(tokens.words[i]) if i < len(tokens.words) else None
        found = entries.get(kind) if entries else None
        return _longest(tokens, i, found) if found else None

    def first_of(self, tokens: Tokens, i: int, kinds: Iterable[str]) -> tuple[str, int] | None:
        """The longest phrase at token i among several kinds: its kind, and the token after it."""
        entries = self._first.get(tokens.words[i]) if i < len(tokens.words) else None
        best: tuple[str, int] | None = None
        for kind in kinds if entries else ():
            found = entries.get(kind) if entries else None
            longest = _longest(tokens, i, found) if found else None
            if longest and (best is None or longest[1] > best[1]):
                best = kind, longest[1]
        return best


def _longest(tokens: Tokens, i: int, entries: Iterable[_Entry]) -> tuple[int | str, int] | None:
    for further, gaps, value in entries:
        if not further:
            return value, i + 1
        end = i + 1 + len(further)
        if tokens.words[i + 1 : end] == list(further) and all(tokens.gap_kind(i + k) == gap for k, gap in enumerate(gaps)):
            return value, end
    return None


def forms(phrase: str) -> Iterator[str]:
    """A phrase as it is, with its umlauts spelled out, and without its accents."""
    phrase = phrase.lower()
    spelled = phrase.translate(_SPELLED)
    bare = "".join(char for char in unicodedata.normalize("NFD", phrase) if not unicodedata.combining(char))
    yield from dict.fromkeys([phrase, spelled, bare])
