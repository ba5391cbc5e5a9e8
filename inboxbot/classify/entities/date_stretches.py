"""Parts of weeks, months and years: mid-December, early next week, end of the month, first week of December, tomorrow.

In: a `Scan` and the text's `Calendar`. Out: `Reading`s. A stretch of time ends on its last working day, as people mean it.
"""

from datetime import date, timedelta

from inboxbot.classify.entities import day_math
from inboxbot.classify.entities.date_numbers import Calendar, Reading
from inboxbot.classify.entities.date_scan import Scan

_GREETING = frozenset(
    {
        "guten",
        "god",
        "goede",
        "goeden",
        "heute",
        "gestern",
        "this",
        "la",
        "buena",
        "este",
        "esta",
        "cette",
        "am",
        "den",
        "der",
        "de",
        "tidlig",
    }
)  # before "morgen", "mañana"


class Stretches:
    """Reads them in one text."""

    def __init__(self, scan: Scan, calendar: Calendar) -> None:
        self._scan, self._calendar = scan, calendar

    def read(self, i: int) -> Reading | None:
        """Mid-December, early next week, end of the month, first week of December, erste Dezemberwoche."""
        if week := self._scan.phrase(i, "numbered_weeks"):
            month = self.month_of(week[1])
            return self._scan.day(day_math.friday_of_week(month[0], int(week[0])), month[1], exact=True) if month else None
        if piece := self._joined_month(i):
            return piece
        part = self._scan.first_of(i, "parts", ("begin", "early", "middle", "end"))
        if not part or not self._scan.near(part[1]):
            return None
        name, j = part
        of = self._scan.phrase(j, "parts.of")
        for k in dict.fromkeys((j, of[1] if of else j)):
            if found := self._part_of(name, k, self._scan.tokens.words[i]):
                return found
        return None

    def _part_of(self, name: str, k: int, word: str) -> Reading | None:
        if k >= len(self._scan.tokens):
            return None
        if month := self._scan.phrase(k, "full_months"):
            if self._calendar.explicit(k):  # "by late December 4"
                return None
            year = self._scan.year(month[1])
            day = day_math.in_year(self._scan.today, int(month[0]), 15, year)
            return self._scan.day(self._month_part(name, day), month[1] + (year is not None), exact=True) if day else None
        stretch = self._scan.first_of(k, "stretches", ("week", "next_week", "week_after_next", "month", "next_month", "quarter", "year"))
        if not stretch or (word == "late" and not stretch[0].startswith("next")):
            return None
        if self._scan.year(stretch[1]) is not None:  # "fine anno 2025" may be past
            return self._scan.nothing(stretch[1] + 1)
        return self._scan.day(self._stretch_part(name, stretch[0]), stretch[1])

    def _month_part(self, name: str, day: date) -> date:
        if name == "begin":
            return day.replace(day=1)
        if name == "early":
            return day_math.first_friday(day)
        return day.replace(day=15) if name == "middle" else day_math.month_end(day)

    def _stretch_part(self, name: str, stretch: str) -> date | None:
        today = self._scan.today
        if stretch == "month" and name == "middle":
            return day_math.day_of_month(today, 15)
        if stretch in ("month", "next_month"):
            return self._month_part(name, today if stretch == "month" else day_math.month_end(today, 1))
        if stretch == "quarter":
            return day_math.quarter_end(today) if name == "end" else None
        if stretch == "year":
            return date(today.year, 12, 31) if name == "end" else None
        weeks = {"week": 0, "next_week": 1, "week_after_next": 2}[stretch]
        weekday = {"begin": 0, "early": 1, "middle": 2, "end": 4}[name]
        if weeks == 0 and name == "end":
            return day_math.friday_of(today)
        day = self.of_week(weekday, weeks)
        return day if day >= today else None

    def _joined_month(self, i: int) -> Reading | None:
        """Erste Dezemberwoche, Dezemberende, Novembermitte."""
        nth = self._scan.phrase(i, "month_weeks")
        j = nth[1] if nth and self._scan.near(nth[1], frozenset({" ", "."})) else i
        for piece in ("woche", "mitte", "ende", "hälfte", "anfang"):
            if found := self._scan.phrase(j, f"month_pieces.{piece}"):
                day = day_math.in_year(self._scan.today, int(found[0]), 15)
                if day is None or (nth is None and piece in ("woche", "hälfte")):
                    return None
                return self._scan.day(self._piece(piece, day, int(nth[0]) if nth else 1), found[1], exact=True)
        return None

    def _piece(self, piece: str, day: date, nth: int) -> date:
        if piece == "woche":
            return day_math.friday_of_week(day, nth)
        if piece == "hälfte":
            return day if nth == 1 else day_math.month_end(day)
        return self._month_part({"mitte": "middle", "ende": "end", "anfang": "begin"}[piece], day)

    def month_of(self, j: int) -> tuple[date, int] | None:
        """A day of the month that "of December", "im Dezember", "of next month" names, and the token after."""
        if not self._scan.near(j):
            return None
        of = self._scan.phrase(j, "parts.of")
        for k in dict.fromkeys((of[1] if of else j, j)):
            if k >= len(self._scan.tokens):
                continue
            if month := self._scan.phrase(k, "months"):
                day = day_math.in_year(self._scan.today, int(month[0]), 15, self._scan.year(month[1]))
                return (day, month[1] + (self._scan.year(month[1]) is not None)) if day else None
            if found := self._scan.phrase(k, "stretches.next_month"):
                return day_math.month_end(self._scan.today, 1), found[1]
            if found := self._scan.phrase(k, "stretches.month"):
                return self._scan.today, found[1]
        return None

    def of_week(self, weekday: int, weeks: int) -> date:
        """That weekday of this week or a later one."""
        monday = self._scan.today - timedelta(days=self._scan.today.weekday())
        return monday + timedelta(days=7 * weeks + weekday)

    def period(self, i: int) -> Reading | None:
        """Tomorrow, next week, EOM."""
        today = self._scan.today
        found = self._scan.first_of(i, "periods", day_math.PERIOD_NAMES)
        week = self._scan.first_of(i, "stretches", ("next_week", "week_after_next"))
        if week and (not found or week[1] > found[1]):
            return self._scan.day(self.of_week(day_math.FRIDAY, 1 if week[0] == "next_week" else 2), week[1])
        if not found or self._is_greeting(i):
            return None
        if found[0] == "end_of_day":
            return Reading(today, found[1], self._scan.tokens.ends[found[1] - 1], exact=False, end_of_day=True)
        if self._scan.year(found[1]) is not None and found[0] == "end_of_year":
            return self._scan.nothing(found[1] + 1)
        return self._scan.day(day_math.period(found[0], today), found[1])

    def _is_greeting(self, i: int) -> bool:
        """Whether this is "Guten Morgen", "por la mañana" or "ce jour-là": no day."""
        words, before = self._scan.tokens.words, self._scan.tokens.words[i - 1] if self._scan.near(i) else ""
        if words[i] in ("morgen", "mañana", "manana"):
            greeting = before in _GREETING
            opening = words[i] == "morgen" and not self._text_before(i) and self._scan.tokens.gap(i)[:1] in (",", "!", "\n")
            return greeting or opening
        return words[i : i + 2] == ["ce", "jour"] and words[i + 2 : i + 3] in (["là"], ["la"])

    def _text_before(self, i: int) -> str:
        start = self._scan.tokens.starts[i]
        return self._scan.tokens.text[self._scan.tokens.text.rfind("\n", 0, start) + 1 : start].strip()
