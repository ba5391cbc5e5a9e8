"""`inboxbot train` and `inboxbot evaluate`: the model that understands the mail.

In: a labelled corpus. Out: an artefact and its card; figures as tables, as JSON, as a page.
"""

from pathlib import Path
from typing import Annotated

import typer

from inboxbot.cli.options import AsJson, load_app, print_json
from inboxbot.errors import ModelError, UsageError

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
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Learn from the staff's corrections in this installation, too.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the old model even by a worse one.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only validate the corpus; exit code 1 where a label cannot be true.")] = False,
) -> None:
    """Train the model from the corpus; the same corpus gives the same model. One that is worse does not replace the old one.

    Example: inboxbot train --corpus models/corpus --out models/artifact
    """
    from inboxbot.config.sections import ModelSection
    from inboxbot.evaluation import learning

    _need(corpus)
    if check:
        _check(corpus)
        return
    app = load_app(config) if config else None
    corrections, left_out = learning.corrections_of(app) if app else ([], [])
    for words in left_out:
        typer.echo(f"not learned from: {words}", err=True)
    section = app.config.model if app else ModelSection()
    made = learning.learn(corpus, out, corrections, risk=section.risk, confidence=section.confidence, force=force, tell=typer.echo)
    typer.echo(f"{made.card['created_from']['mails']} mails and {len(corrections)} corrections by staff; written to {out}")
    for name, figure in made.figures.items():
        typer.echo(f"{name:<38} {figure}")
    typer.echo(f"threshold {made.certificate.threshold:.2f}, {made.certificate.words}")
    for family in sorted(made.certificate.drafted):
        typer.echo(f"{family.value} answers are only drafted")
    for change in made.changes:
        typer.echo(f"compared with the model before: {change}")


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


def _check(corpus: Path) -> None:
    """Print what is wrong with the corpus, what repeats itself, and what it holds; exit code 1 for errors."""
    from inboxbot.classify.training import validate
    from inboxbot.evaluation import corpus_facts, labelled

    mails = [mail for path in sorted((corpus / "mails").glob("*.jsonl")) for mail in labelled.from_files([path])]
    problems = validate.problems(mails, corpus_facts(corpus))
    for problem in problems:
        typer.echo(str(problem))
    for one in validate.near_duplicates(mails):
        typer.echo(f"{one.later}: nearly repeats {one.earlier} ({one.share:.0%})")
    for name, counts in validate.summary(mails).items():
        typer.echo(f"{name}: {', '.join(f'{key} {count}' for key, count in counts.items())}")
    errors = sum(problem.severity is validate.Severity.ERROR for problem in problems)
    if errors:
        raise ModelError(f"{errors} labels of the corpus cannot be true")


def _ledger(folder: Path) -> Path:
    if not (folder / "contacts.csv").is_file():
        raise UsageError(f"there is no ledger in {folder} (contacts.csv is missing); name it with --ledger")
    return folder


def _need(corpus: Path) -> None:
    if not (corpus / "splits.json").is_file():
        raise UsageError(f"there is no corpus in {corpus} (splits.json is missing)")
