"""Days that hang on a holiday: the day before Thanksgiving, before Christmas, Black Friday.

In: a `Scan`. Out: `Reading`s. A holiday by itself ("Merry Christmas") is no day.
"""

from datetime import date, timedelta

from inboxbot.classify.entities import day_math
from inboxbot.classify.entities.date_numbers import Reading
from inboxbot.classify.entities.date_scan import Scan


class Holidays:
    """Reads them in one text."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan

    def read(self, i: int) -> Reading | None:
        """The day before Thanksgiving, before Christmas, Black Friday."""
        if found := self._scan.first_of(i, "holidays", ("black_friday", "cyber_monday")):
            return self._scan.day(self._holiday_day(found[0]), found[1], exact=True)
        if day := self._scan.phrase(i, "holiday_sides.day"):
            return self.around(None, day[1])
        if week := self._scan.phrase(i, "stretches.week"):
            side = self._scan.first_of(week[1], "holiday_sides", ("before", "after")) if self._scan.near(week[1]) else None
            holiday = self.named(side[1]) if side else None
            if side and holiday:
                return self._scan.day(day_math.friday_of(holiday[0]) + timedelta(days=-7 if side[0] == "before" else 7), holiday[1])
            return None
        side = self._scan.first_of(i, "holiday_sides", ("before", "by"))
        holiday = self.named(side[1]) if side else None
        if side and holiday and self._scan.tokens.words[holiday[1] - 1] != "turkey":
            return self._scan.day(holiday[0] - timedelta(days=side[0] == "before"), holiday[1])
        return None

    def around(self, weekday: int | None, j: int) -> Reading | None:
        """The weekday (None: the day) before or after the holiday that token j and what follows name."""
        if not self._scan.near(j):
            return None
        side = self._scan.first_of(j, "holiday_sides", ("before", "after"))
        holiday = self.named(side[1]) if side else None
        if not side or not holiday:
            return None
        before = side[0] == "before"
        if weekday is not None:
            step = day_math.previous if before else day_math.coming
            return self._scan.day(step(holiday[0], weekday), holiday[1], exact=True)
        return self._scan.day(holiday[0] + timedelta(days=-1 if before else 1), holiday[1], exact=True)

    def named(self, j: int) -> tuple[date, int] | None:
        """The holiday right after the token before j, and the token after it."""
        if not self._scan.near(j):
            return None
        found = self._scan.first_of(j, "holidays", ("thanksgiving", "christmas", "new_year"))
        if not found or self._scan.tokens.words[found[1] : found[1] + 1] == ["eve"]:
            return None
        return self._holiday_day(found[0]), found[1]

    def _holiday_day(self, name: str) -> date:
        """The next such day, or one of the last few days."""
        days = [day_math.holiday(name, year) for year in (self._scan.today.year, self._scan.today.year + 1)]
        return next((day for day in days if day >= self._scan.today - timedelta(days=7)), days[-1])
