"""Why an invoice is contested, by the words used.

In: tokens of the folded text. Out: the `DisputeReason` whose cue weighs most, or None where no cue is found. A cue is a word
that is seldom used for anything else; whether the mail is a dispute at all is for the intents to say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from inboxbot.classify.entities.findings import Span
from inboxbot.classify.entities.lexicon import tables
from inboxbot.classify.entities.tokens import Tokens
from inboxbot.understanding import DisputeReason

_KEY = 3  # letters by which a cue's first word is looked up


@dataclass(frozen=True, slots=True)
class _Cue:
    rank: int  # by weight, then by place in the list: the lowest is believed
    reason: DisputeReason
    pattern: re.Pattern[str]


def find_dispute(tokens: Tokens) -> tuple[DisputeReason, Span] | None:
    """The reason of the heaviest cue, and its place; of equals the one listed first. It is looked for where its first word may stand."""
    by_beginning = _cues()
    best: _Cue | None = None
    place = Span(0, 0)
    for i, word in enumerate(tokens.words):
        found = by_beginning.get(word[:3]) or by_beginning.get(word[:2]) or by_beginning.get(word[:1])
        for beginning, cue in found or ():
            better = best is None or cue.rank < best.rank
            if better and word.startswith(beginning) and (match := cue.pattern.match(tokens.text, tokens.starts[i])):
                best, place = cue, Span(*match.span())
    return (best.reason, place) if best else None


def dispute_reason(tokens: Tokens) -> DisputeReason | None:
    """The reason alone."""
    found = find_dispute(tokens)
    return found[0] if found else None


@cache
def _cues() -> dict[str, tuple[tuple[str, _Cue], ...]]:
    """The cues by how their first word begins: by its first three letters, or by those that are known."""
    listed = sorted(enumerate(tables("disputes")["cue"]), key=lambda pair: (-int(pair[1]["weight"]), pair[0]))
    found: dict[str, list[tuple[str, _Cue]]] = {}
    for rank, (_, cue) in enumerate(listed):
        for text in cue["patterns"]:
            one = _Cue(rank, DisputeReason(cue["reason"]), re.compile(text, re.IGNORECASE))
            for beginning in dict.fromkeys(_beginnings(text)):
                if not beginning:
                    raise ValueError(f"entities_disputes.toml: {text!r} must begin with \\b and letters or digits: it is looked up by them")
                found.setdefault(beginning[:_KEY], []).append((beginning, one))
    return {key: tuple(_under(key, found)) for key in found}


def _under(key: str, found: Mapping[str, Sequence[tuple[str, _Cue]]]) -> list[tuple[str, _Cue]]:
    """The cues of a key and of those that it goes on: a word is looked up under its longest key alone."""
    cues = [one for end in range(1, len(key) + 1) for one in found.get(key[:end], ())]
    return sorted(cues, key=lambda pair: pair[1].rank)


def _beginnings(pattern: str) -> Iterator[str]:
    """The letters that a match of the pattern may begin with; '' where that cannot be told."""
    if not pattern.startswith("\\b"):
        yield ""
        return
    rest = pattern[2:]
    if rest.startswith("\\d"):
        yield from "0123456789"
    elif rest.startswith("(?:"):
        for alternative in _alternatives(rest[3:]):
            yield from ("0123456789" if alternative.startswith("\\d") else (_letters(alternative),))
    else:
        yield rest[0] if rest[0].isdecimal() else _letters(rest)


def _alternatives(text: str) -> list[str]:
    """What stands between the bars of a group, up to its closing bracket; '' for a group that may be left out."""
    found: list[str] = []
    depth = start = 0
    for k, char in enumerate(text):
        if char == "(":
            depth += 1
        elif char == ")":
            if depth == 0:
                return [*found, text[start:k], *([""] if text[k + 1 : k + 2] in ("?", "*") else [])]
            depth -= 1
        elif char == "|" and depth == 0:
            found.append(text[start:k])
            start = k + 1
    return [""]


def _letters(text: str) -> str:
    letters = re.match(r"[^\W\d_]*", text.lower())
    word = letters[0] if letters else ""
    if text[len(word) : len(word) + 1] in ("?", "*", "{"):
        word = word[:-1]
    return word
