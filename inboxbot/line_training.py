"""Trains what tells text from signature at a mail's end (`ingest.line_tagger`, `ingest.inline`).

In: the corpus's train split, and the endings written for this purpose. Out: weights as plain JSON. Deterministic: the same
corpus and libraries give the same file.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inboxbot.classify.training import corpus
from inboxbot.classify.training.corpus import CONTEXT, COURTESY, LabelledMail
from inboxbot.ingest import inline, line_tagger, lines
from inboxbot.ingest.line_tagger import END, TAGS, Weights, link
from inboxbot.ingest.lines import Sender

_ENDINGS_COUNT = 2  # times: few, and made of what is hard to tell
LINE_C, INLINE_C = 0.3, 0.3  # inverse regularisation, chosen by leaving writers out
RAREST = 3  # a feature must occur in the mails of so many writers
ASK_WEIGHT = 4.0  # an ask that is lost costs more than a signature that is kept
CAUTION = 0.5  # added to a line's score as text where it may ask for something
JOINED_WEIGHT = 0.5  # of a line made out of two
_JOINS = (", ", ", ", " ", " - ")
_CLOSING_WORDS = 8
_MARKS = {"~ ": "closing", "+ ": "signature", "# ": "disclaimer"}
_NO_ASK = {COURTESY, CONTEXT, "sig", "disc", "spam", "auto_reply", "bounce"}
INSERTED_WEIGHT = 1.0
FOOTER_EVERY = 4  # of so many examples one gets a footer
_ASK_LENGTH = 80  # characters
_STRIDE = 7919  # a prime: neighbours among the examples get different clauses
_LEAST = 0.01  # a weight that is smaller is left out

SHIPPED = Path(__file__).parent / "ingest" / "data" / "line_weights.json"

Span = tuple[str, str]  # tag and text


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line that is not blank: its tag, whether it may ask, whether we put it there, where a signature begins in it (-1: nowhere)."""

    tag: str
    asks: bool = False
    inserted: bool = False
    cut: int = -1


@dataclass(frozen=True, slots=True)
class Example:
    """The lines that a writer wrote, and the labels of those that are not blank."""

    writer: str
    texts: tuple[str, ...]
    labels: tuple[Labelled, ...]
    sender: Sender


