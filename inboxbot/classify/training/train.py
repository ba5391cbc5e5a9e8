"""Makes the model: the corpus in, an artefact and its card out.

    prepare     every mail and clause as features (`examples`), and these as matrices (`texts`)
    judge       each mail by models that read nothing of its writer
    verdict     how both models' opinions make one, learned from these judgements
    gate        how sure to be of a whole mail, learned from them too
    final       both models from all mails

Deterministic: the same corpus, libraries and platform give the same bytes.
"""

import platform
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from inboxbot.classify.artifact import Array, Artifact, Forest, LinearModel, LogisticWeights, save
from inboxbot.classify.features import document as features_of
from inboxbot.classify.gate import NAMES, gate_values
from inboxbot.classify.intents import IntentModel
from inboxbot.classify.reasons import LABELS, told_in
from inboxbot.classify.served import served
from inboxbot.classify.training import corpus
from inboxbot.classify.training.beside import side_by_side
from inboxbot.classify.training.corpus import CONTEXT, COURTESY, LabelledMail
from inboxbot.classify.training.corrections import CorrectedMail, provenance
from inboxbot.classify.training.examples import Example, FactsOf, Material, labels_of, prepare
from inboxbot.classify.training.fitting import VERDICT_C, fit, fit_gate, fit_logistic, no_model
from inboxbot.classify.training.texts import Texts, texts_of
from inboxbot.classify.understand import asserted_intents
from inboxbot.classify.verdict import Verdict, verdict_values
from inboxbot.classify.view import ANSWERABLE, View
from inboxbot.classify.word_lists import load_word_lists
from inboxbot.errors import ModelError
from inboxbot.message import MachineClass
from inboxbot.understanding import Intent

DOCUMENT_C, CLAUSE_C, REASON_C = 40.0, 15.0, 20.0  # inverse regularisation, chosen by leaving writers out
_INTENTS = tuple(intent.value for intent in Intent)
DOCUMENT_LABELS = (*_INTENTS, ANSWERABLE)
CLAUSE_LABELS = (*_INTENTS, COURTESY, CONTEXT)
FOLDS = 3
TWIN_SHARE = 0.25  # of a mail, for the gate: the corpus has far more mails that hide one serious clause than a mailbox; chosen likewise
UNCERTIFIED = "uncertified"
FIXED_THRESHOLD = 0.87  # of the confidence, for a model that no calibration mails have judged yet
REGISTERED_THRESHOLDS = (FIXED_THRESHOLD, 0.89, 0.92)  # chosen by leaving writers out; what was looked at before says docs/understanding.md
THRESHOLDS = {"assertion": 0.5, "explanation": 0.1, "answer": FIXED_THRESHOLD}


@dataclass(frozen=True, slots=True)
class Reading:
    """The material as both models learn from it: which examples of `documents` and `clauses` are whose."""

    documents: Texts  # mail by mail, then
    short: range  # the lone clauses as short mails
    clauses: Texts
    rows: Sequence[range]  # of each mail
    lone: range


@dataclass(frozen=True, slots=True)
class Unseen:
    """What models that read nothing of a mail's writer say of it; `fold` names these models."""

    index: int
    fold: int
    view: View


def train(folder: Path, target: Path, facts_of: FactsOf, corrections: Sequence[CorrectedMail] = ()) -> dict[str, Any]:
    """Train on the corpus's train split and the staff's corrections, write the artefact into `target`; the card is returned.

    `facts_of` gives the ledger's facts for a sender's address, as the corpus ledger has them.
    """
    material = prepare(folder, facts_of, load_word_lists(), corrections)
    read = reading(material)
    material = replace(material, documents=(), clauses=(), lone_clauses=())  # all of it stands in the matrices
    everything = range(len(material.mails))
    with threadpool_limits(1):  # the matrices are small: threads would wait for each other
        final = [partial(fit_documents, material, read, everything), partial(fit_clauses, read, everything)]
        *judged, document, clause = side_by_side([*_judging(material, read), *final], len(material.mails))
        unseen = [one for fold in judged for one in fold]
        verdict = _verdict_from(material, unseen)
        gate = _gate_from(material, with_verdicts(material, unseen))
        reasons = _reasons_from(material, unseen)
    written = material.mails[: len(material.mails) - len(corrections)]
    card = {**_card(folder, written, document, clause), "corrections": provenance(corrections)}
    save(Artifact(document, clause, verdict, *gate, reasons, card), target)
    return card


