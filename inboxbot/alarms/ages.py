"""How long ago a part did its work, whatever the wall clock did meanwhile: it is set, or a machine wakes up, and a day is gone.

In: times as the wall clock wrote them, and the present. Out: the same times as the present wall clock would have written them.
Small steps of the wall clock are believed (it is kept right all the time); of larger ones only what a steady clock says has passed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

SMALLEST_JUMP = timedelta(seconds=60)
_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A time as it was written, how long ago that was when it was first seen, and how much had passed in all by then."""

    moment: datetime
    age: timedelta
    passed: timedelta


class Ages:
    """What was seen in one look after another. `steady` counts seconds and never jumps."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        """Nothing was seen yet."""
        self._steady = steady
        self._last: tuple[datetime, float] | None = None  # both clocks at the last look
        self._passed = self._step = self._jump = _ZERO  # since the first look, since the last one; and what the wall clock jumped
        self._seen: dict[str, _Seen] = {}

    def look(self, now: datetime) -> None:
        """A look begins."""
        steady = self._steady()
        if self._last is not None:
            wall, really = now - self._last[0], timedelta(seconds=steady - self._last[1])
            jumped = abs(wall - really) > SMALLEST_JUMP
            self._jump = wall - really if jumped else _ZERO
            self._step = really if jumped else max(wall, _ZERO)
            self._passed += self._step
        self._last = (now, steady)

    def since(self, name: str, moment: datetime | None) -> datetime | None:
        """The `moment` that is known by this name, by the present wall clock."""
        if moment is None or self._last is None:
            return moment
        seen = self._seen.get(name)
        if seen is None or seen.moment != moment:
            seen = self._seen[name] = _Seen(moment, self._age(self._last[0] - moment), self._passed)
        return self._last[0] - seen.age - (self._passed - seen.passed)

    def _age(self, apart: timedelta) -> timedelta:
        """How old a time is that was not seen in the last look; `apart` is how far the wall clock has it from now.

        Where the clock jumped since that look, it was written before or after: only one of the two makes sense.
        """
        before = apart - self._jump
        written_after = before < _ZERO if self._jump > _ZERO else _ZERO <= apart <= self._step
        return max(apart if written_after else before, _ZERO)
