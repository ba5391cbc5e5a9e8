"""The words that days are named with, compiled once from their list.

In: `entities_dates.toml`. Out: `day_words()`: phrases by kind, the words at which a day may begin, the words without
which there is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from inboxbot.classify.entities.lexicon import tables
from inboxbot.classify.entities.phrases import Phrases, forms
from inboxbot.classify.entities.tokens import tokenise

_NUMBERED = (
    "months",
    "weekdays",
    "weekday_plurals",
    "weekday_short",
    "ordinals",
    "foreign_ordinals",
    "counts",
    "numbered_weeks",
    "month_weeks",
)
_NAMED = ("weekday_modifiers", "stretches", "parts", "periods", "holidays", "holiday_sides", "units", "counting", "numbered_week", "around")
# Without a word of these kinds, or a number, no day is named.
_CORE = ("months", "weekdays", "weekday_plurals", "stretches", "periods", "holidays", "units", "ordinals", "month_pieces")
# The kinds (or tables) of phrases that each rule begins with.
_BEGINNINGS = {
    "around": {"around"},
    "weekday": {"weekdays", "weekday_plurals", "weekday_short", "stretches.week", "stretches.next_week", "stretches.week_after_next"}
    | {f"weekday_modifiers.{name}" for name in ("next", "soon_before", "this", "coming", "last", "wish", "every")},
    "explicit": {"months", "ordinals", "foreign_ordinals"},
    "nth": {"ordinals", "foreign_ordinals"},
    "part": {"numbered_weeks", "month_weeks", "month_pieces", "parts.begin", "parts.early", "parts.middle", "parts.end"},
    "holiday": {"holidays", "holiday_sides", "stretches.week"},
    "counted": {"counting.anchor", "counting.in", "counting.over", "counts"},
    "week_number": {"numbered_week"},
    "period": {"periods", "stretches.next_week", "stretches.week_after_next"},
}
_AFTER_NUMBER = (
    *("months", "weekdays", "day_leads.this_month", "day_leads.next_month"),
    *(f"units.{name}" for name in ("hour", "day", "business_day", "week", "fortnight", "month")),
)
_COMMON = frozenset({"the", "this", "that", "after", "m", "s", "4"})  # too common to tell a day
_FULL_NAME = 4  # letters


@dataclass(frozen=True, slots=True)
class DayWords:
    """`phrases` by kind (the list's own names, "parts.end"); `rules`: those that a word may begin; `sets` of plain words."""

    phrases: Phrases
    cores: frozenset[str]
    rules: Mapping[str, tuple[str, ...]]
    sets: Mapping[str, frozenset[str]]
    counted: tuple[str, ...]
    all: frozenset[str]  # every word of every phrase
    leads: frozenset[str]  # words after which a number may be a day
    after_number: frozenset[str]  # words before which it may be one


@cache
def day_words() -> DayWords:
    """The compiled list."""
    data = tables("dates")
    kinds = {kind: list(found) for kind, found in _kinds(data)}
    phrases = Phrases(kinds)
    cores = frozenset(
        max(reversed(tokenise(form).words), key=lambda word: (word not in _COMMON, len(word)))
        for kind, found in kinds.items()
        if kind.partition(".")[0] in _CORE
        for phrase, _ in found
        for form in forms(phrase)
    )
    leads = data["day_leads"]
    sets = {name: frozenset(tokenise(phrase).words[-1] for phrase in words) for name, words in leads.items() if name != "counted"}
    counted = leads["counted"]
    sets["counted"] = frozenset(word for word in counted if not word.endswith("*"))
    stems = tuple(word.removesuffix("*") for word in counted if word.endswith("*"))
    leads = frozenset().union(*(sets[name] for name in ("ordinal", "number", "free", "numeric")))
    after_number = frozenset([*phrases.starting(_AFTER_NUMBER), *data["day_leads"]["marks"]])
    return DayWords(phrases, cores, _rules(phrases, kinds), sets, stems, phrases.words, leads, after_number)


def _rules(phrases: Phrases, kinds: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each first word the rules of `date_grammar` that it may begin."""
    found: dict[str, list[str]] = {}
    for rule, beginnings in _BEGINNINGS.items():
        wanted = [kind for kind in kinds if kind in beginnings or kind.partition(".")[0] in beginnings]
        for word in phrases.starting(wanted):
            found.setdefault(word, []).append(rule)
    return {word: tuple(rules) for word, rules in found.items()}


def _kinds(data: Mapping[str, Any]) -> Iterator[tuple[str, Iterator[tuple[str, int | str]]]]:
    for table in _NUMBERED:
        yield table, ((word, int(number)) for number, words in data[table].items() for word in words)
    for table in _NAMED:
        for name, words in data[table].items():
            yield f"{table}.{name}", ((word, name) for word in words)
    for name in ("this_month", "next_month"):
        yield f"day_leads.{name}", ((word, name) for word in data["day_leads"][name])
    yield "full_months", ((word, int(n)) for n, words in data["months"].items() for word in words if len(word) >= _FULL_NAME)
    yield "weekdays", _weekdays(data)
    for part in data["month_parts"]:
        yield (
            f"month_pieces.{part}",
            ((f"{word}{part}", int(n)) for n, words in data["months"].items() for word in words if len(word) >= _FULL_NAME),
        )


def _weekdays(data: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Also as German joins them with a part of the day: "Freitagvormittag"."""
    for number, words in data["weekdays"].items():
        for word in words:
            yield word, int(number)
            if word.endswith("tag"):
                yield from ((word + part, int(number)) for part in data["day_parts"])
