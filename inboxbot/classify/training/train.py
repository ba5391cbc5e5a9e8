"""Fits the intent model: the corpus in, an artefact and its card out.

Deterministic: the same corpus, libraries and platform give the same bytes.

Whole mails teach the document model; the sentences of their labelled segments teach the clause model, which also
learns courtesy and harmless context.
"""

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from inboxbot.classify.artifact import Array, Artifact, LinearModel, save
from inboxbot.classify.gate import ANSWERABLE, NAMES, gate_values
from inboxbot.classify.intents import IntentModel, counted
from inboxbot.classify.normalise import normalise
from inboxbot.classify.sentences import sentences
from inboxbot.classify.signals import Signals, find_signals
from inboxbot.classify.training import corpus
from inboxbot.classify.training.corpus import CONTEXT, COURTESY, LabelledMail, Segment
from inboxbot.classify.understand import Understander, asserted_intents
from inboxbot.classify.word_lists import WordLists, load_word_lists
from inboxbot.errors import ModelError
from inboxbot.facts import Facts
from inboxbot.message import MachineClass
from inboxbot.understanding import Intent

DOCUMENT_C, CLAUSE_C = 40.0, 15.0  # inverse regularisation, chosen by leaving one writer out
RAREST = 2  # a feature must occur in this many texts
_INTENTS = tuple(intent.value for intent in Intent)
DOCUMENT_LABELS = (*_INTENTS, ANSWERABLE)
CLAUSE_LABELS = (*_INTENTS, COURTESY, CONTEXT)
FOLDS = 6
GATE_C = 0.3
FactsOf = Callable[[str], Facts]
UNCERTIFIED = "uncertified"
THRESHOLDS = {"assertion": 0.4, "explanation": 0.25, "answer": 0.85}


@dataclass(frozen=True, slots=True)
class Example:
    """A text as the model sees it (feature counts) and the labels it carries."""

    counts: dict[str, int]
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Material:
    """The train split, made ready: mails, their signals, and the examples they give, index by index."""

    mails: Sequence[LabelledMail]
    signals: Sequence[Signals]
    documents: Sequence[Example]
    clauses: Sequence[Sequence[Example]]
    lone_clauses: list[Example]
    lists: WordLists


def train(folder: Path, target: Path, facts_of: FactsOf) -> dict[str, Any]:
    """Train on the corpus's train split, write the artefact into `target`; the card is returned.

    `facts_of` gives the ledger's facts for a sender's address, as the corpus ledger has them.
    """
    material = prepare(folder, facts_of)
    document, clause = fit_models(material, range(len(material.mails)))
    card = {**_card(folder, material.mails, document, clause), "gate": fit_gate(material)}
    save(document, clause, card, target)
    return card


def prepare(folder: Path, facts_of: FactsOf) -> Material:
    """The train split as examples."""
    mails = corpus.load(folder, "train")
    lists = load_word_lists()
    signals = [find_signals(mail.subject, mail.new_text, facts_of(mail.from_email), mail.sent_at, lists) for mail in mails]
    return Material(
        mails=mails,
        signals=signals,
        documents=[document_example(mail, one) for mail, one in zip(mails, signals, strict=True)],
        clauses=[clause_examples(mail, one) for mail, one in zip(mails, signals, strict=True)],
        lone_clauses=[lone_clause(clause, lists) for clause in corpus.load_clauses(folder)],
        lists=lists,
    )


def fit_models(material: Material, chosen: Sequence[int]) -> tuple[LinearModel, LinearModel]:
    """Document and clause model from some of the mails (indexes) and all lone clauses."""
    clauses = [example for index in chosen for example in material.clauses[index]] + material.lone_clauses
    return fit([material.documents[index] for index in chosen], DOCUMENT_LABELS, DOCUMENT_C), fit(clauses, CLAUSE_LABELS, CLAUSE_C)


def folds(mails: Sequence[LabelledMail]) -> list[tuple[list[int], list[int]]]:
    """(train, judge) indexes: every mail is judged once, by models that saw nothing of its writer."""
    writers = sorted({mail.writer for mail in mails})
    groups = [frozenset(writers[start::FOLDS]) for start in range(min(FOLDS, len(writers)))]
    return [
        ([i for i, mail in enumerate(mails) if mail.writer not in group], [i for i, mail in enumerate(mails) if mail.writer in group])
        for group in groups
    ]


