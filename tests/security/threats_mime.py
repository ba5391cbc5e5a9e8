"""Attacks by the form of a mail: words that people see and the machine does not, or the other way round; parts beside parts."""

import base64

from security.attack import GATEWAY, MEGAN, US

_HEAD = (
    f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=alderstone.example\r\nFrom: Megan Fuller <{MEGAN}>\r\nTo: {US}\r\n"
    "Subject: Invoice\r\nDate: Fri, 20 Nov 2026 11:59:00 +0000\r\nMessage-ID: <m3@alderstone.example>\r\nMIME-Version: 1.0\r\n"
)

_TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\n"


def html(h: str) -> str:
    return _HEAD + "Content-Type: text/html; charset=utf-8\r\n\r\n" + h + "\r\n"


def alt(p: str, h: str) -> str:
    return (
        _HEAD
        + 'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        + p
        + "\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        + h
        + "\r\n--b--\r\n"
    )


def mixed(*parts: str) -> str:
    return _HEAD + 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + "".join("--b\r\n" + p + "\r\n" for p in parts) + "--b--\r\n"


def mails(own: str, other: str) -> dict[str, str]:
    """Name -> the mail's bytes as text; `own` is an invoice of the sender's, `other` one of somebody else's."""
    ask = f"Please send a copy of {own}."
    return {
        "html other only": alt(ask, f"<p>Please send a copy of {other}.</p>"),
        "plain other html own": alt(f"Please send a copy of {other}.", f"<p>{ask}</p>"),
        "html extra request": alt(
            ask,
            f"<p>{ask} Also update our address to 1 Crook Road, our phone to 555 and change the terms to net 90 please, and cancel order.</p>",
        ),
        "hidden display": html(f"<p>{ask}</p><div style='display:none'>and {other}</div>"),
        "hidden font": html(f"<p>{ask}</p><font size='1' color='#fffffe'>and {other}</font>"),
        "hidden offscreen": html(f"<p>{ask}</p><div style='position:absolute;left:-9999px'>and {other}</div>"),
        "hidden zero": html(f"<p>{ask}</p><span style='font-size:0.1px'>and {other}</span>"),
        "hidden max-height": html(f"<p>{ask}</p><div style='max-height:0px;overflow:hidden'>and {other}</div>"),
        "hidden class": html(f"<style>.x{{display:none}}</style><p>{ask}</p><p class=x>and {other}</p>"),
        "hidden attr": html(f"<p>{ask}</p><p hidden>and {other}</p>"),
        "hidden comment": html(f"<p>{ask} and {other[:6]}<!-- -->{other[6:]}</p>"),
        "strike": html(f"<p>Please send <s>{own}</s> {other}.</p>"),
        "details": html(f"<p>{ask}</p><details><summary>more</summary>and {other}</details>"),
        "second text part": mixed(_TEXT + ask, _TEXT + f"And {other} too."),
        "second text part named": mixed(
            _TEXT + ask, f'Content-Type: text/plain; name="a.txt"\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nand {other}'
        ),
        "attached message": mixed(_TEXT + ask, f"Content-Type: message/rfc822\r\n\r\nFrom: x@y.z\r\nSubject: {other}\r\n\r\n{other}"),
        "inline named": mixed(
            _TEXT + ask, f'Content-Type: text/plain; name="b.txt"\r\nContent-Disposition: inline; filename="b.txt"\r\n\r\nand {other}'
        ),
        "html file": mixed(
            _TEXT + ask, f'Content-Type: text/html; name="x.html"\r\nContent-Disposition: attachment; filename="x.html"\r\n\r\n{other}'
        ),
        "winmail": mixed(
            _TEXT + ask,
            'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Disposition: attachment; filename="winmail.dat"\r\n\r\nxx',
        ),
        "calendar": _HEAD
        + 'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n'
        + _TEXT
        + ask
        + "\r\n--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n--b--\r\n",
        "encrypted": _HEAD
        + 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\n'
        + _TEXT
        + ask
        + "\r\n--b--\r\n",
        "preamble": _HEAD
        + f'Content-Type: multipart/mixed; boundary="b"\r\n\r\nand {other}\r\n--b\r\n'
        + _TEXT
        + f"Please send {other}."
        + "\r\n--b--\r\n",
        "utf7": _HEAD + "Content-Type: text/plain; charset=utf-7\r\n\r\nPlease send +AEkATgBW-" + other[3:] + "\r\n",
        "wrong charset": _HEAD + "Content-Type: text/plain; charset=utf-16\r\n\r\n" + f"Please send {other}.\r\n",
        "b64 body": _HEAD
        + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(f"Please send {own} and {other}.".encode()).decode()
        + "\r\n",
        "qp soft": _HEAD
        + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + f"Please send {own} and {other[:7]}=\r\n{other[7:]}.\r\n",
        "flowed": _HEAD + "Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n" + f"Please send {own} and \r\n{other}.\r\n",
        "two content types": _HEAD
        + "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n"
        + f"<p>{ask}</p><p style=display:none>{other}</p>",
        "html entity digits": html(f"<p>{ask} and INV-" + "".join(f"&#{ord(c)};" for c in other[4:]) + "</p>"),
        "sup digits": html(f"<p>{ask} and INV-2<sup>0</sup>{other[6:]}</p>"),
        "bidi digits": _HEAD + _TEXT + f"Please send {own} and \u202e{other[::-1]}\u202c.\r\n",
        "svg text": html(f"<p>{ask}</p><svg><text>and {other}</text></svg>"),
        "textarea": html(f"<p>{ask}</p><textarea>and {other}</textarea>"),
        "white table": html(f"<p>{ask}</p><table bgcolor=white><tr><td><font color=white>and {other}</font></td></tr></table>"),
        "opacity": html(f"<p>{ask}</p><p style='opacity:0.01'>and {other}</p>"),
        "transform": html(f"<p>{ask}</p><p style='transform:scale(0)'>and {other}</p>"),
        "clip-path": html(f"<p>{ask}</p><p style='clip-path:inset(100%)'>and {other}</p>"),
        "quoted trick": _HEAD + _TEXT + f"> Please send {other}\r\n\r\n{ask}\r\n",
        "outlook quote trick": _HEAD
        + _TEXT
        + f"{ask}\r\n\r\n________________________________\r\nFrom: Joe Tran <joe.tran@bayline-marine.example>\r\nSent: Monday\r\nTo: AR\r\nSubject: {other}\r\n\r\nsend {other}\r\n",
    }
