"""Which HTTP status and which heading an error of ours has, for the pages and the API alike.

In: an error. Out: a number and words.
"""

from inboxbot.errors import (
    ConflictError,
    DocumentMissingError,
    ForbiddenError,
    InboxbotError,
    NotFoundError,
    ReplyError,
    SignInError,
    StoreError,
    ThrottledError,
    UsageError,
)
from inboxbot.web.staff.gate import ForgedRequestError

STATUS: tuple[tuple[type[InboxbotError], int, str], ...] = (
    (ForbiddenError, 403, "Not with this account"),
    (ForgedRequestError, 403, "Please try again"),
    (NotFoundError, 404, "Not there"),
    (ConflictError, 409, "Somebody was faster"),
    (UsageError, 422, "That does not work"),
    (ReplyError, 422, "The reply cannot be made"),
    (DocumentMissingError, 422, "A document is missing"),
    (SignInError, 401, "Not signed in"),
    (ThrottledError, 429, "Please wait"),
    (StoreError, 503, "The records cannot be reached"),
)


def status_of(error: InboxbotError) -> tuple[int, str]:
    """(HTTP status, heading) of an error."""
    return next(((status, heading) for kind, status, heading in STATUS if isinstance(error, kind)), (500, "Something went wrong"))
