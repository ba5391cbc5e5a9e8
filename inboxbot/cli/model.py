"""`inboxbot train` and `inboxbot evaluate`: the model that understands the mail.

In: a labelled corpus. Out: an artefact and its card; figures.
"""

from pathlib import Path
from typing import Annotated

import typer

from inboxbot.cli.options import AsJson, print_json
from inboxbot.errors import UsageError

_CHECKOUT = Path("models")


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("train")(train)
    app.command("evaluate")(evaluate)


def train(
    corpus: Annotated[Path, typer.Option("--corpus", help="The corpus folder.")] = _CHECKOUT / "corpus",
    out: Annotated[Path, typer.Option("--out", help="Where the artefact is written.")] = _CHECKOUT / "artifact",
) -> None:
    """Train the model from the corpus; the same corpus gives the same model.

    Example: inboxbot train --corpus models/corpus --out models/artifact
    """
    from inboxbot.classify.artifact import add_figures
    from inboxbot.classify.training.train import train as train_model
    from inboxbot.evaluation import corpus_facts
    from inboxbot.evaluation import evaluate as evaluate_model

    _need(corpus)
    card = train_model(corpus, out, corpus_facts(corpus))
    typer.echo(f"trained on {card['created_from']['mails']} mails, written to {out}")
    figures = evaluate_model(corpus, out, "calibration")
    add_figures(out, figures)
    for name, figure in figures.items():
        typer.echo(f"{name:<38} {figure}")


def evaluate(
    corpus: Annotated[Path, typer.Option("--corpus", help="The corpus folder.")] = _CHECKOUT / "corpus",
    model: Annotated[Path, typer.Option("--model", help="The artefact to judge.")] = _CHECKOUT / "artifact",
    split: Annotated[str, typer.Option("--split", help="calibration or test (the test split is for reports only).")] = "calibration",
    json: AsJson = False,
) -> None:
    """Judge the model on labelled mails that it never saw.

    Example: inboxbot evaluate --split calibration
    """
    from inboxbot.evaluation import evaluate as evaluate_model

    _need(corpus)
    figures = evaluate_model(corpus, model, split)
    if json:
        print_json(figures)
        return
    for name, figure in figures.items():
        typer.echo(f"{name:<38} {figure}")


def _need(corpus: Path) -> None:
    if not (corpus / "splits.json").is_file():
        raise UsageError(f"there is no corpus in {corpus} (splits.json is missing)")
