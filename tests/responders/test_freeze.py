"""The bytes that leave: one recipient, no header but ours, files intact."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP, default
from email.utils import getaddresses

import pytest
from answer_cases import NOW, document
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxbot.errors import ReplyError
from inboxbot.message import Address
from inboxbot.reply import Document, FrozenMail, Reply
from inboxbot.responders import freeze
from inboxbot.responders.headers import reply_subject

KEY = b"k" * 32
AUTOMATIC = [
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Inboxbot-Id", "MIME-Version", "Content-Type",
]  # fmt: skip


def reply(**changes: object) -> Reply:
    values: dict[str, object] = {
        "to": Address("m.fuller@a.example", "Megan Fuller"), "subject": "Re: hello", "text": "Hello,\n", "html": "<p>Hello,</p>",
        "kind": "answer", "customer_id": "C1", "in_reply_to": "<q@a.example>", "references": ("<q@a.example>",),
    }  # fmt: skip
    return Reply(**{**values, **changes})  # type: ignore[arg-type]


def frozen(what: Reply, *, automatic: bool = True, company_name: str = "Brightwater", mail_from: str = "bounce@b.example") -> FrozenMail:
    return freeze.freeze(
        what, sender="ar@b.example", company_name=company_name, mail_from=mail_from, message_id=freeze.new_message_id("b.example", KEY),
        thread_root="<q@a.example>", now=NOW, automatic=automatic, loop_header="17.abc",
    )  # fmt: skip


def headers(mail: FrozenMail) -> list[tuple[str, str]]:
    """The header block read by hand, unfolded, so that no parser's kindness hides anything."""
    block = mail.mime.partition(b"\r\n\r\n")[0].decode("ascii")
    assert "\n" not in block.replace("\r\n", "")
    assert "\r" not in block.replace("\r\n", "")
    pairs = [line.partition(":") for line in re.sub(r"\r\n(?=[ \t])", "", block).split("\r\n")]
    return [(name, value.strip()) for name, _, value in pairs]


def test_an_automatic_mail_says_so_to_other_machines() -> None:
    found = headers(frozen(reply()))
    assert [name for name, _ in found] == AUTOMATIC
    assert dict(found)["Auto-Submitted"] == "auto-replied"
    assert dict(found)["X-Auto-Response-Suppress"] == "All"
    assert dict(found)["X-Inboxbot-Id"] == "17.abc"
    assert dict(found)["Date"] == "Sun, 22 Nov 2026 03:30:00 +0000"


def test_a_colleagues_mail_is_not_marked_as_automatic() -> None:
    mail = frozen(reply(kind="staff"), automatic=False)
    assert not {"Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"} & {name for name, _ in headers(mail)}
    assert mail.automatic is False


def test_the_mail_is_text_html_and_the_files_unchanged() -> None:
    what = reply(documents=(document("INV-1", 5000), document("INV-2", 3)), text="Grüße €\n.dot\nFrom here\n")
    mail = message_from_bytes(frozen(what).mime, policy=default)
    assert mail.get_content_type() == "multipart/mixed"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Grüße €\n.dot\nFrom here\n"
    assert mail.get_body(("html",)) is not None
    assert [(a.get_filename(), a.get_content_type(), a.get_content()) for a in mail.iter_attachments()] == [
        (d.name, "application/pdf", d.content) for d in what.documents
    ]


def test_the_bytes_are_seven_bit_with_crlf_and_short_lines() -> None:
    mime = frozen(reply(text="ü" * 5000 + "\n", subject="Ü" * 200, documents=(document("INV-1", 5000),))).mime
    assert max(mime) < 128
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in mime.split(b"\r\n"))


def test_the_frozen_mail_carries_its_envelope() -> None:
    mail = frozen(reply(documents=(document("INV-1"),)))
    assert (mail.mail_from, mail.rcpt_to, mail.thread_root) == ("bounce@b.example", "m.fuller@a.example", "<q@a.example>")
    assert mail.documents == (("INV-1.pdf", document("INV-1").sha256, "C1001", "INV-1"),)
    assert mail.message_id in mail.mime.decode()
    assert frozen(reply(), mail_from="").mail_from == ""


