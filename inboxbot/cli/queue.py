"""`inboxbot queue`: the shared inbox on the terminal.

In: a configuration's store. Out: tables or JSON; what a colleague does, written with who and when.
"""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inboxbot.cli.options import AsJson, ConfigPath, load_app, load_store, me, print_json
from inboxbot.errors import UsageError

if TYPE_CHECKING:
    from inboxbot.conversation import Conversation

app = typer.Typer(help="The shared inbox on the terminal.", no_args_is_help=True)
ConversationId = Annotated[int, typer.Argument(metavar="ID", help="The conversation's number.")]
As = Annotated[str, typer.Option("--as", help="Who does it (default: the login name).")]


@app.command("list")
def list_conversations(
    config: ConfigPath,
    json: AsJson = False,
    status: Annotated[str, typer.Option("--status", help="open, pending, snoozed, closed or all.")] = "open",
    assignee: Annotated[str, typer.Option("--assignee", help="Only this person's or team's.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 200,
) -> None:
    """List conversations, the most urgent and then the oldest first.

    Example: inboxbot queue list --config inboxbot.toml
    """
    from inboxbot.conversation import ConversationStatus
    from inboxbot.store import conversations

    if status != "all" and status not in list(ConversationStatus):
        raise UsageError(f"--status does not know {status!r}; it takes {', '.join(ConversationStatus)} or all")
    store = load_store(config)
    with store.transaction() as session:
        wanted = None if status == "all" else ConversationStatus(status)
        found = conversations.listing(session, status=wanted, assignee=assignee or None, limit=limit)
    if json:
        print_json([_plain(conversation) for conversation in found])
    else:
        _print_table(found)


@app.command("show")
def show(conversation_id: ConversationId, config: ConfigPath, json: AsJson = False) -> None:
    """Show one conversation: its mails, why it is here, the prepared draft, notes.

    Example: inboxbot queue show 12 --config inboxbot.toml
    """
    from inboxbot.store import conversations

    with load_store(config).transaction() as session:
        conversation = conversations.get(session, conversation_id)
        texts = conversations.texts(session, conversation_id)
        draft = conversations.draft(session, conversation_id)
    if json:
        mails = [{"from": sender, "received_at": at.isoformat(), "text": text} for sender, at, text in texts]
        print_json({**_plain(conversation), "mails": mails, "draft": draft})
        return
    typer.echo(f"#{conversation.conversation_id} {conversation.subject}")
    typer.echo(f"{conversation.status.value}, {conversation.priority.value}, assigned to {conversation.assignee or 'nobody'}")
    typer.echo(f"customer {conversation.customer_id or '-'}, correspondent {conversation.correspondent or '-'}")
    for reason in conversation.reasons:
        typer.echo(f"  because {reason}")
    for sender, at, text in texts:
        typer.echo(f"\n--- {sender or '(no sender)'} {at:%Y-%m-%d %H:%M} UTC\n{text}")
    for note in conversation.notes:
        typer.echo(f"\n--- note by {note.author} {note.created_at:%Y-%m-%d %H:%M} UTC\n{note.text}")
    if draft:
        typer.echo(f"\n--- prepared draft\n{draft}")


@app.command("assign")
def assign(
    conversation_id: ConversationId,
    assignee: Annotated[str, typer.Argument(metavar="WHO", help="A mail address, a team's name, or 'nobody'.")],
    config: ConfigPath,
    who: As = "",
) -> None:
    """Give a conversation to a person or a team.

    Example: inboxbot queue assign 12 dana@company.com --config inboxbot.toml
    """
    from inboxbot.store import conversations

    app_ = load_app(config)
    teams = {team.name for team in app_.config.team}
    if assignee != "nobody" and "@" not in assignee and assignee not in teams:
        known = ", ".join(sorted(teams)) or "there are none"
        raise UsageError(f"{assignee!r} is neither a mail address nor a team (teams: {known})")
    with app_.store.transaction() as session:
        conversations.assign(session, conversation_id, None if assignee == "nobody" else assignee, who or me(), app_.now())


@app.command("note")
def note(
    conversation_id: ConversationId,
    text: Annotated[str, typer.Argument(help="The note's words.")],
    config: ConfigPath,
    who: As = "",
) -> None:
    """Write a note that only colleagues see.

    Example: inboxbot queue note 12 "called them, they look into it" --config inboxbot.toml
    """
    from inboxbot.store import conversations

    app_ = load_app(config)
    with app_.store.transaction() as session:
        conversations.add_note(session, conversation_id, text, who or me(), app_.now())


@app.command("close")
def close(conversation_id: ConversationId, config: ConfigPath, who: As = "") -> None:
    """Close a conversation; a new mail in it opens it again.

    Example: inboxbot queue close 12 --config inboxbot.toml
    """
    from inboxbot.conversation import ConversationStatus
    from inboxbot.store import conversations

    app_ = load_app(config)
    with app_.store.transaction() as session:
        conversations.set_status(session, conversation_id, ConversationStatus.CLOSED, who or me(), app_.now())


@app.command("reply")
def reply(
    conversation_id: ConversationId,
    config: ConfigPath,
    text: Annotated[str, typer.Option("--text", help="The reply; without it the text is read from standard input.")] = "",
    who: As = "",
) -> None:
    """Reply to the customer; the running daemon sends it. The conversation then waits for the customer.

    Example: inboxbot queue reply 12 --config inboxbot.toml < reply.txt
    """
    from inboxbot import desk
    from inboxbot.store import approvals

    words = text or sys.stdin.read()
    if not words.strip():
        raise UsageError("the reply is empty")
    app_ = load_app(config)
    with app_.store.transaction() as session:
        outbox_id = desk.reply(session, conversation_id, words, who or me(), app_.config, app_.key, app_.now())
        waiting = [one.approval_id for one in approvals.waiting(session, conversation_id) if one.outbox_id == outbox_id]
    for approval_id in waiting:
        typer.echo(f"reply {approval_id} waits for a second pair of eyes: inboxbot queue approve {approval_id}")
    if not waiting:
        typer.echo(f"outbox item {outbox_id} is ready to be sent")


@app.command("files")
def files(
    conversation_id: ConversationId,
    config: ConfigPath,
    save: Annotated[str, typer.Option("--save", help="Write the file whose hash begins like this into the present folder.")] = "",
    text: Annotated[str, typer.Option("--text", help="Print the text of the PDF, CSV or XLSX file whose hash begins like this.")] = "",
) -> None:
    """List the files that came with a conversation's mails; save one, or read a remittance's text in a limited process.

    Example: inboxbot queue files 12 --text 3f2a --config inboxbot.toml
    """
    from pathlib import Path

    from inboxbot.desk.files import raw_and_file
    from inboxbot.ingest.file_cage import FileCage
    from inboxbot.store import attachments, conversations

    wanted = save or text
    with load_store(config).transaction() as session:
        conversations.get(session, conversation_id)
        rows = conversations.message_rows(session, conversation_id)
        found = [(row, file) for row in rows for file in attachments.of_message(session, row) if file.sha256.startswith(wanted)]
        if wanted and len(found) != 1:
            raise UsageError(f"{len(found)} files of conversation {conversation_id} have a hash that begins with {wanted!r}")
        raw = raw_and_file(session, conversation_id, found[0][0], found[0][1].sha256)[0] if wanted else b""
    if not wanted:
        for row, file in found:
            typer.echo(f"{file.sha256[:12]}  message {row}  {file.size:>10} bytes  {file.name or '(no name)'}")
        return
    file = found[0][1]
    if text:
        typer.echo(FileCage().text(raw, file.sha256, file.name))
        return
    target = Path(file.name or "file")
    if target.exists():
        raise UsageError(f"{target} is there already; it is not overwritten")
    target.write_bytes(FileCage().take(raw, file.sha256))
    typer.echo(f"saved as {target}")


@app.command("genuine")
def genuine(
    conversation_id: ConversationId,
    config: ConfigPath,
    how: Annotated[str, typer.Option("--how", help="How that was checked, such as a call to a number that we already had.")],
    who: As = "",
) -> None:
    """Say that a conversation in the fraud lane is genuine; once two people have, it can be answered.

    Example: inboxbot queue genuine 12 --how "called Megan on the number on file" --config inboxbot.toml
    """
    from inboxbot.desk import fraud
    from inboxbot.staff import terminal

    done = fraud.genuine(load_app(config).desk, terminal(who or me()), conversation_id, how)
    typer.echo("two people have said so: it can be answered" if done else "one more person must say so before it can be answered")


@app.command("approvals")
def list_approvals(config: ConfigPath, json: AsJson = False) -> None:
    """List the replies that wait for a second pair of eyes ([security] four_eyes).

    Example: inboxbot queue approvals --config inboxbot.toml
    """
    from inboxbot.store import approvals

    with load_store(config).transaction() as session:
        found = approvals.waiting(session)
    for one in found:
        if json:
            print_json({**asdict(one), "id": one.approval_id, "created_at": one.created_at.isoformat()})
        else:
            typer.echo(f"--- reply {one.approval_id} in conversation {one.conversation_id}, by {one.author}\n{one.text}")


@app.command("approve")
def approve(
    approval_id: Annotated[int, typer.Argument(metavar="ID", help="The reply's number, as `queue approvals` shows it.")],
    config: ConfigPath,
    who: As = "",
) -> None:
    """Let a colleague's reply leave, word for word. Nobody approves the own one.

    Example: inboxbot queue approve 3 --config inboxbot.toml
    """
    from inboxbot.desk import four_eyes

    app_ = load_app(config)
    with app_.store.transaction() as session:
        conversation_id = four_eyes.let_go(session, approval_id, who or me(), app_.now())
    typer.echo(f"reply {approval_id} in conversation {conversation_id} is ready to be sent")


@app.command("reject")
def reject(
    approval_id: Annotated[int, typer.Argument(metavar="ID", help="The reply's number, as `queue approvals` shows it.")],
    config: ConfigPath,
    why: Annotated[str, typer.Option("--why", help="Why it shall not leave; the author reads it in a note.")],
    who: As = "",
) -> None:
    """Do not let a colleague's reply leave; its words and why stay in a note.

    Example: inboxbot queue reject 3 --why "call them first" --config inboxbot.toml
    """
    from inboxbot.desk import four_eyes

    app_ = load_app(config)
    with app_.store.transaction() as session:
        four_eyes.turn_down(session, approval_id, why, who or me(), app_.now())
    typer.echo(f"reply {approval_id} does not leave")


def _plain(conversation: "Conversation") -> dict[str, Any]:
    plain = asdict(conversation)
    plain["id"] = plain.pop("conversation_id")
    plain["created_at"], plain["updated_at"] = conversation.created_at.isoformat(), conversation.updated_at.isoformat()
    plain["notes"] = [{"author": n.author, "text": n.text, "created_at": n.created_at.isoformat()} for n in conversation.notes]
    return plain


def _print_table(found: list["Conversation"]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("ID", "Priority", "About", "Customer", "From", "Subject", "Assigned to", "Since")
    for one in found:
        cells = (
            str(one.conversation_id),
            one.priority.value,
            one.primary,
            one.customer_id or "-",
            one.correspondent,
            one.subject,
            one.assignee or "-",
            f"{one.created_at:%Y-%m-%d %H:%M}",
        )
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)
    typer.echo(f"{len(found)} conversations")
