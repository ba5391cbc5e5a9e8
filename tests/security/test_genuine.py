"""The protections turn away no genuine sender: every answerable mail of the corpus, in the forms that real mail has.

Only the protections are asked (authenticity, release, fraud lane, guard), not the model: what it is unsure of is another matter.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from email.header import Header
from email.utils import format_datetime, formataddr
from pathlib import Path

import pytest
from security.attack import GATEWAY, US

from inboxbot.app import App
from inboxbot.classify import machine as machine_mail
from inboxbot.classify.training import corpus
from inboxbot.classify.training.corpus import LabelledMail
from inboxbot.config import Config, parse
from inboxbot.decision import History, Reason, Understood
from inboxbot.ingest import parse as parsing
from inboxbot.ingest.authenticity import authenticate
from inboxbot.ledger.model import Ledger, Resolver
from inboxbot.message import MessageKey, RawMessage
from inboxbot.policy.decide import own_identity
from inboxbot.policy.fraud import suspicions
from inboxbot.policy.guard import guard
from inboxbot.policy.release import withheld
from inboxbot.understanding import Intent, IntentScore, Understanding

CORPUS = Path(__file__).parents[2] / "models" / "corpus"
NOTHING = Understanding((IntentScore(Intent.OTHER, 1.0),))
MICROSOFT = (
    "Received: from AM0PR01MB5426.eurprd01.prod.exchangelabs.com (2603::14) by DB9PR01MB8120.eurprd01.prod.exchangelabs.com with HTTPS\r\n"
    "Authentication-Results: spf=pass (sender IP is 203.0.113.5) smtp.mailfrom={domain}; dkim=pass (signature was verified)"
    " header.d={domain};dmarc=pass action=none header.from={domain};compauth=pass reason=100\r\n"
    "Received: from mail.{domain} (203.0.113.5) by DB5EUR02FT029.mail.protection.outlook.com (10.13.58.117) with Microsoft SMTP Server\r\n"
)
GMAIL = (
    "Received: by 2002:a05:6a20:3d89:b0:1db:e0d7:675f with SMTP id s9csp1265151pzm; Fri, 20 Nov 2026 03:59:59 -0800 (PST)\r\n"
    "Received: from mail.{domain} (mail.{domain}. [203.0.113.5]) by mx.google.com with ESMTPS id k9 for <ar@brightwater.example>\r\n"
    "Authentication-Results: mx.google.com; dkim=pass header.i=@{domain} header.s=s1 header.b=AbCdEfGh; spf=pass (google.com: domain of"
    " x@{domain} designates 203.0.113.5 as permitted sender) smtp.mailfrom=x@{domain}; dmarc=pass (p=REJECT sp=REJECT dis=NONE)"
    " header.from={domain}\r\n"
)
POSTFIX = "Received: from mail.{domain} (mail.{domain} [203.0.113.5]) by mx.brightwater.example (Postfix) with ESMTPS id 4X\r\n"
RSPAMD = (
    f"Authentication-Results: {GATEWAY};\r\n\tdkim=pass header.d={{domain}} header.s=s1 header.b=AbC;\r\n\tdmarc=pass (policy=reject)"
    f" header.from={{domain}};\r\n\tspf=pass (mx: domain of x@{{domain}} designates 203.0.113.5 as permitted sender)"
    f" smtp.mailfrom=x@{{domain}}\r\n"
)
OPENDMARC = f"Authentication-Results: {GATEWAY}; dmarc=pass (p=none dis=none) header.from={{domain}}\r\n"
ONLY_DKIM = f"Authentication-Results: {GATEWAY}; dkim=pass (2048-bit key) header.d={{domain}} header.i=@{{domain}}; dmarc=none\r\n"

# kind of authentication, the house's lines, how the From and the other parties are written
FORMS: dict[str, tuple[str, str, Callable[[LabelledMail], str], str]] = {
    "plain": ("gateway", RSPAMD + POSTFIX, lambda mail: formataddr((mail.from_name, mail.from_email)), ""),
    "only the address": ("gateway", OPENDMARC, lambda mail: mail.from_email, ""),
    "in angles, capitals": ("gateway", ONLY_DKIM, lambda mail: f"<{mail.from_email.upper()}>", ""),
    "an encoded name": ("gateway", POSTFIX + OPENDMARC, lambda mail: f"{Header(mail.from_name + ' Ü', 'utf-8').encode()} <{mail.from_email}>", ""),  # noqa: E501
    "a quoted name with a comma": ("gateway", RSPAMD, lambda mail: f'"{mail.from_name}, AP" <{mail.from_email}>', ""),
    "the own address as the name": ("gateway", RSPAMD, lambda mail: f'"{mail.from_email}" <{mail.from_email}>', ""),
    "a raw UTF-8 name": ("gateway", RSPAMD, lambda mail: f"{mail.from_name} Müller <{mail.from_email}>", ""),
    "a colleague in Cc, own Reply-To": (
        "gateway", RSPAMD, lambda mail: formataddr((mail.from_name, mail.from_email)),
        "Cc: boss@{domain}, hq@eu.{domain}\r\nReply-To: ap@{domain}\r\nSender: {sender}\r\n",
    ),
    "an accountant reading along": (
        "gateway", RSPAMD, lambda mail: formataddr((mail.from_name, mail.from_email)), "Cc: K. Holm <office@holm-audit.example>\r\n",
    ),
    "Microsoft 365": ("microsoft365", MICROSOFT, lambda mail: formataddr((mail.from_name, mail.from_email)), "X-MS-Exchange-Organization-SCL: 1\r\n"),  # noqa: E501
    "Gmail": ("gmail", GMAIL, lambda mail: formataddr((mail.from_name, mail.from_email)), "X-Gm-Message-State: AOJu0Y\r\n"),
}  # fmt: skip


def answerable() -> list[LabelledMail]:
    """What a careful person labelled as answerable, whoever wrote it; of senders that can be answered at all."""
    mails = [mail for split in corpus.SPLITS for mail in corpus.load(CORPUS, split)]
    return [mail for mail in mails if mail.outcome == "answer" and not mail.headers]


def bytes_of(mail: LabelledMail, form: str) -> bytes:
    kind, house, sender, more = FORMS[form]
    domain = mail.from_email.rpartition("@")[2]
    del kind
    head = (
        house.format(domain=domain)
        + f"From: {sender(mail)}\r\nTo: {US}\r\nSubject: {Header(mail.subject, 'utf-8', maxlinelen=900).encode()}\r\n"
        f"Date: {format_datetime(mail.sent_at)}\r\nMessage-ID: <{mail.id}@{domain}>\r\n"
        + more.format(domain=domain, sender=mail.from_email)
    )
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{mail.body}\r\n".encode()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ledger, Resolver]:
    folder = tmp_path_factory.mktemp("genuine")
    text = f'[company]\nname = "B"\naddress = "{US}"\n[ledger]\npath = "{CORPUS / "ledger"}"\n'
    app = App(parse(text, folder / "inboxbot.toml"))
    return app.ledger.current, app.resolver


def config_for(kind: str) -> Config:
    ids = f'trusted_authserv_ids = ["{GATEWAY}"]\n' if kind == "gateway" else ""
    text = f'[company]\nname = "B"\naddress = "{US}"\n[ledger]\npath = "x"\n[security]\nauthentication = "{kind}"\n{ids}'
    return parse(text, Path("/x/inboxbot.toml"))


def turned_away(mail: LabelledMail, form: str, ledger: Ledger, resolver: Resolver) -> Iterator[Reason]:
    """Whatever the protections have against a mail."""
    config = config_for(FORMS[form][0])
    content = bytes_of(mail, form)
    raw = RawMessage(MessageKey("ar", 7, 1), content, mail.sent_at, len(content))
    message = parsing.parse(raw)
    proof = authenticate(message, raw, config.security)
    facts = ledger.around(ledger.facts_for(message.from_.email if message.from_ else "", resolver), message, resolver)
    machine = machine_mail.classify(message, config.own_addresses, lambda _: False)
    case = Understood(message, machine.machine, machine.words, proof, facts, NOTHING)
    yield from suspicions(case)
    yield from withheld(message, proof, facts, config.security, config.own_addresses)
    yield from guard(message, machine.machine, History(), config.limits, own_identity(config), mail.sent_at)


@pytest.mark.slow
def test_no_genuine_sender_is_turned_away(ledger: tuple[Ledger, Resolver]) -> None:
    """All of them as they are, and every eighth in each of the other forms."""
    mails = answerable()
    assert len(mails) > 1000
    found = Counter[str]()
    for n, form in enumerate(FORMS):
        for mail in mails if form == "plain" else mails[n % 8 :: 8]:
            codes = {reason.code for reason in turned_away(mail, form, *ledger)}
            found.update(f"{code} {mail.id} {form}" for code in codes - KNOWN.get(mail.from_email, set()))
    assert {key: count for key, count in found.items() if not key.startswith("auto_reply ")} == {}
    assert len({key.split()[1] for key in found}) <= len(mails) // 200  # words that read like an automatic reply's


# An address of two customers resolves to none: what the labels call answerable is a person's all the same.
KNOWN: dict[str, set[str]] = {"shared.ap@paycentral.example": {"ambiguous_sender"}}
