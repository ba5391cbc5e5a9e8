"""Domain names and addresses in the one form in which they are compared.

In: what a mail or the ledger says. Out: lower case, domains in A-labels (RFC 5890, 2.3.2.1).

A letter beyond ASCII never becomes one within: a full-width letter, U+3002 for a dot or the Kelvin sign for a k would turn
somebody else's spelling into a customer's domain.
"""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import idna

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def a_labels(domain: str) -> str:
    """The domain as the DNS has it, lower case; '' for what is no domain name without mapping letters to others."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(unicodedata.normalize("NFC", lower(domain)), strict=True).decode("ascii")
    except idna.IDNAError:
        return ""


def lower(text: str) -> str:
    """The text in lower case; letters beyond ASCII whose lower case lies within it stay as they are."""
    pairs = ((character, character.lower()) for character in text)
    return "".join(small if character.isascii() or not small.isascii() else character for character, small in pairs)


def address(spec: str) -> str:
    """An address in that form; '' where its domain has none, or there is no @."""
    local, _, domain = spec.strip().rpartition("@")
    known = a_labels(domain)
    return f"{lower(local)}@{known}" if local and known else ""


def organizational(domain: str) -> str:
    """The name directly below the public suffix; '' for a public suffix itself."""
    return _suffixes().privatesuffix(domain) or ""


@cache
def _suffixes() -> "PublicSuffixList":
    """The shipped list; reading it takes a tenth of a second, so it is read once and only when asked for."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415

    return PublicSuffixList()
