"""Days of the calendar: 2026-12-04, 4.12., 12/4/26, 4 December, Dec 4th, the 15th.

In: tokens, the place of a number or a month, the `Setting`. Out: a `Reading`, or None where it is no day. What is a
number of something else (a price, a count, a clause, a fraction) is told by what stands around it.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from inboxbot.classify.entities import day_math
from inboxbot.classify.entities.date_words import DayWords
from inboxbot.classify.entities.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Setting:
    """What a day is resolved against: the mail's own day, and whether 04/12 is the fourth month's twelfth day."""

    today: date
    month_first: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A day, whether a calendar day is named, the token and the character after it, and how a further day may continue it."""

    day: date
    token: int
    char: int
    exact: bool = True
    month: tuple[int, int | None] | None = None  # (month, year): "December 4 and 11"
    end_of_day: bool = False  # "COB": leans on the day beside it
    none: bool = False  # looks like a day and is none: passed over


_NUMERIC = re.compile(r"(\d{1,2})([./\-])([ ]?)(\d{1,2})(?:\2[ ]?(\d{4}|\d{2})(?!\d))?(?![\d])")
_ISO = re.compile(r"(20\d\d)([\-/.])(\d{1,2})\2(\d{1,2})(?!\d|[/\-.]\d)")
_EASTERN = re.compile(r"(?:(\d{4})\s?年\s?)?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_PART_OF_NUMBER = frozenset(".,'/-:")
_MONEY = re.compile(r"[ ]?(?:%|[€$£₹]|(?:eur|usd|chf|gbp|cad|kr|euros?|each|ea|pcs|kg|mm|cm|hours|days|percent)\b)", re.IGNORECASE)
_NO_DAY_AFTER = re.compile(r"[%\w]|[/:\-]\d|[.,]\d|[ ]?%")
_YEAR = re.compile(r"\.?(?:,?[ ]{0,2}(?:del?[ ]|do[ ])?|[\-./]|,?[ ]?')(20\d\d)(?!\d|[.,]\d)")
_SHORT_YEAR = re.compile(r"\.?(?:[ \-./]|[ ]?')(\d\d)(?![\w%]|[.,:/]\d|[ ]?[€$£%])")
_SUFFIXES = frozenset({"st", "nd", "rd", "th", "er", "ère", "re", "º", "ª", "o", "e", "ste", "de", "go", "tego", "ego", "nd.", "ths"})
_ENGLISH = frozenset({"st", "nd", "rd", "th", "ths"})
_FRACTIONS = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (2, 2), (1, 1)})
_LAST_DAY, _LAST_MONTH, _LAST_HOUR = 31, 12, 24
_LONGEST_LIST = 4  # days of one month
_WIDE = 300  # numeric days looked at for the order of day and month


