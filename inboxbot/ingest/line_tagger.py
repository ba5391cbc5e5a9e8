"""Tells the lines at the end of a mail apart: text, closing words, signature, disclaimer.

In: lines that nobody quoted, and the sender's names. Out: a tag for each. A linear model over the features of `lines`, with
what the line below it is; the most probable row of tags is found by Viterbi's algorithm (Viterbi 1967) from the last line up.
The weights are data (`data/line_weights.json`), made by `inboxbot.line_training` from the corpus.
"""

# ruff: noqa: RUF001  the punctuation of other languages is meant

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import exp, log

from inboxbot.ingest import disclaimers, lines
from inboxbot.ingest.lines import Sender

TAGS = ("text", "closing", "signature", "disclaimer")
KEPT = frozenset({"text", "closing"})
END = "end"  # what stands below the last line
_ADDRESS_WORDS = 6  # of a line of an address at most

Scores = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """What a feature adds to each tag's score; what it adds to a word's score as the beginning of a signature."""

    features: Mapping[str, Scores]
    inline: Mapping[str, float]
    links: dict[tuple[str, bool], Sequence[float]] = field(default_factory=dict, compare=False)  # sums that come again and again

    def link_scores(self, below: str, *, gap: bool) -> Sequence[float]:
        """What stands below, as scores."""
        found = self.links.get((below, gap))
        if found is None:
            found = self.links[below, gap] = _sum(link(below, gap=gap), self.features)
        return found


def link(below: str, *, gap: bool) -> list[str]:
    """The features that say what stands below a line, and whether a blank line is between."""
    return [f"below={below}", f"below={below} gap={gap}"]


def best(rows: Sequence[Sequence[str]], gaps: Sequence[bool], weights: Weights) -> list[str]:
    """The most probable tags for lines with these features; `gaps`: whether a blank line stands below each."""
    if not rows:
        return []
    table = weights.features
    arrows: list[list[int]] = []
    best_scores = [0.0]
    names: tuple[str, ...] = (END,)
    for row, gap in zip(reversed(rows), reversed(gaps), strict=True):
        base = _sum(row, table)
        choices: list[tuple[float, int]] = [(-1e30, 0)] * len(TAGS)
        for number, below in enumerate(names):
            extra = weights.link_scores(below, gap=gap)
            scores = [base[0] + extra[0], base[1] + extra[1], base[2] + extra[2], base[3] + extra[3]]
            top = max(scores)
            norm = top + log(exp(scores[0] - top) + exp(scores[1] - top) + exp(scores[2] - top) + exp(scores[3] - top))
            for tag, score in enumerate(scores):
                total = best_scores[number] + score - norm
                if total > choices[tag][0]:
                    choices[tag] = (total, number)
        arrows.append([number for _, number in choices])
        best_scores = [total for total, _ in choices]
        names = TAGS
    tag = max(range(len(TAGS)), key=best_scores.__getitem__)
    answer = []
    for arrow in reversed(arrows):
        answer.append(TAGS[tag])
        tag = arrow[tag]
    return answer


def _sum(row: Sequence[str], table: Mapping[str, Scores]) -> list[float]:
    text = closing = signature = disclaimer = 0.0
    for name in row:
        found = table.get(name)
        if found is not None:
            text += found[0]
            closing += found[1]
            signature += found[2]
            disclaimer += found[3]
    return [text, closing, signature, disclaimer]


def tag(texts: Sequence[str], who: Sender, weights: Weights) -> dict[int, str]:
    """The tags of the lines at the end that are not blank, by index; lines above them are text."""
    found = lines.looked_at(texts)
    rows = lines.features(found, sum(1 for text in texts if text.strip()), who)
    gaps = [line.gap for line in found[1:]] + [False]
    names = [_checked(line, name, who) for line, name in zip(found, best(rows, gaps, weights), strict=True)]
    return {line.index: name for line, name in zip(found, _announced(found, _between(found, _headed(names))), strict=True)}


def _headed(names: Sequence[str]) -> list[str]:
    """The tags; but text for a name above everything that was written: a signature stands below."""
    first = next((index for index, name in enumerate(names) if name in KEPT), 0)
    return ["text" if name == "signature" else name for name in names[:first]] + list(names[first:])


def _between(found: Sequence[lines.Line], names: Sequence[str]) -> list[str]:
    """The tags; but text for a line alone between two lines of text, as the fields of a form are."""
    answer = list(names)
    for index in range(1, len(names) - 1):
        around = (names[index - 1], names[index], names[index + 1])
        tight = not (found[index].gap or found[index + 1].gap)
        if around == ("text", "signature", "text") and tight and found[index - 1].words:
            answer[index] = "text"
    return answer


def _announced(found: Sequence[lines.Line], names: Sequence[str]) -> list[str]:
    """The tags; but text for the paragraph that a line of text with a colon announces: "Our new address:"."""
    answer: list[str] = []
    inside = colon = False
    for line, name in zip(found, names, strict=True):
        prose = len(line.words) > _ADDRESS_WORDS or line.text[-1] in ".!?"
        inside = (colon or (inside and not line.gap)) and not (line.closing or prose)
        answer.append("text" if inside and name == "signature" else name)
        colon = answer[-1] in KEPT and not line.closing and line.text[-1] in ":："
    return answer


def _checked(line: lines.Line, name: str, who: Sender) -> str:
    """The tag; but text where a line says what no signature says, and what it is where it says so itself."""
    if lines.is_disclaimer(line):
        return "disclaimer"
    if name == "signature" and line.closing and "closing" in line.classes and lines.name_share(line, who) == "none":
        return "closing"
    if name == "disclaimer" and 0 < disclaimers.start(line.text) < len(line.text):
        return "text"  # with a disclaimer behind it on the line
    if name == "signature" and (lines.says_something(line) or lines.is_answer(line) or lines.asks(line) or lines.is_prose(line, who)):
        return "text"
    if name not in KEPT and "。" in line.text:  # a sentence in a script that the weights do not know
        return "text"
    bare = name == "disclaimer" and "notice" not in line.classes
    return "text" if bare and (lines.may_ask(line) or lines.asks(line) or lines.is_prose(line, who)) else name


@cache
def shipped() -> Weights:
    """The weights that come with the package."""
    data = json.loads((files("inboxbot.ingest") / "data" / "line_weights.json").read_text(encoding="utf-8"))
    return Weights({name: tuple(values) for name, values in data["lines"].items()}, data["inline"])
