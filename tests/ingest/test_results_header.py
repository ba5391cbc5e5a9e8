"""The form of Authentication-Results as the world's gateways write it, and what must not be read into it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.test_authenticity import VERIFIED, judge

from inboxbot.ingest.results_header import parsed

SPF = "spf=pass (mx.example.test: domain of ann@customer.com designates 203.0.113.5 as permitted sender) smtp.mailfrom=ann@customer.com"
# ruff: noqa: E501  headers as they are written
GATEWAYS = {
    "rspamd": f'dkim=pass header.d=customer.com header.s=k header.b="aB+/c=="; dmarc=pass (policy=none) header.from=customer.com; {SPF}; arc=none',
    "rspamd with ARC": 'arc=pass ("microsoft.com:s=arcselector10001:i=1"); dmarc=pass (policy=reject) header.from=customer.com',
    "OpenDMARC": "dmarc=pass (p=none dis=none) header.from=customer.com",
    "OpenDKIM": "dkim=pass (2048-bit key; unprotected) header.d=customer.com header.i=@customer.com header.a=rsa-sha256; dkim-atps=neutral",
    "Exim": "iprev=pass (mail.customer.com) smtp.remote-ip=203.0.113.5; spf=pass smtp.mailfrom=customer.com; dkim=pass header.d=customer.com"
    " header.s=s1 header.a=rsa-sha256; dmarc=pass header.from=customer.com; arc=none",
    "Cisco": "spf=Pass smtp.mailfrom=ann@customer.com; spf=None smtp.helo=postmaster@mail.customer.com; dkim=none (message not signed)"
    " header.i=none; dmarc=pass (p=reject dis=none) d=customer.com",
    "Amazon": "spf=pass (spfCheck: domain of customer.com designates 203.0.113.5 as permitted sender) client-ip=203.0.113.5;"
    " envelope-from=ann@customer.com; helo=mail.customer.com; dkim=pass header.i=@customer.com; dmarc=pass header.from=customer.com;",
    "Yahoo": "dkim=pass header.i=@customer.com header.s=s1; spf=pass smtp.mailfrom=customer.com; dmarc=pass(p=REJECT) header.from=customer.com;",
    "Zoho": "dkim=pass; spf=pass smtp.mailfrom=ann@customer.com; dmarc=pass(p=none dis=none) header.from=customer.com",
    "Fastmail": "bimi=pass header.d=customer.com policy.authority-uri=https://customer.com/a.pem; dkim=pass (2048-bit rsa key sha256)"
    " header.d=customer.com header.i=@customer.com header.a=rsa-sha256 header.s=s1 x-bits=2048; dmarc=pass"
    " policy.published-domain-policy=reject (p=reject,d=none,d.eval=none) policy.policy-from=p header.from=customer.com; x-tls=pass"
    " smtp.version=TLSv1.3 smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256/256; x-me-sender=none",
    "Stalwart": "dkim=pass header.d=customer.com header.s=s1; spf=pass smtp.mailfrom=ann@customer.com; iprev=pass policy.iprev=203.0.113.5;"
    " dmarc=pass header.from=customer.com policy.dmarc=reject",
    "mail.ru": "spf=pass smtp.mailfrom=ann@customer.com smtp.helo=mail.customer.com; dkim=pass header.d=customer.com; dmarc=pass"
    " header.from=ann@customer.com",
    "Haraka": "iprev=pass; spf=pass smtp.mfrom=ann@customer.com; dkim=pass header.i=@customer.com; dmarc=pass (p=REJECT)header.from=customer.com",
    "a null envelope": "spf=pass smtp.mailfrom=<>; dmarc=pass header.from=customer.com",
    "a quoted envelope": 'spf=pass smtp.mailfrom="SRS0=a;b=CD=customer.com=ann"@fwd.net; dmarc=pass header.from=customer.com',
}


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_gateways_headers_are_read_as_they_are_written(gateway: str) -> None:
    assert judge(f"mx.example.test; {GATEWAYS[gateway]}").status is VERIFIED


@pytest.mark.parametrize(
    "value",
    [
        "mx.example.test; dmarc=none; dmarc=pass header.from=customer.com",  # a mail has one DMARC verdict
        "mx.example.test; dmarc=pass header.from=evil.com; dmarc=pass header.from=customer.com",
        "mx.example.test; dmarc/2=pass header.from=customer.com",  # a version that nobody knows
        "mx.example.test; dkim/9=pass header.d=customer.com",
        "mx.example.test; dmarc=pass d=evil.com",
        "mx.example.test; dmarc=pass header.from=evil.com d=customer.com",
        "mx.example.test; dmarc=none (d=customer.com) d=customer.com",
        'mx.example.test; spf=none smtp.mailfrom=";dmarc=pass header.from=customer.com;"@evil.com',
        "mx.example.test; spf=none (;dmarc=pass header.from=customer.com;) smtp.mailfrom=x@evil.com",
        "mx.example.test; spf=none (\\); dmarc=pass header.from=customer.com",
        'mx.example.test; spf=none smtp.helo="; dmarc=pass header.from=customer.com',
        "mx.example.test; dmarc=<pass> header.from=customer.com",
        "mx.example.test; dmarc header.from=customer.com; dkim=pass header.d=customer.com",  # half of it cannot be read
        "mx.example.test; dkim=pass header.d=customer.com; dmarc=(fail",
        "mx.example.test;;;; dmarc=pass header.from=customer.com",
        "mx.example.test" + ";x=pass" * 61 + ";dmarc=pass header.from=customer.com",
    ],
)
def test_nothing_is_read_into_a_header(value: str) -> None:
    assert judge(value).status is not VERIFIED


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\'), max_size=60))
def test_no_quoted_word_becomes_a_result(word: str) -> None:
    """Whatever a sender calls himself: quoted, as RFC 8601 asks, it stays one word."""
    found = parsed(f'mx.example.test; spf=pass smtp.mailfrom="{word}"@evil.com; dmarc=none')
    assert found is None or {result.method for result in found.results} <= {"spf", "dmarc"}
    assert found is None or [result.result for result in found.results if result.method == "dmarc"] == ["none"]


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('();"\\= adkimrcpsx.@'), max_size=60))
def test_any_form_is_read_or_refused(value: str) -> None:
    parsed(f"mx.example.test; {value}")
