"""DKIM verified by ourselves, for mailboxes whose gateway says nothing (RFC 6376), with DMARC's alignment (RFC 7489).

In: a message's raw bytes, its From domain, when it arrived, and a way to look TXT records up. Out: `Authenticity`.

A valid signature alone proves little: text may be appended below an `l=`, a second Subject put above the signed one, a
Reply-To added, or a genuine mail of three years ago sent once more. So a signature counts only if it covers the whole body,
is fresh, and signs From, To, Subject and Date, which each stand there once, and whatever else would steer an answer.
"""

import base64
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from inboxbot.domains import organizational
from inboxbot.errors import LookupFailedError
from inboxbot.ingest.alignment import aligned
from inboxbot.ingest.auth_results import unverified
from inboxbot.ingest.dkim_form import Field, Form, MalformedError, Tags, forms
from inboxbot.ingest.dkim_form import tags as tag_list
from inboxbot.ingest.dns import TxtLookup
from inboxbot.message import Authenticity, AuthenticityStatus

OLDEST = timedelta(days=7)  # longer than any queue keeps a mail (RFC 5321, 4.5.4.1), shorter than a replay is worth
CLOCK_SKEW = timedelta(hours=10)
LEAST_KEY_BITS = 1024  # RFC 8301, 3.2
_MOST_KEY_BITS = 8192  # twice what everybody must be able to verify (RFC 8301, 3.2): the key's owner would choose our work
_MOST_EXPONENT_BITS = 64  # almost all keys have 65537
_LONGEST_KEY = 4_096  # characters of base64
_LONGEST_NAME = 253  # RFC 1035, 2.3.4
_LONGEST_SHOWN = 100
MOST_SIGNATURES = 5
_MUST_SIGN = (b"from", b"to", b"subject", b"date")
_IF_THERE = (b"reply-to", b"sender", b"cc")  # who gets an answer, and to whom the mail was written
_ONCE = (*_MUST_SIGN, *_IF_THERE, b"message-id", b"in-reply-to", b"references", b"content-type", b"content-transfer-encoding")
_ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")  # RFC 8301, 3.1: rsa-sha1 proves nothing any more
_DOMAIN = re.compile(rb"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}", re.IGNORECASE)

Fields = Sequence[Field]  # names in lower case


class _RefusedError(Exception):
    """A signature does not count; the words say why."""


def by_signature(raw: bytes, domain: str, received_at: datetime, lookup: TxtLookup) -> Authenticity:
    """Whether a signature of the From domain's owner holds; never raises."""
    try:
        form = Form(raw)
        fields: Fields = [(name.lower(), value) for name, value in form.fields]
        _check_once(fields)
        strict = _strict_alignment(domain, lookup)
    except MalformedError as error:
        return unverified(domain, f"DKIM: the header cannot be read: {error}")
    except (_RefusedError, LookupFailedError) as refused:
        return unverified(domain, f"DKIM: {refused}")
    except Exception as error:  # noqa: BLE001 - whatever a lookup raises, the mail is not verified
        return unverified(domain, f"DKIM: the sender's policy cannot be read: {type(error).__name__}")
    signatures = [field for field in form.fields if field[0].lower() == b"dkim-signature"]
    why = "the mail is not signed"
    for signature in signatures[:MOST_SIGNATURES]:
        try:
            signer = _verify(form, signature, fields, domain, received_at, lookup, strict=strict)
        except (_RefusedError, LookupFailedError) as refused:
            why = str(refused)
        except Exception as error:  # noqa: BLE001 - dkimpy and PyNaCl raise whatever they like on hostile keys
            why = f"a signature cannot be read: {type(error).__name__}"
        else:
            return Authenticity(AuthenticityStatus.VERIFIED, domain, f"DKIM: verified here, signed by {signer}")
    return unverified(domain, f"DKIM: {why}")


def _check_once(fields: Fields) -> None:
    for name in _ONCE:
        count = sum(1 for field, _ in fields if field == name)
        if count > 1:
            raise _RefusedError(f"{_shown(name)} stands there {count} times")


