"""Which customers, and whose people, does a text name?

In: the ledger's names, a text, and the words that are the sender's own. Out: customers' names. A full name counts wherever it
stands; a short one ("Bayline") only where it is one customer's alone and can hardly mean anything else: it has its capital letter,
is no everyday word, place or person's name, and no part of another name ("Maple Court", "Tom Gruber").
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from inboxbot.ledger.everyday import ARTICLES, EVERYDAY, FIRST_NAMES, OWING, PAPERS, PEOPLE, ROLES, TITLES, TOWARDS, WITHIN
from inboxbot.ledger.likeness import LEGAL_FORMS, folded, without_form

_LEAST_NAMED = 9  # characters of a whole name: shorter ones are ordinary words too often
_LEAST_SHORT = 5  # of a short one
_SHORTLY = re.compile(  # a name as a possessive, or as whose papers are asked for; with a capital letter
    r"\b([^\W\d_a-z][^\W\d_]{4,40})['\u2019]s\b"
    r"|\b(?:[Aa]m|[Bb]ehalf of|[Rr]epresent(?:s|ing)?|[Aa]ct(?:ing)? for)\s([^\W\d_a-z][^\W\d_]{4,40})\b"
    r"|\b(?:[Ii]nvoices?|[Ss]tatements?|[Aa]ccount|[Bb]alance|[Cc]op(?:y|ies)|[Oo]nes?|[Bb]ills?|[Ss]ame|Rechnung(?:en)?|Kontoauszug|[Ff]actur[ae]s?|[Ff]attur[ae])"
    r"\s(?:of|for|from|von|für|de|di|del|as)\s([^\W\d_a-z][^\W\d_]{4,40})\b"
)
_WORD = re.compile(r"[^\W_]+")
_OF_MONEY = PAPERS | OWING
_GAPS = frozenset({" ", "\u00a0", "-", ". ", "  ", "'s ", "\u2019s "})
_MOSTLY = 0.6  # of a line's longer words with a capital: there capitals say nothing
_LONGER = 4  # letters


@dataclass(frozen=True, slots=True)
class _Word:
    """A word where it stands: `opens` a sentence; `shouted`, in a line where every word has its capital."""

    text: str
    folded: str
    start: int
    end: int
    opens: bool
    shouted: bool

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


class NamedCustomers:
    """Finds the customers whom a text names; built once per ledger."""

    def __init__(self, companies: Iterable[str], people: Iterable[tuple[str, str]] = ()) -> None:
        """`companies`: customers' names; `people`: (a contact's name, the customer's)."""
        bare = {without_form(folded(name)): name for name in companies}
        self._by_words = {words: name for words, name in bare.items() if " " in words and len(words) >= _LEAST_NAMED}
        self._by_first = dict(_alone((words.split()[0], name) for words, name in bare.items() if words))
        self._by_first = {first: name for first, name in self._by_first.items() if len(first) >= _LEAST_SHORT}
        self._by_two = {two: name for two, name in _alone(_two(words, name) for words, name in bare.items()) if two}
        self._by_person = dict(_alone((folded(who), name) for who, name in set(people) if _is_person(folded(who))))
        self._most_words = max((words.count(" ") + 1 for words in (*self._by_words, *self._by_person)), default=0)

    def names_in(self, text: str, own: Collection[str] = ()) -> tuple[str, ...]:
        """The customers whom a text names, each once; `own` are folded words and names that mean the sender's own people."""
        words = list(_words(text))
        found = list(self._whole(words, own))
        found += [
            self._by_first.get(short) for one in _SHORTLY.finditer(text) if (short := (one[1] or one[2] or one[3]).casefold()) not in own
        ]
        found += [
            self._by_first[word.folded] for index, word in enumerate(words) if word.folded not in own and self._is_named(words, index)
        ]
        return tuple(dict.fromkeys(name for name in found if name))

    def _whole(self, words: Sequence[_Word], own: Collection[str]) -> Iterator[str | None]:
        for start, first in enumerate(words):
            for count in range(1, self._most_words + 1):
                run = words[start : start + count]
                name = " ".join(word.folded for word in run)
                yield self._by_words.get(name)
                if len(run) == count > 1 and all(word.capital for word in run) and name not in own:
                    yield self._by_person.get(name)
                    if count == 2 and first.folded not in own:  # noqa: PLR2004 - "Bayline Marine"
                        yield self._by_two.get(name)

    def _is_named(self, words: Sequence[_Word], index: int) -> bool:
        """Whether this word is a customer's short name, and hardly anything else."""
        word = words[index]
        if word.folded not in self._by_first or word.folded in EVERYDAY:
            return False
        before = words[index - 1] if index and not word.opens else None
        after = words[index + 1] if index + 1 < len(words) and not words[index + 1].opens else None
        of_papers = (after is not None and after.folded in _OF_MONEY) or (before is not None and before.folded in OWING)
        if word.folded in PEOPLE and not of_papers:
            return False
        if not word.capital:  # whoever writes without capitals names it as what it is: "paid by bayline", "bayline invoices"
            return word.folded not in PEOPLE and (of_papers or (before is not None and before.folded in TOWARDS))
        return self._begins_a_name(word, before, of_papers=of_papers) and self._ends_a_name(word, after, of_papers=of_papers)

    def _begins_a_name(self, word: _Word, before: _Word | None, *, of_papers: bool) -> bool:
        """Whether what stands before is no part of another name: a title, a first name, "our ... site"."""
        if before is None:
            return True
        if before.folded in TITLES or before.folded in WITHIN or (before.capital and before.folded in FIRST_NAMES):
            return False
        if before.folded in ARTICLES:
            return of_papers
        return not before.capital or before.opens or word.shouted or before.folded in PAPERS

    def _ends_a_name(self, word: _Word, after: _Word | None, *, of_papers: bool) -> bool:
        """Whether what follows is no part of another name ("Maple Court")."""
        if after is None or not after.capital or of_papers or word.shouted or after.folded in LEGAL_FORMS:
            return True
        return f"{word.folded} {after.folded}" in self._by_two


def own_words(names: Iterable[str]) -> frozenset[str]:
    """The folded words of names, and the names as a whole: what the sender may call their own."""
    wholes = [folded(name) for name in names]
    return frozenset(wholes) | frozenset(word for whole in wholes for word in whole.split())


def _words(text: str) -> Iterator[_Word]:
    for line_start, line in _lines(text):
        found = list(_WORD.finditer(line))
        longer = [one[0] for one in found if len(one[0]) >= _LONGER and not one[0].isdigit()]
        shouted = len(longer) > 1 and sum(one[:1].isupper() for one in longer) >= _MOSTLY * len(longer)
        end = 0
        for number, one in enumerate(found):
            gap = line[end : one.start()]
            opens = not number or (gap not in _GAPS and not gap.isspace())
            yield _Word(one[0], folded(one[0]), line_start + one.start(), line_start + one.end(), opens, shouted)
            end = one.end()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _alone(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The pairs whose first value stands for one name only."""
    listed = list(dict.fromkeys(pairs))
    counted = Counter(key for key, _ in listed)
    yield from ((key, name) for key, name in listed if counted[key] == 1)


def _two(words: str, name: str) -> tuple[str, str]:
    """The first two words of a longer name."""
    parts = words.split()
    return (" ".join(parts[:2]) if len(parts) > 1 else "", name)


def _is_person(name: str) -> bool:
    words = name.split()
    return len(words) > 1 and all(word.isalpha() for word in words) and ROLES.isdisjoint(words)
