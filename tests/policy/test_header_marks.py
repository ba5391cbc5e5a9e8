"""Header fields of machines, lists, bounces and gateways on an answerable mail: which hold it, and which persons' mail has too."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inboxbot import markers
from inboxbot.classify.machine import classify
from inboxbot.config import LimitsSection
from inboxbot.decision import History
from inboxbot.ingest import parse
from inboxbot.message import MachineClass, MessageKey, RawMessage
from inboxbot.policy.guard import OwnIdentity, guard
from inboxbot.policy.spam_marks import verdict

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OWN = OwnIdentity(frozenset({"ar@brightwater.example"}), "brightwater.example")
MAIL = """{field}
From: Ann Miller <ann@customer.example>
To: ar@brightwater.example
Subject: Invoice 20108
Date: Fri, 20 Nov 2026 11:59:00 +0000
Message-ID: <1@customer.example>

Could you please send me a copy of invoice 20108?
"""


def codes(field: str) -> list[str]:
    content = MAIL.format(field=field).replace("\n", "\r\n").encode()
    message = parse.parse(RawMessage(MessageKey("ar", 1, 1), content, NOW))
    machine = classify(message, OWN.addresses, lambda _: False).machine
    return [reason.code for reason in guard(message, machine, History(), LimitsSection(), OWN, NOW)]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    "field",
    lines("""
        Return-Path: <MAILER-DAEMON>
        Return-Path: <MAILER-DAEMON@mx.customer.example>
        Return-Path: <> (null)
        Return-Path: (null)
        Return-Path: ""
        Return-Path: < >
        X-Envelope-From: <>
        Envelope-From: <>
        X-Return-Path: <mailer-daemon@mx.customer.example>
    """),
)
def test_a_null_path_is_one_however_a_server_writes_it(field: str) -> None:
    assert codes(field) == ["robot", "null_return_path"]


@pytest.mark.parametrize(
    "path", ["no-reply@customer.example", "owner-ap@customer.example", "bounces+88121@mail.customer.example", "ap-bounces@lists.example"]
)
def test_a_return_path_that_nobody_reads_is_a_machines(path: str) -> None:
    assert codes(f"Return-Path: <{path}>") == ["robot", "auto_reply_field"]


@pytest.mark.parametrize(
    "field",
    lines("""
        Mailing-List: contact ap-help@customer.example; run by ezmlm
        X-Mailing-List: ap@customer.example
        X-BeenThere: ap@customer.example
        X-Been-There: ap@customer.example
        X-Mailman-Version: 2.1.39
        X-Google-Group-Id: 123
        X-ML-Name: ap
        X-Sympa-To: ap@customer.example
        X-List-Server: lists.customer.example
        Delivered-To: mailing list ap@customer.example
        Delivered-To: Mailing List ap@customer.example
    """),
)
def test_a_list_manager_s_field_holds(field: str) -> None:
    assert codes(field) == ["robot", "list_mail"]


@pytest.mark.parametrize(
    "field", ["X-MSFBL: abc", "X-CSA-Complaints: csa-complaints@eco.example", "X-Campaign-Id: 44", "Feedback-ID: 1:2:3"]
)
def test_a_mass_sender_s_field_holds(field: str) -> None:
    assert codes(field) == ["robot", "feedback_id"]


@pytest.mark.parametrize(
    "field",
    lines("""
        X-ServiceNow-Generated: true
        X-ServiceNow-Source: Notification-abc
        X-RT-Ticket: customer.example #88121
        RT-Originator: ann@customer.example
        X-FreeScout-Mail-Type: auto.reply
        X-FreeScout-Mail-Type: user.notification
        X-Zendesk-From-Account-Id: 1ab
        X-Redmine-Project: ap
        X-Cron-Env: <SHELL=/bin/sh>
        X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent
        X-Auto-Generated: yes
        X-Mailer: Zendesk Mailer
        X-Mailer: SAP Web Application Server 7.50
        X-Notification-Type: workflow
    """),
)
def test_what_a_machine_generates_is_a_robots(field: str) -> None:
    assert codes(field) == ["robot", "auto_reply_field"]


@pytest.mark.parametrize(
    "field",
    lines("""
        X-Amazon-Auto-Reply: true
        X-Vacation-Reply: yes
        X-Vacation: on
        X-Mail-Auto-Reply: yes
        X-Auto-Responder: yes
        X-Autorespond-To: ann@customer.example
        X-AutoReply-Id: 1
        X-Autoreply-Handle: 1
        X-Auto-Response: 1
        X-Away: yes
    """),
)
def test_an_automatic_reply_s_field_is_known_by_its_name(field: str) -> None:
    assert codes(field) == ["auto_reply", "auto_reply_field"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("X-Auto-Submitted: auto-replied", "auto_reply"),
        ("X-Original-Auto-Submitted: auto-generated", "robot"),
        ("Auto-Submitted: no, auto-generated", "robot"),
        ("Auto-Submitted: no auto-replied", "auto_reply"),
        ('Auto-Submitted: "auto-replied"', "auto_reply"),
        ("Auto-Submitted: no (typed) , (not really) auto-notified", "robot"),
    ],
)
def test_every_keyword_of_auto_submitted_counts(field: str, expected: str) -> None:
    assert codes(field) == [expected, "auto_submitted"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('Precedence: "bulk"', ["robot", "precedence"]),
        ("Precedence: normal, bulk", ["robot", "precedence"]),
        ("X-Precedence: list", ["robot", "precedence"]),
        ("Precedence: auto-generated", ["robot", "precedence"]),
        ('Precedence: "auto_reply"', ["auto_reply", "precedence"]),
    ],
)
def test_precedence_is_read_through_its_quotes(field: str, expected: list[str]) -> None:
    assert codes(field) == expected


@pytest.mark.parametrize("field", ["X-RT-Loop-Prevention: rt", "X-OTRS-Loop: yes", "X-Loop-Detected: yes", "X-Loops: 1", "X-Loop-Check: a"])
def test_a_loop_mark_is_known_by_its_name(field: str) -> None:
    assert codes(field) == ["x_loop"]


@pytest.mark.parametrize(
    "field",
    lines("""
        X-Forefront-Antispam-Report: CIP:1.2.3.4;CTRY:US;SCL:9;SFV:SPM;CAT:PHSH
        X-Forefront-Antispam-Report: CIP:1.2.3.4;CTRY:US;LANG:en;SCL:5;SRV:;SFV:NSPM;CAT:NONE
        X-Forefront-Antispam-Report: SFV:SKS;CAT:NONE
        X-Forefront-Antispam-Report: CIP:1.2.3.4;SFV:NSPM;CAT:HPHISH
        X-MS-Exchange-Organization-SCL: 9
        X-MS-Exchange-Organization-SCL: 5
        X-Microsoft-Antispam: BCL:8;ARA:13230040
        X-Rspamd-Action: add header
        X-Rspamd-Action: rewrite subject
        X-Rspamd-Action: reject
        X-Spamd-Result: default: True [25.00 / 15.00]
        X-Barracuda-Spam-Flag: YES
        X-Spam-Flag: TRUE
        X-Spam-Flag: "Yes"
        X-Spam: True
        X-Spam-Status: Yes, score=9.1 required=5.0
        X-Spam-Level: **************
        X-Spam-Action: reject
        X-Bogosity: Spam, tests=bogofilter
        X-PMX-Spam: Gauge=XXXXXXXXX, Probability=99%
        X-Proofpoint-Spam-Details: rule=inbound_spam policy=default score=100
        X-MailScanner-SpamCheck: spam, SpamAssassin (score=9)
        X-Virus-Status: Infected (Eicar)
        X-Amavis-Alert: BANNED, message contains .exe
    """),
)
def test_a_gateway_s_verdict_holds(field: str) -> None:
    assert codes(field) == ["spam_verdict"]


@pytest.mark.parametrize(
    "field",
    lines("""
        Return-Path: <ann@customer.example>
        Return-Path: <bounces+SRS=4Vyjg=XY@brightwater.onmicrosoft.example>
        Return-Path: <SRS0=abc=de=customer.example=ann@relay.example>
        Return-Path: <0100018f-ann@eu-west-1.amazonses.example>
        Auto-Submitted: no
        Auto-Submitted: "no"
        Auto-Submitted: No; x=auto-replied
        X-Auto-Submitted: no
        Precedence: normal
        Precedence: first-class
        Delivered-To: ar@brightwater.example
        X-Auto-Response-Suppress: DR, RN, NRN
        X-MS-Exchange-Organization-SCL: -1
        X-MS-Exchange-Organization-SCL: 1
        X-Forefront-Antispam-Report: CIP:40.1.2.3;CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;H:mail.spm.example;PTR:;CAT:NONE;SFS:(13230040)
        X-Microsoft-Antispam: BCL:0;ARA:13230040|5123412
        X-Rspamd-Action: no action
        X-Rspamd-Action: greylist
        X-Spamd-Result: default: False [-2.00 / 15.00]; SPAM_FLAG(0.00)[true]
        X-Spam-Flag: NO
        X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00
        X-Spam-Status: No, hits=3.1 required=8 (yes it is close)
        X-Spam-Level: **
        X-Spam: Not detected
        X-Spam-Score: -0.1
        X-Barracuda-Spam-Flag: NO
        X-Proofpoint-Spam-Details: rule=quarantine_notspam policy=quarantine score=0
        X-PMX-Spam: Gauge=IIIIIIII, Probability=8%
        X-MailScanner-SpamCheck: not spam, SpamAssassin (not cached, score=-1)
        X-Bogosity: Ham, tests=bogofilter
        X-Virus-Scanned: clamav at mx.brightwater.example
        X-Virus-Status: Clean
        X-LoopCount0: from 10.166.134.85
        X-MS-Exchange-ForwardingLoop: ar@brightwater.example;0b7d
        X-FreeScout-Mail-Type: customer.message
        X-Mailer: Microsoft Outlook 16.0
        X-Mailer: Apple Mail (2.3774)
        User-Agent: Mozilla Thunderbird
        X-MC-Unique: 9sdX
        X-Gm-Message-State: AOJu0Y
        X-Received: by 10.1.2.3
        X-SES-Outgoing: 2026.11.20-54.240.8.1
        X-Originating-IP: 10.1.2.3
        Disposition-Notification-To: ann@customer.example
        X-MS-Has-Attach:
        X-MS-Exchange-MessageSentRepresentingType: 1
        X-PHP-Originating-Script: 0:rcube.php
        X-Priority: 1
    """),
)
def test_what_a_person_s_mail_carries_holds_nothing(field: str) -> None:
    assert codes(field) == []


def test_stars_count_only_where_no_verdict_stands_beside_them() -> None:
    assert verdict({"x-spam-level": ("******",)}) == "x-spam-level"
    assert verdict({"x-spam-level": ("******",), "x-spam-status": ("No, score=6.1 required=8.0",)}) == ""
    assert verdict({"x-spam-level": ("******",), "x-spam-status": ("Yes, score=6.1",)}) == "x-spam-status"


@pytest.mark.parametrize("field", ["X-MS-Exchange-Organization-SCL: " + "9" * 6000, "X-" * 400 + "Loop: 1", "Precedence: " + "(" * 800])
def test_a_field_made_to_break_it_breaks_nothing(field: str) -> None:
    codes(field)


def test_a_calendar_field_of_exchange_is_a_meeting_s() -> None:
    assert codes("X-MS-Exchange-Calendar-Originator-Id: AQ") == ["calendar"]
    assert MachineClass.CALENDAR == "calendar"


def test_marks_say_which_field_it_was() -> None:
    headers = {"return-path": ("<no-reply@customer.example>",), "x-cron-env": ("<SHELL=/bin/sh>",)}
    assert markers.generated_fields(headers) == ("x-cron-env",)
    assert markers.unread_paths(headers) == ("Return-Path: no-reply@customer.example",)
    message = parse.parse(RawMessage(MessageKey("ar", 1, 1), MAIL.format(field="X-Nothing: 1").replace("\n", "\r\n").encode(), NOW))
    spam = replace(message, headers={**message.headers, "x-spam": ("yes",)})
    assert guard(spam, MachineClass.PERSON, History(), LimitsSection(), OWN, NOW)[0].words.endswith("(x-spam)")
