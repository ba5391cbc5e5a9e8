"""Whom we believe: nothing but our own gateway's word about the From domain."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxbot.config import SecuritySection
from inboxbot.ingest import authenticity
from inboxbot.message import Address, Authenticity, AuthenticityStatus, Message, MessageKey, RawMessage

GATEWAY = "mx.example.test"
SECTION = SecuritySection(trusted_authserv_ids=(GATEWAY,))
RAW = RawMessage(MessageKey("ar", 1, 1), b"", datetime(2026, 11, 20, tzinfo=UTC))
VERIFIED, UNVERIFIED, FAILED = AuthenticityStatus.VERIFIED, AuthenticityStatus.UNVERIFIED, AuthenticityStatus.FAILED


def judge(*values: str, sender: str | None = "ar@customer.com", section: SecuritySection = SECTION) -> Authenticity:
    message = Message(
        message_id="<1@x>",
        subject="",
        from_=Address(sender) if sender else None,
        received_at=datetime(2026, 11, 20, tzinfo=UTC),
        trace=tuple(("authentication-results", value) for value in values),
    )
    return authenticity.authenticate(message, RAW, section)


@pytest.mark.parametrize(
    "value",
    [
        "mx.example.test; dmarc=pass header.from=customer.com",
        "MX.Example.Test; DMARC=pass header.from=CUSTOMER.com",
        "mx.example.test 1; dmarc=pass header.from=customer.com",
        "mx.example.test (our own) ; spf=pass smtp.mailfrom=x.org; dmarc=pass (p=reject dis=none) header.from=customer.com",
        "mx.example.test; dmarc=pass header.from=mail.customer.com",
        "mx.example.test; dkim=pass header.d=customer.com header.s=k1 header.b=AbC+/=; dmarc=none",
        "mx.example.test; dkim=pass (2048-bit key; unprotected) header.i=@customer.com",
        "mx.example.test; dkim=fail header.d=customer.com; dkim=pass header.d=news.customer.com",
        "mx.example.test; dmarc=pass action=none header.from=customer.com; compauth=pass reason=100",
    ],
)
def test_the_gateways_pass_for_the_from_domain_is_believed(value: str) -> None:
    assert judge(value).status is VERIFIED


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("mx.example.test; none",),
        ("mx.example.test; spf=pass smtp.mailfrom=customer.com",),
        ("mx.example.test; dmarc=pass",),
        ("mx.example.test; dmarc=pass header.from=evil.com",),
        ("mx.example.test; dmarc=pass header.from=evil.com header.from=customer.com",),
        ("mx.example.test; dmarc=pass smtp.mailfrom=customer.com",),
        ("mx.example.test; dmarc=passed header.from=customer.com",),
        ("mx.example.test; dmarc=none header.from=customer.com; dkim=pass header.d=evil.com",),
        ("mx.example.test; dkim=pass header.d=evil.com header.i=@customer.com",),
        ("mx.example.test; dkim=pass header.d=evil.com header.d=customer.com",),
        ("mx.example.test; dkim=pass header.d=customer.com.evil.com",),
        ("mx.example.test; dkim=pass header.d=notcustomer.com",),
        ("mx.example.test; dkim=pass header.d=com",),
        ("mx.example.test; dkim=pass smtp.d=customer.com",),
        ("mx.example.test; dkim=neutral header.d=customer.com",),
        ("mx.example.test.evil.com; dmarc=pass header.from=customer.com",),
        ("evil.mx.example.test; dmarc=pass header.from=customer.com",),
        ("mx-example.test; dmarc=pass header.from=customer.com",),
        ('"mx.example.test"; dmarc=pass header.from=customer.com',),
        ('"mx.example.test" evil.com; dmarc=pass header.from=customer.com',),
        ("evil.com (mx.example.test); dmarc=pass header.from=customer.com",),
        ("(mx.example.test) evil.com; dmarc=pass header.from=customer.com",),
        ("evil.com mx.example.test; dmarc=pass header.from=customer.com",),
        ("dmarc=pass header.from=customer.com",),
        ("spf=pass (mx.example.test); dmarc=pass header.from=customer.com",),
        ("=?utf-8?q?mx.example.test?=; dmarc=pass header.from=customer.com",),
        ("mx.example.test; =?utf-8?q?dmarc=3Dpass?= header.from=customer.com",),
        ("mx.example.test; x=fail (; dmarc=pass header.from=customer.com)",),
        ('mx.example.test; x=fail reason="; dmarc=pass header.from=customer.com"',),
        ("mx.example.test; spf=fail (a (b); dmarc=pass header.from=customer.com",),
        ("mx.example.test 2; dmarc=pass header.from=customer.com",),
        ("mx.example.test; dmarc=pass header.from=customer.com;; garbage {",),
        ("mx.example.test;",),
        ("mx.example.test",),
        ("",),
        ("mx.exаmple.test; dmarc=pass header.from=customer.com",),  # noqa: RUF001  a Cyrillic letter in the id
    ],
)
def test_nothing_else_is_believed(values: tuple[str, ...]) -> None:
    assert judge(*values).status is UNVERIFIED


@pytest.mark.parametrize(
    "values",
    [
        ("mx.example.test; dmarc=fail header.from=customer.com",),
        ("mx.example.test; dkim=pass header.d=customer.com; dmarc=fail (p=none) header.from=customer.com",),
        ("mx.example.test; dmarc=pass header.from=customer.com; dmarc=fail header.from=customer.com",),
    ],
)
def test_a_dmarc_fail_outweighs_every_pass(values: tuple[str, ...]) -> None:
    assert judge(*values).status is FAILED


def test_only_the_topmost_trusted_header_counts() -> None:
    assert judge("mx.example.test; dmarc=fail", "mx.example.test; dmarc=pass header.from=customer.com").status is FAILED
    assert judge("mx.example.test; none", "mx.example.test; dmarc=pass header.from=customer.com").status is UNVERIFIED


def test_foreign_headers_above_are_passed_over() -> None:
    assert judge("relay.evil.com; dmarc=fail", "mx.example.test; dmarc=pass header.from=customer.com").status is VERIFIED


def test_nothing_below_an_unreadable_header_that_may_be_the_gateways_is_believed() -> None:
    broken = "mx.example.test; spf=fail smtp.mailfrom=(((@evil.com"
    assert judge(broken, "mx.example.test; dmarc=pass header.from=customer.com").status is UNVERIFIED


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("customer.com", "mail.customer.com", True),
        ("a.customer.co.uk", "b.customer.co.uk", True),
        ("one.co.uk", "other.co.uk", False),
        ("co.uk", "one.co.uk", False),
        ("a.github.io", "b.github.io", False),
        ("customer.com", "customer.com.evil.com", False),
        ("", "", False),
    ],
)
def test_alignment_is_by_organizational_domain(one: str, other: str, expected: bool) -> None:
    assert authenticity.aligned(one, other) is expected


def test_nobody_is_believed_when_no_gateway_is_trusted() -> None:
    answer = judge("mx.example.test; dmarc=pass header.from=customer.com", section=SecuritySection())
    assert (answer.status, "trusted_authserv_ids" in answer.proof) == (UNVERIFIED, True)


def test_a_message_without_a_sender_is_nobodys() -> None:
    assert judge("mx.example.test; dmarc=pass header.from=customer.com", sender=None).status is UNVERIFIED


def test_everybody_is_believed_when_it_is_off_and_the_proof_says_so() -> None:
    answer = judge(section=SecuritySection(authentication="off"))
    assert (answer.verified, "off" in answer.proof) == (True, True)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_header_is_survived_and_none_believed_without_the_id(value: str) -> None:
    assert judge(value).status is not VERIFIED


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["dmarc=pass", "header.from=customer.com", ";", " ", "(", ")", '"', "mx.evil.test", "=", "1", "\\", "none", "/"]),
        max_size=15,
    )
)
def test_no_arrangement_under_another_id_is_believed(pieces: list[str]) -> None:
    assert judge("mx.evil.test; " + "".join(pieces)).status is not VERIFIED


@pytest.mark.parametrize(
    "value", ["mx.example.test; x=pass " + "(" * 8000, "mx.example.test; " + "x=pass " * 2000, "mx.example.test" + ";x=pass" * 9000]
)
def test_hostile_headers_cost_little(value: str) -> None:
    assert judge(value).status is UNVERIFIED