def reading(material: Material) -> Reading:
    """Every example as a row of a matrix, once for all fits."""
    short = [replace(example, labels=example.labels - {COURTESY, CONTEXT}) for example in material.lone_clauses]
    clauses = [example for mail in material.clauses for example in mail]
    ends = list(accumulate((len(mail) for mail in material.clauses), initial=0))
    return Reading(
        documents=texts_of([*material.documents, *short]),
        short=range(len(material.documents), len(material.documents) + len(short)),
        clauses=texts_of([*clauses, *material.lone_clauses]),
        rows=[range(start, end) for start, end in pairwise(ends)],
        lone=range(len(clauses), len(clauses) + len(material.lone_clauses)),
    )


def fit_models(material: Material, read: Reading, chosen: Sequence[int]) -> tuple[LinearModel, LinearModel]:
    """Document and clause model from some of the mails (indexes), each as often as it weighs, and all lone clauses."""
    return fit_documents(material, read, chosen), fit_clauses(read, chosen)


def fit_documents(material: Material, read: Reading, chosen: Sequence[int]) -> LinearModel:
    """The model of whole mails.

    A clause alone is a short mail too, as far as its intents go; whether it may be answered, only a whole mail tells.
    """
    weighed = [index for index in chosen for _ in range(material.mails[index].weight)]
    return fit(read.documents, weighed, DOCUMENT_LABELS, DOCUMENT_C, read.short, {ANSWERABLE})


def fit_clauses(read: Reading, chosen: Sequence[int]) -> LinearModel:
    """The model of clauses among their neighbours."""
    return fit(read.clauses, [*(row for index in chosen for row in read.rows[index]), *read.lone], CLAUSE_LABELS, CLAUSE_C)


def folds(mails: Sequence[LabelledMail]) -> list[tuple[list[int], list[int]]]:
    """(train, judge) indexes: every mail is judged once, by models that saw nothing of its writer.

    Siblings are not: beside the mail that they repeat they would tell the same again.
    """
    writers = sorted({mail.writer for mail in mails})
    groups = [frozenset(writers[start::FOLDS]) for start in range(min(FOLDS, len(writers)))]
    return [
        (
            [index for index, mail in enumerate(mails) if mail.writer not in group],
            [index for index, mail in enumerate(mails) if mail.writer in group and mail.sibling is None],
        )
        for group in groups
    ]


def _judging(material: Material, read: Reading) -> list[Callable[[], list[Unseen]]]:
    """A job a fold."""
    parts = [fold for fold in folds(material.mails) if fold[0]]
    if not parts:
        raise ModelError("the train split needs more writers: no mail can be judged by a model that has not read its writer")
    return [partial(_judge_fold, material, read, number, *part) for number, part in enumerate(parts)]


def _judge_fold(material: Material, read: Reading, number: int, learn: Sequence[int], judge: Sequence[int]) -> list[Unseen]:
    with threadpool_limits(1):
        model = IntentModel(provisional(*fit_models(material, read, learn)))
        return [Unseen(index, number, model.view(material.signals[index])) for index in judge]


def with_verdicts(material: Material, unseen: Sequence[Unseen]) -> list[Unseen]:
    """The same with verdicts, each learned from the other folds."""
    judged = []
    for fold in sorted({one.fold for one in unseen}):
        others = [one for one in unseen if one.fold != fold] or list(unseen)
        verdict = Verdict(_verdict_from(material, others))
        judged += [replace(one, view=_seen(one.view, verdict)) for one in unseen if one.fold == fold]
    return judged


def _seen(view: View, verdict: Verdict) -> View:
    found = verdict.probabilities(view.document, view.read, view.sentences)
    return replace(view, scores={intent: found[intent] for intent in Intent}, answerable=found[ANSWERABLE])


def _verdict_from(material: Material, unseen: Sequence[Unseen]) -> LogisticWeights:
    values = np.stack([_values(one.view) for one in unseen])
    truth = np.array([[label in labels_of(material.mails[one.index]) for label in DOCUMENT_LABELS] for one in unseen])
    return fit_logistic(values, truth, DOCUMENT_LABELS, VERDICT_C)