def _strict_alignment(domain: str, lookup: TxtLookup) -> bool:
    """Whether the domain's DMARC record asks for strict alignment of DKIM (RFC 7489, 6.3: adkim=s; 6.6.3: where it stands)."""
    for name in dict.fromkeys((domain, organizational(domain))):
        records = [record for record in lookup(f"_dmarc.{name}") if record.replace(b" ", b"").startswith(b"v=DMARC1")] if name else []
        if records:
            return any(re.search(rb";\s*adkim\s*=\s*s\b", record) for record in records)
    return False


def _verify(form: Form, signature: Field, fields: Fields, domain: str, received_at: datetime, lookup: TxtLookup, *, strict: bool) -> str:
    """The signing domain of a signature that counts; raises _RefusedError, LookupFailedError or whatever the libraries raise."""
    tags = _tags(signature[1])
    signer = tags[b"d"].decode("ascii").lower()
    if not aligned(signer, domain, strict=strict):
        raise _RefusedError(f"the signature is {signer}'s, not {domain}'s")
    names = [name.strip().lower() for name in tags[b"h"].split(b":")]
    _check_covers(tags, names, fields)
    _check_fresh(tags, fields, received_at)
    if not _holds(form, tags, names, signature, lookup):
        raise _RefusedError(f"the signature of {signer} does not hold")
    return signer


def _tags(value: bytes) -> Tags:
    try:
        tags = tag_list(value)
    except MalformedError as error:
        raise _RefusedError("the signature is not well formed") from error
    missing = {b"v", b"a", b"b", b"bh", b"d", b"h", b"s"} - tags.keys()
    if missing or tags[b"v"] != b"1":
        raise _RefusedError("the signature is not complete")
    if tags[b"a"] not in _ALGORITHMS:
        raise _RefusedError(f"the signature uses {_shown(tags[b'a'])}")
    if not _is_name(tags[b"d"]) or not _is_name(_key_name(tags)):
        raise _RefusedError("the signature names no plain domain")
    if b"l" in tags:
        raise _RefusedError("the signature covers only the beginning of the body (l=)")
    if tags.get(b"q", b"dns/txt") != b"dns/txt":
        raise _RefusedError("the signature's key is not in the DNS")
    identity = tags.get(b"i", b"@" + tags[b"d"]).rpartition(b"@")[2].lower()
    if identity != tags[b"d"].lower() and not identity.endswith(b"." + tags[b"d"].lower()):
        raise _RefusedError("the signature's i= is not under its d=")
    return tags


def _check_covers(tags: Tags, names: Sequence[bytes], fields: Fields) -> None:
    there = {name for name, _ in fields}
    for name in (*_MUST_SIGN, *(name for name in _IF_THERE if name in there)):
        if name not in there:
            raise _RefusedError(f"there is no {_shown(name)}")
        if name not in names:
            raise _RefusedError(f"{_shown(name)} is not signed by {_shown(tags[b'd'])}")


def _check_fresh(tags: Tags, fields: Fields, received_at: datetime) -> None:
    """Signed shortly before it arrived: by its own t= and x= and by the (signed) Date."""
    moments = [_date(value) for name, value in fields if name == b"date"]
    if b"t" in tags:
        moments.append(_second(tags[b"t"]))
    for moment in moments:
        if moment is None:
            raise _RefusedError("when it was signed cannot be read")
        if moment > received_at + CLOCK_SKEW:
            raise _RefusedError("it was signed after it arrived")
        if moment < received_at - OLDEST:
            raise _RefusedError(f"it was signed more than {OLDEST.days} days before it arrived: perhaps an old mail sent again")
    if b"x" in tags:
        expiry = _second(tags[b"x"])
        signed = _second(tags[b"t"]) if b"t" in tags else None
        if expiry is None or expiry < received_at - CLOCK_SKEW or (signed and expiry < signed):
            raise _RefusedError("the signature had expired when it arrived")


