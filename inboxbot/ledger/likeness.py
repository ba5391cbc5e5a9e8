"""Does an address, or a name, only look like one that we know?

In: the domains and names of the ledger, an `Address`. Out: `Likeness`es, in words. Nobody is kept out by them who was not
kept out already (an address that looks like a customer's is no customer's): they tell people what they have before them.

The tricks: letters of another script (Unicode TR39's confusables) or digits for letters, one letter more, less or other, the
name under another suffix or in front of another domain, and a display name that is somebody else's.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import idna

from inboxbot.domains import organizational
from inboxbot.facts import Likeness

if TYPE_CHECKING:
    from inboxbot.message import Address

LOOK_ALIKE, DISPLAY_NAME = "look_alike", "display_name"
_LEAST_EDITED = 5  # characters of a name: shorter ones are one letter from too many others
_LEAST_BORROWED = 5  # of a name that stands inside another
_LEAST_CONTAINED = 8  # of a name that another runs on with, without a hyphen
_DIGRAPHS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("3", "e"), ("8", "b"))
LEGAL_FORMS = frozenset(
    {
        *("inc", "incorporated", "llc", "ltd", "limited", "plc", "corp", "corporation", "co", "company", "lp", "llp", "gmbh", "ag", "kg"),
        *("ohg", "ug", "mbh", "bv", "nv", "sa", "sas", "sarl", "srl", "spa", "sl", "ab", "as", "asa", "oy", "aps", "pty", "pte", "pvt"),
        *("kk", "kft", "sp", "z", "o", "zoo", "sro", "doo", "eood", "ltda"),
    }
)
_WORDS = re.compile(r"[^\W_]+")


class KnownDomains:
    """The domains that somebody might want to look like; built once per ledger."""

    def __init__(self, owners: Mapping[str, str], companies: Iterable[str] = ()) -> None:
        """`owners`: domain (A-labels, lower case) -> whose it is, in words; `companies`: customers' names."""
        self._owners = dict(owners)
        self._by_skeleton = {skeleton(domain): domain for domain in self._owners}
        self._by_letters = {letters: domain for domain in self._owners if len(letters := _letters(domain)) >= _LEAST_CONTAINED}
        self._long_labels = {label: domain for domain in self._owners if len(label := _letters(_label(domain))) >= _LEAST_CONTAINED}
        self._names = {run: name for name in companies for run in _runs(name) if len(run) >= _LEAST_CONTAINED}
        self._by_registered = {registered(domain): domain for domain in self._owners}
        self._as_shown = {_unicode(registered(domain)): domain for domain in self._owners}
        self._by_label = {label: domain for domain in self._owners if len(label := _label(domain)) >= _LEAST_BORROWED}

    def resembled(self, domain: str, *, closely: bool = False) -> tuple[str, str, str] | None:
        """(the known domain, whose it is, how `domain` looks like it), or None. `closely`: only what is hardly chance."""
        own = registered(domain)
        if not domain or own in self._by_registered or domain in self._owners:
            return None
        checks = (self._in_other_letters, self._in_front, self._one_edit, *(() if closely else (self._borrowed,)))
        for check in checks:
            known, how = check(domain, own)
            if known:
                return known, self._owners[known], how
        return None

    def _in_other_letters(self, domain: str, own: str) -> tuple[str, str]:
        known = self._by_skeleton.get(skeleton(domain)) or self._by_skeleton.get(skeleton(own))
        if not known and (known := self._by_letters.get(_letters(domain))):
            return known, "the same letters with other dots"
        return known or "", "written with letters that look alike"

    def _in_front(self, domain: str, _own: str) -> tuple[str, str]:
        """`customer.com.evil.example`, `customer-com.evil.example`."""
        labels = domain.split(".")
        for count in range(len(labels) - 1, 0, -1):
            for start in (".".join(labels[:count]), labels[0].replace("-", ".")):
                known = start if start in self._owners else self._by_registered.get(start)
                if known:
                    return known, "its name stands in front of another domain"
        return "", ""

    def _one_edit(self, _domain: str, own: str) -> tuple[str, str]:
        from rapidfuzz import process  # noqa: PLC0415 - loaded only when a stranger writes
        from rapidfuzz.distance import OSA  # noqa: PLC0415 - the same

        if len(_label(own)) < _LEAST_EDITED:
            return "", ""
        found = process.extractOne(_unicode(own), self._as_shown.keys(), scorer=OSA.distance, score_cutoff=1)
        if found is None or len(found[0].partition(".")[0]) < _LEAST_EDITED:
            return "", ""
        return self._as_shown[found[0]], "one letter differs"

    def _borrowed(self, _domain: str, own: str) -> tuple[str, str]:
        label = _label(own)
        if label in self._by_label:
            return self._by_label[label], "its name under another suffix"
        parts = label.split("-")
        for start in range(len(parts)):
            for end in range(start + 1, len(parts) + 1):
                part = "-".join(parts[start:end])
                if part != label and part in self._by_label:
                    return self._by_label[part], "its name with something added"
        letters = _letters(label)
        inside = next((known for known in self._long_labels if known in letters), "")
        return (self._long_labels[inside], "its name with something added") if inside else ("", "")

    def named_after(self, domain: str) -> str:
        """The customer whose name a domain is made of ("alderandstone.com"), or ''."""
        own = registered(domain)
        return "" if own in self._by_registered or domain in self._owners else self._names.get(_letters(_label(own)), "")


