"""`check --connect` looks at the mailbox's own mail and names the setting that fits."""

import pytest
from factories import NOW
from ingest.test_authenticity_houses import EDGE, GOOD, GOOGLE_EDGE, GOOGLE_GOOD, GOOGLE_STORE, INSIDE, OUR_MX, STORE

from inboxbot.config import SecuritySection
from inboxbot.ingest.authenticity import nobody_answers
from inboxbot.ingest.survey import SAMPLE, Survey, latest, survey
from inboxbot.message import MessageKey, RawMessage

GATEWAY = (OUR_MX, "Authentication-Results: mx.brightwater.example; dmarc=pass header.from=customer.com")
MICROSOFT = (STORE, INSIDE, GOOD, EDGE)
GMAIL = (GOOGLE_STORE, GOOGLE_EDGE, GOOGLE_GOOD)
SIGNED = (OUR_MX, "DKIM-Signature: v=1; a=rsa-sha256; d=customer.com; s=k1; h=from; bh=aa==; b=aa==")
PLAIN = (OUR_MX,)
OWN = frozenset({"brightwater.example"})


def look(*mails: tuple[str, ...], sender: str = "ann@customer.com", **section: object) -> Survey:
    heads = ["\r\n".join((*lines, f"From: {sender}", "To: ar@brightwater.example", "Subject: hi", "", "Hello")) for lines in mails]
    raws = [RawMessage(MessageKey("ar", 1, n), head.encode(), NOW) for n, head in enumerate(heads)]
    return survey(raws, SecuritySection.model_validate(section), OWN, nobody_answers)


@pytest.mark.parametrize(
    ("mails", "advice"),
    [
        ([GATEWAY] * 3, 'authentication = "gateway", trusted_authserv_ids = ["mx.brightwater.example"]'),
        ([MICROSOFT] * 3, 'authentication = "microsoft365"'),
        ([GMAIL] * 3, 'authentication = "gmail"'),
        ([SIGNED] * 3, 'authentication = "dkim"'),
        ([GATEWAY] * 3 + [PLAIN] * 2, 'authentication = "gateway", trusted_authserv_ids = ["mx.brightwater.example"]'),
        ([PLAIN] * 3, ""),
        ([GATEWAY] + [PLAIN] * 5, ""),  # one mail may be anybody's forgery
        ([], ""),
    ],
)
def test_the_setting_that_fits_most_mails_is_named(mails: list[tuple[str, ...]], advice: str) -> None:
    assert look(*mails).advice == advice


def test_what_the_present_setting_believes_is_counted_and_why_not() -> None:
    found = look(GATEWAY, GATEWAY, PLAIN, trusted_authserv_ids=["mx.brightwater.example"])
    lines = found.lines(SecuritySection(trusted_authserv_ids=("mx.brightwater.example",)))
    assert (found.believed, found.mails) == (2, 3)
    assert any("believes 2 of 3" in line for line in lines)
    assert any("no trusted gateway" in line for line in lines)


SPF_ON_TOP = (OUR_MX, "Authentication-Results: mx.brightwater.example; spf=pass smtp.mailfrom=customer.com", GATEWAY[1])


def test_how_many_the_advised_setting_would_believe_is_said() -> None:
    lines = look(GATEWAY, GATEWAY, PLAIN).lines(SecuritySection())
    assert any("what fits them" in line and "believes 2 of 3" in line for line in lines)
    assert any("what fits them" in line and "believes 2 of 2" in line for line in look(MICROSOFT, MICROSOFT).lines(SecuritySection()))


def test_a_verdict_in_a_lower_header_is_named_with_the_remedy() -> None:
    lines = look(SPF_ON_TOP, SPF_ON_TOP, GATEWAY, trusted_authserv_ids=["mx.brightwater.example"]).lines(SecuritySection())
    assert any("believes 1 of 3 senders)" in line for line in lines)
    assert any("in 2 mails mx.brightwater.example wrote its verdict into a lower header" in line for line in lines)
    assert not any("lower header" in line for line in look(GATEWAY, PLAIN).lines(SecuritySection()))


def test_mail_from_within_the_company_tells_nothing() -> None:
    assert look(GATEWAY, sender="dana@brightwater.example").lines(SecuritySection()) == ["no mail from outside to look at yet"]


def test_mail_that_cannot_be_read_is_left_out() -> None:
    raw = RawMessage(MessageKey("ar", 1, 1), b"X: " + b"a" * 300_000, NOW)
    assert survey([raw], SecuritySection(), OWN, nobody_answers).mails == 0


def test_only_the_latest_mails_are_looked_at() -> None:
    assert latest(range(1, 1000)) == list(range(1000 - SAMPLE, 1000))
