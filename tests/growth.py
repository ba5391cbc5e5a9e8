"""How the time of a function grows with what it is given: measured as computing of this thread, so that a busy machine lies little.

In: something that makes an input of a given size, and the function. Out: nothing, or an AssertionError that tells the times.
"""

import time
from collections.abc import Callable
from typing import Any

TIMES = 8  # how much larger the second input is
_MOST_GROWTH = 3 * TIMES  # linear is TIMES, quadratic TIMES squared
_NOTHING = 0.02  # seconds: what takes less tells nothing about growth
_ROUNDS = 3


def seconds(act: Callable[[], Any]) -> float:
    """The least computing that it takes."""
    return min(_once(act) for _ in range(_ROUNDS))


def grows_no_faster_than_its_input(make: Callable[[int], Any], act: Callable[[Any], Any], size: int, most: float = 1.0) -> None:
    """Compares `act(make(size))` with the same at eight times the size, which must also stay below `most` seconds."""
    small, large = make(size), make(size * TIMES)
    short, long = seconds(lambda: act(small)), seconds(lambda: act(large))
    assert long <= max(short, _NOTHING) * _MOST_GROWTH, f"{short:.3f} s for {size}, {long:.3f} s for {size * TIMES}"
    assert long <= most, f"{long:.3f} s for {size * TIMES}"


def _once(act: Callable[[], Any]) -> float:
    begun = time.thread_time()
    act()
    return time.thread_time() - begun
