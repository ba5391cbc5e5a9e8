"""Words that say no, beside words that ask: what is asked *not* to be done.

In: a text in lower case with plain apostrophes, and sets of words by language. Out: the places of such wishes. A negator says
nothing by itself ("we have not received it, please send it"): it must stand right beside a word of sending or needing, with
nothing between them but words that belong to both, in one clause.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

# A comma between numbers only counts them up: "do not send 20021, 20022".
_CLAUSE_END = re.compile(r"[.!?;:…](?=\s|$)|[\n()\u3002\uff01\uff1f\uff1b]|\s[-–—]+\s|,(?!\s?\S{0,20}\d)|(?<!\d),")  # noqa: RUF001 - dashes are meant
_WORD = re.compile(r"(?:[nmldstcj]|qu|un|dell|nell|sull|all)'(?=\w)|#|[^\W_](?:[\w.'`´/&-]*[\w°º])?")  # noqa: RUF001 - as people type it
_JOINING = frozenset(
    {"and", "or", "und", "oder", "et", "ou", "y", "o", "e", "en", "of", "och", "eller", "og", "i", "oraz", "a", "ja", "és", "și", "и"}
)
_MOST_BETWEEN = 9  # words
_MOST_IN_CLAUSE = 80  # words; what goes on longer is read in pieces, so that no text takes long


@dataclass(frozen=True, slots=True)
class DenyingWords:
    """One language's words; see `data/concepts/negated.toml`."""

    deny: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    polite: frozenset[str] = frozenset()
    ask: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    subject: frozenset[str] = frozenset()
    need: frozenset[str] = frozenset()
    want: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    after: bool = False


def denying_words(table: Mapping[str, Any]) -> DenyingWords:
    """One language's table of the data file as a value; raises TypeError for a key that means nothing."""
    sets: dict[str, Any] = {key: frozenset(map(str.lower, value)) for key, value in table.items() if key != "after"}
    return replace(DenyingWords(**sets), after=bool(table.get("after")))


