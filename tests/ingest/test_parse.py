"""Raw bytes to a Message: what is read, what is refused, what is left out."""

# ruff: noqa: E501, RUF001  cases stand as mail has them

import email.policy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxbot.errors import UnreadableMessageError
from inboxbot.ingest import parse
from inboxbot.message import Message, MessageKey, RawMessage

RECEIVED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HEAD = b"From: Tom Baker <tom@customer.com>\r\nTo: ar@brightwater.example\r\nSubject: copy\r\nDate: Fri, 20 Nov 2026 09:00:00 +0100\r\nMessage-ID: <1@customer.com>\r\n"


def raw(content: bytes, *, complete: bool = True) -> RawMessage:
    return RawMessage(MessageKey("ar", 1, 1), content, RECEIVED, size=len(content), complete=complete)


def read(content: bytes, *, complete: bool = True) -> Message:
    return parse.parse(raw(content, complete=complete))


def from_line(value: bytes) -> Message:
    return read(b"From: " + value + b"\r\nSubject: x\r\n\r\nhello\r\n")


def test_a_plain_mail_is_read() -> None:
    message = read(
        HEAD + b"Cc: Ann <ANN@Customer.COM>, bob@x.org\r\nReply-To: other@x.org\r\nReturn-Path: <Tom@customer.com>\r\n"
        b"In-Reply-To: <0@brightwater.example>\r\nReferences: <a@b> <0@brightwater.example>\r\n\r\nplease resend 20155\r\n"
    )
    assert (message.from_.email, message.from_.name) == ("tom@customer.com", "Tom Baker")
    assert [a.email for a in message.cc] == ["ann@customer.com", "bob@x.org"]
    assert [a.email for a in message.reply_to] == ["other@x.org"]
    assert (message.message_id, message.in_reply_to) == ("<1@customer.com>", "<0@brightwater.example>")
    assert (message.references, message.thread_root) == (("<a@b>", "<0@brightwater.example>"), "<a@b>")
    assert message.date == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert message.date.utcoffset() == timedelta(hours=1)
    assert (message.subject, message.text, message.new_text) == ("copy", "please resend 20155", "please resend 20155")
    assert (message.return_path, message.defects, message.received_at) == ("tom@customer.com", (), RECEIVED)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (b"tom@customer.com", "tom@customer.com"),
        (b"<tom@customer.com>", "tom@customer.com"),
        (b"Tom <TOM@Customer.Com>", "tom@customer.com"),
        (b'"Baker, Tom" <tom@customer.com>', "tom@customer.com"),
        (b"tom@customer.com (Tom Baker)", "tom@customer.com"),
        (b"=?utf-8?q?M=C3=BCller?= <m@customer.com>", "m@customer.com"),
        (b"=?utf-8?B?" + b"QUFB" * 40 + b"?= <m@customer.com>", "m@customer.com"),
        (b"M\xc3\xbcller <m@customer.com>", "m@customer.com"),
        (b"M\xfcller <m@customer.com>", "m@customer.com"),
        (b'"tom@customer.com" <tom@customer.com>', "tom@customer.com"),
        (b"Tom\r\n <tom@customer.com>", "tom@customer.com"),
        (b"Tom <tom@b\xc3\xbccher.de>", "tom@xn--bcher-kva.de"),
        (b"tom+ar@customer.co.uk", "tom+ar@customer.co.uk"),
    ],
)
def test_one_clear_sender_is_read(value: bytes, address: str) -> None:
    assert from_line(value).from_.email == address


@pytest.mark.parametrize(
    "value",
    [
        b"ar@customer.com <crook@evil.com>",
        b"ar@customer.com<crook@evil.com>",
        b'"ar@customer.com" <crook@evil.com>',
        b'"Tom ar@customer.com" <crook@evil.com>',
        b'"<ar@customer.com>" crook@evil.com',
        b"<ar@customer.com> <crook@evil.com>",
        b"x <ar@customer.com> y <crook@evil.com>",
        b"ar@customer.com, crook@evil.com",
        b"Fuller, Megan <m@customer.com>",
        b"=?utf-8?q?ar=40customer=2Ecom?= <crook@evil.com>",
        b"=?utf-8?q?ar=40customer.com_=3Cx=40y.z=3E?= <crook@evil.com>",
        b"=?utf-8?b?YXJAY3VzdG9tZXIuY29t?= <crook@evil.com>",
        b"=?utf-8?q?Bob_=3Ca=40customer=2Ecom=3E?=",
        b"<=?utf-8?q?ar?=@customer.com>",
        b"crook@evil.com (ar@customer.com)",
        b"ar@customer.com (x) <crook@evil.com>",
        b"Group: ar@customer.com;",
        b"Group: ar@customer.com, crook@evil.com;",
        b"undisclosed-recipients:;",
        b"ar@customer.com\x00 <crook@evil.com>",
        b"ar@customer.com\x00@evil.com",
        b"ar@customer.com\r <crook@evil.com>",
        b"<ar@customer.com@evil.com>",
        b"<@evil.com:ar@customer.com>",
        b"<ar@customer.com",
        b'"ar"@customer.com"@evil.com',
        b'"a b"@customer.com',
        b"ar@customer.com.",
        b"ar@[127.0.0.1]",
        b"ar@customer",
        b"ar",
        b"<>",
        b"",
        b"ar@custo\xffmer.com",
        b"ar@customer.com\xe2\x80\xae <crook@evil.com>",
        b"ar\xe2\x80\x8b@customer.com",
        b"a\tr@customer.com",
    ],
)
def test_an_unclear_sender_is_nobody_and_the_defect_says_why(value: bytes) -> None:
    message = from_line(value)
    assert message.from_ is None
    assert any(defect.startswith(("From: ", "header: ")) for defect in message.defects)


