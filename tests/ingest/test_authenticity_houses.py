"""Microsoft 365 writes its verdict under no name, Gmail under a name that everybody knows: the place tells theirs from a forgery."""

from datetime import UTC, datetime

import pytest

from inboxbot.config import SecuritySection
from inboxbot.ingest import parse
from inboxbot.ingest.authenticity import authenticate
from inboxbot.message import AuthenticityStatus, MessageKey, RawMessage

VERIFIED, UNVERIFIED, FAILED = AuthenticityStatus.VERIFIED, AuthenticityStatus.UNVERIFIED, AuthenticityStatus.FAILED

# The lines as Exchange Online and Gmail write them, topmost first. The host that the sender chose stands in the edge's line only.
STORE = (
    "Received: from AM0PR01MB5426.eurprd01.prod.exchangelabs.com (2603:10a6::14) by DB9PR01MB8120.eurprd01.prod.exchangelabs.com with HTTPS"
)
FRONT = (
    "Received: from DU2PR04CA0001.eurprd04.prod.outlook.com (2603:10a6:10:3b::6) by AM0PR01MB5426.eurprd01.prod.exchangelabs.com"
    " (2603:10a6:208:17c::17) with Microsoft SMTP Server (version=TLS1_2) id 15.20.7181.26; Fri, 20 Nov 2026 11:59:59 +0000"
)
INSIDE = (
    "Received: from DB5EUR02FT029.eop-EUR02.prod.protection.outlook.com (2603:10a6:10:3b:cafe::e5) by DU2PR04CA0001.outlook.office365.com"
    " (2603:10a6:10:3b::6) with Microsoft SMTP Server (version=TLS1_2) id 15.20.7202 via Frontend Transport; Fri, 20 Nov 2026 11:59:58 +0000"  # noqa: E501
)
EDGE = (
    "Received: from mail.customer.com (203.0.113.5) by DB5EUR02FT029.mail.protection.outlook.com (10.13.58.117) with Microsoft SMTP Server"
    " (version=TLS1_2) id 15.20.7202.16 via Frontend Transport; Fri, 20 Nov 2026 11:59:58 +0000"
)
SPF = "Received-SPF: Pass (protection.outlook.com: domain of customer.com designates 203.0.113.5 as permitted sender)"
GOOD = (
    "Authentication-Results: spf=pass (sender IP is 203.0.113.5) smtp.mailfrom=customer.com; dkim=pass (signature was verified)"
    " header.d=customer.com;dmarc=pass action=none header.from=customer.com;compauth=pass reason=100"
)
OWN_HOP = "Received: from AM6PR08MB3190.eurprd08.prod.outlook.com ([fe80::1]) by AM6PR08MB3190.eurprd08.prod.outlook.com with mapi id 15.20"
GOOGLE_STORE = "Received: by 2002:a05:6a20:3d89:b0:1db:e0d7:675f with SMTP id s9csp1265151pzm; Fri, 20 Nov 2026 03:59:59 -0800 (PST)"
GOOGLE_EDGE = (
    "Received: from mail.customer.com (mail.customer.com. [203.0.113.5]) by mx.google.com with ESMTPS id k9-20020a170902 for"
    " <ar@example.test>; Fri, 20 Nov 2026 03:59:58 -0800 (PST)"
)
GOOGLE_GOOD = (
    "Authentication-Results: mx.google.com; dkim=pass header.i=@customer.com header.s=s1 header.b=AbCdEfGh; spf=pass (google.com: domain of"
    " ann@customer.com designates 203.0.113.5 as permitted sender) smtp.mailfrom=ann@customer.com; dmarc=pass (p=REJECT sp=REJECT dis=NONE)"
    " header.from=customer.com"
)
OUR_MX = "Received: from evil.example (198.51.100.9) by mx.brightwater.example (Postfix) with ESMTPS id 4X; Fri, 20 Nov 2026 12:00:00 +0000"
EVIL_HOP = "Received: from [198.51.100.9] by relay.evil.example with ESMTP; Fri, 20 Nov 2026 11:00:00 +0000"


def results(words: str) -> str:
    return f"Authentication-Results: {words}"


def judged(kind: str, *lines: str, sender: str = "Ann <ann@customer.com>") -> AuthenticityStatus:
    head = "\r\n".join((*lines, f"From: {sender}", "To: ar@example.test", "Subject: hello", "Message-ID: <1@customer.com>"))
    raw = RawMessage(MessageKey("ar", 1, 1), f"{head}\r\n\r\nHello\r\n".encode(), datetime(2026, 11, 20, 12, tzinfo=UTC))
    return authenticate(parse.parse(raw), raw, SecuritySection(authentication=kind)).status