class Denied:
    """Finds what is asked not to be done; built once, then used for every text."""

    def __init__(self, languages: Iterable[DenyingWords]) -> None:
        """`languages`: the words of each."""
        self._readers = [_Reader(words) for words in languages]
        self._deny = frozenset().union(*(reader.words.deny for reader in self._readers))

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of every wish that something be not done, in order; `text` in lower case."""
        clauses = list(_clauses(text))
        words = [[word[0] for word in clause] for clause in clauses]
        for index, clause in enumerate(clauses):
            if self._deny.isdisjoint(words[index]):
                continue
            earlier, later = words[index - 1] if index else [], words[index + 1] if index + 1 < len(words) else []
            place = next((place for reader in self._readers if (place := reader.place(words[index], earlier, later))), None)
            if place:
                yield clause[place[0]].start(), clause[place[1]].end()


def _clauses(text: str) -> Iterator[list[re.Match[str]]]:
    """The words of every clause that has some."""
    start = 0
    for end, after in (*((match.start(), match.end()) for match in _CLAUSE_END.finditer(text)), (len(text), len(text))):
        words = list(_WORD.finditer(text, start, end))
        yield from (words[first : first + _MOST_IN_CLAUSE] for first in range(0, len(words), _MOST_IN_CLAUSE))
        start = after


class _Reader:
    """Reads clauses with one language's words."""

    def __init__(self, words: DenyingWords) -> None:
        self.words = words
        self._links = words.between | words.things | words.need | words.want
        self._known = self._links | words.deny | words.ask | words.told | words.before | words.polite

    def place(self, tokens: Sequence[str], earlier: Sequence[str], later: Sequence[str]) -> tuple[int, int] | None:
        """(first, last) of the tokens that deny a wish, or None; `earlier` and `later` are those of the clauses beside it."""
        negators = [index for index, token in enumerate(tokens) if token in self.words.deny]
        if not negators or not self.words.unless.isdisjoint(tokens):
            return None
        by_itself = all(map(self._is_known, tokens))
        after_thing = by_itself and any(map(self._is_thing, earlier))  # "A copy? Not needed."
        for negator in negators:
            for index in range(max(0, negator - _MOST_BETWEEN - 1), min(len(tokens), negator + _MOST_BETWEEN + 2)):
                low, high = sorted((negator, index))
                if low == high or not self._linked(tokens, low, high):
                    continue
                if self._sends(tokens, negator, index) and (by_itself or any(map(self._is_thing, tokens))):
                    return low, high
                if self._needs(tokens, negator, index) and (after_thing or self._has_thing(tokens, low, high)):
                    return low, high
        return self._declined(tokens, later) if by_itself else None

    def _sends(self, tokens: Sequence[str], negator: int, index: int) -> bool:
        """Whether a token is a word of sending to which the negator belongs."""
        words, token = self.words, tokens[index]
        if index < negator:
            return token in words.before and self._reaches_back(tokens, negator, index)
        return token in words.ask or (token in words.told and not self._is_statement(tokens, negator, index))

    def _needs(self, tokens: Sequence[str], negator: int, index: int) -> bool:
        """Whether a token is a word of needing to which the negator belongs."""
        words, token = self.words, tokens[index]
        needs = token in words.need or (token in words.want and all(map(self._is_known, tokens[min(negator, index) :])))
        return needs and (index > negator or self._reaches_back(tokens, negator, index))

    def _reaches_back(self, tokens: Sequence[str], negator: int, index: int) -> bool:
        return self.words.after or (negator - index == 1 and tokens[negator] in self.words.none)

    def _declined(self, tokens: Sequence[str], later: Sequence[str]) -> tuple[int, int] | None:
        """`No statement please`, `no more copies`: a thing is declined in a clause that says nothing else."""
        words = self.words
        if words.polite.isdisjoint(tokens) and not (later and words.polite.issuperset(later)):
            return None
        negator = next((index for index, token in enumerate(tokens) if token in words.none), len(tokens))
        return next(((negator, index) for index, token in enumerate(tokens) if index > negator and token in words.things), None)

    def _has_thing(self, tokens: Sequence[str], low: int, high: int) -> bool:
        """Whether a thing, or a number, is linked to what stands at these two places."""
        return any(
            self._is_thing(token) and self._linked(tokens, min(low, index), max(high, index), beside=(low, high))
            for index, token in enumerate(tokens)
        )

    def _linked(self, tokens: Sequence[str], low: int, high: int, beside: Collection[int] = ()) -> bool:
        """Whether nothing strange stands between two tokens, but for those at the places `beside`."""
        return high - low <= _MOST_BETWEEN + 1 and all(index in beside or self._is_link(tokens, index) for index in range(low + 1, high))

    def _is_link(self, tokens: Sequence[str], index: int) -> bool:
        token = tokens[index]
        joins = token in _JOINING and _is_number(tokens[index - 1]) and index + 1 < len(tokens) and _is_number(tokens[index + 1])
        return token in self._links or token == "#" or joins or _is_number(token)  # noqa: S105 - no password

    def _is_statement(self, tokens: Sequence[str], negator: int, sending: int) -> bool:
        """Whose sentence it is: "you do not send" and "could we not send" ask for nothing; "you do not need to", "not to send" do."""
        if "to" in tokens[negator:sending]:
            return False
        behind = negator - 1 if negator and tokens[negator - 1] not in ("do", "does") else negator - 2
        return behind >= 0 and tokens[behind] in self.words.subject

    def _is_thing(self, token: str) -> bool:
        return token in self.words.things or _is_number(token)

    def _is_known(self, token: str) -> bool:
        return token in self._known or _is_number(token)


def _is_number(token: str) -> bool:
    """Whether a token may be a document's number."""
    return any(map(str.isdigit, token))
