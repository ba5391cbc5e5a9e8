"""A signature that begins in the middle of a line: "... by Friday? Many thanks, Bev, Purchase Ledger".

In: the last line that a writer wrote, and what is known of his name. Out: where the name begins. A linear model weighs each
word near the line's end as the place to cut; its weights are data, made by `inboxbot.line_training`.
"""

# ruff: noqa: RUF001  the punctuation of other languages is meant

import re
from collections.abc import Iterator, Mapping
from math import exp

from inboxbot.ingest import lines, phrases
from inboxbot.ingest.line_words import WORD_CLASSES
from inboxbot.ingest.lines import Sender

_MOST_WORDS = 12  # of a signature on the line of the text
_TAIL = 160  # characters
_PIECE = re.compile(r"\S+")
_EDGES = ".,;:!?()-–—/"
_SURE = 0.5
_FORMULA = 7  # words of a closing formula at most
_INITIALS = 3  # characters
_NAME = 6  # words of a name with a post at most

Row = list[str]


def cut(text: str, who: Sender, *, signed_below: bool, weights: Mapping[str, float]) -> int:
    """The index at which a signature begins in the line; its length when none does."""
    best, place = _SURE, len(text)
    for start, row in candidates(text, who, signed_below=signed_below):
        chance = 1.0 / (1.0 + exp(-sum(weights.get(name, 0.0) for name in row)))
        if chance > best:
            best, place = chance, start
    return place


def candidates(text: str, who: Sender, *, signed_below: bool) -> Iterator[tuple[int, Row]]:
    """(index, features) of every word at which a signature might begin."""
    base = max(0, len(text) - _TAIL)
    pieces = [(base + found.start(), found[0]) for found in _PIECE.finditer(text[base:])]
    for number in range(max(1, len(pieces) - _MOST_WORDS), len(pieces)):
        start, word = pieces[number]
        if not (word[0].isalpha() or word[0] in "/-–—(~:") or not _may_begin(
            word, [piece for _, piece in pieces[max(0, number - 3) : number]], who
        ):
            continue
        yield start, _features(text[start:], pieces[number - 1][1], [piece for _, piece in pieces[:number]], who, signed_below=signed_below)


def _may_begin(word: str, above: list[str], who: Sender) -> bool:
    """Whether a signature can begin at the word: behind a stop or closing words, or with the sender's name."""
    if not above[-1][-1].isalnum():
        return True
    if word.strip(_EDGES).casefold() in who.names:
        return True
    return any("closing" in WORD_CLASSES.get(before.strip(_EDGES).casefold(), ()) for before in above)


def _features(rest: str, before: str, above: list[str], who: Sender, *, signed_below: bool) -> Row:
    line = lines.taken_apart(0, rest.strip())
    count = len(line.words)
    name = lines.name_share(line, who)
    words = [word.strip(".,;:!?()").casefold() for word in above[-4:]]
    closing = next((back for back, word in enumerate(reversed(words), start=1) if "closing" in WORD_CLASSES.get(word, ())), 0)
    stop = before[-1] if not before[-1].isalnum() else "none"
    small = sum(word[0].islower() and folded not in phrases.CONNECTORS for word, folded in zip(line.words, line.folded, strict=True))
    first = rest[0].isupper()
    sentence = next((back for back, word in enumerate(reversed(above)) if back and word[-1] in ".!?"), len(above))
    phrase = " ".join(above[len(above) - sentence :]) if sentence <= _FORMULA else ""
    formula = f"{bool(phrase) and lines.is_closing(lines.taken_apart(0, phrase))} {stop} {first}"
    shape = (
        "known"
        if name in ("all", "first")
        else "big"
        if first and not small and count <= _NAME
        else "initials"
        if rest.isupper()
        else "other"
    )
    found = [
        "bias",
        f"formula={formula}",
        f"formula={formula} {shape} {min(count, 4)}",
        f"shape={shape} closing={closing} stop={stop}",
        f"shape={shape} sentence={min(sentence, 7)} stop={stop}",
        f"shape={shape} count={min(count, 6)} signed={signed_below}",
        f"count={min(count, 6)}",
        f"name={name}",
        f"stop={stop}",
        f"closing={closing}",
        f"first={first}",
        f"small={min(small, 3)}",
        f"small share={4 * small // max(1, count)}",
        f"end={lines.kind(rest[-1])}",
        f"begin={lines.kind(rest[0])}",
        f"signed={signed_below}",
        f"signed={signed_below} name={name}",
        f"stop={stop} closing={closing}",
        f"stop={stop} name={name}",
        f"name={name} closing={closing}",
        f"name={name} count={min(count, 6)}",
        f"closing={closing} first={first} count={min(count, 6)}",
        f"stop={stop} first={first} small={min(small, 2)}",
        f"since sentence={min(sentence, 7)}",
        f"since sentence={min(sentence, 7)} stop={stop}",
        f"above={min(len(above), 4)}",
        f"w={line.folded[0] if line.words else ''}",
        f"before={words[-1] if words else ''}",
        f"initials={rest.strip(_EDGES).isupper() and len(rest.strip(_EDGES)) <= _INITIALS} name={name} stop={stop}",
        *(f"class={one}" for one in line.classes),
        *(f"class={one} small={min(small, 3)}" for one in line.classes),
    ]
    if any(label in "".join(line.folded) for label in who.firm):
        found.extend(("firm", f"firm small={min(small, 3)}"))
    if lines.may_ask(line):
        found.append(lines.MAY_ASK)
    if line.closing:
        found.append("is closing")
    if not line.classes:
        found.append(f"no class {shape} {stop} {closing}")
    return found