class KnownNames:
    """The names that somebody might want to bear: contacts' and customers'."""

    def __init__(self, people: Iterable[tuple[str, str]], companies: Iterable[str]) -> None:
        """`people`: (name, address) of contacts; `companies`: customers' names."""
        self._people: dict[str, str] = {}
        for name, address in people:
            whole = folded(name)
            if " " in whole:  # a first name alone is anybody's
                self._people.setdefault(whole, address)
        self._companies = {whole: name for name in companies if len(whole := folded(name)) >= _LEAST_BORROWED}

    def borrowed(self, shown: str) -> str:
        """Whose name a display name is, in words; '' for nobody's."""
        whole = folded(shown)
        if whole in self._people:
            return f"a contact of that name writes from {self._people[whole]}"
        words = whole.split()
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                company = self._companies.get(" ".join(words[start:end]))
                if company:
                    return f"it bears the name of {company}"
        return ""


def likenesses(sender: "Address", others: Iterable["Address"], domains: KnownDomains, names: KnownNames | None) -> Iterator[Likeness]:
    """What the sender, and the other addresses in the mail, only look like. `names`: None where the sender is known."""
    found = domains.resembled(sender.domain) if names else None
    after = domains.named_after(sender.domain) if names and not found else ""
    if found:
        yield Likeness(LOOK_ALIKE, f"{_shown(sender.domain)} looks like {found[0]} ({found[1]}): {found[2]}")
    if after:
        yield Likeness(LOOK_ALIKE, f"{_shown(sender.domain)} is made of the name of {after}, but is not that customer's")
    for other in dict.fromkeys(address.domain for address in others):
        near = domains.resembled(other, closely=True)
        if near:
            yield Likeness(LOOK_ALIKE, f"the mail also names {_shown(other)}, which looks like {near[0]} ({near[1]}): {near[2]}")
    whose = names.borrowed(sender.name) if names and sender.name else ""
    if whose:
        yield Likeness(DISPLAY_NAME, f"{sender.email} calls itself {sender.name[:80]!r}, but {whose}")


def written_as_us(mentioned: Iterable[str], ours: KnownDomains) -> Iterator[Likeness]:
    """What domains that a mail's text mentions look like, of our own; none of them is a customer's."""
    for domain in mentioned:
        near = ours.resembled(domain, closely=True)
        if near:
            yield Likeness(LOOK_ALIKE, f"the mail's text names {_shown(domain)}, which looks like {near[0]} ({near[1]}): {near[2]}")


def skeleton(domain: str) -> str:
    """A form that is equal for domains that look alike: letters of other scripts, digits and digraphs made Latin (Unicode TR39, 4)."""
    letters = "".join(_latin(character) for character in unicodedata.normalize("NFKD", _unicode(domain).casefold()))
    for written, meant in _DIGRAPHS:
        letters = letters.replace(written, meant)
    return letters.replace("-", "")


def registered(domain: str) -> str:
    """The name directly below the public suffix, else the domain itself."""
    return organizational(domain) or domain


def _label(domain: str) -> str:
    return registered(domain).partition(".")[0]


def _letters(domain: str) -> str:
    return domain.replace("-", "").replace(".", "")


def _runs(name: str) -> Iterator[str]:
    """What a company's name looks like in a domain: its words run together, the first two or more, "&" left out or written."""
    for words in (folded(name).split(), folded(name.replace("&", " and ")).split()):
        yield from ("".join(words[:count]) for count in range(2, len(words) + 1))


def _shown(domain: str) -> str:
    """A domain as a reader must see it: A-labels, and what they would be shown as."""
    written = _unicode(domain)
    return domain if written == domain else f"{domain} (shown as {written})"


def _unicode(domain: str) -> str:
    try:
        return idna.decode(domain) if "xn--" in domain else domain
    except (idna.IDNAError, UnicodeError):
        return domain


def _latin(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.combining(character):
        return ""
    return next((like for like in _look_alikes(character) if len(like) == 1 and like.isascii() and like.isalnum()), character).lower()


def _look_alikes(character: str) -> list[str]:
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415 - a large table, needed only for strangers

    return [entry["c"] for entry in confusables_data.get(character, ())]


def without_form(name: str) -> str:
    """A folded company name without the legal forms at its end."""
    words = name.split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def folded(name: str) -> str:
    """A name's words in small letters, a blank between them."""
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", name).casefold()))
