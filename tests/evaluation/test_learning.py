"""Learning: what is worse stays out, what is better comes in, corrections are mixed in and named."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inboxbot.classify import artifact
from inboxbot.classify.training.corpus import LabelledMail
from inboxbot.cli import run_command
from inboxbot.decision import Outcome
from inboxbot.evaluation import Judged, learning
from inboxbot.understanding import Intent, IntentScore

pytestmark = pytest.mark.slow  # every test trains a model, if a small one
LEDGER = Path(__file__).parents[2] / "models" / "corpus" / "ledger"
SENDER = "m.fuller@alderstone.example"
COPIES = ("could you resend 20021", "the pdf of 20021 again please", "need a copy of 20021", "send 20021 once more")
OWED = ("what do we owe you", "tell me our balance today", "how much is open today", "which total is due now")
NUMBERS = ("one", "two", "three", "four")  # what tells the writers apart; so short a mail is nobody's near-duplicate
MORE = ("could you resend 20021 with stamp", "signed copy of 20021 wanted")  # copies that a person has to make
CALLS = ("ring me about the driver", "your rep was rude to us", "when will the pallets come", "call our warehouse please")


def corpus_of(folder: Path) -> Path:
    (folder / "mails").mkdir(parents=True)
    (folder / "clauses").mkdir()
    (folder / "ledger").symlink_to(LEDGER)
    (folder / "clauses" / "k01.txt").write_text("[hi] Kind regards\n[ctx] I am new here\n", encoding="utf-8")
    splits = {"train": ["w01", "w02", "w03"], "calibration": ["w04"], "test": []}
    (folder / "splits.json").write_text(json.dumps(splits), encoding="utf-8")
    for number, writer in enumerate(("w01", "w02", "w03", "w04")):
        lines = []
        for intent, texts in (("invoice_copy", (*COPIES, *MORE)), ("balance_query", OWED), ("other", CALLS)):
            for place, text in enumerate(texts):
                lines.append(json.dumps(_mail(f"{writer}-{intent}-{place}", intent, f"{text} {NUMBERS[number]}")))
        (folder / "mails" / f"{writer}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _mail(name: str, intent: str, text: str) -> dict[str, Any]:
    return {
        "id": name, "from": SENDER, "subject": "", "date": "2026-11-18T09:14:00-06:00", "lang": "en", "intents": [intent],
        "outcome": "route" if intent == "other" or text.startswith(MORE) else "answer", "segments": [[intent, text]],
        "invoices": ["INV-20021"] if intent == "invoice_copy" else [],
    }  # fmt: skip


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus_of(tmp_path_factory.mktemp("learning") / "corpus")


@pytest.fixture(scope="module")
def trained(corpus: Path) -> Path:
    out = corpus.parent / "trained"
    assert run_command(["train", "--corpus", str(corpus), "--out", str(out)]) == 0
    return out


@pytest.fixture
def out(trained: Path, tmp_path: Path) -> Path:
    """A copy of the trained model, to be replaced or not."""
    target = tmp_path / "artifact"
    target.mkdir()
    for file in trained.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return target


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_a_model_comes_with_its_card_in_json_and_in_words(trained: Path) -> None:
    card = artifact.load(trained).card
    assert set(contents(trained)) == {"weights.npz", "card.json", "card.md"}
    assert card["calibration"]["words"] == card["certificate"]
    assert card["calibration_figures"]["outcome"].endswith("of 14)")
    assert card["corrections"] == {"mails": 0, "weight": 3, "labels": []}
    assert card["certificate"] in (trained / "card.md").read_text(encoding="utf-8")


def test_training_again_gives_the_same_bytes(corpus: Path, trained: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["train", "--corpus", str(corpus), "--out", str(out)]) == 0
    assert contents(out) == contents(trained)
    assert "0 mails got worse, 0 better" in capsys.readouterr().out
    assert [one.name for one in out.parent.iterdir()] == ["artifact"]  # nothing is left lying about


def forgetful(monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
    """Judge every model but the one in `out` as if it had misread everything."""
    judge = learning.judge_all

    def judged(mails: Sequence[LabelledMail], ledger: Path, *, model: Path) -> list[Judged]:
        found = judge(mails, ledger, model=model if model == out else out)
        return found if model == out else [_misread(one) for one in found]

    monkeypatch.setattr(learning, "judge_all", judged)


def _misread(one: Judged) -> Judged:
    wrong = replace(one.understood.understanding, intents=(IntentScore(Intent.SPAM, 0.9),))
    filed = replace(one.decision, outcome=Outcome.FILE)
    return replace(one, understood=replace(one.understood, understanding=wrong), decision=filed, without_threshold=filed)


def test_a_worse_model_does_not_replace_the_old_one(
    corpus: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forgetful(monkeypatch, out)
    before = contents(out)
    assert run_command(["train", "--corpus", str(corpus), "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert "the new model is worse" in said
    assert "outcome: " in said
    assert "mails got worse, 0 better" in said
    assert contents(out) == before
    assert (out.parent / "artifact.rejected" / "weights.npz").is_file()


def test_unless_it_is_forced(corpus: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forgetful(monkeypatch, out)
    (out / "card.md").unlink()
    assert run_command(["train", "--corpus", str(corpus), "--out", str(out), "--force"]) == 0
    assert (out / "card.md").is_file()


def test_a_damaged_old_model_is_replaced_and_the_reason_told(corpus: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "weights.npz").write_bytes(b"rubbish")
    assert run_command(["train", "--corpus", str(corpus), "--out", str(out)]) == 0
    assert "there is nothing to compare with" in capsys.readouterr().out
    assert artifact.load(out).card


def test_a_corpus_is_checked_without_training(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["train", "--corpus", str(corpus), "--check"]) == 0
    assert "shape: mails 56" in capsys.readouterr().out
    broken = corpus_of(tmp_path / "corpus")
    path = broken / "mails" / "w02.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace(SENDER, "nobody@nowhere.example", 1), encoding="utf-8")
    assert run_command(["train", "--corpus", str(broken), "--check"]) == 1
    told = capsys.readouterr()
    assert "w02-invoice_copy-0: ERROR: answer, but the sender" in told.out
    assert "labels of the corpus cannot be true" in told.err
