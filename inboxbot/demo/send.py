"""`python -m inboxbot.demo.send`: send a mail of one's own to the demo.

In: port, sender, subject and words. Out: a mail handed to the demo's SMTP server, as a customer's server would.
"""

import smtplib
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import Annotated

import typer

from inboxbot.demo.sample_ledger import COMPANY_ADDRESS


def send(
    text: Annotated[str, typer.Argument(help="The words of the mail.")],
    port: Annotated[int, typer.Option("--port", help="The demo's SMTP port, as it printed it.")],
    sender: Annotated[str, typer.Option("--from", help="Who writes.")] = "m.fuller@alderstone.example",
    subject: Annotated[str, typer.Option("--subject")] = "A question",
) -> None:
    """Send one mail to the demo's company."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, COMPANY_ADDRESS, subject
    message["Date"], message["Message-ID"] = localtime(), make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message)
    typer.echo(f"sent to {COMPANY_ADDRESS}")


if __name__ == "__main__":
    typer.run(send)