def fit_gate(material: Material) -> dict[str, Any]:
    """The gate's weights, from what models say of mails whose writers they never read."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy, and only training needs it

    rows, truth = [], []
    for learn, judge in (fold for fold in folds(material.mails) if fold[0]):
        understander = Understander(IntentModel(provisional(*fit_models(material, learn))), material.lists)
        for index in judge:
            mail = material.mails[index]
            view = understander.view(material.signals[index])
            asserted = frozenset(score.intent for score in asserted_intents(view, MachineClass.PERSON, THRESHOLDS["assertion"]))
            if all(intent.routine for intent in asserted):
                rows.append(gate_values(view, asserted))
                truth.append(mail.outcome == "answer" and asserted == frozenset(mail.intents))
    if len(set(truth)) < 2:  # noqa: PLR2004 - right and wrong
        raise ModelError("the train split needs more writers: no mail, or every mail, is understood without having read its writer")
    values = np.array(rows)
    means, scales = values.mean(axis=0), values.std(axis=0) + 1e-9
    model = LogisticRegression(C=GATE_C, max_iter=1000).fit((values - means) / scales, np.array(truth))
    return {
        "means": [round(float(x), 6) for x in means],
        "scales": [round(float(x), 6) for x in scales],
        "weights": [round(float(x), 6) for x in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), 6),
    }


def provisional(document: LinearModel, clause: LinearModel, gate: Mapping[str, Any] | None = None) -> Artifact:
    """A model that is only judged, never saved."""
    blank = {"means": [0.0] * len(NAMES), "scales": [1.0] * len(NAMES), "weights": [0.0] * len(NAMES), "intercept": 0.0}
    card = {
        "created_from": {"corpus_sha256": "provisional"},
        "weights_sha256": "provisional",
        "thresholds": THRESHOLDS,
        "certificate": UNCERTIFIED,
        "gate": gate or blank,
    }
    return Artifact(document, clause, card)


def document_example(mail: LabelledMail, signals: Signals) -> Example:
    """A whole mail: subject and newest text."""
    labels = frozenset(intent.value for intent in mail.intents) | ({ANSWERABLE} if mail.outcome == "answer" else set())
    return _example(signals.text, labels, signals.names())


def clause_examples(mail: LabelledMail, signals: Signals) -> list[Example]:
    """Each sentence of the newest text, with its segment's labels."""
    examples, place = [], signals.body_start
    for segment in mail.segments:
        if not segment.is_new:
            continue
        for sentence in sentences(segment.text):
            start = signals.text.find(sentence.text, place)
            names = signals.names(start, start + len(sentence.text)) if start >= 0 else []
            examples.append(_example(sentence.text, segment.labels, names))
            place = start + len(sentence.text) if start >= 0 else place
    return examples


def lone_clause(clause: Segment, lists: WordLists) -> Example:
    """A clause that was written without a mail around it."""
    text = normalise(clause.text)
    concepts = [hit.concept for hit in lists.concepts.find(clause.text)]
    return _example(clause.text, clause.labels, [*concepts, *lists.glossary.features(text, lists.glossary.language(text))])


def fit(examples: Sequence[Example], labels: Sequence[str], inverse_regularisation: float) -> LinearModel:
    """One logistic regression per label over TF-IDF features; `inverse_regularisation` is scikit-learn's C."""
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - heavy, and only training needs it
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415 - the same

    common = _common_features(examples)
    vectoriser = DictVectorizer(dtype=np.float64, sort=True)
    matrix = vectoriser.fit_transform([{name: count for name, count in e.counts.items() if name in common} for e in examples])
    transformer = TfidfTransformer(sublinear_tf=True)
    matrix = transformer.fit_transform(matrix)
    weights, intercepts = zip(
        *(_fit_label(matrix, np.array([label in e.labels for e in examples]), inverse_regularisation) for label in labels), strict=True
    )
    return LinearModel(
        labels=tuple(labels),
        vocabulary=vectoriser.vocabulary_,
        idf=transformer.idf_,
        weights=np.stack(weights, axis=1),
        intercepts=np.array(intercepts),
    )


def _fit_label(matrix: Any, truth: Array, inverse_regularisation: float) -> tuple[Array, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy, and only training needs it

    if not truth.any():  # a label nobody used: never asserted
        return np.zeros(matrix.shape[1]), -10.0
    model = LogisticRegression(C=inverse_regularisation, solver="liblinear", dual=True, max_iter=1000, random_state=0).fit(matrix, truth)
    return model.coef_[0], float(model.intercept_[0])


def _example(text: str, labels: frozenset[str], signals: Iterable[str]) -> Example:
    return Example(dict(counted(normalise(text), signals)), labels)


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
        "certificate": UNCERTIFIED,
    }
