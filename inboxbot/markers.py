"""The marks by which mail shows that a machine sent it, or that we did: header fields, addresses and subjects.

In: a message's header fields (lower-case name -> raw values), addresses and subjects. Out: what they say, as plain values.
Used by `classify` (what is this?) and by `policy` (may it be answered?), so that both read a field the same way.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from inboxbot import robot_addresses

Headers = Mapping[str, tuple[str, ...]]

_INBOXBOT_ID = re.compile(r"<inboxbot\.[0-9a-f]{24}\.[0-9a-f]{24}@[^@<>\s]+>")  # ours, or that of another of our kind
_COMMENT = re.compile(r"\([^()]*\)")
_TOKEN = re.compile(r"[^\s;,()\"]+")

# Names of fields that responders add to their replies, besides Auto-Submitted. None of them stands in an RFC and every product
# has its own (X-Autoreply, X-Mail-Auto-Reply, X-Amazon-Auto-Reply, X-AutoReply-From, X-Auto-Responder, X-Vacation-Reply,
# X-MS-Exchange-Inbox-Rules-Loop), so they are known by what they are called. X-Auto-Response-Suppress asks for something else.
_AUTO_REPLY_FIELD = re.compile(
    r"(?:[a-z0-9]+-)*auto-?(?:re(?:ply|plied)|respon(?:d|se|ded|der))(?!-suppress)(?:-.*)?"
    r"|(?:x-)?(?:vacation(?:-.*)?|(?:out-of-office|oof|ooo|away)(?:-(?:message|reply|notice|status))?)"
    r"|x-ms-exchange-inbox-rules-loop"
)
# Those of any mail that a machine writes: job runners, ticket systems, trackers, a mail server's own agents.
_GENERATED_FIELD = re.compile(
    r"(?:[a-z0-9]+-)*(?:auto-?generated|machine-?generated)(?:-.*)?"
    r"|x-(?:cron-env|ms-exchange-generated-message-source|ms-journal-report|notifications?(?:-.*)?)"
    r"|x-(?:servicenow|otrs|znuny|osticket|zammad|zendesk|freshdesk|jira|atlassian|github|gitlab|redmine|bugzilla|trac|discourse)-.+"
    r"|(?:x-)?rt-(?:ticket|originator|loop-prevention|queue|action|notification)(?:-.*)?"
)
_LIST_FIELD = re.compile(
    r"list-.+"  # RFC 2369, 3; RFC 2919, 3
    r"|(?:x-)?mailing-list|x-been-?there|x-google-group-.+|x-mailman-.+|x-sympa-.+|x-ml-(?:name|count|info|address|path)|x-mlserver|x-e?groups-.+|x-list(?:-.+|server|name|member)"
)
_CAMPAIGN_FIELD = re.compile(r"feedback-id|x-msfbl|x-csa-complaints|x-mc-user|x-(?:mailer-?)?campaign(?:-?id)?")
_LOOP_FIELD = re.compile(r"(?:[a-z0-9]+-)*loops?(?:-?(?:id|check|detect(?:ed|ion)?|prevent(?:ion)?|protect(?:ion)?|mark|guard|control))?")
_PATH_FIELDS = ("return-path", "x-return-path", "envelope-from", "x-envelope-from", "x-envelope-sender")
_NULL_PATH = "mailer-daemon"  # what "<>" becomes where mail is handed to a program
_MAILERS = re.compile(  # programs that write by themselves, never a person's
    r"zendesk|servicenow|service-now|jira|bugzilla|redmine|listserv|majordomo|mailman|sympa|mailchimp|sap web application server"
    r"|sendemail-\d|microsoft cdo"
)
BOUNCE_FIELDS = ("x-failed-recipients", "x-ms-exchange-message-is-ndr")

_DAEMON = re.compile(
    r"mail(er)?[._-]?daemon|mdaemon|mail[._-]?delivery([._-]?(sub)?system)?|daemon|nobody|bounces?([._+-].*)?|ndr|listserv|majordomo|mailman"
    r"|microsoftexchange[0-9a-f]{6,}|owner-.+|.+-(request|owner|bounces)"
)
_ROLE = frozenset({"postmaster", "abuse", "hostmaster", "webmaster", "security", "noc", "usenet", "news", "uucp", "www", "ftp"})  # RFC 2142

_PREFIX = re.compile(
    r"(?:re|aw|sv|vs|antw|ref|odp|r|rif|res|ynt|atb|vá|fwd?|fw|wg|tr|rv|enc|i|pd|vl|vb|doorst|továbbítás|ilt|回复|答复|转发|回覆|轉寄|返信|転送)"
    r"(?:\s?[\[(]\d{1,3}[\])])?\s?[:\uff1a]\s*",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 1000  # characters of a subject that are looked at
_LONGEST_KEPT = 180  # characters of it that an answer of ours surely repeats
_BARS = "-\u2013\u2014|>"
_MARKS = frozenset({"Ps", "Pe", "Pi", "Pf"})  # brackets and quotes (Unicode's general categories)


def values(headers: Headers, name: str) -> tuple[str, ...]:
    """Every value of a field, white space folded, topmost first."""
    return tuple(" ".join(value.split()) for value in headers.get(name, ()))


def keyword(value: str) -> str:
    """The keyword of a structured value, lower case: comments, quotes and parameters left out (RFC 3834, 5; RFC 5322, 3.2.2)."""
    return next(iter(_tokens(value)), "")


def auto_submitted(headers: Headers) -> frozenset[str]:
    """The keywords of every Auto-Submitted field that are not "no"; "unknown" for one that cannot be read (RFC 3834, 5).

    A relay that keeps another's field calls it X-Auto-Submitted or X-Original-Auto-Submitted. Of several keywords, which the
    syntax does not allow, the worst counts.
    """
    named = [value for name, found in headers.items() if name.endswith("auto-submitted") for value in found]
    found = {keyword for value in named for keyword in _tokens(_uncommented(value).partition(";")[0]) or ["unknown"]}
    return frozenset(found - {"no"})


def precedence(headers: Headers) -> frozenset[str]:
    """Those values of Precedence that tell of many receivers or of a robot: bulk, junk, list, and auto_reply and its like."""
    named = (value for name in ("precedence", "x-precedence") for value in headers.get(name, ()))
    found = {token.replace("-", "_") for value in named for token in _tokens(value.partition(";")[0])}
    return frozenset(value for value in found if value in {"bulk", "junk", "list"} or value.startswith("auto"))


def list_fields(headers: Headers) -> tuple[str, ...]:
    """Names of the fields present that list managers add (RFC 2369, 3; RFC 2919, 3; and those that stand in no RFC)."""
    delivered = ["delivered-to"] if any("mailing list" in value.lower() for value in headers.get("delivered-to", ())) else []  # ezmlm
    return tuple(sorted([*(name for name in headers if _LIST_FIELD.fullmatch(name)), *delivered]))


def auto_reply_fields(headers: Headers) -> tuple[str, ...]:
    """Names of the fields present that only automatic replies carry."""
    marked = [name for name in ("x-post-messageclass", "delivered-to") if any("autoresponder" in v.lower() for v in headers.get(name, ()))]
    return (*sorted(name for name in headers if _AUTO_REPLY_FIELD.fullmatch(name)), *marked)


def generated_fields(headers: Headers) -> tuple[str, ...]:
    """The fields present that any mail written by a machine may carry."""
    named = sorted(name for name in headers if _GENERATED_FIELD.fullmatch(name) and not _LOOP_FIELD.fullmatch(name))
    mailer = [name for name in ("x-mailer", "user-agent") if any(_MAILERS.search(value.lower()) for value in headers.get(name, ()))]
    kind = values(headers, "x-freescout-mail-type")  # of which customer.message is what somebody there has typed
    typed = ["x-freescout-mail-type"] if any(keyword(value) != "customer.message" for value in kind) else []
    return (*named, *mailer, *typed)


def unread_paths(headers: Headers) -> tuple[str, ...]:
    """The return paths at which nobody reads; mass mail has one as well as a machine's."""
    return tuple(f"Return-Path: {path}" for path in _paths(headers) if _nobody_reads_path(path))


