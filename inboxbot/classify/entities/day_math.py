"""Calendar arithmetic for days that a mail names in words.

In: the mail's own day and what was said. Out: a `date`, or None where there is no such day.
"""

import calendar
from collections.abc import Callable
from datetime import date, timedelta

MONDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = 0, 2, 3, 4, 5
_HALF_YEAR = 183


def safe(year: int, month: int, day: int) -> date | None:
    """That day, or None when the calendar lacks it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(written: str | None) -> int | None:
    """`26` and `2026` as 2026; None for None."""
    if not written:
        return None
    return int(written) if len(written) > 2 else 2000 + int(written)  # noqa: PLR2004


def in_year(today: date, month: int, day: int, year: int | None = None) -> date | None:
    """A day and month; without a year the nearest such day that is not half a year past."""
    if year is not None:
        return safe(year, month, day)
    found = safe(today.year, month, day)
    if found and (today - found).days > _HALF_YEAR:
        return safe(today.year + 1, month, day)
    return found


def day_of_month(today: date, day: int) -> date | None:
    """What "the 15th" means: this month's, or the next month's once it has passed."""
    if day >= today.day:
        found = safe(today.year, today.month, day)
        if found:
            return found
    following = month_end(today) + timedelta(days=1)
    return safe(following.year, following.month, day)


def coming(today: date, weekday: int) -> date:
    """The first such weekday after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def previous(today: date, weekday: int) -> date:
    """The last such weekday before today."""
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def of_next_week(today: date, weekday: int) -> date:
    """That weekday of the next calendar week (Monday to Sunday)."""
    return today + timedelta(days=7 - today.weekday() + weekday)


def friday_of(day: date) -> date:
    """The Friday of that day's week; at a weekend, of the next."""
    friday = day + timedelta(days=FRIDAY - day.weekday())
    return friday if friday >= day else friday + timedelta(days=7)


def month_end(day: date, months: int = 0) -> date:
    """The last day of the month `months` after that day's."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def first_friday(day: date) -> date:
    """The Friday of the week in which a month begins (of its first working week)."""
    first = day.replace(day=1)
    return friday_of(first)


def iso_week_friday(today: date, week: int) -> date | None:
    """The Friday of a numbered week (ISO 8601), this year's or, long past, the next year's."""
    for year in (today.year, today.year + 1):
        try:
            found = date.fromisocalendar(year, week, FRIDAY + 1)
        except ValueError:
            return None
        if (today - found).days <= _HALF_YEAR:
            return found
    return None


def add_business_days(day: date, count: int) -> date:
    """`count` Mondays to Fridays later."""
    for _ in range(min(count, 400)):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day


def thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 21)


def weekday_of_month(month: date, weekday: int, nth: int) -> date | None:
    """The nth such weekday of that day's month; -1: the last."""
    if nth < 0:
        last = month_end(month)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = month.replace(day=1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return found if found.month == month.month else None


def friday_of_week(month: date, nth: int) -> date:
    """The Friday of the nth (working) week of that day's month; -1: its last Friday."""
    if nth < 0:
        last = month_end(month)
        return last - timedelta(days=(last.weekday() - FRIDAY) % 7)
    return first_friday(month) + timedelta(days=7 * (nth - 1))


def quarter_end(day: date) -> date:
    """The last day of that day's quarter."""
    return month_end(day, 2 - (day.month - 1) % 3)


def add_months(day: date, months: int) -> date:
    """The same day some months later; the month's last where there is none."""
    end = month_end(day, months)
    return end.replace(day=min(day.day, end.day))


def agreeing(today: date, day: int, weekday: int) -> date | None:
    """The nearest month's day of that number that is such a weekday: this month's or the next's, else the last month's."""
    upcoming = day_of_month(today, day)
    before = month_end(today).replace(day=1) - timedelta(days=1)
    candidates = [upcoming, safe(today.year, today.month, day), safe(*_month(today, 1), day), safe(before.year, before.month, day)]
    return next((one for one in candidates if one and one.weekday() == weekday), None)


def _month(day: date, months: int) -> tuple[int, int]:
    end = month_end(day, months)
    return end.year, end.month


def holiday(name: str, year: int) -> date:
    """Thanksgiving and the days that hang on it, Christmas, New Year, in that year."""
    if name == "christmas":
        return date(year, 12, 25)
    if name == "new_year":
        return date(year, 1, 1)
    return thanksgiving(year) + timedelta(days={"thanksgiving": 0, "black_friday": 1, "cyber_monday": 4}[name])


# Weeks end on Friday, the last day on which banks pay.
_PERIODS: dict[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "end_of_day": lambda today: today,
    "tomorrow": lambda today: today + timedelta(days=1),
    "day_after_tomorrow": lambda today: today + timedelta(days=2),
    "yesterday": lambda today: today - timedelta(days=1),
    "day_before_yesterday": lambda today: today - timedelta(days=2),
    "end_of_week": friday_of,
    "after_weekend": lambda today: today + timedelta(days=7 - today.weekday()),
    "midweek": lambda today: today if today.weekday() == WEDNESDAY else coming(today, WEDNESDAY),
    "end_of_month": month_end,
    "middle_of_month": lambda today: day_of_month(today, 15) or today,
    "end_of_next_month": lambda today: month_end(today, 1),
    "end_of_quarter": quarter_end,
    "end_of_year": lambda today: date(today.year, 12, 31),
    "christmas_eve": lambda today: date(today.year, 12, 24),
}
PERIOD_NAMES = tuple(_PERIODS)


def period(name: str, today: date) -> date:
    """The day that "tomorrow", "end of month" and the like mean."""
    return _PERIODS[name](today)
