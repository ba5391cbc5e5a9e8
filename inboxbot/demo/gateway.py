"""What a company's mail gateway does to a mail that comes in: it says who vouched for the sender.

In: a raw mail and its SMTP envelope. Out: the same mail with Return-Path, Authentication-Results and Received on top,
and without any such claim the mail itself brought along. Pure.
"""

import re
from datetime import datetime
from email.utils import format_datetime

AUTHSERV_ID = "mx.brightwater.example"
UNAUTHENTICATED = "unauth."  # an envelope domain that begins so plays a sender who fails every check

# a header with its folded lines; a sender's own claims must not reach a reader (RFC 8601, 5; RFC 5321, 4.4)
_CLAIMS = re.compile(rb"^(?:authentication-results|return-path)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
_END_OF_HEADER = re.compile(rb"(?:\A|\n)\r?\n")


def stamp(raw: bytes, mail_from: str, rcpt_to: str, now: datetime) -> bytes:
    """The mail as the mailbox gets it; `mail_from` is the envelope sender, "" for the null path."""
    top = (f"Return-Path: <{mail_from}>", f"Authentication-Results: {AUTHSERV_ID}; {verdict(mail_from)}", _received(rcpt_to, now))
    return "".join(f"{line}\r\n" for line in top).encode() + _without_claims(raw)


def verdict(mail_from: str) -> str:
    """The results part of Authentication-Results (RFC 8601, 2.2) for an envelope sender."""
    domain = mail_from.rpartition("@")[2].lower()
    if not domain:
        return "spf=none; dmarc=fail"
    result = "fail" if domain.startswith(UNAUTHENTICATED) else "pass"
    return f"spf={result} smtp.mailfrom={domain}; dmarc={result} header.from={domain}"


def _received(rcpt_to: str, now: datetime) -> str:
    return f"Received: from localhost by {AUTHSERV_ID} with ESMTP\r\n for <{rcpt_to}>; {format_datetime(now)}"


def _without_claims(raw: bytes) -> bytes:
    found = _END_OF_HEADER.search(raw)
    end = found.end() if found else len(raw)
    return _CLAIMS.sub(b"", raw[:end]) + raw[end:]
