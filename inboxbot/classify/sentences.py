"""A text cut into sentences, and these into the clauses that each should mean one thing.

In: newest text. Out: sentences and clauses with their place in the text. Lines, list items and table rows are sentences of their
own; a line that merely wraps is joined to the one before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_ABBREVIATION = re.compile(
    r"(?:\b(?:inv|no|nr|nos|nrs|ref|acct|approx|incl|excl|mr|mrs|ms|dr|st|dept|ext|tel|attn|vs|etc|e\.g|i\.e|z\.b|bzw|ca|ggf|evtl|rg|re|art|fa|str|"
    r"sr|sra|srta|dra|núm|num|fra|fact|fac|ud|uds|att|m|mme|mlle|n|bv|resp|co|ltd|inc|corp|sp|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|dez|okt|mrd)"
    r"|\b[a-z]|\b\d{1,2})\.$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"(?<=[.!?…。\uff01\uff1f])[\"')\]]*\s+|(?<=[。\uff01\uff1f])|\s{1,20}(?:-{1,2}|–|—)\s+|;\s+")  # noqa: RUF001 - full-width marks end sentences too
# A second clause hides behind an "and" or a comma, and may be the one that changes everything: it is judged by itself.
_JOINT = re.compile(
    r"\s{1,20}(?=(?:and|but|also|plus|while|though|however|so|then|or|und|aber|sowie|allerdings|oder|et|mais|aussi|puis|ou|y|pero|e|ma|anche|maar|"
    r"och|men|og|oraz|ale|mas)\s|[+&]\s?)|,\s+",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|morning|afternoon|greetings|hallo|guten (?:tag|morgen|abend)"
    r"|sehr geehrte[rs]?|liebe[rs]?|bonjour|bonsoir|salut|madame|monsieur|hola|buenos días|buenas(?: tardes)?|buongiorno|gentile"
    r"|goedemorgen|goedemiddag|beste|hej|hei|bom dia|dzień dobry)\b[^,.!?\n]{0,40},\s+",
    re.IGNORECASE,
)
_LEAST_WORDS = 3  # on both sides of a cut: fewer mean nothing by themselves
_REACH = 120  # characters around a cut in which these words must stand
_ABBREVIATION_REACH = 12  # characters: no abbreviation is longer
_LIST_ITEM = re.compile(r"\s*(?:[-*•·–>]|\(?\d{1,2}[.)]|[a-z]\))\s+", re.IGNORECASE)  # noqa: RUF001 - an en dash begins list items
_WRAPPED_AT = 55  # characters: a line this long, ending in the middle of a sentence, goes on in the next


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of the text; `text[start:end]` are its words."""

    text: str
    start: int
    end: int

    def holds(self, place: int) -> bool:
        """Whether a character of the text stands in it."""
        return self.start <= place < self.end


def sentences(text: str, body_start: int = 0) -> list[Sentence]:
    """The sentences of a text, in order; white space belongs to none of them. None reaches over `body_start`, where a subject ends."""
    return [
        one
        for start, end in _paragraph_lines(text, body_start)
        for left, right in _in_line(text, start, end)
        if (one := _stripped(text, left, right))
    ]


def clauses(text: str, sentence: Sentence) -> list[Sentence]:
    """The clauses of one of the text's sentences, in order; a sentence that has but one is its own clause."""
    return _clauses(text, sentence.start, sentence.end)


def _paragraph_lines(text: str, body_start: int) -> list[tuple[int, int]]:
    """(start, end) of logical lines: wrapped lines are joined, a subject and what follows it never."""
    spans: list[tuple[int, int]] = []
    position = 0
    joinable = False
    for line in text.split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        if not line.strip():
            joinable = False
            continue
        if joinable and start != body_start and not _LIST_ITEM.match(line):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        joinable = wraps(line)
    return spans


def wraps(line: str) -> bool:
    """Whether a line's sentence goes on in the next line: it is long, and no mark ends it."""
    return len(line) >= _WRAPPED_AT and not line.rstrip().endswith((".", "!", "?", ":", ";"))


def _in_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    cuts = [start]
    for match in _BREAK.finditer(text, start, end):
        before = text[max(cuts[-1], match.start() - _ABBREVIATION_REACH) : match.start()]
        if _ABBREVIATION.search(before.rstrip("\"')]")) and not before.endswith(("!", "?")):
            continue
        cuts.append(match.end())
    cuts.append(end)
    return pairwise(cuts)


def _clauses(text: str, start: int, end: int) -> list[Sentence]:
    """The clauses of a sentence; cut only where both sides have words enough to mean something."""
    greeting = _GREETING.match(text, start, end)
    cuts = [start] if not greeting or greeting.end() >= end else [start, greeting.end()]
    for match in _JOINT.finditer(text, cuts[-1], end):
        before, after = text[max(cuts[-1], match.start() - _REACH) : match.start()], text[match.end() : min(end, match.end() + _REACH)]
        if _means_something(before, _LEAST_WORDS - 1) and _means_something(after, _LEAST_WORDS):
            cuts.append(match.end())
    cuts.append(end)
    return [one for left, right in pairwise(cuts) if (one := _stripped(text, left, right))]


def _means_something(words: str, letters: int) -> bool:
    """Whether these are words enough, so many of them not mere numbers."""
    found = words.split()
    return len(found) >= _LEAST_WORDS and sum(not word.isdigit() and any(c.isalpha() for c in word) for word in found) >= letters


def _stripped(text: str, start: int, end: int) -> Sentence | None:
    """Without the white space around; None where nothing is said."""
    words = text[start:end]
    if not any(character.isalnum() or character == "?" for character in words):
        return None
    begin = start + len(words) - len(words.lstrip())
    return Sentence(words.strip(), begin, begin + len(words.strip()))