def test_a_long_thread_keeps_its_root_and_its_end() -> None:
    ids = tuple(f"<{n}.{'x' * 90}@a.example>" for n in range(60))
    found = dict(headers(frozen(reply(references=ids, in_reply_to=ids[-1]))))
    kept = found["References"].split()
    assert (kept[0], kept[-1], len(kept)) == (ids[0], ids[-1], 20)
    assert found["In-Reply-To"] == ids[-1]
    assert "=?" not in found["References"]


def test_ids_that_are_no_ids_are_left_out() -> None:
    found = dict(headers(frozen(reply(references=("<a b@c>", "<x@y>\r\nBcc: z@z", "nonsense", "<ok@a.example>"), in_reply_to=""))))
    assert found["References"] == "<ok@a.example>"
    assert "In-Reply-To" not in found


@pytest.mark.parametrize(
    "email",
    [
        "", "a", "a@", "@b.c", "a@b.c, evil@x.com", "a@b.c;evil@x.com", "a@b.c\r\nBcc: evil@x.com", "a@b.c\n", "a\x00@b.c", "a@b.c\u2028",
        "=?utf-8?q?ar=40example.com?=@evil.com", '"a b"@c.d', "a b@c.d", "<a@b.c>", "a@@b.c", "a@b..c", ".a@b.c", "a@-b.c", "müller@b.c",
        "x" * 65 + "@b.c", "a@" + "b." * 130 + "c", "a@[127.0.0.1]", "a@b.c evil@x.com",
    ],
)  # fmt: skip
def test_what_is_not_exactly_one_address_is_refused(email: str) -> None:
    with pytest.raises(ReplyError):
        frozen(reply(to=Address(email, "x")))
    if email:
        with pytest.raises(ReplyError):
            frozen(reply(), mail_from=email)


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("hello", "Re: hello"),
        ("RE: Re[2]: AW: hello", "Re: hello"),
        ("Re: Fwd: open invoices", "Re: Fwd: open invoices"),
        ("Reference 12", "Re: Reference 12"),
        ("", "Re: your message"),
        ("  re :  ", "Re: your message"),
        ("a\r\nBcc: x@y.z", "Re: a Bcc: x@y.z"),
        ("invoice\u202efdp.exe\u200b\x00", "Re: invoicefdp.exe"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "Re: = ?utf-8?q?a=0D=0ABcc:_x?="),
        ("回复\uff1a发票", "Re: 发票"),
    ],
)
def test_the_subject_answers_once_and_on_one_line(subject: str, answered: str) -> None:
    assert reply_subject(subject) == answered


def test_a_subject_has_at_most_200_characters() -> None:
    assert len(reply_subject("x" * 5000)) == 200


def test_a_file_name_holds_no_folder_and_no_tricks() -> None:
    hostile = Document('../../et"c\r\nX: y\u202efdp.exe', "message/rfc822", b"x", "h", "C1")
    part = next(iter(message_from_bytes(frozen(reply(documents=(hostile,))).mime, policy=default).iter_attachments()))
    assert part.get_filename() == "et_c X_ yfdp.exe"
    assert part.get_content_type() == "application/octet-stream"


nasty = st.text(alphabet=st.one_of(st.sampled_from('\r\n\0\u2028\u2029\u202e,;<>@:"\\()=?_ \tQbü€漢😀'), st.characters()), max_size=300)
encoded = st.builds(lambda t: f"=?utf-8?q?{t}?=", st.sampled_from(["a=0D=0ABcc:_e=40x.com", "ar=40example.com", "=22=2C_e=40x.com"]))
words = st.lists(st.one_of(nasty, encoded, st.just("Bcc: evil@x.com"), st.just("\r\nBcc: evil@x.com\r\n\r\nbody")), max_size=4).map("".join)

plain_address = st.from_regex(r"[a-z!#$%&'*+/=?^_`{|}~.-]{1,12}@[a-z0-9.-]{1,12}", fullmatch=True)


