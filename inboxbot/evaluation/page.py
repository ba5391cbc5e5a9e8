"""The report as one HTML page that needs nothing else: style, plots and tables are inside.

In: `Report`. Out: HTML; light or dark as the reader's system is.
"""

from collections.abc import Sequence

from inboxbot.evaluation import charts
from inboxbot.evaluation.mistakes import Mistake
from inboxbot.evaluation.report import Report
from inboxbot.evaluation.slices import Confusion
from inboxbot.responders.templates import render
from inboxbot.understanding import Evidence, Intent, marked

_HEADLINES = ("answered of the answerable", "wrong of the answered", "primary intent", "outcome", "intent micro-F1", "persons' mails filed")


def make(report: Report, allowed: float) -> str:
    """The page; `allowed` is the greatest share of wrong answers that is wanted (0..1)."""
    return render(
        "evaluation/report.html.j2",
        report=report,
        headlines=[report.figures[name] for name in _HEADLINES],
        risk_chart=charts.risk(report.risk, report.risk_without_gates, report.threshold, allowed),
        reliability_chart=charts.reliability(report.reliability, "confidence", "right as a whole"),
        intent_reliability_chart=charts.reliability(report.intent_reliability, "probability of an intent", "the intent was there"),
        intent_chart=charts.intents(report.intents),
        matrix=_matrix(report.confusion),
        matrix_intents=_seen(report.confusion),
        mistakes=[(mistake, _marked(mistake), _entity_rows(mistake)) for mistake in report.mistakes],
    )


def _seen(confusion: Sequence[Confusion]) -> list[Intent]:
    """Intents that occur, in their own order."""
    there = {intent for one in confusion for intent in (one.labelled, one.found)}
    return [intent for intent in Intent if intent in there]


def _matrix(confusion: Sequence[Confusion]) -> list[tuple[Intent, list[tuple[int, float]]]]:
    """Rows of labelled intents: (mails, share of the row) by found intent."""
    counts = {(one.labelled, one.found): one.mails for one in confusion}
    intents = _seen(confusion)
    totals = {row: sum(counts.get((row, column), 0) for column in intents) for row in intents}
    return [
        (row, [(counts.get((row, column), 0), counts.get((row, column), 0) / max(1, totals[row])) for column in intents])
        for row in intents
        if totals[row]
    ]


def _marked(mistake: Mistake) -> dict[str, list[tuple[str, str, str]]]:
    """Subject and newest text in pieces, each with what it shows and the kind of mark it gets."""
    message = mistake.judged.understood.message
    return {
        place: [
            (piece, ", ".join(f"{one.name} {one.value}".strip() for one in shown), _kind(shown))
            for piece, shown in marked(text, place, mistake.evidence)
        ]
        for place, text in (("subject", message.subject), ("text", message.new_text))
    }


def _kind(shown: Sequence[Evidence]) -> str:
    """The kind that says most: a veto more than an entity, anything more than the clause it stands in."""
    kinds = {one.kind for one in shown}
    return next((kind for kind in ("veto", "unexplained", "entity", "intent") if kind in kinds), "")


def _entity_rows(mistake: Mistake) -> list[tuple[str, str, str]]:
    """(what, as labelled, as found)."""
    names = dict.fromkeys([*mistake.label, *mistake.found])
    return [(name, mistake.label.get(name, ""), mistake.found.get(name, "")) for name in names]