class Calendar:
    """Reads calendar days in one text."""

    def __init__(self, tokens: Tokens, words: DayWords, setting: Setting) -> None:
        self._t, self._w, self._s = tokens, words, setting
        self._order: bool | None = None

    def explicit(self, i: int, weekday: int | None = None, *, joined: bool = False) -> Reading | None:
        """A day with its month that begins at token i; a weekday beside it decides which number is the month. `joined`: the 5 of "1-5"."""
        if i >= len(self._t):
            return None
        if self._t.words[i].isdecimal():
            return self._numeric(i, weekday) or self._day_month(i, joined=joined)
        return self._month_day(i) or self._ordinal_month(i)

    def _starts_number(self, i: int) -> bool:
        """Whether the digits at token i are no end of a longer number."""
        start = self._t.starts[i]
        before = self._t.text[start - 1 : start]
        if before in _PART_OF_NUMBER:
            return not self._t.text[max(0, start - 2) : start - 1].isdecimal() and before not in "'/"
        return not before.isalnum() and before not in ("_", "#")

    def _numeric(self, i: int, weekday: int | None) -> Reading | None:
        text, start = self._t.text, self._t.starts[i]
        if not self._starts_number(i):
            return None
        if iso := _ISO.match(text, start):
            return self._reading(day_math.safe(int(iso[1]), int(iso[3]), int(iso[4])), i, iso.end())
        if "月" in text[start : start + 10] and (east := _EASTERN.match(text, start)):
            return self._reading(
                day_math.in_year(self._s.today, int(east[2]), int(east[3]), int(east[1]) if east[1] else None), i, east.end()
            )
        match = _NUMERIC.match(text, start)
        if not match or not self._is_numeric_day(match, i, weekday):
            return None
        found = self._resolved(int(match[1]), int(match[4]), match[5], weekday, i)
        end = match.end() + (text.startswith(".", match.end()) and match[2] == "." and not match[5])
        return self._reading(found, i, end)

    def _reading(self, day: date | None, i: int, end: int) -> Reading | None:
        if day is None:
            return None
        while i < len(self._t) and self._t.starts[i] < end:
            i += 1
        return Reading(day, i, end)

    def _is_numeric_day(self, match: re.Match[str], i: int, weekday: int | None) -> bool:
        """Whether 12/4, 23.11, 27-11 stand where a day stands; with a year they nearly always do."""
        text, end = match.string, match.end()
        after = text[end : end + 2]
        if re.match(r"[/\-]\d|[,:]\d|[%\w]|\.\d", after) or (match[2] != "." and match[3]):
            return False
        if match[5]:
            return len(match[5]) == 4 or match[2] != "." or not _MONEY.match(text, end)  # noqa: PLR2004
        if match[3] and not after.startswith("."):  # "4. 12" is a list
            return False
        lead = weekday is not None or self._before(i) in self._w.sets["numeric"]
        first, second = int(match[1]), int(match[4])
        if match[2] == "/":
            if (first, second) == (24, 7) or self._before(i) in self._w.sets["no_fraction"] - {"of"}:
                return False
            return lead or (first, second) not in _FRACTIONS
        if _MONEY.match(text, end):
            return False
        if match[2] == "." and after.startswith(".") and not self._s.month_first:
            return self._before(i) not in _SECTIONS
        return lead and (weekday is not None or len(match[4]) == 2 or after[:1] == "." or not self._s.month_first)  # noqa: PLR2004

    def _resolved(self, first: int, second: int, year: str | None, weekday: int | None, i: int) -> date | None:
        """Day and month in the order that the weekday beside them, the text's other days, a foreign article or the country tells."""
        full = day_math.full_year(year)
        month_day = day_math.in_year(self._s.today, first, second, full)
        day_month = day_math.in_year(self._s.today, second, first, full)
        if month_day is None or day_month is None or month_day == day_month:
            return month_day or day_month
        if weekday is not None and (month_day.weekday() == weekday) != (day_month.weekday() == weekday):
            return month_day if month_day.weekday() == weekday else day_month
        month_first = self._month_first() and self._before(i) not in self._w.sets["foreign"]
        return month_day if month_first else day_month

    def _month_first(self) -> bool:
        """The text's own unmistakable days speak before the country."""
        if self._order is None:
            matches = islice(_NUMERIC.finditer(self._t.text), _WIDE)
            pairs = [(int(m[1]), int(m[4])) for m in matches if m[2] == "/" or m[5]]
            day_first = any(_LAST_MONTH < a <= _LAST_DAY and 0 < b <= _LAST_MONTH for a, b in pairs)
            month_first = any(_LAST_MONTH < b <= _LAST_DAY and 0 < a <= _LAST_MONTH for a, b in pairs)
            self._order = month_first if day_first != month_first else self._s.month_first
        return self._order

    def number(self, i: int, *, joined: bool = False) -> tuple[int, str, int, int] | None:
        """A day's number at token i: its value, its ordinal mark ("", "th", "."), the token and the character after it."""
        word = self._t.words[i]
        if not word.isdecimal() or len(word) > 2 or not 1 <= int(word) <= _LAST_DAY or not (joined or self._starts_number(i)):  # noqa: PLR2004
            return None
        gap, j = self._t.gap(i), i + 1
        if j < len(self._t) and gap in ("", ":", "-") and self._t.words[j] in (_SUFFIXES if gap != ":" else ("e", "a")):
            mark = self._t.words[j] if gap != "-" else "go"
            if gap != "-" or self._t.words[j] in ("go", "tego", "ego"):
                return int(word), mark, j + 1, self._t.ends[j]
        if gap.startswith((".", "°")) and not gap[1:].startswith((".", ",")):
            return int(word), ".", j, self._t.ends[i] + 1
        return int(word), "", j, self._t.ends[i]

    def _day_month(self, i: int, *, joined: bool = False, depth: int = 0) -> Reading | None:
        """4 December, 4th of Dec, 1-5 December, 1 and 15 December."""
        number = self.number(i, joined=joined)
        if number is None:
            return None
        day, _, j, end = number
        k = self._skip_of(j) if j < len(self._t) else j
        month = self._w.phrases.at(self._t, k, "months") if j and self._t.gap_kind(k - 1) is not None else None
        if month and not (k == j and self._t.gap_kind(j - 1) is None):
            return self._with_year(int(month[0]), day, month[1])
        further = self._list_goes_on(j, end) if depth < _LONGEST_LIST else None
        if further is not None and (later := self._day_month(further, joined=True, depth=depth + 1)) and later.month:
            found = day_math.in_year(self._s.today, later.month[0], day, later.month[1])
            return Reading(found, j, end) if found else None
        return None

    def _skip_of(self, j: int) -> int:
        if self._t.words[j] in ("of", "de", "di", "d", "do", "dzień", "day", "den") and self._t.gap_kind(j) is not None:
            j += 1
            if j < len(self._t) and self._t.words[j] == "of":
                j += 1
        return min(j, len(self._t) - 1)

    def _list_goes_on(self, j: int, end: int) -> int | None:
        """The token of the next number of "1-5 December", "1st and 15th of December"."""
        if j >= len(self._t):
            return None
        between = self._t.text[end : self._t.starts[j]]
        if self._t.words[j].isdecimal():
            return j if between.strip() in ("-", "/", "&", ",", ".-", ". -", "+") and len(between) <= 3 else None  # noqa: PLR2004
        if self._t.words[j] in _JOINING and between.strip() == "" and j + 1 < len(self._t) and self._t.words[j + 1].isdecimal():
            return j + 1 if self._t.gap_kind(j) == " " else None
        return None

    def _with_year(self, month: int, day: int, j: int) -> Reading | None:
        """The year after a day and month, where there is one; a two-digit year only where it is about now."""
        text, end = self._t.text, self._t.ends[j - 1]
        year: int | None = None
        if match := _YEAR.match(text, end):
            year, end = int(match[1]), match.end()
        elif (match := _SHORT_YEAR.match(text, end)) and abs(2000 + int(match[1]) - self._s.today.year) <= 1:
            year, end = 2000 + int(match[1]), match.end()
        found = day_math.in_year(self._s.today, month, day, year)
        reading = self._reading(found, j - 1, end)
        return replace(reading, month=(month, year)) if reading else None

    def _month_day(self, i: int) -> Reading | None:
        """December 4, Dec. 4th, December the fourth."""
        month = self._w.phrases.at(self._t, i, "months")
        if not month or (i and self._t.text[self._t.starts[i] - 1 : self._t.starts[i]].isdecimal()):
            return None
        j = month[1]
        if j >= len(self._t) or self._t.gap_kind(j - 1) not in (" ", ".") or " - " in self._t.gap(j - 1):
            return None
        if self._t.text[self._t.starts[i] : self._t.ends[i]] == "may" and i and self._t.words[i - 1] in _WHO:
            return None
        j += self._t.words[j] == "the"
        if j >= len(self._t):
            return None
        if self._t.words[j].isdecimal():
            number = self.number(j)
            if number is None:
                return None
            if _NO_DAY_AFTER.match(self._t.text, number[3]) and not _RANGE.match(self._t.text, number[3]):
                return None
            return self._with_year_after_day(int(month[0]), number)
        ordinal = self._w.phrases.at(self._t, j, "ordinals")
        return self._with_year(int(month[0]), int(ordinal[0]), ordinal[1]) if ordinal else None

    def _with_year_after_day(self, month: int, number: tuple[int, str, int, int]) -> Reading | None:
        day, _, j, end = number
        year, match = None, _YEAR_AFTER_DAY.match(self._t.text, end)
        if match:
            year, end = int(match[1]), match.end()
        reading = self._reading(day_math.in_year(self._s.today, month, day, year), j - 1, end)
        return replace(reading, month=(month, year)) if reading else None

    def continued(self, previous: Reading, i: int) -> Reading | None:
        """The 11 of "December 4 and 11": a bare day right after a month's day."""
        if previous.month is None or not self._t.words[i].isdecimal() or self._list_goes_on(previous.token, previous.char) != i:
            return None
        number = self.number(i, joined=True)
        if number is None or _NO_DAY_AFTER.match(self._t.text, number[3]) or _MONEY.match(self._t.text, number[3]):
            return None
        if (
            not number[1]
            and number[2] < len(self._t)
            and self._t.gap_kind(number[2] - 1) == " "
            and self._t.words[number[2]] not in self._w.sets["after"]
        ):
            return None
        found = day_math.in_year(self._s.today, previous.month[0], number[0], previous.month[1])
        return Reading(found, number[2], number[3], month=previous.month) if found else None

    def _ordinal_month(self, i: int) -> Reading | None:
        """The fifteenth of December."""
        for kind in ("ordinals", "foreign_ordinals"):
            ordinal = self._w.phrases.at(self._t, i, kind)
            if ordinal and int(ordinal[0]) > 0 and ordinal[1] < len(self._t) and self._t.gap_kind(ordinal[1] - 1) == " ":
                j = self._skip_of(ordinal[1])
                month = self._w.phrases.at(self._t, j, "months")
                if month and self._t.gap_kind(j - 1) is not None:
                    return self._with_year(int(month[0]), int(ordinal[0]), month[1])
        return None

    def bare_day(self, i: int) -> Reading | None:
        """The 15th, le 25, am 25., 25 courant, 30th of next month: a day without its month."""
        number = self.number(i)
        if number is None:
            return None
        day, mark, j, end = number
        if of := self._of_month(i, j, mark):
            base = day_math.month_end(self._s.today, of[0])
            return self._reading(day_math.safe(base.year, base.month, day), of[1] - 1, self._t.ends[of[1] - 1])
        if _NO_DAY_AFTER.match(self._t.text, end) or not self._stands_alone(i, mark, j, end):
            return None
        return self._reading(day_math.day_of_month(self._s.today, day), j - 1, end)

    def _of_month(self, i: int, j: int, mark: str) -> tuple[int, int] | None:
        """(months from now, the token after) of "courant", "of this month", "du mois prochain" after a day's number."""
        if j >= len(self._t) or self._t.gap_kind(j - 1) not in (" ", ".", ""):
            return None
        this = self._w.phrases.at(self._t, j, "day_leads.this_month")
        following = self._w.phrases.at(self._t, j, "day_leads.next_month")
        if following and (this is None or following[1] > this[1]):
            return (1, following[1]) if mark or self._before(i) in self._w.sets["number"] else None
        return (0, this[1]) if this and self._t.words[j] != "this" else None

    def _stands_alone(self, i: int, mark: str, j: int, end: int) -> bool:
        sets, lead = self._w.sets, self._before(i)
        following = self._t.words[j] if j < len(self._t) and self._t.text[end : self._t.starts[j]] in (" ", "  ", "\n") else ""
        if following and (following in sets["counted"] or following.startswith(self._w.counted)):
            return False
        if _MONEY.match(self._t.text, end):
            return False
        closes = not following or following in sets["after"] or (not following.isdecimal() and following in self._w.cores)
        if mark in _ENGLISH:
            return lead in sets["ordinal"] or lead in sets["number"] or (not lead and closes) or (bool(following) and closes)
        if mark == "." and lead not in sets["free"]:
            return lead in _GERMAN_LEADS or (lead in sets["number"] and closes)
        if mark and mark != ".":
            return lead in sets["number"] or lead in sets["ordinal"]
        if lead in sets["free"] and not following.isdecimal():
            return True
        return lead in sets["number"] and closes and not following.isdecimal()

    def _before(self, i: int) -> str:
        """The word right before token i, with a blank or a colon between."""
        if i == 0:
            return ""
        between = self._t.text[self._t.ends[i - 1] : self._t.starts[i]]
        if between == ". " and self._t.words[i - 1] not in ("d", "v"):  # the end of a sentence
            return ""
        return self._t.words[i - 1] if between in (" ", "  ", ": ", ". ", ":", "\n", " (", " #") else ""


_SECTIONS = frozenset(
    {
        "section",
        "sec",
        "clause",
        "page",
        "version",
        "v",
        "art",
        "article",
        "ziffer",
        "punkt",
        "abs",
        "eur",
        "usd",
        "chf",
        "gbp",
        "kr",
        "rev",
    }
)
_GERMAN_LEADS = frozenset({"am", "zum", "bis", "vom", "per", "ab", "dem", "den", "d", "auf", "der", "zwischen", "und", "oder"})
_JOINING = frozenset(
    {
        "and",
        "or",
        "to",
        "und",
        "oder",
        "bis",
        "et",
        "ou",
        "au",
        "y",
        "o",
        "al",
        "e",
        "en",
        "of",
        "og",
        "eller",
        "och",
        "i",
        "a",
        "lub",
        "till",
        "til",
        "tot",
    }
)
_WHO = frozenset({"we", "you", "i", "they", "it", "he", "she", "this", "that", "there", "which", "who"})
_RANGE = re.compile(r"[\-/]\d{1,2}(?![\d/\-%])")
_YEAR_AFTER_DAY = re.compile(r",?[ ]{1,2}(20\d\d)\b|[ ]?'(?=\d\d\b)(?!)")
