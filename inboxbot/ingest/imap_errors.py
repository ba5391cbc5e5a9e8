"""What went wrong on an IMAP connection, in our own errors.

In: whatever IMAPClient, imaplib or the socket raised. Out: MailboxRefusedError or MailboxTemporaryError, with the
server's own wish when to come back, where its text holds one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from inboxbot.errors import InboxbotError, MailboxRefusedError, MailboxTemporaryError

# What servers say while they are busy; seconds to stay away when they name no time of their own.
_BUSY_SECONDS = 60.0
_BACKOFF = re.compile(r"backoff time:?\s*(\d+)\s*milliseconds", re.IGNORECASE)
_BUSY = re.compile(
    r"\[(?:THROTTLED|LIMIT|INUSE|UNAVAILABLE)\]|throttled|too many (?:simultaneous |concurrent )?(?:connections|sessions)"
    r"|exceeded (?:command|bandwidth)",  # Gmail's quota of a day
    re.IGNORECASE,
)
# A login that gets NO is a refusal, unless the server says that the trouble is its own. Response codes: RFC 5530, 3.
_REFUSAL_CODE = re.compile(r"\[(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED|NOPERM|WEBALERT)\b", re.IGNORECASE)
_OWN_TROUBLE_CODE = re.compile(r"\[(?:UNAVAILABLE|SERVERBUG|CONTACTADMIN|INUSE|LIMIT|OVERQUOTA|CORRUPTION|CLOSED)\b", re.IGNORECASE)
# What stands behind no code, or behind one that means nothing here: "Invalid password, try again" is a refusal, ...
_REFUSAL_WORDS = re.compile(
    r"\b(?:invalid|incorrect|wrong|bad|unknown|no such|expired|revoked)\W+(?:\w+\W+){0,3}?"
    r"(?:credentials?|passw\w+|passphrase|pin|users?|user\s?names?|login|account|mailbox|tokens?|grant)\b"
    r"|\b(?:credentials?|passw\w+|user\s?names?|login|account|tokens?)\W+(?:\w+\W+){0,3}?"
    r"(?:invalid|incorrect|wrong|rejected|denied|expired|revoked|locked|blocked|disabled|suspended|deactivated)\b"
    r"|\bnot (?:found|valid|allowed|enabled)\b"
    r"|\btoo many (?:failed|unsuccessful|invalid|wrong|incorrect|login failures)"
    r"|\b(?:locked out|web login|web browser|app(?:lication)?[- ]specific password)\b",
    re.IGNORECASE,
)
# ... and these are what servers say of themselves (Exchange, Dovecot, Courier, Cyrus, Gmail, Yahoo, Zimbra).
_OWN_TROUBLE_WORDS = re.compile(
    r"temporar|transient|\btry(?:ing)? (?:again|later)|\bretry|unavailable|not available|cannot be reached|unreachable"
    r"|\b(?:internal|server|system|service|backend|database|generic|lookup|ldap|i/o|unexpected|unknown)\W+(?:\w+\W+){0,2}?(?:error|failure|problem|fault)"
    r"|\btime[sd]? ?-?out|\boverload|\bbusy\b|maintenance|out of (?:memory|resources)|\bshutting down|\bgoing down|\bstarting up"
    r"|\btoo (?:many|fast|often)\b|\brate[- ]limit|\bover quota",
    re.IGNORECASE,
)
_PERMANENT_SELECT = re.compile(r"\[(?:NONEXISTENT|TRYCREATE|NOPERM|CANNOT)\]|doesn't exist|does not exist", re.IGNORECASE)
_FORESEEN = (IMAPClient.Error, OSError)  # the server's own words, and the network's

_log = structlog.get_logger(__name__)


def retry_after(text: str) -> float | None:
    """Seconds to stay away, from a server's text (RFC 5530, 3, and Exchange's own words); None without such a wish."""
    named = _BACKOFF.search(text)
    if named:
        return int(named[1]) / 1000
    return _BUSY_SECONDS if _BUSY.search(text) else None


def temporary(doing: str, error: BaseException) -> MailboxTemporaryError:
    """`error` as something worth trying again; `doing` says what was being done."""
    words = _words(error)
    return MailboxTemporaryError(f"{doing}: {words}", retry_after=retry_after(words))


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Whatever breaks inside becomes a MailboxTemporaryError that says what was being done.

    A server's bytes can make the library (or us) stumble in any way: numbers and dates that no type holds, a literal larger than
    all memory, lists nested deeper than calls can be. That ends this connection and nothing else; the log says where it was.
    """
    try:
        yield
    except InboxbotError:
        raise
    except _FORESEEN as error:
        raise temporary(doing, error) from None
    except Exception as error:  # noqa: BLE001 - see above
        _log.warning("answer_not_understood", doing=doing, error=type(error).__name__, exc_info=error)
        raise temporary(doing, error) from None


@contextmanager
def explained_login(doing: str) -> Iterator[None]:
    """As `explained`, but a plain NO to our credentials is a refusal."""
    with explained(doing):
        try:
            yield
        except LoginError as error:
            if _is_refusal(error):
                raise MailboxRefusedError(f"{doing}: {_words(error)}") from None
            raise


@contextmanager
def explained_select(doing: str) -> Iterator[None]:
    """As `explained`, but a folder that is not there, or not for us, is a refusal."""
    with explained(doing):
        try:
            yield
        except IMAPClient.Error as error:
            if _PERMANENT_SELECT.search(str(error)):
                raise MailboxRefusedError(f"{doing}: {_words(error)}") from None
            raise


def _is_refusal(error: LoginError) -> bool:
    """IMAPClient makes a LoginError of everything that happens during a login: a cut connection is no refusal.

    Nor is a server's own trouble: people would be told to renew a password that is right, and the mailbox be left alone for long.
    """
    words = _words(error)
    if isinstance(error.__context__, IMAPClient.AbortError) or retry_after(words) is not None:
        return False
    if _REFUSAL_CODE.search(words):
        return True
    if _OWN_TROUBLE_CODE.search(words):
        return False
    return bool(_REFUSAL_WORDS.search(words)) or not _OWN_TROUBLE_WORDS.search(words)


def _words(error: BaseException) -> str:
    """The error's text without Python's marks around bytes."""
    text = str(error) or type(error).__name__
    return re.sub(r"\bb(['\"])(.*?)\1", r"\2", text)