def train(folder: Path, target: Path) -> Weights:
    """Train on the corpus in `folder`; write the weights to `target` and return them."""
    written = [mail for mail in corpus.load(folder, "train") if mail.twin is None and mail.sibling is None]  # those repeat another's lines
    examples = [*map(example, written), *endings(folder) * _ENDINGS_COUNT]
    weights = fit([*examples, *with_asks(examples, lone_asks(folder)), *with_footers(examples, footers(folder))])
    data = {"lines": dict(weights.features), "inline": dict(weights.inline)}
    target.write_text(json.dumps(data, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    return weights


def example(mail: LabelledMail) -> Example:
    """A labelled mail without what it quotes."""
    rows: list[list[Span]] = [[]]
    for segment in mail.segments:
        if segment.tag == "quote":
            continue
        first, *more = segment.text.split("\n")
        rows[-1].append((segment.tag, first))
        rows.extend([(segment.tag, part)] for part in more)
    texts = tuple("".join(text for _, text in row) for row in rows)
    labels = tuple(_labelled(row) for row, text in zip(rows, texts, strict=True) if text.strip())
    return Example(mail.writer, texts, labels, lines.sender(mail.from_name, mail.from_email))


def _labelled(spans: Sequence[Span]) -> Labelled:
    spans = [span for span in spans if span[1].strip()]
    kinds = [tag for tag, _ in spans]
    if kinds[0] in ("sig", "disc"):
        return Labelled("signature" if kinds[0] == "sig" else "disclaimer")
    asks = not {name for kind in kinds for name in kind.split("+")} <= _NO_ASK
    cut = sum(len(text) for _, text in spans[: kinds.index("sig")]) if "sig" in kinds else -1
    short = sum(len(text.split()) for _, text in spans) <= _CLOSING_WORDS
    return Labelled("closing" if short and ("sig" in kinds or set(kinds) == {COURTESY}) else "text", asks=asks, cut=cut)


def endings(folder: Path) -> list[Example]:
    """The endings in `endings/*.txt`: "== name | address", then lines, marked "~" closing, "+" signature, "#" disclaimer."""
    found = []
    for path in sorted((folder / "endings").glob("*.txt")):
        for number, block in enumerate(path.read_text(encoding="utf-8").removeprefix("== ").split("\n== ")):
            head, *rest = block.strip("\n").split("\n")
            name, _, address = head.partition(" | ")
            pairs = [(_MARKS[line[:2]], line[2:]) if line[:2] in _MARKS else ("text", "" if line == "." else line) for line in rest]
            labels = tuple(Labelled(tag, asks=tag == "text") for tag, text in pairs if text)
            found.append(Example(f"{path.stem}-{number % 4}", tuple(text for _, text in pairs), labels, lines.sender(name, address)))
    return found


def lone_asks(folder: Path) -> list[str]:
    """The corpus's clauses that may ask for something, as people put them behind their signature."""
    return [clause.text for clause in corpus.load_clauses(folder) if not clause.labels <= _NO_ASK and len(clause.text) <= _ASK_LENGTH]


def with_asks(examples: Sequence[Example], asks: Sequence[str]) -> list[Example]:
    """The signed examples once more, each with an ask as a line of its own: above the signature, inside or below it.

    Few people write so, and what they write there must not be lost.
    """
    found = []
    for number, one in enumerate(examples):
        signed = [index for index, label in enumerate(one.labels) if label.tag == "signature"]
        if not signed or not asks:
            continue
        ask = asks[number * _STRIDE % len(asks)]
        place = (signed[0], len(one.labels), signed[-1] + 1)[number % 3]
        found.append(_inserted(one, ask, Labelled("text", inserted=True), place, gap=number % 2 == 0))
    return found


def footers(folder: Path) -> list[str]:
    """The footers in `footers.txt`, one a line: what firms and machines put below everything."""
    return [line for line in (folder / "footers.txt").read_text(encoding="utf-8").splitlines() if line]


def with_footers(examples: Sequence[Example], lines_below: Sequence[str]) -> list[Example]:
    """Some examples once more with a footer at their end."""
    return [
        _inserted(one, lines_below[number * _STRIDE % len(lines_below)], Labelled("disclaimer"), len(one.labels), gap=number % 3 > 0)
        for number, one in enumerate(examples[::FOOTER_EVERY])
        if one.labels
    ]


def _inserted(one: Example, text: str, label: Labelled, place: int, *, gap: bool) -> Example:
    """The example with another line before its label `place`, with or without a blank line above."""
    filled = [index for index, text in enumerate(one.texts) if text.strip()]
    line = filled[place] if place < len(filled) else len(one.texts)
    texts = (*one.texts[:line], *([""] if gap else []), text, *one.texts[line:])
    return Example(one.writer, texts, (*one.labels[:place], label, *one.labels[place:]), one.sender)


def fit(examples: Iterable[Example]) -> Weights:
    """The weights that tell these lines best."""
    examples = list(examples)
    table = _fit([row for one in examples for row in _line_rows(one)], LINE_C, TAGS)
    if lines.MAY_ASK in table:
        table[lines.MAY_ASK][0] += CAUTION
    places = _fit([row for one in examples for row in _inline_rows(one)], INLINE_C, ("no", "yes"))
    return Weights(
        {name: tuple(round(value, 3) for value in values) for name, values in table.items() if max(map(abs, values)) >= _LEAST},
        {name: round(no_yes[1], 3) for name, no_yes in places.items() if abs(no_yes[1]) >= _LEAST},
    )


@dataclass(frozen=True, slots=True)
class _Row:
    writer: str
    features: Sequence[str]
    label: str
    cost: float = 1.0


def _cost(label: Labelled) -> float:
    return INSERTED_WEIGHT if label.inserted else ASK_WEIGHT if label.asks else 1.0


def _line_rows(one: Example) -> list[_Row]:
    found = lines.looked_at(one.texts)
    labels = one.labels[len(one.labels) - len(found) :]
    rows = []
    for place, features in enumerate(lines.features(found, len(one.labels), one.sender)):
        last = place + 1 == len(found)
        below = link(END if last else labels[place + 1].tag, gap=not last and found[place + 1].gap)
        rows.append(_Row(one.writer, [*features, *below], labels[place].tag, _cost(labels[place])))
    return rows


def _inline_rows(one: Example) -> list[_Row]:
    texts = [text.strip() for text in one.texts if text.strip()]
    last = max((number for number, label in enumerate(one.labels) if label.tag in line_tagger.KEPT), default=-1)
    if last < 0:
        return []
    signed = [number for number in range(last + 1, len(texts)) if one.labels[number].tag == "signature"]
    cut = one.labels[last].cut
    found = _places(one, texts[last], cut, 1.0, signed_below=bool(signed))
    if cut < 0 and signed[:1] == [last + 1] and one.labels[last].tag == "closing":
        # The same words as other people write them: all on one line.
        join = _JOINS[len(texts[last]) % len(_JOINS)] if texts[last][-1].isalnum() else " "
        above = f"{texts[last - 1]} " if last and len(texts[last]) % 2 else ""
        start = f"{above}{texts[last]}{join}"
        found += _places(one, start + texts[last + 1], len(start), JOINED_WEIGHT, signed_below=len(signed) > 1)
    return found


def _places(one: Example, text: str, cut: int, cost: float, *, signed_below: bool) -> list[_Row]:
    places = inline.candidates(text, one.sender, signed_below=signed_below)
    return [_Row(one.writer, features, "yes" if start == cut else "no", cost) for start, features in places]


def _fit(rows: Sequence[_Row], c: float, labels: Sequence[str]) -> dict[str, list[float]]:
    """A feature's weights, label by label."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - heavy, and only training needs it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    writers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in row.features:
            if name.startswith(("w=", "first=", "last=", "before=")) and any(c.isdigit() for c in name):
                continue  # a number says nothing about other mails
            writers[name].add(row.writer)
    names = sorted(name for name, who in writers.items() if len(who) >= RAREST)
    columns = {name: number for number, name in enumerate(names)}
    cells: list[int] = []
    ends = [0]
    for row in rows:
        cells.extend(columns[name] for name in sorted(set(row.features)) if name in columns)
        ends.append(len(cells))
    matrix = csr_matrix(([1.0] * len(cells), cells, ends), shape=(len(rows), len(names)))
    model = LogisticRegression(C=c, max_iter=3000, fit_intercept=False)
    model.fit(matrix, [labels.index(row.label) for row in rows], sample_weight=[row.cost for row in rows])
    return _weights(model, names, len(labels))


def _weights(model: Any, names: Sequence[str], count: int) -> dict[str, list[float]]:
    table: Mapping[str, list[float]] = {name: [0.0] * count for name in names}
    for number, row in enumerate(model.coef_):
        label = number if len(model.coef_) > 1 else 1  # of two labels scikit-learn gives the second's weights alone
        for name, value in zip(names, row, strict=True):
            table[name][label] = float(value)
    return dict(table)


if __name__ == "__main__":
    train(Path("models/corpus"), SHIPPED)
