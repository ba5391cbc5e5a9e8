"""An evaluation's report as tables on the terminal.

In: `Report`. Out: tables, as wide as the terminal; into a file, as wide as they need.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from inboxbot.evaluation.figures import Figure
    from inboxbot.evaluation.report import Report

_CONFUSIONS = 12  # that are named
_MISTAKES = 15
_FILE_WIDTH = 150  # characters, where no terminal says how many there are


def show(report: "Report") -> None:
    """Everything but the plots."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_FILE_WIDTH)
    console.print(Text(f"{report.title}: {report.mails} mails, model {report.model}"), style="bold")
    console.print(Text(f"threshold {report.threshold:.2f}, {report.certificate}"))
    for table in _tables(report):
        console.print()
        console.print(table)


def _tables(report: "Report") -> Iterable[Table]:
    yield _table(
        "Figures",
        ("figure", "value", "95% interval", "n", "counts"),
        [(one.name, _value(one), _interval(one), str(one.n), one.note) for one in report.figures.values()],
    )
    yield _table(
        "Families of answers",
        ("family", "answered of the answerable", "wrong of the answered", "at most, 95% sure"),
        [(row.family.value, str(row.answered), str(row.wrong), f"{row.bound:.2%}") for row in report.families],
    )
    yield _table(
        "Intents",
        ("intent", "precision", "95% interval", "recall", "95% interval", "n"),
        [
            (
                row.intent.value,
                _value(row.precision),
                _interval(row.precision),
                _value(row.recall),
                _interval(row.recall),
                str(row.recall.n),
            )
            for row in report.intents
        ],
    )
    mixed = [one for one in report.confusion if one.labelled is not one.found][:_CONFUSIONS]
    yield _table(
        "Primary intents confused", ("labelled", "taken for", "mails"), [(c.labelled.value, c.found.value, str(c.mails)) for c in mixed]
    )
    for name, rows in report.parts.items():
        yield _table(
            f"By {name}",
            (name, "mails", "intent F1", "primary", "outcome", "answered of the answerable", "wrong of the answered"),
            [
                (
                    row.name,
                    str(row.mails),
                    *map(_short, (row.micro_f1, row.primary, row.outcome)),
                    *map(_counted, (row.answered, row.wrong)),
                )
                for row in rows
            ],
        )
    yield _table(
        "What each gate costs",
        ("reason", "alone: holds right answers", "alone: prevents wrong ones", "alone: stops the rest", "answerable in its way", "others"),
        [
            (gate.code, *(str(n) for n in (gate.held_right, gate.held_wrong, gate.stopped, gate.any_answerable, gate.any_other)))
            for gate in report.gates
        ],
    )
    for other in report.others:
        yield _table(other.title, other.columns, other.rows)
    yield _table(
        f"The worst mistakes ({report.mistakes_hidden} more are not shown)" if report.mistakes_hidden else "The worst mistakes",
        ("mail", "what", "sure", "differs"),
        [(one.judged.mail.id, one.kind, f"{one.how_sure:.2f}", ", ".join(one.differs)) for one in report.mistakes[:_MISTAKES]],
    )


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right", no_wrap=index == 0, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _value(figure: "Figure") -> str:
    return "-" if figure.value is None else f"{figure.value:.3f}"


def _interval(figure: "Figure") -> str:
    return f"{figure.low:.3f} to {figure.high:.3f}" if figure.n else "-"


def _short(figure: "Figure") -> str:
    """A value with half its interval."""
    return "-" if figure.value is None else f"{figure.value:.3f} ±{(figure.high - figure.low) / 2:.2f}"


def _counted(figure: "Figure") -> str:
    """The same, with what it was measured on."""
    return _short(figure) if figure.value is None else f"{_short(figure)}, n {figure.n}"
