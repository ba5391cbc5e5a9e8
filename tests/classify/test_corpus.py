"""The corpus that the shipped model is made from is as its guide says."""

import json
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from inboxbot.classify.training import corpus
from inboxbot.classify.training.corpus import CONTEXT, COURTESY, NOT_NEW_TEXT, LabelledMail
from inboxbot.understanding import DisputeReason, Intent, PaymentMethod

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "models" / "corpus"
TAGS = frozenset(Intent) | {COURTESY, CONTEXT} | NOT_NEW_TEXT
TOO_ALIKE = 0.8  # share of the five-word groups of two texts that they have in common


@cache
def mails(split: str) -> tuple[LabelledMail, ...]:
    return tuple(corpus.load(FOLDER, split))


def writers() -> dict[str, list[str]]:
    splits: dict[str, list[str]] = json.loads((FOLDER / "splits.json").read_text(encoding="utf-8"))
    return splits


def test_no_writer_is_in_two_splits_and_every_split_has_some() -> None:
    assert set(writers()) == set(corpus.SPLITS)
    assert all(writers().values())
    count = Counter(writer for names in writers().values() for writer in names)
    assert [writer for writer, times in count.items() if times > 1] == []


@pytest.mark.parametrize("split", corpus.SPLITS)
def test_every_mail_stands_under_its_writer_with_an_id_of_its_own(split: str) -> None:
    assert {mail.writer for mail in mails(split)} == set(writers()[split])
    ids = Counter(mail.id for mail in mails(split))
    assert [name for name, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("split", corpus.SPLITS)
def test_every_label_is_known(split: str) -> None:
    for mail in mails(split):
        assert mail.intents, mail.id
        assert len(set(mail.intents)) == len(mail.intents), mail.id
        assert mail.outcome in {"answer", "route", "file"}, mail.id
        assert mail.sent_at.tzinfo is not None, mail.id
        assert mail.payment_method in {None, *PaymentMethod}, mail.id
        assert mail.dispute_reason in {None, *DisputeReason}, mail.id
        assert not {label for segment in mail.segments for label in segment.labels} - TAGS, mail.id


@pytest.mark.parametrize("split", corpus.SPLITS)
def test_only_routine_mails_are_labelled_answerable(split: str) -> None:
    assert [mail.id for mail in mails(split) if mail.outcome == "answer" and not all(i.routine for i in mail.intents)] == []


def test_every_lone_clause_has_known_tags() -> None:
    clauses = corpus.load_clauses(FOLDER)
    assert clauses
    assert {label for clause in clauses for label in clause.labels} <= TAGS


@pytest.mark.parametrize(("one", "other"), [*combinations(corpus.SPLITS, 2)])
def test_no_mail_is_nearly_another_splits(one: str, other: str) -> None:
    index: dict[tuple[str, ...], list[LabelledMail]] = {}
    for mail in mails(one):
        for group in groups(mail):
            index.setdefault(group, []).append(mail)
    alike = []
    for mail in mails(other):
        own = groups(mail)
        shared = Counter(found.id for group in own for found in index.get(group, ()))
        sizes = {found.id: len(groups(found)) for group in own for found in index.get(group, ())}
        alike += [(mail.id, name) for name, both in shared.items() if both / (len(own) + sizes[name] - both) > TOO_ALIKE]
    assert alike == []


def groups(mail: LabelledMail) -> frozenset[tuple[str, ...]]:
    words = mail.new_text.lower().split()
    return frozenset(tuple(words[start : start + 5]) for start in range(len(words) - 4))
