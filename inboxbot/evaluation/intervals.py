"""95% intervals: of a share, and of F1 over mails.

In: counts. Out: (low, high). Exact one-sided bounds are `classify.certificate.upper_bound`.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np

_Z = 1.96  # of a 95% interval
_RESAMPLES = 1000
_SEED = 20261130  # the same mails always get the same interval


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95% score interval of a share (Wilson 1927); (0, 1) where n is 0."""
    if not n:
        return 0.0, 1.0
    share, square = hits / n, _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def f1(both: int, labelled: int, found: int) -> float:
    """The harmonic mean of precision and recall; 1 where there was nothing to find and nothing was found."""
    return 2 * both / (labelled + found) if labelled + found else 1.0


def f1_interval(counts: Sequence[tuple[int, int, int]]) -> tuple[float, float]:
    """The 95% percentile interval of micro-F1 by resampling mails; `counts` are (both, labelled, found) of each mail."""
    if not counts:
        return 0.0, 1.0
    table = np.array(counts, dtype=np.int64)
    draws = np.random.default_rng(_SEED).multinomial(len(table), np.full(len(table), 1 / len(table)), size=_RESAMPLES)
    both, labelled, found = (draws @ table).T
    values = np.where(labelled + found > 0, 2 * both / np.maximum(1, labelled + found), 1.0)
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
