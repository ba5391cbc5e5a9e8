"""Days named in a text, resolved against the mail's own date.

In: text, the mail's date, the sender's facts, the text's language. Out: `DateMention`s in order of appearance: each day
that is named once, however many words name it ("Friday, 27 November").
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inboxbot.classify.entities.date_grammar import DayReader, starts
from inboxbot.classify.entities.date_numbers import Reading, Setting
from inboxbot.classify.entities.date_words import day_words
from inboxbot.classify.entities.findings import DateMention, Span
from inboxbot.classify.entities.lexicon import tables
from inboxbot.classify.entities.tokens import Tokens, tokenise
from inboxbot.facts import Facts

_MONTH_FIRST_CURRENCIES = frozenset({"USD", "CAD"})
_TERMS = re.compile(r"\d+\s*(?:days|jours|tage|giorni|días|dagen|dagar|dager|net)\s+\Z", re.IGNORECASE)  # "45 jours fin de mois"
_BETWEEN_SAME = re.compile(r"[ ]?[,(\-:]?[ ]?\(?(?:the|le|el|il|den|am|on|also|i\.e\.|d\.h\.|so)?[ ]?", re.IGNORECASE)
_BETWEEN_END_OF_DAY = re.compile(r"[ ,]{0,2}(?:on|of|this|the|am|by|at)?[ ]?", re.IGNORECASE)


def setting(sent_at: datetime, facts: Facts, lang_hint: str = "") -> Setting:
    """How days are to be read in this mail: 04/12 is April 12 only for a dollar customer who writes English."""
    language = lang_hint[:2].lower()
    month_first = facts.currency in _MONTH_FIRST_CURRENCIES and language not in tables("dates")["order_day_first"]
    return Setting(sent_at.date(), month_first, language)


def find_dates(text: str, day: Setting, tokens: Tokens | None = None) -> list[DateMention]:
    """Every day that the (folded) text names, each once."""
    tokens = tokens or tokenise(text)
    beginnings = starts(tokens, day_words())
    if not beginnings:
        return []
    readings = [(tokens.starts[i], reading) for i, reading in DayReader(tokens, day_words(), day, beginnings).read()]
    return [
        DateMention(reading.day, Span(start, reading.char), reading.exact)
        for start, reading in _merged(text, readings)
        if not _TERMS.search(text, max(0, start - 14), start)
    ]


def _merged(text: str, readings: Sequence[tuple[int, Reading]]) -> list[tuple[int, Reading]]:
    """Neighbours that name one day as one: "COB Friday", "tomorrow, Tuesday 17 November"."""
    found: list[tuple[int, Reading]] = []
    for start, reading in readings:
        if found:
            first, before = found[-1]
            between = (before.char, start)
            leaning = before.end_of_day or reading.end_of_day
            if leaning and _BETWEEN_END_OF_DAY.fullmatch(text, *between):
                kept = reading if before.end_of_day else before
                found[-1] = (
                    first,
                    replace(kept, token=reading.token, char=reading.char, end_of_day=before.end_of_day and reading.end_of_day),
                )
                continue
            if before.day == reading.day and _BETWEEN_SAME.fullmatch(text, *between):
                found[-1] = (first, replace(reading, exact=before.exact or reading.exact))
                continue
        found.append((start, reading))
    return found
