"""A text cut into the clauses that each should mean one thing.

In: newest text. Out: sentences with their place in the text. Lines, list items and table rows are sentences of their
own; a line that merely wraps is joined to the one before.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

_ABBREVIATION = re.compile(
    r"(?:\b(?:inv|no|nr|nos|nrs|ref|acct|approx|incl|excl|mr|mrs|ms|dr|st|dept|ext|tel|attn|vs|etc|e\.g|i\.e|z\.b|bzw|ca|ggf|evtl|rg|re|art|fa|str|"
    r"sr|sra|srta|dra|núm|num|fra|fact|fac|ud|uds|att|m|mme|mlle|n|bv|resp|co|ltd|inc|corp|sp|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|dez|okt|mrd)"
    r"|\b[a-z]|\b\d{1,2})\.$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"(?<=[.!?…。\uff01\uff1f])[\"')\]]*\s+|(?<=[。\uff01\uff1f])|\s{1,20}(?:-{1,2}|–|—)\s+|;\s+")  # noqa: RUF001 - full-width marks end sentences too
# A second clause after a comma and a conjunction, or one that begins with a request of its own, is judged by itself:
# the one clause that changes everything likes to hide behind an "and".
_CONJUNCTION = re.compile(
    r",\s+(?=(?:and|but|also|plus|while|though|however|so|und|aber|sowie|allerdings|et|mais|aussi|y|pero|e|ma|anche|en|maar|och|men|og|oraz|ale|mas)\b)"
    r"|\s{1,20}(?=(?:and|und|et|y|e|en|och|og)\s+(?:also|please|pls|could|can|would|will|kindly|let|tell|send|bitte|auch|könnten|können|veuillez|merci|"
    r"pourriez|también|por|potete|anche|graag|kunt|även|også)\b)",
    re.IGNORECASE,
)
_ENOUGH_WORDS = re.compile(r"\s*+\S++(?:\s++\S++){2}")  # a clause of three words can mean something by itself
_ABBREVIATION_REACH = 12  # characters: no abbreviation is longer
_LIST_ITEM = re.compile(r"\s*(?:[-*•·–>]|\(?\d{1,2}[.)]|[a-z]\))\s+", re.IGNORECASE)  # noqa: RUF001 - an en dash begins list items
_WRAPPED_AT = 55  # characters: a line this long, ending in the middle of a sentence, goes on in the next


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of the text; `text[start:end]` are its words."""

    text: str
    start: int
    end: int


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, in order; white space belongs to none of them."""
    found: list[Sentence] = []
    for start, end in _paragraph_lines(text):
        found.extend(_in_line(text, start, end))
    return found


def _paragraph_lines(text: str) -> list[tuple[int, int]]:
    """(start, end) of logical lines: wrapped lines are joined."""
    spans: list[tuple[int, int]] = []
    position = 0
    joinable = False
    for line in text.split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        if not line.strip():
            joinable = False
            continue
        if joinable and not _LIST_ITEM.match(line):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        joinable = len(line) >= _WRAPPED_AT and not re.search(r"[.!?:;]\s*$", line)
    return spans


def _in_line(text: str, start: int, end: int) -> list[Sentence]:
    cuts = [start]
    for match in _BREAK.finditer(text, start, end):
        before = text[max(cuts[-1], match.start() - _ABBREVIATION_REACH) : match.start()]
        if _ABBREVIATION.search(before.rstrip("\"')]")) and not before.endswith(("!", "?")):
            continue
        cuts.append(match.end())
    cuts.append(end)
    pieces = []
    for left, right in pairwise(cuts):
        pieces.extend(_clauses(text, left, right))
    return pieces


def _clauses(text: str, start: int, end: int) -> list[Sentence]:
    """The clauses of a sentence; cut only where both sides have words enough to mean something."""
    cuts = [start]
    for match in _CONJUNCTION.finditer(text, start, end):
        if _ENOUGH_WORDS.match(text, cuts[-1], match.start()) and _ENOUGH_WORDS.match(text, match.end(), end):
            cuts.append(match.end())
    cuts.append(end)
    found = [_stripped(text, left, right) for left, right in pairwise(cuts)]
    return [one for one in found if any(character.isalnum() or character == "?" for character in one.text)]


def _stripped(text: str, start: int, end: int) -> Sentence:
    words = text[start:end]
    begin = start + len(words) - len(words.lstrip())
    return Sentence(words.strip(), begin, begin + len(words.strip()))
