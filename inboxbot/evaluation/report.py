"""Everything that is to be said of a model on a set of labelled mails, as one value.

In: judged mails, what they are, the model's card, tables made elsewhere (an ablation, a learning curve). Out: `Report`,
and its JSON form.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inboxbot.errors import UsageError
from inboxbot.evaluation import curves, slices
from inboxbot.evaluation.figures import Figure, figures
from inboxbot.evaluation.judging import Judged
from inboxbot.evaluation.mistakes import Mistake, worst


@dataclass(frozen=True, slots=True)
class OtherTable:
    """A table that was measured elsewhere: an ablation, a learning curve."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one model on one set of mails."""

    title: str
    model: str  # its version
    certificate: str
    threshold: float
    mails: int
    figures: Mapping[str, Figure]
    intents: Sequence[slices.IntentRow]
    families: Sequence[slices.FamilyRow]
    confusion: Sequence[slices.Confusion]
    parts: Mapping[str, Sequence[slices.Slice]]
    gates: Sequence[slices.Gate]
    risk: Sequence[curves.RiskPoint]
    risk_without_gates: Sequence[curves.RiskPoint]
    reliability: curves.Reliability
    intent_reliability: curves.Reliability
    mistakes: Sequence[Mistake]  # in full
    mistakes_hidden: int  # how many more there are, or all where the mails are kept locked
    others: Sequence[OtherTable] = ()


def make(title: str, judged: Sequence[Judged], *, most_mistakes: int, others: Sequence[OtherTable] = ()) -> Report:
    """The report on these mails, with at most so many mistakes in full."""
    every_mistake = worst(judged, len(judged))
    meant = judged[0].understood.understanding if judged else None
    return Report(
        title=title,
        model=meant.model_version if meant else "",
        certificate=meant.certificate if meant else "",
        threshold=meant.threshold if meant else 1.0,
        mails=len(judged),
        figures=figures(judged),
        intents=slices.by_intent(judged),
        families=slices.by_family(judged),
        confusion=slices.confusion(judged),
        parts={
            "language": slices.by_language(judged),
            "length of the newest text": slices.by_length(judged),
            "shape": slices.by_shape(judged),
            "writer": slices.by_writer(judged),
        },
        gates=slices.gates(judged),
        risk=curves.risk_against_coverage(judged),
        risk_without_gates=curves.risk_by_confidence_alone(judged),
        reliability=curves.reliability_of_answers(judged),
        intent_reliability=curves.reliability_of_intents(judged),
        mistakes=every_mistake[:most_mistakes],
        mistakes_hidden=max(0, len(every_mistake) - most_mistakes),
        others=others,
    )


def read_tables(path: Path) -> list[OtherTable]:
    """Tables from a JSON file: a list of {"title", "columns", "rows", "note"}; raises UsageError where it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [
            OtherTable(
                str(one["title"]),
                tuple(map(str, one["columns"])),
                tuple(tuple(map(str, row)) for row in one["rows"]),
                str(one.get("note", "")),
            )
            for one in (data if isinstance(data, list) else [data])
        ]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f'{path} is no list of tables {{"title": ..., "columns": [...], "rows": [[...], ...]}}') from error


def as_json(report: Report) -> dict[str, Any]:
    """For machines: every figure with value, interval, n and words; mistakes by id only."""
    return {
        "title": report.title,
        "model": report.model,
        "certificate": report.certificate,
        "threshold": report.threshold,
        "mails": report.mails,
        "figures": {name: figure_json(figure) for name, figure in report.figures.items()},
        "intents": [
            {"intent": row.intent.value, "precision": figure_json(row.precision), "recall": figure_json(row.recall)}
            for row in report.intents
        ],
        "families": [
            {"family": row.family.value, "answered": figure_json(row.answered), "wrong": figure_json(row.wrong), "bound": row.bound}
            for row in report.families
        ],
        "confusion": [asdict(one) for one in report.confusion],
        "parts": {name: [_slice_json(one) for one in part] for name, part in report.parts.items()},
        "gates": [asdict(gate) for gate in report.gates],
        "risk": [{**asdict(point), "risk": point.risk} for point in report.risk],
        "risk_without_gates": [{**asdict(point), "risk": point.risk} for point in report.risk_without_gates],
        "reliability": asdict(report.reliability),
        "intent_reliability": asdict(report.intent_reliability),
        "mistakes": [
            {"id": one.judged.mail.id, "kind": one.kind, "how_sure": one.how_sure, "differs": list(one.differs)} for one in report.mistakes
        ],
        "mistakes_hidden": report.mistakes_hidden,
        "tables": [asdict(table) for table in report.others],
    }


def figure_json(figure: Figure) -> dict[str, Any]:
    """One figure; `value` is null where it was measured on nothing."""
    return {
        "value": figure.value if figure.value is None else round(figure.value, 4),
        "low": round(figure.low, 4),
        "high": round(figure.high, 4),
        "n": figure.n,
        "words": str(figure),
    }


def _slice_json(one: slices.Slice) -> dict[str, Any]:
    return {
        "name": one.name,
        "mails": one.mails,
        "intent micro-F1": figure_json(one.micro_f1),
        "primary intent": figure_json(one.primary),
        "outcome": figure_json(one.outcome),
        "answered of the answerable": figure_json(one.answered),
        "wrong of the answered": figure_json(one.wrong),
    }
