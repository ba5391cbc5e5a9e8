"""The words that days are named with, compiled once from their list.

In: `entities_dates.toml`. Out: `day_words()`: phrases by kind, the words at which a day may begin, the words without
which there is none.
"""

from collections.abc import Iterator, Mapping
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
_FULL_NAME = 4  # letters


@dataclass(frozen=True, slots=True)
class DayWords:
    """`phrases` by kind (the list's own names, "parts.end"); `cores` and the words at which a day may begin; `sets` of plain words."""

    phrases: Phrases
    cores: frozenset[str]
    first: frozenset[str]
    sets: Mapping[str, frozenset[str]]
    counted: tuple[str, ...]


@cache
def day_words() -> DayWords:
    """The compiled list."""
    data = tables("dates")
    kinds = {kind: list(found) for kind, found in _kinds(data)}
    phrases = Phrases(kinds)
    cores = frozenset(
        tokenise(form).words[-1]
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
    return DayWords(phrases, cores, phrases.starting(kinds), sets, stems)


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
