"""Days named in a text, resolved against the mail's own date.

In: text, the mail's date, the sender's facts, the text's language. Out: `DateMention`s in order of appearance.
"""

import re
from datetime import datetime
from functools import cache

from inboxbot.classify.entities import day_math
from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.date_grammar import rules
from inboxbot.classify.entities.date_meaning import Setting
from inboxbot.classify.entities.findings import DateMention, Span
from inboxbot.classify.entities.lexicon import alternation, tables
from inboxbot.facts import Facts

_MONTH_FIRST_CURRENCIES = frozenset({"USD", "CAD"})
_MORNING = re.compile(r"(?:good|guten|god|goede|heute|gestern|this|la|por la|cette|buona)\s*\Z", re.IGNORECASE)
_TERMS = re.compile(r"\d+\s*(?:days|jours|tage|giorni|días|dagen|dagar|dager|net)\s+\Z", re.IGNORECASE)  # "45 jours fin de mois"
_YEAR_AFTER = re.compile(r"\s+20\d\d")
_AMBIGUOUS_MORNING = frozenset({"morgen", "mañana"})


def setting(sent_at: datetime, facts: Facts, lang_hint: str = "") -> Setting:
    """How days are to be read in this mail: 04/12 is April 12 only for a dollar customer who writes English."""
    language = lang_hint[:2].lower()
    month_first = facts.currency in _MONTH_FIRST_CURRENCIES and language not in tables("dates")["order_day_first"]
    return Setting(sent_at.date(), month_first, language)


def find_dates(text: str, day: Setting) -> list[DateMention]:
    """Every day that the (folded) text names, each once."""
    found: list[DateMention] = []
    taken = Coverage(text)
    for pattern, resolver in rules():
        for match in pattern.finditer(text):
            span = Span(match.start(), match.end())
            resolved = None if taken.hits(span) or _is_no_day(match) else resolver(match, day)
            if resolved:
                taken.add(span)
                found.append(DateMention(resolved[0], span, resolved[1]))
    return sorted((_week_commencing(text, mention) for mention in found), key=lambda mention: mention.span)


def _is_no_day(match: re.Match[str]) -> bool:
    """What is no day: "Guten Morgen" is no tomorrow, "45 jours fin de mois" a term, "fine anno 2025" a year that may be past."""
    text, start = match.string, match.start()
    if match[0].lower() in _AMBIGUOUS_MORNING:
        return bool(_MORNING.search(text, max(0, start - 10), start))
    return bool(_TERMS.search(text, max(0, start - 14), start)) or (
        match.lastgroup == "end_of_year" and bool(_YEAR_AFTER.match(text, match.end()))
    )


def _week_commencing(text: str, mention: DateMention) -> DateMention:
    """The week that "w/c 23rd November" begins means its Friday."""
    lead = _week_lead().search(text, max(0, mention.span.start - 20), mention.span.start)
    if not lead:
        return mention
    return DateMention(day_math.friday_of(mention.day), Span(lead.start(), mention.span.end), mention.exact)


@cache
def _week_lead() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){alternation(tables('dates')['week_commencing'])}\s*(?:the\s+)?\Z", re.IGNORECASE)
