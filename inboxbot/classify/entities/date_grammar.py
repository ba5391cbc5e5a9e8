"""The ways in which people name days, read token by token.

In: tokens, the words that days are named with, the `Setting`. Out: `Reading`s, each with the token it begins at. Of the
rules that fit at a token the one that explains most wins. Tokens near which no word of the calendar stands are never
looked at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from inboxbot.classify.entities import day_math
from inboxbot.classify.entities.date_counts import Counts
from inboxbot.classify.entities.date_holidays import Holidays
from inboxbot.classify.entities.date_numbers import Calendar, Reading, Setting
from inboxbot.classify.entities.date_scan import SEPARATORS, Scan
from inboxbot.classify.entities.date_stretches import Stretches
from inboxbot.classify.entities.date_weekdays import Weekdays
from inboxbot.classify.entities.date_words import DayWords
from inboxbot.classify.entities.tokens import Tokens

_REACH = 5  # tokens before a word of the calendar at which its phrase may begin
_LEADS = frozenset({"on", "by", "until", "till", "til", "before", "from", "for"})
_CLOSING = frozenset({"at", "and", "or", "then", "latest"})
_MANY = 3  # "the third" of something; "the fourth" seldom
_SHORT, _YEAR = 2, 4  # digits
_MARKS = frozenset("./-:年月")


def starts(tokens: Tokens, words: DayWords) -> list[int]:
    """The tokens at which a day may begin: listed words near a word of the calendar, and numbers that may be a day's."""
    cores = words.cores.intersection(tokens.words)
    at = {i for i, word in enumerate(tokens.words) if word in cores} if cores else set()
    numbers = {i for i in tokens.numbers if _may_be_day(tokens, words, i)}
    found: list[int] = []
    done = 0
    for core in sorted(at | numbers):
        first = core
        while first > max(done, core - _REACH) and (tokens.words[first - 1] in words.all or tokens.words[first - 1].isdecimal()):
            first -= 1
        found.extend(i for i in range(first, core) if tokens.words[i] in words.rules)
        if core in numbers or tokens.words[core] in words.rules:
            found.append(core)
        done = core + 1
    return found


def _may_be_day(tokens: Tokens, words: DayWords, i: int) -> bool:
    """Whether a number has a day's length, and beside it a mark or a word that days have."""
    word, end = tokens.words[i], tokens.ends[i]
    if len(word) > _SHORT and not (len(word) == _YEAR and word.startswith("20")):
        return False
    if tokens.text[end : end + 1] in _MARKS:
        return True
    if i + 1 < len(tokens) and tokens.words[i + 1] in words.after_number:
        return True
    before = tokens.words[i - 1] if i else ""
    return not before.isdecimal() and (before in words.rules or before in words.leads)


