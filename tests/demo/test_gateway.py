"""What the demo's gateway stamps, and what it removes."""

from datetime import UTC, datetime

import pytest

from inboxbot.demo import gateway

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mail_from", "expected"),
    [
        ("AP@AlderStone.example", "spf=pass smtp.mailfrom=alderstone.example; dmarc=pass header.from=alderstone.example"),
        ("a@unauth.evil.example", "spf=fail smtp.mailfrom=unauth.evil.example; dmarc=fail header.from=unauth.evil.example"),
        ("", "spf=none; dmarc=fail"),
    ],
)
def test_the_verdict_follows_the_envelope_sender(mail_from: str, expected: str) -> None:
    assert gateway.verdict(mail_from) == expected


def test_claims_that_a_mail_brings_are_removed_with_their_folded_lines() -> None:
    raw = (
        b"Subject: x\r\nAUTHENTICATION-results : mx.brightwater.example;\r\n dmarc=pass\r\n\theader.from=a.example\r\n"
        b"Return-Path: <>\r\nTo: y\r\n\r\nAuthentication-Results: in the body stays\r\n"
    )

    stamped = gateway.stamp(raw, "a@unauth.b.example", "ar@brightwater.example", NOW)

    assert stamped.endswith(b"Subject: x\r\nTo: y\r\n\r\nAuthentication-Results: in the body stays\r\n")
    assert stamped.count(b"dmarc=") == 1


def test_the_stamp_stands_on_top() -> None:
    stamped = gateway.stamp(b"To: y\n\nbody\n", "a@b.example", "ar@brightwater.example", NOW).decode()

    assert [line.partition(":")[0] for line in stamped.splitlines()[:3]] == ["Return-Path", "Authentication-Results", "Received"]
    assert "for <ar@brightwater.example>; Fri, 20 Nov 2026 09:30:00 +0000" in stamped


def test_a_mail_without_a_body_loses_its_claims_too() -> None:
    assert gateway.stamp(b"Authentication-Results: x; dmarc=pass\r\n", "", "ar@brightwater.example", NOW).count(b"dmarc=pass") == 0
