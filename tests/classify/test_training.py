"""Making the model: drafts, corpus, folds, fitting."""

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small_corpus
from entity_facts import facts

from inboxbot.classify.artifact import LinearModel, load
from inboxbot.classify.contributions import Contributions, Share, text_probabilities
from inboxbot.classify.features import ClauseWords, context_names, own_features
from inboxbot.classify.gate import NAMES, Gate
from inboxbot.classify.intents import CONTEXT_SHARE, IntentModel
from inboxbot.classify.sentences import Sentence
from inboxbot.classify.signals import Pieces, Signals
from inboxbot.classify.tokens import words_of
from inboxbot.classify.training import corpus, drafts
from inboxbot.classify.training.examples import Example
from inboxbot.classify.training.fitting import fit, fit_gate
from inboxbot.classify.training.texts import texts_of
from inboxbot.classify.training.train import CLAUSE_LABELS, DOCUMENT_LABELS, folds, provisional, train
from inboxbot.errors import ModelError, UsageError
from inboxbot.understanding import Intent

GOOD = """=== w01-001
from: ann@customer.example | Ann Lee
subject: need 20101
date: 2026-11-18T09:14:00-06:00
lang: en
intents: invoice_copy
outcome: answer
invoices: INV-20101
---
[hi] Hi, [invoice_copy] could you resend 20101?
[sig] Ann
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_corpus.write(tmp_path / "corpus")


def draft(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "w01.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_draft_becomes_a_labelled_mail(tmp_path: Path) -> None:
    drafts.write(drafts.convert(draft(tmp_path, GOOD)), tmp_path / "w01.jsonl")
    (mail,) = corpus.read(tmp_path / "w01.jsonl")
    assert (mail.from_email, mail.from_name, mail.writer, mail.invoice_numbers) == (
        "ann@customer.example",
        "Ann Lee",
        "w01",
        ("INV-20101",),
    )
    assert mail.new_text == "Hi, could you resend 20101?"
    assert mail.body.endswith("Ann")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("lang: en\n", "", "lang is missing"),
        ("from: ann@customer.example | Ann Lee\n", "", "from is missing"),
        ("intents: invoice_copy\n", "", "intents is missing"),
        ("lang: en", "lang: en\nmood: glum", "unknown key 'mood'"),
        ("intents: invoice_copy", "intents: invoice_copies", "unknown intent 'invoice_copies'"),
        ("[hi]", "[hello]", "unknown tag 'hello'"),
        ("[invoice_copy]", "[invoice_copy+hurry]", "unknown tag 'invoice_copy+hurry'"),
        ("outcome: answer", "outcome: reply", "outcome is none of answer, route, file"),
        ("lang: en", "lang: en\nmethod: barter", "method 'barter' is not known"),
        ("lang: en", "lang: en\ndispute: mood", "dispute 'mood' is not known"),
        ("lang: en", "lang: en\namounts: $5", "amount '$5' is not like '2169.54 USD'"),
        ("09:14:00-06:00", "09:14:00", "date lacks the UTC offset"),
        ("2026-11-18T09:14:00-06:00", "Wednesday", "date is not an ISO time"),
        ("lang: en", "lang: en\npromise: Friday", "promise is not an ISO date"),
        ("[hi] Hi", "Hi", "unknown tag ''"),
    ],
)
def test_what_is_wrong_with_a_draft_is_named_with_file_and_mail(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in GOOD
    path = draft(tmp_path, GOOD.replace(old, new))
    with pytest.raises(UsageError) as problem:
        drafts.convert(path)
    assert f"{path}: w01-001: {named}" in str(problem.value)


def test_every_defect_is_named_and_a_double_id_too(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as problem:
        drafts.convert(draft(tmp_path, GOOD.replace("lang: en\n", "") + GOOD.replace("answer", "reply")))
    assert all(words in str(problem.value) for words in ("lang is missing", "outcome is none of", "the id is there twice"))


def test_a_corpus_line_that_is_no_mail_is_named(folder: Path) -> None:
    path = folder / "mails" / "w02.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], '{"id": "w02-2"}', *lines[1:]]), encoding="utf-8")
    with pytest.raises(ModelError, match=r"w02\.jsonl:2"):
        corpus.load(folder, "train")


def test_an_unknown_split_is_named(folder: Path) -> None:
    with pytest.raises(ModelError, match="no split 'tset'"):
        corpus.load(folder, "tset")


def test_the_digest_follows_the_files_of_its_splits(folder: Path) -> None:
    before = corpus.digest(folder, ["train"]), corpus.digest(folder, ["calibration"])
    with (folder / "mails" / "w04.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")
    after = corpus.digest(folder, ["train"]), corpus.digest(folder, ["calibration"])
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_folds_never_share_a_writer_and_judge_every_mail_once(folder: Path) -> None:
    mails = corpus.load(folder, "train")
    parts = folds(mails)
    assert len(parts) == 3
    assert sorted(index for _, judge in parts for index in judge) == list(range(len(mails)))
    for learn, judge in parts:
        assert not {mails[index].writer for index in learn} & {mails[index].writer for index in judge}


def test_many_writers_share_folds(folder: Path) -> None:
    one = corpus.load(folder, "train")[0]
    mails = [dataclasses.replace(one, writer=f"w{number:02}") for number in range(20)]
    parts = folds(mails)
    assert len(parts) == 3
    assert all(learn and judge for learn, judge in parts)


def test_a_sibling_teaches_and_is_not_judged_beside_its_mail(folder: Path) -> None:
    one = corpus.load(folder, "train")[0]
    mails = [one, dataclasses.replace(one, id=f"{one.id}h", sibling=one.id), dataclasses.replace(one, id="w09-001", writer="w09")]
    assert [(sorted(learn), judge) for learn, judge in folds(mails)] == [([2], [0]), ([0, 1], [2])]


def clause(text: str) -> ClauseWords:
    return ClauseWords(words_of(text), ["#asking"] if "?" in text else [])


EXAMPLES = [
    Example(Counter(own_features(clause(text))), {"<": 1} if label == "owe" else {}, frozenset({label}))
    for label, texts in (("copy", small_corpus.ASKS), ("paid", small_corpus.PAYS), ("owe", small_corpus.OWES))
    for text in texts
]


def learned_from(examples: Sequence[Example], labels: Sequence[str]) -> LinearModel:
    return fit(texts_of(examples), range(len(examples)), labels, 10.0)


TEXTS = ("Could you resend invoice 20105?", "we wired it", "What is our balance?", "nothing that was ever read", "", "copy copy copy")


def test_fitting_twice_gives_the_same_weights() -> None:
    one, two = (learned_from(EXAMPLES, ("copy", "paid", "owe")) for _ in range(2))
    assert one.vocabulary == two.vocabulary
    assert (one.weights == two.weights).all()


@pytest.mark.parametrize("text", TEXTS)
def test_our_prediction_is_scikit_learns_own(text: str) -> None:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy

    model = learned_from(EXAMPLES, ("copy", "paid", "owe"))
    row = _weighted(Counter(own_features(clause(text))), model)
    ours = text_probabilities(Contributions(Share(model)), model, [clause(text)])
    for place, label in enumerate(model.labels):
        theirs = LogisticRegression()
        theirs.classes_ = np.array([False, True])
        theirs.coef_, theirs.intercept_ = model.weights[:, [place]].T, model.intercepts[[place]]
        assert ours[label] == pytest.approx(theirs.predict_proba(row)[0, 1], abs=1e-6)


def _weighted(counts: Mapping[str, int], model: LinearModel) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Counts times rarity, divided by the additive length."""
    row = np.zeros((1, len(model.vocabulary)))
    for name, count in counts.items():
        if name in model.vocabulary:
            row[0, model.vocabulary[name]] = count
    length = np.sqrt((row * model.idf**2).sum())
    return row * model.idf / (length or 1.0)