@pytest.mark.parametrize(
    "lines",
    [
        (STORE, FRONT, INSIDE, GOOD, SPF, EDGE),
        (STORE, GOOD, EDGE),
        (GOOD, EDGE),
        (STORE, FRONT, INSIDE, GOOD, SPF, EDGE, OWN_HOP, EVIL_HOP),
        (STORE, results("dkim=pass (signature was verified) header.d=mail.customer.com;dmarc=pass action=none header.from=customer.com;compauth=pass reason=100"), EDGE),  # noqa: E501
        # no DMARC record of the domain's own, but its signature holds
        (STORE, results("spf=none (sender IP is 203.0.113.5) smtp.mailfrom=bounces.example; dkim=pass (signature was verified) header.d=customer.com;dmarc=bestguesspass action=none header.from=customer.com;compauth=pass reason=109"), EDGE),  # noqa: E501
        # what the sender wrote below the edge counts for nothing, neither for nor against
        (STORE, GOOD, EDGE, results("spf=fail; dmarc=fail action=reject header.from=customer.com;compauth=fail")),
    ],
)  # fmt: skip
def test_microsofts_own_verdict_is_believed(lines: tuple[str, ...]) -> None:
    assert judged("microsoft365", *lines) is VERIFIED


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (STORE, FRONT, INSIDE, SPF, EDGE),  # no verdict at all
        (STORE, EDGE, GOOD),  # written by the sender: below the edge
        (STORE, FRONT, INSIDE, SPF, EDGE, GOOD, EDGE),  # the sender forged the edge's line as well
        (OUR_MX, GOOD, EDGE),  # the mailbox is not Microsoft's: all of it was forged
        (STORE, OUR_MX, GOOD, EDGE),
        (GOOD, OUR_MX),
        (GOOD,),
        (STORE, GOOD, "Received: from x by mail.protection.outlook.com.evil.example with SMTP"),
        (STORE, GOOD, "Received: from x by evilprotection.outlook.com with SMTP"),
        (STORE, GOOD, "Received: from x (by a.mail.protection.outlook.com) by relay.evil.example with SMTP"),
        ("Received: from x (by a.prod.exchangelabs.com) by relay.evil.example with SMTP", GOOD, EDGE),
        (STORE, results("spf=none smtp.mailfrom=evil.example;dkim=none;dmarc=none header.from=customer.com;compauth=softpass"), EDGE, GOOD),
        (STORE, results("spf=pass smtp.mailfrom=customer.com;dkim=none;dmarc=none action=none header.from=customer.com;compauth=pass reason=116"), EDGE),  # noqa: E501
        (STORE, results("dkim=pass header.d=customer.com;dmarc=pass action=none header.from=customer.com"), EDGE),  # no compauth
        (STORE, results("dmarc=pass action=none header.from=customer.com;compauth=none reason=405"), EDGE),
        (STORE, results("dmarc=pass action=none header.from=customer.com;compauth=pass reason=100;compauth=softpass"), EDGE),
        (STORE, results("dkim=pass header.d=evil.example;dmarc=pass action=none header.from=evil.example;compauth=pass reason=100"), EDGE),
        (STORE, results("dkim=pass header.d=customer.com.evil.example;dmarc=none;compauth=pass reason=100"), EDGE),
        (STORE, results("mx.evil.example; dmarc=pass header.from=customer.com; compauth=pass"), EDGE),
        (STORE, results("protection.outlook.com; dmarc=pass header.from=customer.com; compauth=pass"), EDGE),
        (STORE, results("spf=fail (;dmarc=pass action=none header.from=customer.com;compauth=pass) smtp.mailfrom=x"), EDGE),
        (STORE, results('spf=fail reason=";dmarc=pass header.from=customer.com;compauth=pass"'), EDGE),
        (STORE, results("=?utf-8?q?dmarc=3Dpass?= header.from=customer.com;compauth=pass"), EDGE),
        (STORE, results("dmarc=pass action=none header.from=customer.com header.from=evil.example;compauth=pass"), EDGE),
        (STORE, f"ARC-{GOOD.removeprefix('Authentication-Results: ')}", f"X-MS-Exchange-{GOOD}", EDGE),  # other headers' names
        (STORE, GOOGLE_GOOD, EDGE),
    ],
)  # fmt: skip
def test_microsofts_verdict_is_not_to_be_forged(lines: tuple[str, ...]) -> None:
    assert judged("microsoft365", *lines) is not VERIFIED


