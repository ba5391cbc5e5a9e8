"""Every error inboxbot raises on purpose, in one tree.

The class docstring is the default message; ids are attributes; temporary or permanent is part of the type, so that
retry code asks the type and not the text. The command line prints `str(error)` as one plain line.
"""

from pathlib import Path


class InboxbotError(Exception):
    """Something failed while running."""

    exit_code = 1

    def __str__(self) -> str:
        """The message given at the raise site, else the class docstring; the cause is appended when there is one."""
        words = super().__str__() or (type(self).__doc__ or type(self).__name__).strip()
        cause = f" ({self.__cause__})" if self.__cause__ is not None and str(self.__cause__) else ""
        return f"{words}{cause}"


class ConfigError(InboxbotError):
    """The configuration is not valid."""

    exit_code = 2

    def __init__(self, words: str, *, file: Path | None = None, line: int | None = None, key: str = "") -> None:
        """`words` say what was expected; `file`, `line` and the dotted `key` say where."""
        self.file, self.line, self.key = file, line, key
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(": ".join(part for part in (place, key, words) if part))


class UsageError(InboxbotError):
    """The command was called in a way it does not understand."""

    exit_code = 2


class LedgerError(InboxbotError):
    """The ledger cannot be read."""


class DocumentMissingError(InboxbotError):
    """A document that the ledger names is not there."""

    def __init__(self, document: str, place: Path | str) -> None:
        """`document` is its name in the ledger, `place` where it was looked for."""
        self.document = document
        super().__init__(f"document {document} is not in {place}")


class ReplyError(InboxbotError):
    """A reply cannot be made from what is at hand."""


class ModelError(InboxbotError):
    """The model artefact cannot be used."""


class StoreError(InboxbotError):
    """The store cannot be used."""


class StoreRefusedError(StoreError):
    """The store refuses this very change; the same change will not be taken later either."""


class NotFoundError(InboxbotError):
    """There is no such thing in the store."""


class ForbiddenError(InboxbotError):
    """This account may not do that."""


class SignInError(InboxbotError):
    """The address or the password is not right."""


class ThrottledError(InboxbotError):
    """Too many attempts; try again later."""

    def __init__(self, words: str = "", *, retry_after: float = 60.0) -> None:
        """`retry_after` in seconds."""
        self.retry_after = retry_after
        super().__init__(words)


class ConflictError(InboxbotError):
    """Somebody else was faster."""


class AlertError(InboxbotError):
    """Nobody could be told of an alarm by this channel."""


class WorkerError(InboxbotError):
    """The process that parses mail cannot be had now; what needed it is tried again."""


class UnreadableMessageError(InboxbotError):
    """The message cannot be parsed."""


class LookupFailedError(InboxbotError):
    """The DNS did not answer."""


class TokenError(InboxbotError):
    """No access token can be had just now; it is worth trying again."""

    def __init__(self, words: str = "", *, retry_after: float | None = None) -> None:
        """`retry_after` is the token endpoint's own wish in seconds, where it named one."""
        self.retry_after = retry_after
        super().__init__(words)


class TokenRefusedError(InboxbotError):
    """The token endpoint refuses us; trying again the same way cannot help."""


class MailboxError(InboxbotError):
    """The mailbox cannot be used."""


class MailboxTemporaryError(MailboxError):
    """The mailbox does not answer just now; it is worth trying again."""

    def __init__(self, words: str = "", *, retry_after: float | None = None) -> None:
        """`retry_after` is the server's own back-off wish in seconds, where it named one."""
        self.retry_after = retry_after
        super().__init__(words)


class MailboxHungError(MailboxError):
    """A call to the mailbox did not come back, timeouts notwithstanding; only a new process helps."""


class MailboxRefusedError(MailboxError):
    """The mailbox refused the login; trying again the same way cannot help."""


class SendError(InboxbotError):
    """A mail could not be handed to the SMTP server; the server does not have it."""


class SendTemporaryError(SendError):
    """The SMTP server does not have the mail and says, or shows, that it may take it later."""


class SendUnreachableError(SendTemporaryError):
    """The SMTP server cannot be reached or is closed just now; that says nothing about this mail."""


class SendNoTokenError(SendUnreachableError):
    """No access token can be had to log in at the SMTP server."""


class SendPermanentError(SendError):
    """The SMTP server refused the mail for good."""


class SendRefusedLoginError(SendError):
    """The SMTP server refused our login or our terms (TLS); no mail can be sent until that is put right."""


class SendInDoubtError(InboxbotError):
    """The connection ended after the mail's body was begun: the server may or may not have it."""