def _values(view: View) -> Array:
    return verdict_values(view.document, view.read, view.sentences)


def _gate_from(material: Material, unseen: Sequence[Unseen]) -> tuple[Forest, LogisticWeights]:
    """Both halves of the gate, from views of mails whose writers the models never read."""
    rows, truth, shares = [], [], []
    for one in unseen:
        mail = material.mails[one.index]
        asserted = frozenset(score.intent for score in asserted_intents(one.view, MachineClass.PERSON, THRESHOLDS["assertion"]))
        if all(intent.routine for intent in asserted):
            rows.append(gate_values(one.view, material.signals[one.index], asserted))
            truth.append(mail.outcome == "answer" and served(asserted, mail.intents))
            shares.append(TWIN_SHARE if mail.twin else 1.0)
    if len(set(truth)) < 2:  # noqa: PLR2004 - right and wrong
        raise ModelError("the train split needs more writers: no mail, or every mail, is understood without having read its writer")
    return fit_gate(np.array(rows), np.array(truth), np.array(shares))


def _reasons_from(material: Material, unseen: Sequence[Unseen]) -> LinearModel:
    """The reasons' model, from contesting mails: each as a whole, and its contesting clauses alone."""
    examples = []
    for one in unseen:
        reason, signals = material.mails[one.index].dispute_reason, material.signals[one.index]
        if reason:
            texts = (signals.clauses.words, told_in(signals, one.view))
            examples += [Example(Counter(features_of(clauses)), {}, frozenset({reason})) for clauses in texts]
    return fit(texts_of(examples), range(len(examples)), LABELS, REASON_C) if examples else no_model(LABELS)


def provisional(
    document: LinearModel,
    clause: LinearModel,
    verdict: LogisticWeights | None = None,
    gate: tuple[Forest, LogisticWeights] | None = None,
    reasons: LinearModel | None = None,
) -> Artifact:
    """A model that is only judged, never saved."""
    card = {
        "created_from": {"corpus_sha256": "provisional"},
        "weights_sha256": "provisional",
        "thresholds": THRESHOLDS,
        "certificate": UNCERTIFIED,
    }
    return Artifact(document, clause, verdict or _blank_verdict(), *(gate or _blank_gate()), reasons or no_model(LABELS), card)


def _blank_gate() -> tuple[Forest, LogisticWeights]:
    """One leaf that knows nothing, and no weights."""
    leaf, start, values = np.zeros(1), np.zeros(1, dtype=np.int32), np.zeros(len(NAMES))
    forest = Forest(leaf.astype(np.int16) - 1, leaf, start, start, leaf + 0.5, start)
    return forest, LogisticWeights(("right",), values, values + 1.0, values[:, None], leaf)


def _blank_verdict() -> LogisticWeights:
    values = len(DOCUMENT_LABELS) + 2 * 4 * len(CLAUSE_LABELS) + 1
    labels = len(DOCUMENT_LABELS)
    return LogisticWeights(DOCUMENT_LABELS, np.zeros(values), np.ones(values), np.zeros((values, labels)), np.zeros(labels))


def _card(folder: Path, mails: Sequence[LabelledMail], document: LinearModel, clause: LinearModel) -> dict[str, Any]:
    """What the model is and where it comes from; figures are added by `evaluate`."""
    return {
        "what": (
            "multi-label intents of receivables mail: words, word pairs, letter groups, concepts, entities and neighbouring clauses, "
            "weighted by rarity; logistic regressions for whole mails, for clauses, and for what both say"
        ),
        "created_from": {
            "corpus_sha256": corpus.digest(folder, ["train"]),
            "mails": len(mails),
            "writers": sorted({mail.writer for mail in mails}),
            "languages": {lang: sum(m.lang == lang for m in mails) for lang in sorted({m.lang for m in mails})},
        },
        "libraries": {name: version(name) for name in ("numpy", "scikit-learn", "pyahocorasick")},
        "python": platform.python_version(),
        "features": {"document": len(document.vocabulary), "clause": len(clause.vocabulary)},
        "thresholds": THRESHOLDS,
        "certificate": UNCERTIFIED,
    }