def _holds(form: Form, tags: Tags, names: Sequence[bytes], signature: Field, lookup: TxtLookup) -> bool:
    """Whether the body and the fields are those that the domain's key signed; nothing is looked up for another body."""
    try:
        header_form, body_form = forms(tags.get(b"c", b"simple/simple"))
    except MalformedError as error:
        raise _RefusedError(f"the signature cannot be read: {error}") from error
    if form.body_hash(body_form) != _decoded(tags[b"bh"]):
        return False
    key = _key(tags, lookup)
    hashed, signed = form.header_hash(header_form, names, signature), _decoded(tags[b"b"])
    return _ed25519_holds(key, hashed, signed) if tags[b"a"].startswith(b"ed25519") else _rsa_holds(key, hashed, signed)


def _key(tags: Tags, lookup: TxtLookup) -> bytes:
    """The key for a signature, as its owner published it (RFC 6376, 3.6.1)."""
    records = lookup(_key_name(tags).decode("ascii"))
    if len(records) != 1:  # RFC 6376, 3.6.2.2: several records are undefined
        raise _RefusedError("there is no key for the signature" if not records else "there are several keys for the signature")
    try:
        known = tag_list(records[0])
    except MalformedError as error:
        raise _RefusedError("the key's record is not well formed") from error
    if known.get(b"v", b"DKIM1") != b"DKIM1":
        raise _RefusedError("the key's record is none of DKIM's")
    if not known.get(b"p"):
        raise _RefusedError("the key was withdrawn")
    if b"y" in known.get(b"t", b"").split(b":"):
        raise _RefusedError("the domain is only testing DKIM (t=y)")
    if b"h" in known and b"sha256" not in known[b"h"].split(b":"):
        raise _RefusedError("the key is not for this signature's hash")
    if known.get(b"k", b"rsa") != tags[b"a"].partition(b"-")[0]:
        raise _RefusedError("the key is not for this signature's algorithm")
    if not {b"*", b"email"} & {word.strip() for word in known.get(b"s", b"*").split(b":")}:
        raise _RefusedError("the key is not for mail")
    if len(known[b"p"]) > _LONGEST_KEY:
        raise _RefusedError("the key is too long")
    return base64.b64decode(known[b"p"])


def _rsa_holds(key: bytes, hashed: Any, signed: bytes) -> bool:
    from dkim import crypto  # noqa: PLC0415 - needed only where nobody else verifies

    public = crypto.parse_public_key(key)
    bits, exponent = public["modulus"].bit_length(), public["publicExponent"].bit_length()
    if not LEAST_KEY_BITS <= bits <= _MOST_KEY_BITS or exponent > _MOST_EXPONENT_BITS:
        raise _RefusedError(f"the key has {bits} bits, and its exponent {exponent}")
    return len(signed) <= (bits + 7) // 8 and bool(crypto.RSASSA_PKCS1_v1_5_verify(hashed, signed, public))


def _ed25519_holds(key: bytes, hashed: Any, signed: bytes) -> bool:
    from nacl import exceptions, signing  # noqa: PLC0415 - as above

    try:
        signing.VerifyKey(key).verify(hashed.digest(), signed)  # RFC 8463, 3: what is signed is the hash
    except exceptions.BadSignatureError:
        return False
    return True


def _decoded(value: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(value.split()), validate=True)
    except ValueError as error:
        raise _RefusedError("the signature is not well formed") from error


def _is_name(value: bytes) -> bool:
    return len(value) <= _LONGEST_NAME and _DOMAIN.fullmatch(value) is not None


def _key_name(tags: Tags) -> bytes:
    return tags[b"s"] + b"._domainkey." + tags[b"d"]


def _second(value: bytes) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(value), UTC) if value.isdigit() else None
    except (ValueError, OverflowError, OSError):
        return None


def _date(value: bytes) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value.decode("ascii", "replace").strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _shown(name: bytes) -> str:
    words = name[:_LONGEST_SHOWN].decode("ascii", "replace")
    return words.title() if name in _ONCE else words