def many_receivers(headers: Headers) -> tuple[str, ...]:
    """The fields present that mail to many carries: lists, bulk precedence, a mass sender's campaign or feedback loop."""
    bulk = sorted(precedence(headers) & {"bulk", "junk", "list"})
    return (*(f"Precedence: {value}" for value in bulk), *list_fields(headers), *campaign_fields(headers))


def campaign_fields(headers: Headers) -> tuple[str, ...]:
    """Names of the fields present by which mass senders hear of complaints about their mail."""
    return tuple(sorted(name for name in headers if _CAMPAIGN_FIELD.fullmatch(name)))


def loop_fields(headers: Headers) -> tuple[str, ...]:
    """Names of the fields present by which a machine knows its own mail again (X-Loop, X-RT-Loop-Prevention, X-OTRS-Loop).

    X-LoopCount0 is none of them: a gateway counts its own rounds there, in everybody's mail; nor is X-MS-Exchange-ForwardingLoop.
    """
    return tuple(sorted(name for name in headers if _LOOP_FIELD.fullmatch(name)))


def suppressed(headers: Headers) -> frozenset[str]:
    """Which wishes of X-Auto-Response-Suppress forbid an answer: All, AutoReply, OOF. DR, RN and NRN speak of receipts only."""
    tokens = {token.lower() for value in headers.get("x-auto-response-suppress", ()) for token in _TOKEN.findall(value)}
    return frozenset(tokens & {"all", "autoreply", "oof"})


def another_inboxbot(message_id: str, headers: Headers) -> str:
    """What shows that an inboxbot wrote it, ours or somebody else's, or ''. Two of them must never talk to each other."""
    if _INBOXBOT_ID.fullmatch(message_id.strip()):
        return message_id.strip()
    return next((name for name in headers if name.startswith("x-inboxbot")), "")