def test_a_clause_is_read_with_its_neighbours_as_it_was_learned() -> None:
    said = ("we wired it yesterday", "Could you resend invoice 20105?", "thanks a lot")
    words = tuple(map(clause, said))
    kinds = (Intent.REMITTANCE_ADVICE, Intent.INVOICE_COPY, "hi")
    examples = [Example(Counter(own_features(words[i])), Counter(context_names(words, i)), frozenset({kinds[i]})) for i in range(3)]
    learned = learned_from(examples * 3, CLAUSE_LABELS)
    model = IntentModel(provisional(learned_from(EXAMPLES, DOCUMENT_LABELS), learned))
    pieces = Pieces(tuple(Sentence(text, 0, len(text)) for text in said), words)
    found: Any = None  # what the text names is not asked for here
    read = model.view(Signals("", 0, pieces, pieces, (), found)).read
    for one, example in zip(read, examples, strict=True):
        own, context = _weighted(example.own, learned), _weighted(example.context, learned)
        scores = ((own + context * CONTEXT_SHARE) @ learned.weights)[0] + learned.intercepts
        assert list(one.labels.values()) == pytest.approx((1 / (1 + np.exp(-scores))).tolist(), abs=1e-9)


def test_what_was_computed_once_is_used_again_and_gives_the_same() -> None:
    contributions = Contributions(Share(learned_from(EXAMPLES, ("copy", "paid", "owe"))))
    first, again = (contributions.sums([clause(text) for text in TEXTS])[0] for _ in range(2))
    assert (first == again).all()
    assert contributions.sums([clause(TEXTS[0])])[0][0] == pytest.approx(first[0])


@pytest.mark.parametrize(("share", "sure"), [(1.0, 0.5), (0.25, 0.8)])
def test_in_the_gate_a_mail_counts_by_its_share(share: float, sure: float) -> None:
    """Of what looks the same, half is right; the wrong half counts less."""
    values = np.zeros((200, len(NAMES)))
    truth = np.arange(200) % 2 == 0
    gate = Gate(*fit_gate(values, truth, np.where(truth, 1.0, share)))
    assert gate.confidence(values[0]) == pytest.approx(sure, abs=0.01)


def test_a_label_that_nobody_used_is_never_asserted() -> None:
    model = learned_from(EXAMPLES, ("copy", "unheard_of"))
    contributions = Contributions(Share(model))
    assert all(text_probabilities(contributions, model, [clause(text)])["unheard_of"] < 0.001 for text in TEXTS)


@pytest.mark.slow
def test_training_a_small_corpus_twice_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(folder, tmp_path / name, lambda _address: facts())
    files = [[(tmp_path / name / file).read_bytes() for file in ("weights.npz", "card.json")] for name in ("one", "two")]
    assert files[0] == files[1]
    loaded = load(tmp_path / "one")
    assert (loaded.document.labels, loaded.clause.labels) == (DOCUMENT_LABELS, CLAUSE_LABELS)
    assert json.loads((tmp_path / "one" / "card.json").read_text())["created_from"]["writers"] == ["w01", "w02", "w03"]


def test_a_corpus_too_small_to_learn_confidence_from_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "splits.json").write_text('{"train": ["w01"], "calibration": [], "test": []}', encoding="utf-8")
    with pytest.raises(ModelError, match="needs more writers"):
        train(folder, tmp_path / "model", lambda _address: facts())
