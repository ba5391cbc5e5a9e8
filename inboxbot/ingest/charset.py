r"""Bytes to text, and text to clean text.

In: payload bytes with the charset their sender declared. Out: text without mojibake, with "\n" line ends and without
characters nobody can see. Nothing here raises.
"""

import codecs
import re

_NO_CHARSETS = frozenset({"unicode-escape", "raw-unicode-escape", "undefined", "idna", "punycode", "mbcs", "oem"})
# What the label means in practice (WHATWG Encoding Standard, section 4.2): the superset that senders really use.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_ext",
    "big5": "big5hkscs",
}
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_ANY_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]+")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")


def decode(payload: bytes, declared: str = "") -> str:
    """The text of `payload`; a declared charset that cannot be true is not believed."""
    if payload.isascii() and b"\x1b" not in payload and not declared.lower().startswith("utf-7"):
        return payload.decode("ascii")
    codec = _codec(declared)
    for candidate in _candidates(codec):
        try:
            return payload.decode(candidate)
        except (LookupError, UnicodeError):
            continue
    return payload.decode("latin-1")


def _candidates(codec: str) -> tuple[str, ...]:
    # Valid UTF-8 with bytes above 127 is hardly ever anything else, while UTF-8 labelled Latin-1 is common.
    if not codec or codec.startswith(("cp125", "iso8859")):
        return ("utf-8", codec or "cp1252", "cp1252")
    return (codec, "utf-8", "cp1252")


def _codec(declared: str) -> str:
    """Python's name of the declared text encoding, or ''."""
    try:
        info = codecs.lookup(declared.strip().strip("\"'"))
    except (LookupError, ValueError, TypeError):
        return ""
    usable = info.name.replace("_", "-") not in _NO_CHARSETS and getattr(info, "_is_text_encoding", True)
    return _SUPERSETS.get(info.name, info.name) if usable else ""


def tidy(text: str) -> str:
    r"""`text` with "\n" line ends, plain spaces, and without control and invisible characters."""
    text = _LINE_ENDS.sub("\n", text).replace("\u00a0", " ")
    return _INVISIBLE.sub("", _CONTROLS.sub("", text))


def one_line(text: str) -> str:
    """`text` on one line, trimmed, without control and invisible characters: names, subjects, file names."""
    return " ".join(_INVISIBLE.sub("", _ANY_CONTROLS.sub(" ", text)).split())
