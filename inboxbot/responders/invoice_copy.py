"""The answer to `invoice_copy`: the documents of the named invoices.

In: an `AnswerContext` whose `documents` hold them. Out: a `Section` with the files, or with the account link's words when
the files together are too large for one mail.
"""

from collections.abc import Iterable, Sequence

from inboxbot.errors import DocumentMissingError, InboxbotError, ReplyError
from inboxbot.facts import Invoice
from inboxbot.reply import Document
from inboxbot.responders.context import AnswerContext, Section
from inboxbot.responders.named import invoice_table, invoices_of
from inboxbot.responders.wording import GAP, listed, one_line


def section(context: AnswerContext) -> Section:
    """Copies of the invoices named by number or purchase order."""
    invoices = invoices_of(context)
    found = {i.invoice_number: context.documents[i.invoice_number] for i in invoices if i.invoice_number in context.documents}
    fits = encoded_size(found.values()) <= context.max_reply_bytes
    numbers = [one_line(i.invoice_number) for i in invoices]
    return Section(
        title="Invoice copies" if len(invoices) > 1 else "Invoice copy",
        template="invoice_copy",
        values={"attached": fits, "count": len(invoices), "numbers": listed(numbers) or GAP, "as_of": context.as_of},
        tables=invoice_table(context, invoices),
        documents=tuple(found.values()) if fits else (),
        copies_of=invoices,
        problem=_problem(context, invoices, fits=fits),
    )


def encoded_size(documents: Iterable[Document]) -> int:
    """Bytes the files take inside a mail: base64 in lines of 76 characters and CRLF (RFC 2045, 6.8)."""
    return sum(-(-len(document.content) // 57) * 78 for document in documents)


def _problem(context: AnswerContext, invoices: Sequence[Invoice], *, fits: bool) -> InboxbotError | None:
    if not invoices:
        return ReplyError("no invoice of this customer is named")
    missing = next((i for i in invoices if i.invoice_number not in context.documents), None)
    if missing:
        return DocumentMissingError(missing.document or missing.invoice_number, "the documents at hand")
    if not fits and not context.portal_link:
        return DocumentMissingError(invoices[0].document, "a mail of the allowed size, and there is no account page to load it from")
    return None