class DayReader:
    """Reads one text's days."""

    def __init__(self, tokens: Tokens, words: DayWords, setting: Setting, starts: Sequence[int]) -> None:
        self._starts = starts
        self._scan = Scan(tokens, words, setting)
        self._calendar = Calendar(tokens, words, setting)
        self._holidays, self._counts = Holidays(self._scan), Counts(self._scan)
        self._stretches = Stretches(self._scan, self._calendar)
        self._weekdays = Weekdays(self._scan, self._calendar, self._holidays, self._stretches)
        self._rules: Mapping[str, Callable[[int], Reading | None]] = {
            "around": self._around, "weekday": self._weekdays.read, "explicit": self._explicit_word, "nth": self._weekdays.nth,
            "part": self._stretches.read, "holiday": self._holidays.read, "counted": self._counts.read,
            "week_number": self._counts.week_number, "period": self._stretches.period,
        }  # fmt: skip

    def read(self) -> Iterator[tuple[int, Reading]]:
        """Every day with the token it begins at, in order; days do not overlap."""
        after, previous = 0, None
        for i in self._starts:
            if i < after:
                continue
            reading = self._at(i, previous)
            if reading is not None:
                after = reading.token
                if not reading.none:
                    previous = reading
                    yield i, reading

    def _at(self, i: int, previous: Reading | None) -> Reading | None:
        if self._scan.tokens.words[i].isdecimal():
            return self._at_number(i, previous)
        best: Reading | None = None
        for rule in self._scan.words.rules[self._scan.tokens.words[i]]:
            found = self._rules[rule](i)
            if found and (best is None or found.char > best.char):
                best = found
        wish = best and not best.exact and self._scan.near(i) and self._scan.phrase(i - 1, "weekday_modifiers.wish")
        if best and wish:
            return self._scan.nothing(best.token)  # "buen fin de semana"
        return best

    def _at_number(self, i: int, previous: Reading | None) -> Reading | None:
        joined = previous is not None and previous.token == i and self._scan.tokens.starts[i] - previous.char <= 1
        found = self._calendar.explicit(i, joined=joined) or (self._calendar.continued(previous, i) if previous else None)
        if found:
            return self._with_weekday_after(found)
        found = self._weekdays.nth(i) or self._counts.read(i) or self._stretches.read(i) or self._calendar.bare_day(i)
        return self._with_weekday_after(found) if found else None

    def _with_weekday_after(self, found: Reading) -> Reading:
        """A weekday that agrees belongs to the day before it, as in "27/11 (Friday)"."""
        j = found.token
        if j >= len(self._scan.tokens) or self._scan.tokens.text[found.char : self._scan.tokens.starts[j]] not in SEPARATORS:
            return found
        weekday = self._scan.phrase(j, "weekdays")
        if weekday and weekday[0] == found.day.weekday():
            return Reading(found.day, weekday[1], self._scan.tokens.ends[weekday[1] - 1])
        return found

    def _explicit_word(self, i: int) -> Reading | None:
        found = self._calendar.explicit(i)
        return self._with_weekday_after(found) if found else self._bare_ordinal(i)

    def _bare_ordinal(self, i: int) -> Reading | None:
        """On the fifteenth: only after "on the", "by the" and the like, or of a month; "the first" alone counts something."""
        ordinal = self._scan.phrase(i, "ordinals")
        if not ordinal:
            return None
        day, j = int(ordinal[0]), ordinal[1]
        for kind, months in (("day_leads.this_month", 0), ("day_leads.next_month", 1)):
            of = self._scan.phrase(j, kind) if self._scan.near(j) and self._scan.word(j) in ("of", "next") else None
            if of:
                end = day_math.month_end(self._scan.today, months)
                return self._scan.day(day_math.safe(end.year, end.month, day), of[1], exact=True)
        following = self._scan.word(j) if self._scan.near(j) else ""
        closed = not following or following in _CLOSING or following in self._scan.words.cores
        before, lead = self._scan.word(i - 1), self._scan.word(i - 2)
        led = before == "the" and lead in _LEADS and (lead != "for" or day > _MANY)
        if closed and (led or (before in ("the", "by") and day > _MANY)):
            return self._scan.day(day_math.day_of_month(self._scan.today, day), j, exact=True)
        return None

    def _around(self, i: int) -> Reading | None:
        """The week that "w/c 23rd November" begins means its Friday."""
        lead = self._scan.first_of(i, "around", ("week_commencing", "week_ending"))
        if not lead or lead[1] >= len(self._scan.tokens):
            return None
        j = lead[1] + (self._scan.tokens.words[lead[1]] == "the")
        if j >= len(self._scan.tokens):
            return None
        number = self._scan.tokens.words[j].isdecimal()
        found = self._at_number(j, None) if number else self._weekdays.read(j) or self._calendar.explicit(j)
        holiday = None if found else self._holidays.named(j)
        if holiday:
            return self._scan.day(day_math.friday_of(holiday[0]), holiday[1])
        if not found or found.none:
            return None
        day = day_math.friday_of(found.day) if lead[0] == "week_commencing" else found.day
        return replace(found, day=day)
