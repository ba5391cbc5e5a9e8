"""Why an invoice is contested, by the words used.

In: folded text. Out: the `DisputeReason` whose cues weigh most, or None where no cue is found. A cue is a word that is
seldom used for anything else; whether the mail is a dispute at all is for the intents to say.
"""

import re
from functools import cache

from inboxbot.classify.entities.lexicon import tables
from inboxbot.understanding import DisputeReason


def dispute_reason(text: str) -> DisputeReason | None:
    """The reason with the highest sum of cues; among equals the one listed first."""
    best, most = None, 0
    for reason, weight, pattern in _cues():
        if weight > most and pattern.search(text):
            best, most = reason, weight
    return best


@cache
def _cues() -> tuple[tuple[DisputeReason, int, re.Pattern[str]], ...]:
    return tuple(
        (DisputeReason(cue["reason"]), int(cue["weight"]), re.compile("|".join(cue["patterns"]), re.IGNORECASE))
        for cue in tables("disputes")["cue"]
    )
