"""An alarm's words, for people.

In: a `Telling`, the company's name. Out: a subject, a text, and the same as JSON for a webhook.
"""

from dataclasses import dataclass
from typing import Any

from inboxbot.alarms.book import Telling
from inboxbot.store.watchbook import AlarmState


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told in one go."""

    subject: str
    text: str
    json: dict[str, Any]


def notice(telling: Telling, company: str) -> Notice:
    """Everything of one round in one notice: one mail at night is enough."""
    raised, recovered = telling.raised, telling.recovered
    first = (raised or recovered)[0]
    more = len(raised) + len(recovered) - 1
    kind = "ALARM" if raised else "recovered"
    subject = f"[inboxbot] {company}: {kind}: {first.words}"[:150] + (f" (and {more} more)" if more else "")
    lines = [f"inboxbot for {company} needs somebody.", ""] if raised else [f"inboxbot for {company}: this is over.", ""]
    lines += [f"* {state.words}\n  since {state.raised_at:%Y-%m-%d %H:%M} UTC ({state.name})" for state in raised]
    lines += [f"* over: {state.words}\n  from {state.raised_at:%H:%M} to {_end(state)} UTC ({state.name})" for state in recovered]
    lines += ["", "What is going on now: inboxbot status. You are told of this once, and once more when it is over."]
    text = "\n".join(lines) + "\n"
    states = {"raised": [_json(state) for state in raised], "recovered": [_json(state) for state in recovered]}
    return Notice(subject, text, {"company": company, "text": f"{subject}\n{text}", **states})


def _end(state: AlarmState) -> str:
    return f"{state.cleared_at:%H:%M}" if state.cleared_at else "now"


def _json(state: AlarmState) -> dict[str, Any]:
    return {
        "name": state.name,
        "words": state.words,
        "since": state.raised_at.isoformat(),
        "until": state.cleared_at.isoformat() if state.cleared_at else None,
    }
