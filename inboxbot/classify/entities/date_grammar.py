"""The patterns of days in words and digits, each with what it means.

In: nothing but the word lists. Out: `rules()`: (pattern, resolver) pairs, the most specific first.
"""

import re
from collections.abc import Iterable
from functools import cache

from inboxbot.classify.entities import date_meaning as meaning
from inboxbot.classify.entities.date_meaning import PERIODS, Resolver, lookup
from inboxbot.classify.entities.lexicon import alternation, tables

Rule = tuple[str, Resolver]

_ALONE = r"(?<![\d/.,\-])"  # no part of a longer number
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?:,?[ \-./]+(?:del?\s+)?(?P<year>20\d\d|'?\d\d(?![\d.,:]\d|\d)))?"
_ORDINAL_SIGN = r"(?:st|nd|rd|th|er|\.|º|ª|:a|:e|e|ste|de)?"
_NO_UNIT = r"(?!\s?(?:each|%|eur|usd|chf|€|\$))"
_FULL_NAME = 4  # letters
_COUNTED = (
    r"(?:one|half|invoice|item|line|time|reminder|notice|of(?!\s+(?:this|the|next))"
    r"|[a-zà-ü]{0,12}(?:pcs|boxes|days|weeks|units|invoices|factures))"
)


@cache
def rules() -> tuple[tuple[re.Pattern[str], Resolver], ...]:
    """All patterns with their resolvers; an earlier one takes the text from a later one."""
    found = (*_digit_rules(), *_month_rules(), *_short_rules(), *_worded_rules())
    return tuple((re.compile(pattern, re.IGNORECASE), resolver) for pattern, resolver in found)


def _digit_rules() -> list[Rule]:
    """2026-12-04, 04.12.2026, 12/4/26."""
    return [
        (r"(?<![\d/.\-])(20\d\d)[\-/.](\d{1,2})[\-/.](\d{1,2})(?![\d/])", meaning.iso),
        (r"(?<![\d/.\-])(\d{1,2})[./\-](\d{1,2})[./\-](?P<year>20\d\d|\d\d)(?![\d/\-])(?![.,]\d)", meaning.numeric),
    ]


def _month_rules() -> list[Rule]:
    """A month by its name: 4 December, Dec 4th, the fifteenth of December, mid-December."""
    month, ordinal = rf"(?P<month>{alternation(lookup('months'))})\b", rf"\b(?P<day>{alternation(lookup('ordinals'))})"
    return [
        (rf"(?<![\w.,/]){_DAY}{_ORDINAL_SIGN}[ \-]?(?:of|de|di|d')?[ \-./]*{month}\.?{_YEAR}", meaning.day_month),
        (
            rf"\b{month}\.?\s+(?:the\s+)?{_DAY}(?:st|nd|rd|th)?(?![\w/%]|[.,:\-]\d\S)(?:,?\s+(?P<year>20\d\d)\b)?",
            meaning.day_month,
        ),
        (rf"{ordinal}\s+(?:of\s+)?{month}{_YEAR}", meaning.day_month),
        (rf"\b{month}\s+(?:the\s+)?{ordinal}\b{_YEAR}", meaning.day_month),
        (_part_pattern(), meaning.part_of_month),
    ]


def _part_pattern() -> str:
    """Only months in full: "Ende des" is no end of December."""
    parts = tables("dates")["parts"]
    month = rf"(?P<month>{alternation(name for name in lookup('months') if len(name) >= _FULL_NAME)})\b"
    groups = "|".join(rf"(?P<{name}>\b{alternation(parts[name])})" for name in ("first_week", "middle", "end"))
    return rf"(?:{groups})[\s\-]+(?:de\s+)?{month}(?:\s+(?P<year>20\d\d))?"


def _short_rules() -> list[Rule]:
    """12/4, 4.12., KW 50, the 15th, am 25."""
    ordinal = alternation(lookup("ordinals"))
    return [
        (rf"{_ALONE}(?!24/7)(\d{{1,2}})/(\d{{1,2}})(?![\d/\w%]|[.,]\d)", meaning.numeric),
        (rf"{_ALONE}(\d{{1,2}})\.[ ]?(\d{{1,2}})\.(?!\d)", meaning.numeric),
        (
            rf"(?<=[a-zé.] ){_ALONE}([0-3]?\d)\.([01]\d)(?![\d/.,\-]){_NO_UNIT}(?=\s*(?:$|[,;:)\n]))",
            meaning.numeric_after_day,
        ),
        (r"\b(?:kw|kalenderwoche|uke|uge|vecka|week|wk|semaine|week no\.?)\s?(\d{1,2})\b(?![.,/]\d)", meaning.week_number),
        (
            (
                r"(?:\b(?:the|le|el|il|op|den|dem|am|on|by|on the|dia|día)|\bi\.e\.)\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.|\b)"
                rf"(?![\d%]|[.,:]\d)(?!\s+{_COUNTED})(?=\s*(?:[^\w\s]|$|\n|\s(?:[a-z]\w*)))"
            ),
            meaning.day_of_month,
        ),
        (
            rf"\b(?:the|by)\s+(?P<day>{ordinal})\b(?=\s*(?:$|[.,;:!\n]|of\s+(?:the|this)\s+month|and\b|at\b|or\b|then\b))",
            meaning.day_only,
        ),
    ]


def _worded_rules() -> list[Rule]:
    """Monday after Thanksgiving, a week from Friday, next Friday, in ten days, end of month."""
    words = tables("dates")
    weekday = alternation(lookup("weekdays"))
    count = rf"(?P<count>\d{{1,3}}|{alternation(lookup('counts'))})"
    unit = _named(words["units"], ("business_day", "week", "day"))
    anchor = rf"(?P<anchor>today|tomorrow|now|{weekday})"
    return [
        (
            (
                rf"\b(?:(?P<weekday>{weekday})|day)\s+(?P<side>before|after)\s+"
                r"(?P<holiday>thanksgiving|turkey day|turkey|christmas|xmas|new year)\w*"
            ),
            meaning.around_holiday,
        ),
        (
            (
                rf"\b(?:{count}\s+{alternation(words['units']['week'])}|a\s+(?P<fortnight>fortnight))\s+(?:on|from|after)\s+"
                rf"(?:this\s+|next\s+|the\s+)?{anchor}\b"
            ),
            meaning.counted_weeks_on,
        ),
        (_weekday_pattern(weekday), meaning.weekday),
        (
            (
                rf"(?<!\w){alternation(words['units']['in'])}\s+(?:the\s+)?(?:next\s+|nächsten\s+)?{count}\s+(?:{unit})(?!\w)"
                r"(?!\s+(?:ago|overdue|late|past)\b)"
            ),
            meaning.counted,
        ),
        (rf"(?<!\w)(?:{_named(words['periods'], PERIODS)})(?!\w)", meaning.period),
    ]


def _weekday_pattern(weekday: str) -> str:
    modifiers = tables("dates")["weekday_modifiers"]
    return (
        rf"(?<!\w)(?:{_named(modifiers, ('next_lead',))}\s+)?(?:(?:{_named(modifiers, ('next', 'this', 'last'))})\s+)?"
        rf"(?P<weekday>{weekday})(?:'s)?(?!\w)"
        rf"(?:,?\s+(?:{_named(modifiers, ('next_after', 'last_after', 'two_later', 'later'))})(?!\w))?"
    )


def _named(words: dict[str, list[str]], names: Iterable[str]) -> str:
    """One named group for each list."""
    return "|".join(rf"(?P<{name}>{alternation(words[name])})" for name in names)
