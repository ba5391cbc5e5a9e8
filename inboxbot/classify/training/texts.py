"""Examples as matrices, made once for every fit. In: `Example`s. Out: `Texts`; scikit-learn's part is in `fitting`."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from inboxbot.classify.artifact import Array
from inboxbot.classify.training.examples import Example


@dataclass(frozen=True, slots=True)
class Texts:
    """Feature counts: a row an example, a column a name (in order); `own` of the text itself, `context` of its neighbours."""

    names: Sequence[str]
    own: Any
    context: Any
    labels: Sequence[frozenset[str]]


def texts_of(examples: Sequence[Example]) -> Texts:
    """Every example of a kind, in the order given."""
    known: dict[str, int] = {}
    parts = [_counted([one.own for one in examples], known), _counted([one.context for one in examples], known)]
    names = sorted(known)
    ranks = np.empty(len(names), dtype=np.int32)
    ranks[[known[name] for name in names]] = np.arange(len(names), dtype=np.int32)
    shape = len(examples), len(names)
    own, context = (csr_matrix((data, ranks[columns], starts), shape=shape) for data, columns, starts in parts)
    return Texts(names, own, context, [example.labels for example in examples])


def _counted(rows: Iterable[Mapping[str, int]], known: dict[str, int]) -> tuple[Array, Array, Array]:
    """The counts, whose they are (the number of a name, given where it is first met), and where each row starts."""
    data, columns, starts = array("d"), array("i"), array("q", [0])
    for counts in rows:
        columns.extend([known.setdefault(name, len(known)) for name in counts])
        data.extend(counts.values())
        starts.append(len(data))
    return np.array(data), np.array(columns), np.array(starts)
