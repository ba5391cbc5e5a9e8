"""The command line: one function a command, grouped by what they are about.

In: arguments. Out: exit code 0 (done), 1 (something failed while running), 2 (wrong usage or configuration), 3 (a
simulation found regressions); errors on standard error, one plain line each, never a traceback. Everything heavy is
imported inside the commands, so that `--help` and `status` stay quick.
"""

import errno
import sys
from contextlib import suppress
from importlib.metadata import version as installed
from typing import Annotated

import structlog
import typer

from inboxbot.cli import address, admin, explain, model, outbox, portal, queue, run, user
from inboxbot.cli import demo as demo_command
from inboxbot.errors import InboxbotError
from inboxbot.redact import Redactor

_UNWRITTEN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})  # the disk behind standard output is full or broken

app = typer.Typer(
    name="inboxbot",
    help="Reads a company's accounts-receivable mailbox, answers what a machine can answer safely, and queues the rest for people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (run, explain, demo_command, admin, model):
    module.add_commands(app)
app.add_typer(queue.app, name="queue")
app.add_typer(outbox.app, name="outbox")
app.add_typer(address.app, name="address")
app.add_typer(portal.app, name="portal")
app.add_typer(user.app, name="user")
app.add_typer(admin.ledger_app, name="ledger")


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"inboxbot {installed('inboxbot')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")] = False,
) -> None:
    """Reads a company's accounts-receivable mailbox, answers what a machine can answer safely, and queues the rest for people."""


def main() -> None:
    """Entry point of the `inboxbot` command."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command line; the exit code."""
    try:
        code = app(args=arguments, prog_name="inboxbot", standalone_mode=False)
    except InboxbotError as error:
        return _fail(str(error), error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return _fail("interrupted", 1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away; Python would complain about it at exit
        return 1
    except OSError as error:
        if error.filename is not None or error.errno not in _UNWRITTEN:
            return _defect(error)
        sys.stdout = None  # what it still holds would be tried again at exit, and fail again
        return _fail(f"what was asked for could not be written out: {error.strerror}", 1)
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets one plain line
        words = getattr(error, "format_message", None)  # typer's own usage errors, whichever click it carries
        if words is None:
            return _defect(error)
        return _fail(words() or "see inboxbot --help", 2)
    return code if isinstance(code, int) else 0


def _defect(error: Exception) -> int:
    structlog.get_logger(__name__).error("defect", exc_info=error)
    return _fail(f"a defect of inboxbot: {type(error).__name__}; the log says where", 1)


def _fail(words: str, code: int) -> int:
    with suppress(OSError):  # where nobody can be told, the exit code still tells
        typer.echo(f"inboxbot: {Redactor().text(words)}", err=True)
    return code
