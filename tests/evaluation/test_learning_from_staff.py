"""From a correction in the shared inbox to the mail that the model learns from, over a real store and ledger."""

import json
from pathlib import Path

import pytest
from factories import NOW, a_case, a_message, decided_mail, understood_as
from test_learning import LEDGER, SENDER, corpus_of

from inboxbot.app import App
from inboxbot.cli import run_command
from inboxbot.config import load
from inboxbot.evaluation import learning
from inboxbot.message import Address
from inboxbot.store import labels
from inboxbot.understanding import Intent

CONFIG = """
[company]
name = "Brightwater"
address = "ar@brightwater.example"
[store]
url = "sqlite:///{folder}/inboxbot.db"
[ledger]
path = "{ledger}"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "inboxbot.toml"
    path.write_text(CONFIG.format(folder=tmp_path, ledger=LEDGER), encoding="utf-8")
    return path


@pytest.fixture
def corrected(config: Path) -> Path:
    """Two mails: of one a person put the intents right, of the other the outcome alone."""
    app = App(load(config))
    message = a_message(from_=Address(SENDER), subject="20021", new_text="the boxes for 20021 were soaked")
    case = a_case(message=message, understanding=understood_as(Intent.INVOICE_COPY))
    first, second = (decided_mail(app.store, uid, case) for uid in (1, 2))
    with app.store.transaction() as session:
        labels.add(session, first, None, "intents", ["invoice_copy"], ["dispute"], "dana", NOW)
        labels.add(session, second, None, "outcome", "route", "file", "ed", NOW)
    return config


def test_corrected_intents_are_learned_from_with_the_customers_facts(corrected: Path) -> None:
    found, left_out = learning.corrections_of(App(load(corrected)))
    (one,) = found
    assert (one.mail.intents, one.mail.new_text, one.mail.from_email) == ((Intent.DISPUTE,), "the boxes for 20021 were soaked", SENDER)
    assert (one.who, one.mail.weight, one.at) == (("dana",), 3, NOW.isoformat())
    assert one.facts.customer is not None
    assert left_out == ["message 2: only outcome was put right, the intents nobody looked at"]


@pytest.mark.slow
def test_train_names_them_in_the_card(corrected: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, out = corpus_of(tmp_path / "corpus"), tmp_path / "artifact"
    assert run_command(["train", "--corpus", str(corpus), "--out", str(out), "--config", str(corrected)]) == 0
    told = capsys.readouterr()
    assert "1 corrections by staff" in told.out
    assert "not learned from: message 2" in told.err
    card = json.loads((out / "card.json").read_text(encoding="utf-8"))
    assert card["corrections"]["labels"] == [{"message_id": 1, "who": ["dana"], "at": NOW.isoformat()}]
    assert "1 mails corrected by staff (dana)" in (out / "card.md").read_text(encoding="utf-8")
