"""The protections turn away no genuine sender: answerable mails of the corpus, in the forms that real mail has.

Only the protections are asked (authenticity, release, fraud lane, guard), not the model: what it is unsure of is another matter.
The corpus grows, so what depends on how a mail is sent must hold for every one, and what depends on its words for nearly all.
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
from inboxbot.policy.disguise import disguised
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
SEVERAL = (
    f"Authentication-Results: filter.example; spam=ham; dmarc=none\r\n{OPENDMARC}Authentication-Results: {GATEWAY}; dkim=pass"
    f" (2048-bit key) header.d={{domain}} header.i=@{{domain}}\r\nAuthentication-Results: {GATEWAY}; spf=pass smtp.mailfrom={{domain}}"
    " (client-ip=203.0.113.5; helo=mail.{domain}; receiver=<UNKNOWN>)\r\n"
)
ONLY_SPF = (
    f"Authentication-Results: {GATEWAY}; spf=pass smtp.mailfrom=x@{{domain}}; dkim=none; dmarc=pass(p=NONE) header.from={{domain}};\r\n"
)
CISCO = (
    f"Authentication-Results: {GATEWAY}; spf=Pass smtp.mailfrom=x@{{domain}}; spf=None smtp.helo=postmaster@mail.{{domain}};"
    " dkim=none (message not signed) header.i=none; dmarc=pass (p=reject dis=none) d={domain}\r\n"
)
ONLY_DKIM = f"Authentication-Results: {GATEWAY}; dkim=pass (2048-bit key) header.d={{domain}} header.i=@{{domain}}; dmarc=none\r\n"

Sender = Callable[[LabelledMail], str]


def named(mail: LabelledMail) -> str:
    return formataddr((mail.from_name, mail.from_email))


def at_the_same_domain(local: str) -> Sender:
    return lambda mail: f"{mail.from_name} <{local.format(mail.from_email.partition('@')[0])}@{mail.from_email.rpartition('@')[2]}>"


# kind of authentication, the house's lines, how the From and the other parties are written
FORMS: dict[str, tuple[str, str, Sender, str]] = {
    "plain": ("gateway", RSPAMD + POSTFIX, named, ""),
    "only the address": ("gateway", OPENDMARC, lambda mail: mail.from_email, ""),
    "in angles, capitals": ("gateway", ONLY_DKIM, lambda mail: f"<{mail.from_email.upper()}>", ""),
    "an encoded name": ("gateway", POSTFIX + OPENDMARC, lambda mail: f"{Header(mail.from_name + ' Ü', 'utf-8').encode()} <{mail.from_email}>", ""),  # noqa: E501
    "a quoted name with a comma": ("gateway", SEVERAL, lambda mail: f'"{mail.from_name}, AP" <{mail.from_email}>', ""),
    "the own address as the name": ("gateway", ONLY_SPF, lambda mail: f'"{mail.from_email}" <{mail.from_email}>', ""),
    "a raw UTF-8 name": ("gateway", CISCO, lambda mail: f"{mail.from_name} Müller <{mail.from_email}>", ""),
    "a comment behind the address": ("gateway", RSPAMD, lambda mail: f"{mail.from_email} ({mail.from_name})", ""),
    "a plus in the address": ("gateway", RSPAMD, at_the_same_domain("{}+invoices"), ""),
    "a colleague of the contact": ("gateway", RSPAMD, at_the_same_domain("new.colleague"), ""),
    "a colleague in Cc, own Reply-To": (
        "gateway", RSPAMD, named, "Cc: boss@{domain}, hq@eu.{domain}\r\nReply-To: {sender}\r\nSender: {sender}\r\n",
    ),
    "an accountant reading along": ("gateway", RSPAMD, named, "Cc: K. Holm <office@holm-audit.example>\r\n"),
    "two Cc fields": ("gateway", RSPAMD, named, "Cc: boss@{domain}\r\nCc: hq@{domain}\r\n"),
    "Microsoft 365": ("microsoft365", MICROSOFT, named, "X-MS-Exchange-Organization-SCL: 1\r\nThread-Topic: x\r\nImportance: high\r\n"),
    "Gmail": ("gmail", GMAIL, named, "X-Gm-Message-State: AOJu0Y\r\n"),
}  # fmt: skip
AT_THE_DOMAIN = {"a plus in the address", "a colleague of the contact"}
OF_EACH_FORM, WORDS_EVERY = 40, 10
# Reasons that are found in what a mail says. Of a labelled mail's words the label may be wrong, too.
IN_WORDS = {
    "bank_words",
    "bank_number",
    "auto_reply",
    "auto_reply_change",
    "robot",
    "only_quote",
    "outsider",
    "address_in_text",
    "other_customer",
}
MOST_HELD = (
    0.015  # of the mails, for their words: two thirds are of ERP systems that say that a machine wrote them, whatever the label says
)


def answerable() -> list[LabelledMail]:
    """What a careful person labelled as answerable, written by a sender who can be answered at all."""
    mails = [mail for split in corpus.SPLITS for mail in corpus.load(CORPUS, split)]
    return [mail for mail in mails if mail.outcome == "answer" and not mail.headers and not mail.attachments]


def bytes_of(mail: LabelledMail, form: str) -> bytes:
    _, house, sender, more = FORMS[form]
    domain = mail.from_email.rpartition("@")[2]
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


@pytest.fixture(scope="module")
def mails(ledger: tuple[Ledger, Resolver]) -> list[LabelledMail]:
    """Those whose sender belongs to one customer: an address of two resolves to none, whatever the label says."""
    known, resolver = ledger
    return [mail for mail in answerable() if known.resolve(mail.from_email, resolver)[1]]


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
    yield from disguised(message, facts, mail.invoice_numbers)
    yield from guard(message, machine.machine, History(), config.limits, own_identity(config), mail.sent_at)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_genuine_mail_is_turned_away(form: str, mails: list[LabelledMail], ledger: tuple[Ledger, Resolver]) -> None:
    known, resolver = ledger
    fitting = [mail for mail in mails if form not in AT_THE_DOMAIN or mail.from_email.rpartition("@")[2] not in resolver.free_mail_domains]
    if form in AT_THE_DOMAIN:
        fitting = [mail for mail in fitting if known.resolve("x@" + mail.from_email.rpartition("@")[2], resolver)[1]]
    assert len(fitting) > 500
    found = Counter[str]()
    for mail in fitting[:: len(fitting) // OF_EACH_FORM]:
        found.update(reason.code for reason in turned_away(mail, form, *ledger))
    assert found.keys() <= IN_WORDS, found


@pytest.mark.slow
def test_hardly_any_genuine_mail_is_held_for_its_words(mails: list[LabelledMail], ledger: tuple[Ledger, Resolver]) -> None:
    asked = mails[::WORDS_EVERY]
    held = {mail.id: [str(reason) for reason in reasons] for mail in asked if (reasons := list(turned_away(mail, "plain", *ledger)))}
    assert len(held) <= MOST_HELD * len(asked), held