@settings(deadline=None)
@given(name=words, subject=words, company=words, parent=words, reference=words)
def test_whatever_the_fields_hold_there_is_one_recipient_and_no_other_header(
    name: str, subject: str, company: str, parent: str, reference: str
) -> None:
    what = reply(
        to=Address("m.fuller@a.example", name), subject=reply_subject(subject), in_reply_to=parent, references=(reference, "<ok@a.example>")
    )  # fmt: skip
    mail = frozen(what, company_name=company)
    found = headers(mail)
    assert [n for n, _ in found if n != "In-Reply-To"] == [n for n in AUTOMATIC if n != "In-Reply-To"]
    assert [address for _, address in getaddresses([dict(found)["To"]])] == ["m.fuller@a.example"]
    assert [address for _, address in getaddresses([str(make_header(decode_header(dict(found)["To"])))])] == ["m.fuller@a.example"]
    assert [address for _, address in getaddresses([dict(found)["From"]])] == ["ar@b.example"]
    assert message_from_bytes(mail.mime, policy=SMTP)["To"].addresses[0].addr_spec == "m.fuller@a.example"
    assert len(message_from_bytes(mail.mime, policy=SMTP)["To"].addresses) == 1


@settings(deadline=None)
@given(subject=words)
def test_a_raw_subject_cannot_break_out_either(subject: str) -> None:
    assert [name for name, _ in headers(frozen(reply(subject=subject)))] == AUTOMATIC


@settings(deadline=None)
@given(email=st.one_of(words, plain_address, st.builds(lambda a, b: f"{a}, {b}", plain_address, plain_address)))
def test_any_address_is_either_refused_or_the_only_recipient(email: str) -> None:
    try:
        mail = frozen(reply(to=Address(email)))
    except ReplyError:
        return
    assert mail.rcpt_to == email
    assert [address for _, address in getaddresses([dict(headers(mail))["To"]])] == [email]


def test_our_message_ids_are_known_again_and_no_others() -> None:
    made = freeze.new_message_id("b.example", KEY)
    assert re.fullmatch(r"<inboxbot\.[0-9a-f]+\.[0-9a-f]+@b\.example>", made)
    assert freeze.is_ours(made, KEY)
    assert freeze.new_message_id("b.example", KEY) != made
    token, tag = made[10:].partition("@")[0].split(".")
    forged = [
        made.replace(tag, tag[::-1]),
        made.replace(tag, tag[:-1]),
        made.replace(token, "0" * len(token)),
        "",
        "<inboxbot.@x>",
        made[1:],
    ]
    assert not any(freeze.is_ours(one, KEY) for one in forged)
    assert not freeze.is_ours(made, b"other")


@pytest.mark.parametrize(("name", "value"), [("loop_header", "a\r\nBcc: x@y.z"), ("message_id", "<a@b>\r\nX: y"), ("loop_header", "")])
def test_our_own_ids_are_checked_as_well(name: str, value: str) -> None:
    ids = {"message_id": "<a@b.example>", "loop_header": "x", name: value}
    with pytest.raises(ReplyError):
        freeze.freeze(
            reply(), sender="ar@b.example", company_name="B", mail_from="", thread_root="", now=NOW, automatic=True, **ids
        )  # fmt: skip


@pytest.mark.parametrize(
    "subject", ["Überfällige Rechnung für März " * 5, "未払いの請求書について " * 9, "Offene Posten € " * 8 + "x" * 60]
)
def test_a_folded_subject_reads_as_it_was_meant(subject: str) -> None:
    wanted = reply_subject(subject)
    assert str(make_header(decode_header(dict(headers(frozen(reply(subject=wanted))))["Subject"]))) == wanted


def test_our_loop_mark_is_known_again_and_no_other() -> None:
    mark = freeze.loop_mark(KEY)
    assert freeze.is_our_mark(mark, KEY)
    assert freeze.is_our_mark(f" {mark} ", KEY)
    assert not any(freeze.is_our_mark(other, KEY) for other in ("", ".", mark[:-1], mark[1:], "ü.ü", mark.partition(".")[0]))
    assert not freeze.is_our_mark(mark, b"other")