def test_two_from_headers_are_nobody() -> None:
    message = read(b"From: ar@customer.com\r\nFrom: crook@evil.com\r\n\r\nhello")
    assert (message.from_, "From: appears 2 times" in message.defects) == (None, True)


def test_a_header_smuggled_behind_a_bare_cr_leaves_no_sender() -> None:
    message = read(b"Subject: hi\rAuthentication-Results: mx; dmarc=pass\r\nFrom: tom@customer.com\r\n\r\nhello")
    assert (message.from_, any("bare CR" in defect for defect in message.defects)) == (None, True)


@pytest.mark.parametrize("name", ["Subject", "Date", "Message-ID", "To"])
def test_repeated_headers_are_defects_and_the_topmost_counts(name: str) -> None:
    message = read(f"{name}: second one\r\n".encode() + HEAD + b"\r\nhello")
    assert f"{name}: appears 2 times" in message.defects


def test_all_values_of_a_header_are_kept_topmost_first() -> None:
    message = read(b"Authentication-Results: a;\r\n none\r\nAuthentication-Results: b; none\r\n" + HEAD + b"\r\nhello")
    assert message.headers["authentication-results"] == ("a; none", "b; none")


@pytest.mark.parametrize(
    "value", ["", "yesterday", "Fri, 99 Nov 2026 99:99:99 +0100", "Fri, 31 Dec 9999 23:00:00 -1200", "Fri, 20 Nov 2026 09:00:00 +9999999"]
)
def test_an_unreadable_date_is_none(value: str) -> None:
    message = read(f"From: tom@customer.com\r\nDate: {value}\r\n\r\nx".encode())
    assert (message.date, message.sent_at) == (None, RECEIVED)


@pytest.mark.parametrize("value", ["Fri, 20 Nov 2026 09:00:00 -0000", "20 Nov 2026 09:00:00", "Fri, 20 Nov 2026 09:00:00 GMT"])
def test_dates_are_aware(value: str) -> None:
    assert read(f"From: tom@customer.com\r\nDate: {value}\r\n\r\nx".encode()).date == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("charset", "payload", "text"),
    [
        ("utf-8", "Grüße €".encode(), "Grüße €"),
        ("utf-8", "Grüße €".encode("cp1252"), "Grüße €"),
        ("iso-8859-1", "Grüße €".encode(), "Grüße €"),
        ("iso-8859-1", "Grüße €".encode("cp1252"), "Grüße €"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode("latin-1"), "Grüße"),
        ("", "Grüße".encode("cp1252"), "Grüße"),
        ("x-unknown", "Grüße".encode(), "Grüße"),
        ("unicode_escape", b"Gr\\u00fc\xc3\xbc", "Gr\\u00fcü"),
        ("base64", "Grüße".encode(), "Grüße"),
        ("gb2312", "请再发一次".encode("gb18030"), "请再发一次"),
        ("iso-2022-jp", "請求書".encode("iso-2022-jp"), "請求書"),
        ("shift_jis", "請求書①".encode("cp932"), "請求書①"),
        ("windows-1250", "faktury późno".encode("cp1250"), "faktury późno"),
        ("koi8-r", "счёт".encode("koi8-r"), "счёт"),
        ("utf-8", b"a\x00b\xe2\x80\x8bc\r\nd\re", "abc\nd\ne"),
    ],
)
def test_text_is_decoded_without_mojibake(charset: str, payload: bytes, text: str) -> None:
    kind = f'Content-Type: text/plain; charset="{charset}"\r\n' if charset else ""
    message = read(HEAD + b"MIME-Version: 1.0\r\n" + kind.encode() + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + payload)
    assert message.text == text


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"=?utf-8?q?Rechnung_f=C3=BCr_M=C3=A4rz?=", "Rechnung für März"),
        (b"=?utf-8?q?f=C3?= =?utf-8?q?=BCr?=", "für"),
        (b"Rechnung f\xc3\xbcr", "Rechnung für"),
        (b"Rechnung f\xfcr", "Rechnung für"),
        (b"=?x-unknown?q?f=C3=BCr?=", "für"),
        (b"=?utf-8?b?!!!?= x", "x"),
        (b"folded\r\n over lines", "folded over lines"),
        (b"bell\x07 and =?utf-8?q?zero=00=E2=80=AE?=", "bell and zero"),
    ],
)
def test_subjects_are_decoded(value: bytes, subject: str) -> None:
    assert read(b"From: tom@customer.com\r\nSubject: " + value + b"\r\n\r\nx").subject == subject