def null_return_path(return_path: str | None, headers: Headers) -> bool:
    """True when the mail must never be answered because its sender said so by "<>" (RFC 5321, 4.5.5; RFC 3834, 2).

    Where mail is handed to a program the null path becomes MAILER-DAEMON (Postfix' pipe(8), null_sender; Dovecot's LDA).
    """
    paths = _paths(headers) if return_path is None else (*_paths(headers), return_path)
    return any(not path or _local(path) == _NULL_PATH for path in paths)


def robot_sender(email: str) -> str:
    """The local part when nobody reads it (mailer-daemon, no-reply, owner-..., bounces+...), or ''."""
    local = _local(email)
    return local if robot_addresses.unread(local) or daemon_sender(email) else ""


def daemon_sender(email: str) -> bool:
    """True for addresses at which only a mail system or a list manager writes."""
    local = _local(email)
    return bool(_DAEMON.fullmatch(local) or _DAEMON.fullmatch(local.partition("+")[0]))


def role_sender(email: str) -> bool:
    """True for postmaster, abuse and their like: often a person (RFC 5230, 4.6), yet nobody to send an invoice to."""
    return _local(email).partition("+")[0] in _ROLE


def relayed_sender(email: str) -> bool:
    """True for an address from which mail goes on to another, of whom we know nothing."""
    return robot_addresses.relaying(_local(email))


def same_mailbox(email: str, own: Iterable[str]) -> bool:
    """Whether mail to `email` lands where one of `own` is read: case, plus tags and googlemail.com do not count."""
    return bare(email) in {bare(address) for address in own}


def bare_subject(subject: str) -> str:
    """A subject without its reply and forward prefixes, in any of their languages."""
    while found := _PREFIX.match(subject):
        subject = subject[found.end() :]
    return subject


def answers_subject(subject: str, original: str) -> bool:
    """Whether a subject is that of an answer to our answer to `original`: the same one, behind or before what only an answer adds.

    That is a prefix in any language ("Re:", "Automatic reply:", "Antwort:") or a ticket's number and words ("[T-12]", "INC001 - ",
    "We have received your request: "). The very same subject again is a new mail's, and one more word is another matter's.
    """
    said, whole = _folded(subject), bare_subject(_folded(original))
    ours = whole[:_LONGEST_KEPT].rstrip()
    if not ours:
        return bare_subject(said) != said
    for found in re.finditer(re.escape(ours), said):
        before, behind = said[: found.start()], said[found.end() :]
        if before and _closes(before) and (ours != whole or _opens(behind)):
            return True
    return said.startswith(ours) and _numbered(said[len(ours) :])


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:_LONGEST_SUBJECT]).casefold().split())


def _closes(before: str) -> bool:
    """Whether words in front of a subject end as those that are put there do: with a colon, a bracket, a quote, a dash of its own."""
    last = before.rstrip()[-1:]
    return last in ":'\"" or unicodedata.category(last) in _MARKS or before.endswith(tuple(f"{mark} " for mark in _BARS))


def _opens(behind: str) -> bool:
    """Whether words behind a subject begin so."""
    first = behind.lstrip()[:1]
    return not first or first in "'\"#" or unicodedata.category(first) in _MARKS or behind.startswith(tuple(f" {mark} " for mark in _BARS))


def _numbered(behind: str) -> bool:
    """Whether nothing but a number in brackets follows, as ticket systems have it."""
    return bool(re.fullmatch(r"\s*(?:\[[^\]]*\d[^\]]*\]|\(#[^)]*\d[^)]*\))", behind))


def _uncommented(value: str) -> str:
    before = None
    while before != value:  # comments nest
        before, value = value, _COMMENT.sub(" ", value)
    return value


def _tokens(value: str) -> list[str]:
    """The words of a structured value, lower case."""
    return [token.lower() for token in _TOKEN.findall(_uncommented(value))]


def _paths(headers: Headers) -> tuple[str, ...]:
    """Every envelope sender that a server has written down, lower case; '' is the null path."""
    return tuple(_uncommented(value).strip('<> \t\r\n"').lower() for name in _PATH_FIELDS for value in headers.get(name, ()))


def _nobody_reads_path(path: str) -> bool:
    """Whether an envelope sender is a robot's. One that a forwarder has rewritten (SRS) is the forwarder's, not the writer's."""
    local = _local(path)
    return bool(path) and local != _NULL_PATH and "srs" not in local and bool(robot_sender(path))


def _local(email: str) -> str:
    """The local part, lower case; a bare name such as MAILER-DAEMON is one."""
    return (email.rpartition("@")[0] or email).lower()


def bare(email: str) -> str:
    """The address of the mailbox that `email` names: lower case, without a tag (RFC 5233, 1), googlemail.com as gmail.com; "" for none.

    What is counted or repeated is so by the mailbox: whoever tags his address anew with every mail is still one sender.
    """
    local, at, domain = email.strip().lower().rpartition("@")
    domain = "gmail.com" if domain == "googlemail.com" else domain
    return f"{local.partition('+')[0] or local}{at}{domain}"
