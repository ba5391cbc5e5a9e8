"""Fits the intent model: the corpus in, an artefact and its card out.

Deterministic: the same corpus, libraries and platform give the same bytes.

Whole mails teach the document model; the sentences of their labelled segments teach the clause model, which also
learns courtesy and harmless context.
"""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from inboxbot.classify.artifact import Array, LinearModel, save
from inboxbot.classify.concepts import ConceptFinder, load_lists
from inboxbot.classify.intents import counted
from inboxbot.classify.normalise import normalise
from inboxbot.classify.sentences import sentences
from inboxbot.classify.training import corpus
from inboxbot.classify.training.corpus import CONTEXT, COURTESY, LabelledMail
from inboxbot.understanding import Intent

REGULARISATION = 8.0  # scikit-learn's C, chosen by leaving one writer out
RAREST = 2  # a feature must occur in this many texts
DOCUMENT_LABELS = tuple(intent.value for intent in Intent)
CLAUSE_LABELS = (*DOCUMENT_LABELS, COURTESY, CONTEXT)
THRESHOLDS = {"assertion": 0.4, "explanation": 0.5, "answer": 0.8}


@dataclass(frozen=True, slots=True)
class Example:
    """A text as the model sees it (feature counts) and the labels it carries."""

    counts: dict[str, int]
    labels: frozenset[str]


def train(folder: Path, target: Path) -> dict[str, Any]:
    """Train on the corpus's train split, write the artefact into `target`; the card's own part is returned."""
    mails = corpus.load(folder, "train")
    finder = ConceptFinder(load_lists())
    document = fit([document_example(mail, finder) for mail in mails], DOCUMENT_LABELS)
    clause = fit([example for mail in mails for example in clause_examples(mail, finder)], CLAUSE_LABELS)
    card = _card(folder, mails, document, clause)
    save(document, clause, card, target)
    return card


def document_example(mail: LabelledMail, finder: ConceptFinder) -> Example:
    """A whole mail: subject and newest text."""
    return _example(f"{mail.subject}\n{mail.new_text}", frozenset(mail.intents), finder)


def clause_examples(mail: LabelledMail, finder: ConceptFinder) -> list[Example]:
    """Each sentence of the newest text, with its segment's labels."""
    return [
        _example(sentence.text, segment.labels, finder)
        for segment in mail.segments
        if segment.is_new
        for sentence in sentences(segment.text)
    ]


def fit(examples: Sequence[Example], labels: Sequence[str]) -> LinearModel:
    """One logistic regression per label over TF-IDF features."""
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - heavy, and only training needs it
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415 - the same

    common = _common_features(examples)
    vectoriser = DictVectorizer(dtype=np.float64, sort=True)
    matrix = vectoriser.fit_transform([{name: count for name, count in e.counts.items() if name in common} for e in examples])
    transformer = TfidfTransformer(sublinear_tf=True)
    matrix = transformer.fit_transform(matrix)
    weights, intercepts = zip(*(_fit_label(matrix, np.array([label in e.labels for e in examples])) for label in labels), strict=True)
    return LinearModel(
        labels=tuple(labels),
        vocabulary=vectoriser.vocabulary_,
        idf=transformer.idf_,
        weights=np.stack(weights, axis=1),
        intercepts=np.array(intercepts),
    )


def _fit_label(matrix: Any, truth: Array) -> tuple[Array, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy, and only training needs it

    if not truth.any():  # a label nobody used: never asserted
        return np.zeros(matrix.shape[1]), -10.0
    model = LogisticRegression(C=REGULARISATION, solver="liblinear", random_state=0).fit(matrix, truth)
    return model.coef_[0], float(model.intercept_[0])


def _example(text: str, labels: frozenset[str], finder: ConceptFinder) -> Example:
    return Example(dict(counted(normalise(text), [hit.concept for hit in finder.find(text)])), labels)


def _common_features(examples: Sequence[Example]) -> frozenset[str]:
    seen: dict[str, int] = {}
    for example in examples:
        for name in example.counts:
            seen[name] = seen.get(name, 0) + 1
    return frozenset(name for name, count in seen.items() if count >= RAREST)


def _card(folder: Path, mails: Sequence[LabelledMail], document: LinearModel, clause: LinearModel) -> dict[str, Any]:
    """What the model is and where it comes from; figures are added by `evaluate`."""
    return {
        "what": "multi-label intents of receivables mail: TF-IDF of words, word pairs, letter groups and concepts; logistic regression",
        "created_from": {
            "corpus_sha256": corpus.digest(folder, ["train"]),
            "mails": len(mails),
            "writers": sorted({mail.writer for mail in mails}),
            "languages": {lang: sum(m.lang == lang for m in mails) for lang in sorted({m.lang for m in mails})},
        },
        "libraries": {name: version(name) for name in ("numpy", "scikit-learn", "spacy")},
        "python": platform.python_version(),
        "features": {"document": len(document.vocabulary), "clause": len(clause.vocabulary)},
        "thresholds": THRESHOLDS,
        "certificate": "uncertified",
    }
