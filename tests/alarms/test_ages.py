"""How long ago something was, while the wall clock is set forward and back and the steady one goes on."""

from datetime import datetime, timedelta

import pytest
from factories import NOW

from inboxbot.alarms.ages import Ages

DAY, HOUR, MINUTE, HALF = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=30)
NONE = timedelta(0)


class Clocks:
    """A wall clock that may jump, and one that never does; `ages` looks at both."""

    def __init__(self) -> None:
        self.wall, self.steady = NOW, 1000.0
        self.ages = Ages(lambda: self.steady)
        self.ages.look(self.wall)

    def passes(self, span: timedelta, jump: timedelta = NONE) -> None:
        self.steady += span.total_seconds()
        self.wall += span + jump

    def age(self, name: str, moment: datetime) -> timedelta:
        since = self.ages.since(name, moment)
        assert since is not None
        return self.wall - since


JUMPS = [NONE, DAY, -DAY, 2 * HOUR, -2 * HOUR, 5 * MINUTE, -5 * MINUTE, timedelta(days=3650), -timedelta(days=3650)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_what_was_seen_ages_as_time_really_passes(jump: timedelta) -> None:
    clocks = Clocks()
    written = clocks.wall - HALF
    assert clocks.age("x", written) == HALF
    clocks.passes(HALF, jump)
    clocks.ages.look(clocks.wall)
    assert clocks.age("x", written) == 2 * HALF
    for _ in range(40):
        clocks.passes(HALF)
        clocks.ages.look(clocks.wall)
    assert clocks.age("x", written) == 42 * HALF


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("before", [True, False], ids=["written before the jump", "written after the jump"])
def test_what_was_written_about_the_time_of_the_jump_is_young(jump: timedelta, before: bool) -> None:
    clocks = Clocks()
    clocks.passes(HALF / 3, NONE if before else jump)
    written = clocks.wall
    clocks.passes(2 * HALF / 3, jump if before else NONE)
    clocks.ages.look(clocks.wall)
    assert clocks.age("x", written) == 2 * HALF / 3


@pytest.mark.parametrize("ago", [NONE, HOUR, DAY, 30 * DAY], ids=str)
def test_at_the_first_look_the_wall_clock_is_believed(ago: timedelta) -> None:
    clocks = Clocks()
    assert clocks.age("x", clocks.wall - ago) == ago
    assert clocks.age("y", clocks.wall + HOUR) == NONE  # nothing is younger than now


def test_a_new_time_is_a_new_thing() -> None:
    clocks = Clocks()
    for _ in range(5):
        clocks.passes(MINUTE)
        clocks.ages.look(clocks.wall)
        assert clocks.age("x", clocks.wall) == NONE
    assert clocks.ages.since("x", None) is None


def test_there_and_back_again() -> None:
    clocks = Clocks()
    written = clocks.wall
    clocks.age("x", written)
    for jump in (DAY, -DAY, -DAY, DAY):
        clocks.passes(MINUTE, jump)
        clocks.ages.look(clocks.wall)
    assert clocks.age("x", written) == 4 * MINUTE


def test_small_steps_are_believed() -> None:
    clocks = Clocks()
    written = clocks.wall
    clocks.age("x", written)
    for _ in range(10):
        clocks.passes(MINUTE, timedelta(seconds=1))  # a clock that is kept right
        clocks.ages.look(clocks.wall)
    assert clocks.age("x", written) == 10 * MINUTE + timedelta(seconds=10)