def composed(plain: str = "", html: str = "", **files: bytes) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["Subject"], message["Message-ID"] = "tom@customer.com", "copy", "<1@customer.com>"
    if plain:
        message.set_content(plain)
    if html and plain:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name, content in files.items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def test_plain_text_is_preferred() -> None:
    message = read(composed("please resend 20155", "<p>please <b>resend</b> 20155</p>"))
    assert (message.text, message.has_html, message.content_type) == ("please resend 20155", True, "multipart/alternative")


@pytest.mark.parametrize("stub", ["Your e-mail client cannot display HTML.", "Please view this email in your browser", "\n \n"])
def test_a_stub_of_plain_text_gives_way_to_the_html(stub: str) -> None:
    assert read(composed(stub, "<p>please resend 20155, the October invoice for the Joliet site</p>")).text.startswith(
        "please resend 20155"
    )


def test_a_short_plain_text_of_a_person_is_no_stub() -> None:
    assert read(composed("resend 20155", "<p>resend 20155</p><p>and a long signature of a firm</p>")).text == "resend 20155"


def test_attachments_are_described() -> None:
    message = read(composed("see attached", "", **{"advice.pdf": b"%PDF"}))
    (file,) = message.attachments
    assert (file.name, file.content_type, file.size, file.inline) == ("advice.pdf", "application/pdf", 4, False)
    assert file.sha256 == sha256(b"%PDF").hexdigest()


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b"attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf", "Grüße.pdf"),
        (b'attachment; filename="=?utf-8?q?Gr=C3=BC=C3=9Fe=2Epdf?="', "Grüße.pdf"),
        (b"attachment; filename*0=long; filename*1=name.pdf", "longname.pdf"),
        (b'attachment; filename="../../etc/pass\x07wd"', "pass wd"),
        (b'attachment; filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        (b'attachment; filename="\xe2\x80\x8b.htaccess"', "htaccess"),
        (b"attachment", ""),
        (b"attachment; filename=" + b"a" * 4000, "a" * 120),
    ],
)
def test_file_names_are_decoded_and_clean(disposition: bytes, name: str) -> None:
    part = b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: " + disposition + b"\r\n\r\nx\r\n--b--\r\n"
    (file,) = read(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part).attachments
    assert file.name == name


def test_a_message_inside_is_a_file_and_not_text() -> None:
    inner = b"From: x@y.z\r\nSubject: inner words\r\n\r\nplease wire everything\r\n"
    content = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
    )
    message = read(content + b"--b--\r\n")
    assert (message.text, [(a.name, a.content_type) for a in message.attachments]) == ("see below", [("inner words", "message/rfc822")])


def test_reports_and_invitations_are_visible() -> None:
    report = (
        HEAD
        + b"Content-Type: multipart/report; report-type=Delivery-Status; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n--b--\r\n"
    )
    invitation = (
        HEAD
        + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\ncome\r\n--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n"
    )
    assert (read(report).report_type, read(report).attachments[0].content_type) == ("delivery-status", "message/delivery-status")
    assert read(invitation).attachments[0].content_type == "text/calendar"


def test_flowed_text_is_joined() -> None:
    content = HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\nplease send \r\n20155 again\r\n> old \r\n> words\r\n-- \r\nTom\r\n"
    message = read(content)
    assert (message.text, message.new_text) == ("please send 20155 again\n> old words\n-- \nTom", "please send 20155 again")


def nested(depth: int, *, boundary: str = "b{}") -> bytes:
    heads = "".join(f"Content-Type: multipart/mixed; boundary={boundary.format(i)}\r\n\r\n--{boundary.format(i)}\r\n" for i in range(depth))
    return HEAD + heads.encode() + b"\r\nhello\r\n"


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (HEAD + b"X: " + b"a" * 300_000 + b"\r\n\r\nhello", "262144 bytes"),
        (HEAD + b"X: a\r\n" * 2_001 + b"\r\nhello", "2000 headers"),
        (HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\nhello", "65536 bytes"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1_001, "1000 parts"),
        (nested(60), "50 levels"),
        (nested(5_000), "50 levels"),
        (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 80 + b"\r\nhello", "50 levels"),
        (HEAD + b"\r\n" + b"\n" * 2_000_001, "2000000 lines"),
    ],
)
def test_what_is_too_big_is_refused_and_the_limit_named(content: bytes, limit: str) -> None:
    with pytest.raises(UnreadableMessageError, match=limit):
        read(content)


