"""What a written day means: one resolver for each pattern of `date_grammar`.

In: a match and a `Setting`. Out: (day, whether a calendar day is named), or None where it is no day after all.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from inboxbot.classify.entities import day_math
from inboxbot.classify.entities.lexicon import alternation, tables

Resolved = tuple[date, bool] | None
_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Setting:
    """What a day is resolved against: the mail's own day, and whether 04/12 is the fourth month's twelfth day."""

    today: date
    month_first: bool = False
    language: str = ""


Resolver = Callable[[re.Match[str], Setting], Resolved]


@cache
def lookup(table: str) -> dict[str, int]:
    """Words to numbers: months, weekdays (Monday is 0), ordinals, counts."""
    words: Mapping[str, list[str]] = tables("dates")[table]
    return {word: int(number) for number, group in words.items() for word in group}


def _number(table: str, word: str) -> int:
    return lookup(table)[re.sub(r"\s+", " ", word.lower())]


def _exact(found: date | None) -> Resolved:
    return (found, True) if found else None


def _vague(found: date | None) -> Resolved:
    return (found, False) if found else None


def iso(m: re.Match[str], s: Setting) -> Resolved:  # noqa: ARG001  # every resolver has the same form
    """2026-12-04."""
    return _exact(day_math.safe(int(m[1]), int(m[2]), int(m[3])))


def numeric(m: re.Match[str], s: Setting) -> Resolved:
    """04/12/26, 4.12.: the setting says which is the month, unless one is above 12."""
    first, second = int(m[1]), int(m[2])
    month_first = (s.month_first or second > 12) and first <= 12  # noqa: PLR2004
    month, day = (first, second) if month_first else (second, first)
    return _exact(day_math.in_year(s.today, month, day, day_math.full_year(m.groupdict().get("year"))))


def day_month(m: re.Match[str], s: Setting) -> Resolved:
    """4 December; December fifteenth."""
    day = int(m["day"]) if m["day"].isdigit() else _number("ordinals", m["day"])
    return _exact(day_math.in_year(s.today, _number("months", m["month"]), day, day_math.full_year(m["year"])))


def day_only(m: re.Match[str], s: Setting) -> Resolved:
    """The 15th of this month or the next."""
    day = int(m["day"]) if m["day"].isdigit() else _number("ordinals", m["day"])
    return _exact(day_math.day_of_month(s.today, day))


def part_of_month(m: re.Match[str], s: Setting) -> Resolved:
    """Mid-December (the 15th), first week of December (its Friday), end of November (its last day)."""
    middle = day_math.in_year(s.today, _number("months", m["month"]), 15, day_math.full_year(m["year"]))
    if middle is None:
        return None
    if m["first_week"]:
        return _exact(day_math.first_friday(middle))
    return _exact(day_math.month_end(middle) if m["end"] else middle)


def counted_weeks_on(m: re.Match[str], s: Setting) -> Resolved:
    """A week on Friday, two weeks from today."""
    weeks = 2 if m["fortnight"] else _count(m["count"])
    return _exact(_anchor(m["anchor"], s) + timedelta(weeks=weeks))


def _count(written: str) -> int:
    return int(written) if written.isdigit() else _number("counts", written)


def _anchor(word: str, s: Setting) -> date:
    plain = word.lower()
    if plain in lookup("weekdays"):
        return day_math.coming(s.today, lookup("weekdays")[plain])
    return s.today + timedelta(days=1 if plain == "tomorrow" else 0)


def weekday(m: re.Match[str], s: Setting) -> Resolved:
    """A "Friday" is the coming one, "next Friday" that of next week, "Friday week" a week after the coming one."""
    word = m["weekday"].lower()
    if word == "mon" and (s.language == "fr" or m["weekday"] == "mon"):  # "mon" is French for "my"
        return None
    weekday = lookup("weekdays")[word]
    if m["last"] or m["last_after"]:
        return _vague(day_math.previous(s.today, weekday))
    if m["next"] or m["next_after"] or m["next_lead"]:
        return _vague(day_math.of_next_week(s.today, weekday))
    if m["this"] and weekday == s.today.weekday():
        return _vague(s.today)
    later = 14 if m["two_later"] else 7 if m["later"] else 0
    return _vague(day_math.coming(s.today, weekday) + timedelta(days=later))


def around_holiday(m: re.Match[str], s: Setting) -> Resolved:
    """Monday after Thanksgiving, the day before Christmas."""
    holiday, before = _holiday(m["holiday"].lower(), s.today), m["side"].lower() == "before"
    if m["weekday"]:
        step = day_math.previous if before else day_math.coming
        return _exact(step(holiday, lookup("weekdays")[m["weekday"].lower()]))
    return _exact(holiday + timedelta(days=-1 if before else 1))


def _holiday(word: str, today: date) -> date:
    """The next such day, or one of the last few days."""
    years = (today.year, today.year + 1)
    if word.startswith(("thanks", "turkey")):
        days = [day_math.thanksgiving(year) for year in years]
    else:
        days = [date(year, 12, 25) if "mas" in word else date(year, 1, 1) for year in years]
    return next((day for day in days if day >= today - timedelta(days=7)), days[-1])


def counted(m: re.Match[str], s: Setting) -> Resolved:
    """In ten days, within two weeks."""
    count = _count(m["count"])
    unit = next(name for name in ("business_day", "week", "day") if m[name])
    if unit == "business_day":
        return _exact(day_math.add_business_days(s.today, count))
    return _exact(s.today + timedelta(days=count * (7 if unit == "week" else 1)))


def week_number(m: re.Match[str], s: Setting) -> Resolved:
    """KW 50: its Friday."""
    return _vague(day_math.iso_week_friday(s.today, int(m[1])))


# Weeks end on Friday, the last day on which banks pay.
PERIODS: dict[str, Callable[[date], date]] = {
    "day_after_tomorrow": lambda today: today + timedelta(days=2),
    "tomorrow": lambda today: today + timedelta(days=1),
    "end_of_next_month": lambda today: day_math.month_end(today, 1),
    "end_of_month": day_math.month_end,
    "end_of_next_week": lambda today: day_math.of_next_week(today, day_math.FRIDAY),
    "end_of_week": day_math.friday_of,
    "end_of_year": lambda today: date(today.year, 12, 31),
    "christmas_eve": lambda today: date(today.year, 12, 24),
    "christmas": lambda today: date(today.year, 12, 25),
    "today": lambda today: today,
}


def period(m: re.Match[str], s: Setting) -> Resolved:
    """End of month, next week, tomorrow."""
    return _vague(PERIODS[m.lastgroup or ""](s.today))


def day_of_month(m: re.Match[str], s: Setting) -> Resolved:
    """English needs an ordinal ("the 15th"; "on 15" is a quantity); the others say "le 15", "am 25."."""
    ordinal = re.search(r"(?:st|nd|rd|th|er|\.)\Z", m[0], _I)
    english = m[0].lower().startswith(("the", "on", "by"))
    if english and not (ordinal and m[0][-1] != "."):
        return None
    if not english and not ordinal and not re.match(r"\s*(?:$|[.,;:!)\n]|de este mes|du mois)", m.string[m.end() : m.end() + 20]):
        return None
    return day_only(m, s)


def numeric_after_day(m: re.Match[str], s: Setting) -> Resolved:
    """`18.11` without its last full stop, only after a weekday or "am", "on", "den"; else it is a number."""
    before = m.string[max(0, m.start() - 14) : m.start()]
    leads = alternation([*lookup("weekdays"), "am", "on", "den", "dem", "by", "bis", "vom", "per"])
    last = re.search(rf"{leads}[,.]?\s\Z", before, _I)
    return numeric(m, s) if last and not s.month_first else None
