"""What people are to be told: each alarm once, its end once, and never a flood.

In: the alarms that hold now, what was told before, now. Out: what is to be told, and the new states.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from inboxbot.alarms.conditions import Alarm
from inboxbot.store.watchbook import AlarmState

QUIET = timedelta(hours=1)  # an alarm that comes and goes is told no more often than this


@dataclass(frozen=True, slots=True)
class Telling:
    """One round: what is told, and every state after it as it will be once it is told."""

    raised: tuple[AlarmState, ...]
    recovered: tuple[AlarmState, ...]
    states: tuple[AlarmState, ...]  # those that changed, whether told or not

    @property
    def anything(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.raised or self.recovered)


def turn(now_raised: Iterable[Alarm], known: Mapping[str, AlarmState], now: datetime) -> Telling:
    """Compare what holds with what was known."""
    written, known = known, {name: _by_this_clock(state, now) for name, state in known.items()}
    current = {alarm.name: alarm for alarm in now_raised}
    states = {name: _still(known.get(name), alarm, now) for name, alarm in current.items()}
    states |= {name: _gone(state, now) for name, state in known.items() if name not in current and state.cleared_at is None}
    open_ = [state for name, state in states.items() if name in current]
    raised = tuple(state for state in open_ if _to_be_told(state, known.get(state.name), now))
    late = [state for name, state in known.items() if name not in current and state.cleared_at is not None]
    ended = [*(state for name, state in states.items() if name not in current), *late]
    recovered = tuple(state for state in ended if _end_to_be_told(state))
    states = {**{name: state for name, state in known.items() if state != written[name]}, **states}
    changed = tuple(state for name, state in states.items() if written.get(name) != state)
    return Telling(raised, recovered, changed)


def told(telling: Telling, now: datetime) -> tuple[AlarmState, ...]:
    """The states after it was told."""
    states = {state.name: state for state in telling.states}
    states |= {state.name: replace(state, told_at=now) for state in telling.raised}
    states |= {state.name: replace(state, cleared_told_at=now) for state in telling.recovered}
    return tuple(states.values())


def _by_this_clock(state: AlarmState, now: datetime) -> AlarmState:
    """With times that lie ahead of a clock that was set back, its story is as long ago as it can be: just over."""
    ahead = max(filter(None, (state.raised_at, state.told_at, state.cleared_at, state.cleared_told_at))) - now
    if ahead <= timedelta(0):
        return state

    def moved(moment: datetime | None) -> datetime | None:
        return moment - ahead if moment is not None else None

    return AlarmState(
        state.name, state.words, state.raised_at - ahead, moved(state.told_at), moved(state.cleared_at), moved(state.cleared_told_at)
    )


def _still(before: AlarmState | None, alarm: Alarm, now: datetime) -> AlarmState:
    if before is None:
        return AlarmState(alarm.name, alarm.words, now)
    if before.cleared_at is None:
        return replace(before, words=alarm.words)
    return replace(before, words=alarm.words, raised_at=now, cleared_at=None)


def _gone(state: AlarmState, now: datetime) -> AlarmState:
    return replace(state, cleared_at=now)


def _to_be_told(state: AlarmState, _before: AlarmState | None, now: datetime) -> bool:
    """Not told since it was raised; and not soon again when it comes and goes."""
    if state.told_at is None:
        return True
    return state.told_at < state.raised_at and now - state.told_at >= QUIET


def _end_to_be_told(state: AlarmState) -> bool:
    """Its beginning was told, its end was not."""
    if state.told_at is None or state.told_at < state.raised_at or state.cleared_at is None:
        return False
    return state.cleared_told_at is None or state.cleared_told_at < state.told_at
