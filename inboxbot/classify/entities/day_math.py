"""Calendar arithmetic for days that a mail names in words.

In: the mail's own day and what was said. Out: a `date`, or None where there is no such day.
"""

import calendar
from datetime import date, timedelta

MONDAY, THURSDAY, FRIDAY, SATURDAY = 0, 3, 4, 5
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
