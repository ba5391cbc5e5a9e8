"""Weekdays: next Friday, Friday week, Tuesday of next week, Friday 27th, second Friday of December.

In: a `Scan`, the text's `Calendar`, its holidays and stretches. Out: `Reading`s. A day of the calendar beside a weekday is
the one that is meant. "Happy Friday" and "every Friday" are no days.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from inboxbot.classify.entities import day_math
from inboxbot.classify.entities.date_holidays import Holidays
from inboxbot.classify.entities.date_numbers import Calendar, Reading
from inboxbot.classify.entities.date_scan import SEPARATORS, Scan
from inboxbot.classify.entities.date_stretches import Stretches

_ARTICLES = frozenset({"the", "den", "le", "el", "il", "der", "dem", "de", "d", "op", "am", "dia", "día", "on", "di"})
_FIFTH = 5  # no weekday comes more often in a month
_PREPOSITIONS = frozenset({"on", "am", "op", "le", "el", "på", "w", "the"})
_ENGLISH = frozenset({"by", "on", "next", "this", "til", "till"})
_LOOSELY = frozenset({" ", "."})
_WEEKS = {"week": 0, "next_week": 1, "week_after_next": 2}
_BEFORE = ("next", "soon_before", "this", "coming", "last", "wish", "every")
_AFTER = ("soon", "later", "two_later", "two_next", "last_after", "next_after", "coming_after")
_GOES_ON = re.compile(r"\w|[ ]?[%€$]|[:/,.\-]\d")  # after a number that is no day


@dataclass(frozen=True, slots=True)
class _Named:
    """A weekday, the token after it; a plural ("Fridays"); an abbreviation that needs a day beside it ("Sat", "di")."""

    weekday: int
    token: int
    plural: bool = False
    short: bool = False


class Weekdays:
    """Reads them in one text."""

    def __init__(self, scan: Scan, calendar: Calendar, holidays: Holidays, stretches: Stretches) -> None:
        self._scan, self._calendar, self._holidays, self._stretches = scan, calendar, holidays, stretches

    def read(self, i: int) -> Reading | None:
        """Friday; next Friday; Friday week; Tuesday of next week; next week Wednesday; Friday 27th; Thursday, 12/3."""
        stretch, start = self._stretch_before(i)
        modifier = self._scan.first_of(start, "weekday_modifiers", _BEFORE)
        j = modifier[1] if modifier else start
        named = self._named(j) if not modifier or self._scan.near(j, _LOOSELY) else None
        if named is None:
            return None
        if modifier and modifier[0] in ("wish", "every"):
            return self._scan.nothing(named.token)
        beside = self._holidays.around(named.weekday, named.token) or self.day_beside(named.weekday, named.token, short=named.short)
        if beside or named.short or (named.plural and not self._is_run(named.token)):
            return beside
        found = self._relative(named.weekday, modifier[0] if modifier else "", named.token)
        return self._scan.day(self._stretches.of_week(named.weekday, _WEEKS[stretch]), found.token) if stretch else found

    def _stretch_before(self, i: int) -> tuple[str, int]:
        """The week of "next week Wednesday", "next week, on Wednesday", and the token after it; '' and i where there is none."""
        stretch = self._scan.first_of(i, "stretches", tuple(_WEEKS))
        if not stretch or not (self._scan.near(stretch[1]) or self._comma(stretch[1])):
            return "", i
        return stretch[0], stretch[1] + (self._scan.word(stretch[1]) in _PREPOSITIONS)

    def _named(self, j: int) -> _Named | None:
        """The weekday that token j names."""
        if named := self._scan.phrase(j, "weekdays"):
            bare = self._scan.tokens.text[self._scan.tokens.starts[j] : self._scan.tokens.ends[j]]
            mine = bare == "mon" or (bare == "Mon" and self._is_mine(j + 1))  # French "my"
            return _Named(int(named[0]), named[1], short=mine and self._scan.word(j - 1) not in _ENGLISH)
        if named := self._scan.phrase(j, "weekday_plurals"):
            return _Named(int(named[0]), named[1], plural=True)
        named = self._scan.phrase(j, "weekday_short")
        return _Named(int(named[0]), named[1], short=True) if named else None

    def _is_mine(self, j: int) -> bool:
        """Whether a plain word follows, as in "Mon patron"."""
        if self._scan.setting.language == "fr":
            return True
        return (
            self._scan.near(j)
            and self._scan.tokens.words[j].isalpha()
            and self._scan.tokens.words[j] not in self._scan.words.sets["after"] | self._scan.words.rules.keys()
        )

    def _is_run(self, j: int) -> bool:
        return self._scan.near(j) and bool(self._scan.phrase(j, "weekday_modifiers.run"))

    def _comma(self, j: int) -> bool:
        return 0 < j < len(self._scan.tokens) and self._scan.tokens.text[self._scan.tokens.ends[j - 1] : self._scan.tokens.starts[j]] in (
            ", ",
            ",",
        )

    def day_beside(self, weekday: int, j: int, *, short: bool = False) -> Reading | None:
        """The day of the calendar that stands beside a weekday is the one that is meant; `short` needs one with its month."""
        tokens = self._scan.tokens
        if j >= len(tokens) or tokens.text[tokens.ends[j - 1] : tokens.starts[j]] not in SEPARATORS:
            return None
        article = tokens.words[j] in _ARTICLES and self._scan.near(j + 1, _LOOSELY)
        k = j + article
        found = self._calendar.explicit(k, weekday)
        if found or short:
            return found
        if ordinal := self._scan.phrase(k, "ordinals") if article else None:
            return self._scan.day(self._agreeing(int(ordinal[0]), weekday, sure=True), ordinal[1], exact=True)
        number = self._calendar.number(k) if tokens.words[k].isdecimal() else None
        if number is None or _GOES_ON.match(tokens.text, number[3]):
            return None
        sure = number[1] in ("st", "nd", "rd", "th") or (article and bool(number[1]))
        day = self._agreeing(number[0], weekday, sure=sure)
        return Reading(day, number[2], number[3]) if day else None

    def _agreeing(self, day: int, weekday: int, *, sure: bool) -> date | None:
        """The near day of that number which is such a weekday; where none is, the coming one if it surely is a day."""
        return day_math.agreeing(self._scan.today, day, weekday) or (day_math.day_of_month(self._scan.today, day) if sure else None)

    def _relative(self, weekday: int, modifier: str, j: int) -> Reading:
        """The weekday by its own words: last, next, a week later, of next week."""
        if self._scan.word(j) == "s" and self._scan.tokens.gap_kind(j - 1) == "'":
            return self._read(self._plain(weekday, modifier), j + 1)
        after = self._scan.first_of(j, "weekday_modifiers", _AFTER) if self._scan.near(j) else None
        week = self._week_after(j)
        if week and (after is None or week[1] >= after[1]):
            return self._read(self._stretches.of_week(weekday, week[0]), week[1])
        if after is None:
            return self._read(self._plain(weekday, modifier), j)
        return self._read(self._modified(weekday, after[0], self._scan.word(j)), after[1])

    def _read(self, day: date, j: int) -> Reading:
        return Reading(day, j, self._scan.tokens.ends[j - 1], exact=False)

    def _modified(self, weekday: int, name: str, word: str) -> date:
        today = self._scan.today
        if name in ("later", "two_later"):
            from_today = weekday == today.weekday() and word in ("week", "fortnight")  # "Thursday week", said on a Thursday
            base = today if from_today else day_math.coming(today, weekday)
            return base + timedelta(days=7 if name == "later" else 14)
        if name == "two_next":
            return day_math.of_next_week(today, weekday) + timedelta(days=7)
        return self._plain(weekday, {"last_after": "last", "next_after": "next", "soon": "soon_before"}.get(name, ""))

    def _plain(self, weekday: int, modifier: str) -> date:
        today = self._scan.today
        if modifier == "last":
            return day_math.previous(today, weekday)
        if modifier == "next":
            return day_math.of_next_week(today, weekday)
        if modifier == "soon_before":
            return self._soon(weekday)
        if modifier == "this" and weekday == today.weekday():
            return today
        return day_math.coming(today, weekday)

    def _soon(self, weekday: int) -> date:
        """The coming one, as "vendredi prochain" means it; the one after it where that is tomorrow."""
        day = day_math.coming(self._scan.today, weekday)
        return day + timedelta(days=7) if day == self._scan.today + timedelta(days=1) else day

    def _week_after(self, j: int) -> tuple[int, int] | None:
        """(weeks from now, the token after) of "of next week", "der kommenden Woche", "this week"."""
        if not self._scan.near(j):
            return None
        of = self._scan.phrase(j, "parts.of")
        for k in (j, of[1] if of else j):
            for name, weeks in (("week_after_next", 2), ("next_week", 1)):
                if k < len(self._scan.tokens) and (found := self._scan.phrase(k, f"stretches.{name}")):
                    return weeks, found[1]
            if self._scan.tokens.words[k : k + 2] in (
                ["this", "week"],
                ["diese", "woche"],
                ["dieser", "woche"],
                ["cette", "semaine"],
                ["esta", "semana"],
            ):
                return 0, k + 2
        return None

    def nth(self, i: int) -> Reading | None:
        """Second Friday of December, last Friday of the month, 1st Monday in December."""
        nth, j = self._ordinal(i)
        if not nth or not self._scan.near(j):
            return None
        weekday = self._scan.phrase(j, "weekdays")
        if not weekday:
            return None
        end = weekday[1]
        month = self._stretches.month_of(end)
        if month:
            return self._scan.day(day_math.weekday_of_month(month[0], int(weekday[0]), nth), month[1], exact=True)
        if nth < 0 or self._scan.phrase(i, "foreign_ordinals") or self.day_beside(int(weekday[0]), end):
            return None
        found = day_math.weekday_of_month(self._scan.today, int(weekday[0]), nth)
        if found is None or found < self._scan.today:
            found = day_math.weekday_of_month(day_math.month_end(self._scan.today, 1), int(weekday[0]), nth)
        return self._scan.day(found, end)

    def _ordinal(self, i: int) -> tuple[int, int]:
        """(which one, the token after it) of "second", "2nd", "last"; (0, i) for none."""
        if self._scan.word(i).isdecimal():
            number = self._calendar.number(i)
            return (number[0], number[2]) if number and number[1] and number[0] <= _FIFTH else (0, i)
        found = self._scan.phrase(i, "ordinals") or self._scan.phrase(i, "foreign_ordinals")
        return (int(found[0]), found[1]) if found and int(found[0]) <= _FIFTH else (0, i)
