"""A small honest IMAP server in memory, whose single answers a test may bend.

In: mails by UID, and a hook for each command that is to be answered otherwise. Out: `HonestImap`, which answers SELECT, SEARCH and
FETCH as its mails stand. A hook gets the server and the command's arguments; None means: the honest answer.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Self

from servers.scripted_imap import CUT, ScriptedImap

OK = b"{tag} OK done\r\n"
BYE = b"* BYE Internal error\r\n" + CUT
DATE = b"20-Nov-2026 08:00:00 +0000"
WHOLE, HEADER, SIZE, STRUCTURE = "BODY.PEEK[]", "BODY.PEEK[HEADER", "(UID RFC822.SIZE)", "BODYSTRUCTURE"  # what FETCH may ask for

Hook = Callable[["HonestImap", str], bytes | None]


class HonestImap(ScriptedImap):
    """Never lies by itself. `mails`, `dates`, `flags` and `hooks` may change at any time."""

    def __init__(self, mails: Mapping[int, bytes], hooks: Mapping[str, Hook] | None = None, uidvalidity: int = 7) -> None:
        super().__init__()
        self.mails, self.hooks, self.uidvalidity = dict(mails), dict(hooks or {}), uidvalidity
        self.dates: dict[int, bytes] = {}
        self.flags: dict[int, bytes] = {}
        self.breaks = 0  # connections that an answer of ours cut

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def reply_to(self, name: str, arguments: bytes = b"") -> bytes:
        words = arguments.decode("latin-1")
        self.asked[name].append(arguments)
        bent = self.hooks[name](self, words) if name in self.hooks else None
        reply = self.honest(name, words) if bent is None else bent
        self.breaks += CUT in reply and name != "LOGOUT"
        return reply

    def honest(self, name: str, words: str) -> bytes:
        """The answer without hooks."""
        if name in ("SELECT", "EXAMINE"):
            state = b"* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\n* OK [UIDNEXT %d] ok\r\n"
            return state % (len(self.mails), self.uidvalidity, max(self.mails, default=0) + 1) + OK
        if name == "UID SEARCH":
            found = re.search(r"UID (\S+)", words)
            return b"* SEARCH%s\r\n" % b"".join(b" %d" % uid for uid in self.named(found[1] if found else "1:*")) + OK
        if name == "UID FETCH":
            return b"".join(self.answer(uid, words.partition(" ")[2]) for uid in self.named(words.partition(" ")[0])) + OK
        return self._replies.get(name, [OK])[0]

    def named(self, ranges: str) -> list[int]:
        """The UIDs of a set such as "1:3,7,9:*" that are there."""
        last, found = max(self.mails, default=0), set()
        for one in ranges.split(","):
            first, end = sorted(last if word == "*" else int(word) for word in (one.split(":") * 2)[:2])
            found |= {uid for uid in self.mails if first <= uid <= end}
        return sorted(found)

    def answer(self, uid: int, items: str) -> bytes:
        """What one message answers to these FETCH items."""
        raw = self.mails[uid]
        said = [b"UID %d" % uid, b"RFC822.SIZE %d" % len(raw), b'INTERNALDATE "%s"' % self.dates.get(uid, DATE)]
        said.append(b"FLAGS (%s)" % self.flags.get(uid, b""))
        if first := re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", items):
            said.append(b"BODY[]<0> " + literal(raw[: int(first[1])]))
        elif WHOLE in items:
            said.append(b"BODY[] " + literal(raw))
        elif HEADER in items:
            said.append(b"BODY[HEADER] " + literal(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"))
        return b"* %d FETCH (%s)\r\n" % (sorted(self.mails).index(uid) + 1, b" ".join(said))


def literal(text: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(text), text)


def corrupt(uids: Collection[int], reply: bytes = BYE, items: Collection[str] = ("",)) -> dict[str, Hook]:
    """Hooks for messages over which the server stumbles whenever one of `items` is asked of them."""

    def fetch(server: HonestImap, words: str) -> bytes | None:
        ranges, _, asked = words.partition(" ")
        return reply if set(uids) & set(server.named(ranges)) and any(item in asked for item in items) else None

    return {"UID FETCH": fetch}


def said_of(uid: int, text: bytes, items: str = WHOLE) -> dict[str, Hook]:
    """Hooks by which this message alone answers `text` (its attributes) when `items` are asked for."""

    def fetch(server: HonestImap, words: str) -> bytes | None:
        ranges, _, asked = words.partition(" ")
        if items not in asked:
            return None
        answers = (b"* 1 FETCH (UID %d %s)\r\n" % (one, text) if one == uid else server.answer(one, asked) for one in server.named(ranges))
        return b"".join(answers) + OK

    return {"UID FETCH": fetch}