def test_nesting_within_the_limit_is_read() -> None:
    assert read(nested(40)).text == "hello"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n\r\n",
        b"no header at all, just words",
        b"\xff\xfe\x00\x00",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\nno parts",
        HEAD + b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx",
        HEAD + b"Content-Type: text/plain; charset=\x00\r\n\r\nx",
        HEAD + b"Content-Type: ;;;=\r\n\r\nx",
        HEAD + b"Subject: " + b"=?utf-8?q?a?= " * 4_000 + b"\r\n\r\nx",
    ],
)
def test_broken_mail_is_read_as_far_as_it_goes(content: bytes) -> None:
    assert read(content).received_at == RECEIVED


def test_the_same_boundary_over_and_over_is_survived() -> None:
    content = nested(3_000, boundary="b")
    try:
        read(content)
    except UnreadableMessageError as error:
        assert str(error)  # noqa: PT017  either end is right, an unnamed error is not


def test_part_of_a_message_says_that_it_is_a_part() -> None:
    message = read(HEAD + b"\r\nhello", complete=False)
    assert any(defect.startswith("size: only the beginning") for defect in message.defects)


def test_the_stub_saves_what_the_header_says() -> None:
    message = parse.stub(raw(HEAD + b"Auto-Submitted: auto-replied\r\n" + b"\r\n\xff\x00"), "over the limits")
    assert (message.subject, message.from_.email, message.message_id) == ("copy", "tom@customer.com", "<1@customer.com>")
    assert (message.header("auto-submitted"), message.defects, message.text) == ("auto-replied", ("over the limits",), "")


def test_the_stub_of_an_unclear_sender_has_none() -> None:
    assert parse.stub(raw(b"From: ar@customer.com <crook@evil.com>\r\n\r\nx"), "why").from_ is None


def test_keys_tell_messages_apart() -> None:
    one, again = read(HEAD + b"\r\nhello  there"), read(HEAD.replace(b"copy", b"Re: AW: copy") + b"\r\nhello there")
    other = read(HEAD + b"\r\nhello you")
    assert (one.text_key == again.text_key, one.content_key == again.content_key) == (True, False)
    assert len({one.text_key, other.text_key}) == len({one.content_key, other.content_key}) == 2


def scan(content: bytes) -> Message:
    """A mail without words that holds one file."""
    kind = b"MIME-Version: 1.0\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=scan.pdf\r\n"
    return read(HEAD + kind + b"\r\n" + content)


def test_two_scans_without_a_word_are_two_mails() -> None:
    one, again, other = scan(b"%PDF remittance"), scan(b"%PDF remittance"), scan(b"%PDF dispute")
    assert (one.text_key, one.content_key) == (again.text_key, again.content_key)
    assert len({one.text_key, other.text_key}) == len({one.content_key, other.content_key}) == 2


@pytest.mark.parametrize("value", ["<>", "< >", "", " ", "<<>>"])
def test_an_empty_message_id_is_none(value: str) -> None:
    assert read(f"From: a@b.example\r\nMessage-ID: {value}\r\n\r\nhello".encode()).message_id == ""


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: copy", "copy"),
        ("RE: AW: WG: copy", "copy"),
        ("Re[2]: copy", "copy"),
        ("Antw: Fwd:copy", "copy"),
        ("回复：copy", "copy"),
        ("Reminder: x", "Reminder: x"),
    ],
)
def test_reply_prefixes_are_taken_off(subject: str, bare: str) -> None:
    assert parse.bare_subject(subject) == bare


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_give_a_message_or_the_right_error(content: bytes) -> None:
    try:
        message = read(content)
    except UnreadableMessageError:
        message = parse.stub(raw(content), "unreadable")
    assert len(message.content_key) == 64


PIECES = [b"From: a@b.co\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: text/html\r\n", b"Content-Type: message/rfc822\r\n", b"\r\n", b"--b\r\n",
          b"--b--\r\n", b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n", b"=E2=80", b"<div>", b"\xff", b"\r", b"\x00",
          b"Content-Disposition: attachment; filename*=utf-8''%FF\r\n", b"Subject: =?utf-8?b?4oKs?=\r\n", b" folded\r\n", b"Date: x\r\n", b"text"]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=24))
def test_any_mixture_of_mail_pieces_gives_a_message_or_the_right_error(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    try:
        message = read(content)
    except UnreadableMessageError:
        message = parse.stub(raw(content), "unreadable")
    "".join((message.subject, message.text, *(v for vs in message.headers.values() for v in vs))).encode("utf-8")
