"""Learning: a new model from the corpus and the staff's corrections, judged before it takes the old one's place.

    train      fits the model beside the old one
    judge      the calibration mails, which it never saw
    certify    the loosest registered threshold whose exact bound holds
    compare    with the model it would replace, on the same mails
    replace    only what is not worse

In: a corpus, corrections, where the model lies. Out: `Learned`; the artefact and its card, in JSON and in words.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from inboxbot.app import App
from inboxbot.classify import artifact
from inboxbot.classify.certificate import Certificate, certify
from inboxbot.classify.training import model_card
from inboxbot.classify.training.beside import side_by_side
from inboxbot.classify.training.corpus import LabelledMail
from inboxbot.classify.training.corrections import CorrectedMail, from_labels
from inboxbot.classify.training.train import REGISTERED_THRESHOLDS, train
from inboxbot.errors import ModelError
from inboxbot.evaluation import labelled, promotion
from inboxbot.evaluation.figures import Figure, figures
from inboxbot.evaluation.judging import Judged, certified, corpus_facts, judge_all, judgements
from inboxbot.facts import Facts
from inboxbot.store import labels

REJECTED = ".rejected"  # a model that was worse lies beside the one it should have replaced
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Learned:
    """A model that was made and now lies where it should."""

    card: dict[str, Any]
    certificate: Certificate
    figures: dict[str, Figure]
    changes: Sequence[promotion.Change]  # against the model it replaced; empty where there was none to compare with


class WorseModelError(ModelError):
    """The new model is worse than the one it would replace."""


def learn(
    corpus: Path, out: Path, corrections: Sequence[CorrectedMail], *, risk: float, confidence: float, force: bool = False, tell: Tell
) -> Learned:
    """Make a model and put it into `out`; raises WorseModelError, with `out` untouched, where it is worse (unless `force`)."""
    mails = labelled.from_split(corpus, "calibration")
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        trained = train(corpus, beside, corpus_facts(corpus), corrections)
        tell(f"trained; judging {len(mails)} calibration mails")
        judging = (mails, corpus / "ledger", risk, confidence)
        (made, new), old = side_by_side([partial(_judged, beside, *judging), partial(_old, out, *judging)], len(mails))
        if isinstance(old, ModelError):
            tell(f"there is nothing to compare with: {old}")
        found = figures(new)
        card = artifact.change_card(
            beside,
            thresholds={**trained["thresholds"], "answer": made.threshold},
            certificate=made.words,
            calibration=made.as_json(),
            calibration_figures={name: str(figure) for name, figure in found.items()},
        )
        (beside / "card.md").write_text(model_card.words(card), encoding="utf-8")
        changes = promotion.changes(old, new) if isinstance(old, list) and old else []
        worse = [change for change in changes if change.is_worse]
        if worse and not force:
            rejected = _put_aside(beside, out)
            lines = "\n".join(f"  {change}" for change in worse)
            raise WorseModelError(
                f"the new model is worse than the one in {out}, which stays (--force replaces it all the same):\n{lines}\n"
                f"the new one lies in {rejected}"
            )
        _replace(beside, out)
        return Learned(card, made, found, changes)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def corrections_of(app: App) -> tuple[list[CorrectedMail], list[str]]:
    """What staff put right, by this installation's store and ledger; and in words what could not be used."""
    ledger = app.ledger.current

    def facts_of(customer_id: str | None, sender: str) -> Facts:
        known = ledger.facts_of(customer_id) if customer_id else None
        return known or ledger.facts_for(sender, app.resolver)

    with app.store.reading() as session:
        return from_labels(labels.corrected(session), facts_of)


def _judged(model: Path, mails: Sequence[LabelledMail], ledger: Path, risk: float, confidence: float) -> tuple[Certificate, list[Judged]]:
    """The certificate that a model earns on these mails, and the mails as decided with it."""
    judged = judge_all(mails, ledger, model=model)
    made = certify(judgements(judged), REGISTERED_THRESHOLDS, risk, confidence)
    return made, certified(judged, made)


def _old(out: Path, mails: Sequence[LabelledMail], ledger: Path, risk: float, confidence: float) -> list[Judged] | ModelError:
    """The mails as the model in place would decide them under the same rule for the threshold; empty where there is none.

    A threshold of another rule would be compared, not a model: a looser one answers more, whatever it understands.
    """
    if not (out / "card.json").is_file():
        return []
    try:
        return _judged(out, mails, ledger, risk, confidence)[1]
    except ModelError as error:
        return error


def _put_aside(beside: Path, out: Path) -> Path:
    rejected = out.with_name(out.name + REJECTED)
    shutil.rmtree(rejected, ignore_errors=True)
    shutil.copytree(beside, rejected)
    return rejected


def _replace(beside: Path, out: Path) -> None:
    """The weights first: a reader in between finds that card and weights do not belong together, and says so."""
    out.mkdir(exist_ok=True)
    for name in ("weights.npz", "card.json", "card.md"):
        (beside / name).replace(out / name)