@pytest.mark.parametrize(
    "words",
    [
        "spf=fail smtp.mailfrom=customer.com;dkim=none;dmarc=fail action=oreject header.from=customer.com;compauth=pass reason=130",
        "spf=fail smtp.mailfrom=customer.com;dkim=none;dmarc=none header.from=customer.com;compauth=fail reason=001",
        "dkim=pass header.d=customer.com;dmarc=pass header.from=customer.com;compauth=fail reason=000",
    ],
)
def test_microsofts_no_is_a_no(words: str) -> None:
    assert judged("microsoft365", STORE, results(words), EDGE) is FAILED


@pytest.mark.parametrize(
    "lines",
    [
        (GOOGLE_STORE, GOOGLE_EDGE, GOOGLE_GOOD),
        (GOOGLE_EDGE, GOOGLE_GOOD),
        (GOOGLE_GOOD, GOOGLE_EDGE),
        (GOOGLE_STORE, GOOGLE_EDGE, GOOGLE_GOOD, EVIL_HOP),
        (GOOGLE_STORE, GOOGLE_EDGE, GOOGLE_GOOD, results("mx.google.com; dmarc=fail header.from=customer.com")),
        (GOOGLE_STORE, GOOGLE_EDGE, results("mx.google.com; dkim=pass header.i=@news.customer.com header.s=s1; spf=none")),
    ],
)
def test_gmails_own_verdict_is_believed(lines: tuple[str, ...]) -> None:
    assert judged("gmail", *lines) is VERIFIED


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (GOOGLE_STORE, GOOGLE_EDGE),
        (GOOGLE_GOOD,),
        (OUR_MX, GOOGLE_GOOD, GOOGLE_EDGE),  # the mailbox is not Google's
        (OUR_MX, GOOGLE_STORE, GOOGLE_EDGE, GOOGLE_GOOD),
        (GOOGLE_STORE, GOOGLE_EDGE, EVIL_HOP, GOOGLE_GOOD),  # the sender's own, below a hop of the sender's
        (GOOGLE_STORE, GOOGLE_EDGE, results("mx.google.com; spf=softfail smtp.mailfrom=evil.example"), GOOGLE_GOOD),  # a second one below
        (GOOGLE_STORE, GOOGLE_EDGE, results("mx.google.com.evil.example; dmarc=pass header.from=customer.com")),
        (GOOGLE_STORE, GOOGLE_EDGE, results("mx.goog1e.com; dmarc=pass header.from=customer.com")),
        (GOOGLE_STORE, GOOGLE_EDGE, results("evil.example (mx.google.com); dmarc=pass header.from=customer.com")),
        (GOOGLE_STORE, GOOGLE_EDGE, results("mx.google.com; dmarc=pass header.from=evil.example")),
        (GOOGLE_STORE, GOOGLE_EDGE, results("mx.google.com; dkim=pass header.i=@evil.example; spf=pass smtp.mailfrom=customer.com")),
        ("Received: by 2001:db8::1 with SMTP", GOOGLE_GOOD),
        ("Received: from x (by mx.google.com) by relay.evil.example", GOOGLE_GOOD),
        ("Received: by mx.google.com.evil.example", GOOGLE_GOOD),
        (STORE, GOOD, EDGE),
    ],
)
def test_gmails_verdict_is_not_to_be_forged(lines: tuple[str, ...]) -> None:
    assert judged("gmail", *lines) is not VERIFIED


def test_gmails_no_is_a_no() -> None:
    assert judged("gmail", GOOGLE_STORE, GOOGLE_EDGE, results("mx.google.com; dmarc=fail (p=NONE) header.from=customer.com")) is FAILED


@pytest.mark.parametrize("kind", ["microsoft365", "gmail"])
def test_a_pass_for_one_domain_is_none_for_another(kind: str) -> None:
    lines = (STORE, FRONT, INSIDE, GOOD, SPF, EDGE) if kind == "microsoft365" else (GOOGLE_STORE, GOOGLE_EDGE, GOOGLE_GOOD)
    assert judged(kind, *lines, sender="ann@other.com") is UNVERIFIED
