"""Words that mean the same, in several languages: concepts as features, and risk words as vetoes.

In: text. Out: the concepts in it, with their words. The lists are data (`data/concepts/*.toml`). All phrases are looked for
in one pass (Aho and Corasick 1975, by pyahocorasick): what it costs does not grow with the lists. A concept that is told by how
words stand together in a clause, not by phrases alone, has words beside them (see `denied.py`).
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import ahocorasick

from inboxbot.classify.denied import Denied, DenyingWords, denying_words
from inboxbot.classify.sentences import wraps

MOST_CHARACTERS = 20_000  # of a text that are looked at
_GAP = re.compile(r"[^\S\n]*\n[^\S\n]*|[^\S\n]{2,}")  # a line's end, or blanks in a row
_WORD = re.compile(r"\S+")
_ADDRESS_MARKS = ("@", "://", "www.")
_FIRST_UNSPACED = "\u0e00"
_UNSPACED = (("\u0e00", "\u0eff"), ("\u1780", "\u17ff"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7a3"))  # Thai to Korean


@dataclass(frozen=True, slots=True)
class ConceptHit:
    """A concept found in a text: its name, its words (in one line), and where."""

    concept: str
    words: str
    start: int  # character offset
    end: int


@dataclass(frozen=True, slots=True)
class ConceptLists:
    """The phrases of every concept; `risks` maps risk concepts to the words that explain the veto.

    Those `anywhere` forbid an answer below the writer's name too, where signatures and disclaimers hardly ever hold such words.
    """

    phrases: Mapping[str, tuple[str, ...]]
    risks: Mapping[str, str]
    anywhere: frozenset[str] = frozenset()
    clauses: Mapping[str, tuple[DenyingWords, ...]] = field(default_factory=dict)  # by language, of concepts that are told by clauses


def load_lists() -> ConceptLists:
    """Read the data files that ship with the package; a concept stands in one file only."""
    concepts: dict[str, Any] = {}
    for file in sorted(resources.files("inboxbot.classify.data").joinpath("concepts").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            concepts |= tomllib.loads(file.read_text(encoding="utf-8")).get("concept", {})
    phrases = {name: tuple(entry["phrases"]) for name, entry in concepts.items()}
    risks = {name: entry["veto"] for name, entry in concepts.items() if "veto" in entry}
    anywhere = frozenset(name for name in risks if concepts[name].get("anywhere"))
    clauses = {name: tuple(map(denying_words, entry["clauses"].values())) for name, entry in concepts.items() if "clauses" in entry}
    return ConceptLists(phrases, risks, anywhere, clauses)


class ConceptFinder:
    """Finds concepts; built once, then used for every text."""

    def __init__(self, lists: ConceptLists) -> None:
        """Builds the automaton of all phrases."""
        self.risks, self._anywhere = lists.risks, lists.anywhere
        meant: dict[str, list[str]] = {}
        for concept, phrases in lists.phrases.items():
            for phrase in phrases:
                meant.setdefault(_plain(phrase).text, []).append(concept)
        self._phrases: Any = ahocorasick.Automaton()
        for phrase, concepts in meant.items():
            self._phrases.add_word(phrase, (len(phrase), tuple(dict.fromkeys(concepts))))
        self._phrases.make_automaton()
        self._denied = {concept: Denied(languages) for concept, languages in lists.clauses.items()}

    def find(self, text: str) -> list[ConceptHit]:
        """Every concept in a text, by place; of overlapping phrases of one concept the longest of the first."""
        text = text[:MOST_CHARACTERS]
        hits = []
        ends: dict[str, int] = {}
        for start, end, concept in sorted(self._matches(_plain(text)), key=lambda hit: (hit[0], -hit[1])):
            if start >= ends.get(concept, 0):
                ends[concept] = end
                hits.append(ConceptHit(concept, _as_written(text[start:end]), start, end))
        return hits

    def below(self, signature: str) -> list[ConceptHit]:
        """What forbids an answer even in what stands below the writer's name."""
        return [hit for hit in self.find(signature) if hit.concept in self._anywhere]

    def _matches(self, plain: "_Plain") -> Iterator[tuple[int, int, str]]:
        """(start, end, concept) of every phrase that stands in the text as whole words."""
        for last, (length, concepts) in self._phrases.iter(plain.text):
            start, end = last + 1 - length, last + 1
            if _begins(plain.text, start) and _ends(plain.text, end):
                place = plain.place(start), plain.place(last) + 1
                yield from ((*place, concept) for concept in concepts)
        for concept, denied in self._denied.items():
            yield from ((plain.place(start), plain.place(end - 1) + 1, concept) for start, end in denied.find(plain.text))


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text in lower case with single blanks; `begins[i]` of it is `places[i]` of the text, and so on up to the next."""

    text: str
    begins: tuple[int, ...]
    places: tuple[int, ...]

    def place(self, position: int) -> int:
        """Where a character stood."""
        piece = bisect_right(self.begins, position) - 1
        return self.places[piece] + position - self.begins[piece]


def _plain(text: str) -> _Plain:
    """What phrases are looked for in. A line that merely wraps goes on after a blank; addresses and links say nothing."""
    lower = text.replace("\u0130", "i").lower().replace("\u2019", "'")  # only the dotted capital I would change the length
    if any(mark in lower for mark in _ADDRESS_MARKS):
        lower = _WORD.sub(lambda word: "\0" * len(word[0]) if any(mark in word[0] for mark in _ADDRESS_MARKS) else word[0], lower)
    pieces, begins, places = [], [0], [0]
    length = after = 0
    for gap in _GAP.finditer(lower):
        piece = lower[after : gap.start()]
        pieces += [piece, "\n" if "\n" in gap[0] and not wraps(piece) else " "]
        length += gap.start() - after + 1
        after = gap.end()
        begins.append(length)
        places.append(after)
    pieces.append(lower[after:])
    return _Plain("".join(pieces).replace("\t", " ").replace("\u00a0", " "), tuple(begins), tuple(places))


def _as_written(words: str) -> str:
    """Words with plain apostrophes, in one line."""
    return " ".join(words.replace("\u2019", "'").split())


def _begins(text: str, start: int) -> bool:
    """Whether a word may begin here: not in the middle of one, nor behind an apostrophe in it."""
    if not start or not _in_word(text[start]) or _is_unspaced(text[start]):
        return True
    before = text[start - 1]
    return not _in_word(before) and not (before == "'" and start > 1 and _in_word(text[start - 2]))


def _ends(text: str, end: int) -> bool:
    """Whether a word may end here. An English genitive's "'s" is no part of it; the letters of "INV-20155" are none."""
    if end >= len(text) or not _in_word(text[end - 1]) or _is_unspaced(text[end - 1]):
        return True
    mark, after, behind = (text[place : place + 1] for place in (end, end + 1, end + 2))
    if mark == "'" and _in_word(after):
        return after == "s" and not _in_word(behind)
    return not _in_word(mark) and not (mark == "-" and after.isdigit())


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_unspaced(character: str) -> bool:
    """Whether it is of a script that writes words without spaces between them, or with endings on every one (Korean)."""
    return character >= _FIRST_UNSPACED and any(low <= character <= high for low, high in _UNSPACED)
