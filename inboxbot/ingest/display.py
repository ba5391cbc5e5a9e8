"""A mail's own HTML, for a person to look at. Nothing is understood from it.

In: raw bytes. Out: HTML as the sender wrote it (never to be shown unclean), "" where there is none or it cannot be read.
"""

from inboxbot.errors import NotFoundError
from inboxbot.ingest import headers, mime
from inboxbot.message import RawMessage

MOST_HTML = 1_000_000  # characters


def html_of(raw: RawMessage) -> str:
    """The HTML of the mail's body."""
    try:
        headers.check_limits(raw.raw)
        tree = headers.parse(raw.raw)
        headers.check_tree(tree)
        return "\n".join(section.html for section in mime.sections(tree) if section.html)[:MOST_HTML]
    except Exception:  # noqa: BLE001 - parsers raise whatever they like on hostile mail; the text is shown then
        return ""


def file_of(raw: RawMessage, number: int) -> tuple[str, bytes]:
    """(name, bytes) of the mail's file at this place, as `Message.attachments` counts them; NotFoundError where there is none."""
    try:
        headers.check_limits(raw.raw)
        tree = headers.parse(raw.raw)
        headers.check_tree(tree)
        found = mime.file_at(tree, number)
    except Exception as error:  # parsers raise whatever they like on hostile mail
        raise NotFoundError("this file cannot be read out of the mail") from error
    if found is None:
        raise NotFoundError("the mail has no such file")
    return found
