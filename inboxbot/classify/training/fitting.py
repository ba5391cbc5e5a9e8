"""Fits the parts of the model; everything here is deterministic.

In: examples, or what models say of mails they never read. Out: `LinearModel`, `LogisticWeights`, the gate's halves.
scikit-learn trains; predicting needs none of it.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression

from inboxbot.classify.artifact import Array, Forest, LinearModel, LogisticWeights
from inboxbot.classify.intents import CONTEXT_SHARE
from inboxbot.classify.training.texts import Texts

RAREST = 4  # a feature must occur in this many texts
VERDICT_C, GATE_C = 0.03, 0.1  # inverse regularisation, chosen by leaving writers out
TREES, DEEPEST, LEAST_IN_LEAF, SHARE_TRIED = 200, 12, 4, 0.5  # the gate's forest, chosen likewise
TOLERANCE = 0.3  # of the solver; six times finer changes no figure and takes twice as long
_NEVER = -10.0  # the intercept of a label that nobody used


def fit(
    texts: Texts,
    examples: Iterable[int],
    labels: Sequence[str],
    inverse_regularisation: float,
    partial: Iterable[int] = (),
    untold: Collection[str] = (),
) -> LinearModel:
    """One logistic regression per label over weighted feature counts; `inverse_regularisation` is scikit-learn's C.

    `examples`: indexes, each as often as it counts. `partial`: those that say nothing of the labels `untold`, and teach only the others.
    """
    telling = list(examples)
    every = [*telling, *partial]
    own, context = texts.own[every], texts.context[every]
    common = np.flatnonzero(np.maximum(_texts_with(own), _texts_with(context)) >= RAREST)
    own, context = own[:, common], context[:, common]
    idf = _idf(_texts_with(own + context), len(every))
    matrix = (_scaled(own, idf, 1.0) + _scaled(context, idf, CONTEXT_SHARE)).tocsr()
    columns = []
    for label in labels:
        count = len(telling) if label in untold else len(every)
        truth = np.array([label in texts.labels[row] for row in every[:count]])
        columns.append(_fit_label(matrix[:count], truth, inverse_regularisation))
    weights, intercepts = zip(*columns, strict=True)
    vocabulary = {texts.names[column]: place for place, column in enumerate(common.tolist())}
    return LinearModel(tuple(labels), vocabulary, idf, np.stack(weights, axis=1), np.array(intercepts), np.ones(len(vocabulary)))


def no_model(labels: Sequence[str]) -> LinearModel:
    """A model that has learned nothing and asserts nothing."""
    one = np.zeros((1, len(labels)))
    return LinearModel(tuple(labels), {"": 0}, np.ones(1), one, np.full(len(labels), _NEVER), np.ones(1))


def _texts_with(matrix: Any) -> Array:
    """How many texts have each feature."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1])


def _idf(frequency: Array, texts: int) -> Array:
    """Smoothed inverse document frequency, as scikit-learn's TfidfTransformer has it."""
    return np.asarray(np.log((1 + texts) / (1 + frequency)) + 1.0)


def _scaled(matrix: Any, idf: Array, length: float) -> Any:
    """Counts times rarity, divided by a length that is additive over features (see `intents`)."""
    squares = matrix @ (idf * idf)
    factors = np.where(squares > 0, length / np.sqrt(np.maximum(squares, 1e-9)), 0.0)
    return matrix.multiply(idf[None, :]).multiply(factors[:, None])


def _fit_label(matrix: Any, truth: Array, inverse_regularisation: float) -> tuple[Array, float]:
    if not truth.any():  # a label nobody used: never asserted
        return np.zeros(matrix.shape[1]), _NEVER
    model = LogisticRegression(C=inverse_regularisation, solver="liblinear", dual=True, tol=TOLERANCE, max_iter=1000, random_state=0)
    model.fit(matrix, truth)
    return model.coef_[0], float(model.intercept_[0])


def fit_logistic(
    values: Array, truth: Array, labels: Sequence[str], inverse_regularisation: float, shares: Array | None = None
) -> LogisticWeights:
    """One regression a label, from values (one row a mail), what is true (one column a label), and how much each mail counts."""
    means, scales = values.mean(axis=0), _spread(values)
    scaled = (values - means) / scales
    columns = [_fit_plain(scaled, truth[:, place], inverse_regularisation, shares) for place in range(len(labels))]
    weights, intercepts = zip(*columns, strict=True)
    return LogisticWeights(tuple(labels), means, scales, np.stack(weights, axis=1), np.array(intercepts))


def fit_gate(values: Array, truth: Array, shares: Array) -> tuple[Forest, LogisticWeights]:
    """Both halves of the gate, from its values (one row a mail), whether an answer would have been right, and how much each mail counts."""
    return _fit_forest(values, truth, shares), fit_logistic(values, truth[:, None], ["right"], GATE_C, shares)


def _fit_forest(values: Array, truth: Array, shares: Array) -> Forest:
    """The gate's trees, from its values (one row a mail) and whether an answer would have been right."""
    trees = ExtraTreesClassifier(TREES, max_depth=DEEPEST, min_samples_leaf=LEAST_IN_LEAF, max_features=SHARE_TRIED, random_state=0)
    trees.fit(values, truth, sample_weight=shares)
    nodes = [tree.tree_ for tree in trees.estimators_]
    starts = np.cumsum([0, *(tree.node_count for tree in nodes)])
    right = int(np.flatnonzero(trees.classes_)[0])
    return Forest(
        features=np.concatenate([np.maximum(tree.feature, -1) for tree in nodes]),
        thresholds=np.concatenate([tree.threshold for tree in nodes]),
        left=np.concatenate([np.maximum(tree.children_left, 0) + start for tree, start in zip(nodes, starts[:-1], strict=True)]),
        right=np.concatenate([np.maximum(tree.children_right, 0) + start for tree, start in zip(nodes, starts[:-1], strict=True)]),
        values=np.concatenate([tree.value[:, 0, right] / tree.value[:, 0].sum(axis=1) for tree in nodes]),
        roots=starts[:-1],
    )


def _fit_plain(values: Array, truth: Array, inverse_regularisation: float, shares: Array | None) -> tuple[Array, float]:
    if len(set(truth.tolist())) < 2:  # noqa: PLR2004 - there is nothing to tell apart
        return np.zeros(values.shape[1]), _NEVER if not truth.any() else -_NEVER
    model = LogisticRegression(C=inverse_regularisation, max_iter=2000).fit(values, truth, sample_weight=shares)
    return model.coef_[0], float(model.intercept_[0])


def _spread(values: Array) -> Array:
    """Standard deviations; 1 for what never varies, so that dividing by it stays harmless."""
    found = values.std(axis=0)
    return np.where(found > 1e-6, found, 1.0)  # noqa: PLR2004 - far below what six decimals keep
