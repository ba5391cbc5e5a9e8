"""`inboxbot train` and `inboxbot evaluate`: the model that understands the mail.

In: a labelled corpus. Out: an artefact and its card; figures as tables, as JSON, as a page.
"""

from pathlib import Path
from typing import Annotated

import typer

from inboxbot.cli.options import AsJson, print_json
from inboxbot.errors import UsageError

_CHECKOUT = Path("models")
_LOCKED = "test"  # a split that is only reported on: its mails stay unread
_RISK = 0.02  # where no configuration says otherwise


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
    from inboxbot.evaluation import corpus_facts, figures, judge_all, labelled

    _need(corpus)
    card = train_model(corpus, out, corpus_facts(corpus))
    typer.echo(f"trained on {card['created_from']['mails']} mails, written to {out}")
    found = figures(judge_all(labelled.from_split(corpus, "calibration"), corpus / "ledger", model=out))
    add_figures(out, {name: str(figure) for name, figure in found.items()})
    for name, figure in found.items():
        typer.echo(f"{name:<38} {figure}")


def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(help="Labelled mails: JSON lines (.jsonl) or drafts; default: a split.")] = None,
    corpus: Annotated[Path, typer.Option("--corpus", help="The corpus folder.")] = _CHECKOUT / "corpus",
    split: Annotated[str, typer.Option("--split", help="train, calibration or test (the test split is for reports only).")] = "calibration",
    model: Annotated[Path, typer.Option("--model", help="The artefact to judge.")] = _CHECKOUT / "artifact",
    ledger: Annotated[Path | None, typer.Option("--ledger", help="The ledger the mails speak of (default: the corpus's).")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write one HTML page with plots here.")] = None,
    tables: Annotated[
        list[Path] | None, typer.Option("--ablation", help="JSON tables to show beside: an ablation, a learning curve.")
    ] = None,
    mistakes: Annotated[int, typer.Option("--mistakes", min=0, help="How many mistakes are shown in full.")] = 100,
    show_mails: Annotated[bool, typer.Option("--show-mails", help="Show mistakes of the locked test split, too.")] = False,
    json: AsJson = False,
) -> None:
    """Judge the model on labelled mails that it never saw.

    Example: inboxbot evaluate --split calibration --html report.html
    """
    from inboxbot.cli.report_tables import show
    from inboxbot.evaluation import judge_all, labelled, page, report

    mails = labelled.from_files(files) if files else labelled.from_split(corpus, split)
    title = ", ".join(file.name for file in files) if files else f"The {split} split of {corpus}"
    hidden = not files and split == _LOCKED and not show_mails
    judged = judge_all(mails, _ledger(ledger or corpus / "ledger"), model=model)
    others = [table for path in tables or () for table in report.read_tables(path)]
    found = report.make(title, judged, most_mistakes=0 if hidden else mistakes, others=others)
    if html:
        html.write_text(page.make(found, _RISK), encoding="utf-8")
    if json:
        print_json(report.as_json(found))
    else:
        show(found)
        if html:
            typer.echo(f"\nwritten: {html}")


def _ledger(folder: Path) -> Path:
    if not (folder / "contacts.csv").is_file():
        raise UsageError(f"there is no ledger in {folder} (contacts.csv is missing); name it with --ledger")
    return folder


def _need(corpus: Path) -> None:
    if not (corpus / "splits.json").is_file():
        raise UsageError(f"there is no corpus in {corpus} (splits.json is missing)")
