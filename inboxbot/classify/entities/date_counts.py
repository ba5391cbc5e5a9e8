"""Days that are counted off: in ten days, two weeks from Friday, a week today, 3 days ago, week 50.

In: a `Scan`. Out: `Reading`s. Terms of payment ("within 30 days of invoice") are no days.
"""

import re
from datetime import date, timedelta

from inboxbot.classify.entities import day_math
from inboxbot.classify.entities.date_numbers import Reading
from inboxbot.classify.entities.date_scan import Scan

_STEP = {"day": 1, "week": 7, "fortnight": 14}
_UNITS = ("hour", "day", "business_day", "week", "fortnight", "month")
_WEEK = re.compile(r"[0-9]{1,2}(?![\w]|[.,/]\d)")
_HOURS = 24
_MOST_COUNT = 366
_DIGITS = 3
_TERM = 30  # days: "pay 30 days" is a term
_DUTCH = frozenset({"een", "weken", "dagen", "werkdagen", "maanden"})


class Counts:
    """Reads them in one text."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan

    def read(self, i: int) -> Reading | None:
        """In ten days; within two weeks; two weeks from today; a week on Friday; a week today; today week; 3 days ago."""
        if self._scan.phrase(i, "counting.anchor"):
            return self._week_later(i)
        lead = self._scan.first_of(i, "counting", ("in", "over"))
        start = lead[1] if lead else i
        count = self._count(start) if not lead or self._scan.near(start) else None
        unit = self._scan.first_of(count[1], "units", _UNITS) if count and self._scan.near(count[1]) else None
        if count is None or unit is None:
            return None
        if self._scan.word(i) == "over" and not {self._scan.word(start), self._scan.word(count[1])} & _DUTCH:
            return None
        anchored = self._from_anchor(count[0], unit[0], unit[1])
        if anchored or not lead or self._is_term(i, count[0], unit):
            return anchored
        return self._scan.day(self._after(count[0], unit[0]), unit[1], exact=True)

    def _week_later(self, i: int) -> Reading | None:
        """Today week, heute in einer Woche."""
        later = self._scan.first_of(i + 1, "weekday_modifiers", ("later", "two_later")) if self._scan.near(i + 1) else None
        days = timedelta(days=7 if later and later[0] == "later" else 14)
        return self._scan.day(self._anchored(self._scan.word(i)) + days, later[1]) if later else None

    def _is_term(self, i: int, count: int, unit: tuple[str, int]) -> bool:
        """Whether this is a term of payment, or a time that has passed."""
        if self._scan.near(unit[1]) and (self._scan.phrase(unit[1], "counting.ago") or self._scan.phrase(unit[1], "counting.terms")):
            return True
        return unit[0] == "day" and count >= _TERM and self._scan.word(i - 1) in ("terms", "net", "pay", "payable")

    def _count(self, i: int) -> tuple[int, int] | None:
        """A number in digits or words, and the token after it."""
        word = self._scan.word(i)
        if not word.isdecimal():
            found = self._scan.phrase(i, "counts")
            return (int(found[0]), found[1]) if found else None
        start = self._scan.tokens.starts[i]
        before = self._scan.tokens.text[start - 1 : start] if start else ""
        fits = len(word) <= _DIGITS and int(word) <= _MOST_COUNT and (not before or before.isspace() or before == "(")
        return (int(word), i + 1) if fits else None

    def _after(self, count: int, unit: str) -> date:
        today = self._scan.today
        if unit == "business_day":
            return day_math.add_business_days(today, count)
        if unit == "month":
            return day_math.add_months(today, count)
        if unit == "hour":
            return today + timedelta(days=-(-count // _HOURS))
        return today + timedelta(days=count * _STEP[unit])

    def _from_anchor(self, count: int, unit: str, j: int) -> Reading | None:
        """What follows "two weeks": "from today", "on Friday", "tomorrow", "ago"."""
        if not self._scan.near(j) or unit not in _STEP:
            return None
        if self._scan.tokens.words[j] == "ago":
            return self._scan.day(self._scan.today - timedelta(days=count * _STEP[unit]), j + 1, exact=True)
        on = self._scan.phrase(j, "counting.on")
        k = on[1] if on else j
        k += k < len(self._scan.tokens) and self._scan.tokens.words[k] in ("this", "next", "the", "coming")
        if k >= len(self._scan.tokens) or (not on and unit == "day"):
            return None
        if anchor := self._scan.phrase(k, "counting.anchor"):
            return self._scan.day(self._anchored(self._scan.tokens.words[k]) + timedelta(days=count * _STEP[unit]), anchor[1], exact=True)
        if weekday := self._scan.phrase(k, "weekdays"):
            return self._scan.day(
                day_math.coming(self._scan.today, int(weekday[0])) + timedelta(days=count * _STEP[unit]), weekday[1], exact=True
            )
        return None

    def _anchored(self, word: str) -> date:
        return self._scan.today + timedelta(days=word in ("tomorrow", "tmrw"))

    def week_number(self, i: int) -> Reading | None:
        """KW 50: its Friday."""
        lead = self._scan.phrase(i, "numbered_week.lead")
        if not lead or not self._scan.near(lead[1], frozenset({" ", ".", ""})):
            return None
        word = self._scan.tokens.words[lead[1]]
        if not _WEEK.match(self._scan.tokens.text, self._scan.tokens.starts[lead[1]]):
            return None
        if self._scan.tokens.words[i] == "v" and self._scan.setting.month_first:
            return None
        return self._scan.day(day_math.iso_week_friday(self._scan.today, int(word)), lead[1] + 1)
