"""The labelled corpus: mails as people wrote them, with what they mean.

In: a folder with `mails/*.jsonl` and `splits.json`. Out: `LabelledMail`s. Splits go by writer, never at random: what
one writer wrote is alike, and a random split would flatter the model.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from inboxbot.errors import ModelError
from inboxbot.understanding import Amount, Intent

COURTESY, CONTEXT = "hi", "ctx"  # segment tags beside the intents
UNTOLD = "untold"  # new text whose clauses nobody labelled one by one
NOT_NEW_TEXT = frozenset({"sig", "disc", "quote"})
_CLAUSE = re.compile(r"\[([a-z_+]+)\]\s*(.+)")
SPLITS = ("train", "calibration", "test")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a mail's body and what it is: intents joined by '+', or courtesy, context, signature, quote."""

    tag: str
    text: str

    @property
    def labels(self) -> frozenset[str]:
        """The tag's parts."""
        return frozenset(self.tag.split("+"))

    @property
    def is_new(self) -> bool:
        """Whether the writer wrote it now."""
        return not self.labels & NOT_NEW_TEXT


@dataclass(frozen=True, slots=True)
class LabelledMail:
    """One mail of the corpus with its labels; see `models/corpus/GUIDE.md`."""

    id: str
    writer: str
    from_email: str
    from_name: str
    subject: str
    sent_at: datetime
    lang: str
    intents: tuple[Intent, ...]  # primary first
    outcome: str
    segments: tuple[Segment, ...]
    invoice_numbers: tuple[str, ...] = ()
    po_numbers: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    promise_date: date | None = None
    payment_method: str | None = None
    payment_reference: str | None = None
    dispute_reason: str | None = None
    twin: str | None = None  # the mail that it repeats with a clause more, so that it must be routed
    sibling: str | None = None  # the mail that it repeats with a clause more, and is answered just the same
    headers: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # what no intent says: fraud, instruction (to the machine)
    weight: int = 1  # how many ordinary mails it counts for in training

    @property
    def primary(self) -> Intent:
        """The intent that decides who should handle the mail."""
        return self.intents[0]

    @property
    def body(self) -> str:
        """The whole body."""
        return "".join(segment.text for segment in self.segments).strip("\n")

    @property
    def new_text(self) -> str:
        """What the writer wrote now."""
        return "".join(segment.text for segment in self.segments if segment.is_new).strip()


def load(folder: Path, split: str) -> list[LabelledMail]:
    """The mails of one split, in file order; raises ModelError where the corpus is not as it should be."""
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    if split not in splits:
        raise ModelError(f"{folder / 'splits.json'} has no split {split!r}")
    return [mail for writer in splits[split] for mail in read(folder / "mails" / f"{writer}.jsonl")]


def read(path: Path) -> Iterator[LabelledMail]:
    """The mails of one file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield from_json(json.loads(line))
        except (ValueError, KeyError) as error:
            raise ModelError(f"{path}:{number}: not a labelled mail") from error


def _two_decimals(amount: str) -> str:
    """A labelled amount as the machine writes it: writers also write `150 USD`."""
    value, _, currency = amount.partition(" ")
    return str(Amount(Decimal(value), currency))


def load_clauses(folder: Path) -> list[Segment]:
    """The clauses written without a mail around them: `clauses/*.txt`, one `[tag] words` a line; all are for training."""
    lines = [line for path in sorted((folder / "clauses").glob("*.txt")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Segment(match[1], match[2]) for line in lines if (match := _CLAUSE.fullmatch(line.strip()))]


def from_json(data: dict[str, Any]) -> LabelledMail:
    """One line of a corpus file as a value."""
    return LabelledMail(
        id=data["id"],
        writer=data["id"].partition("-")[0],
        from_email=data["from"],
        from_name=data.get("from_name", ""),
        subject=data["subject"],
        sent_at=datetime.fromisoformat(data["date"]),
        lang=data["lang"],
        intents=tuple(Intent(name) for name in data["intents"]),
        outcome=data["outcome"],
        segments=tuple(Segment(tag, text) for tag, text in data["segments"]),
        invoice_numbers=tuple(data.get("invoices", ())),
        po_numbers=tuple(data.get("pos", ())),
        amounts=tuple(_two_decimals(amount) for amount in data.get("amounts", ())),
        promise_date=date.fromisoformat(data["promise"]) if data.get("promise") else None,
        payment_method=data.get("method"),
        payment_reference=data.get("reference"),
        dispute_reason=data.get("dispute"),
        twin=data.get("twin"),
        sibling=data.get("sibling"),
        headers=tuple(data.get("headers", ())),
        attachments=tuple(data.get("attach", ())),
        kinds=tuple(data.get("kind", ())),
    )


def digest(folder: Path, splits: Collection[str] = SPLITS) -> str:
    """SHA-256 over the corpus files of these splits: which corpus a model was made from."""
    names = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    total = hashlib.sha256()
    for split in splits:
        for writer in names[split]:
            total.update(writer.encode())
            total.update((folder / "mails" / f"{writer}.jsonl").read_bytes())
    for path in sorted((folder / "clauses").glob("*.txt")) if "train" in splits else ():
        total.update(path.read_bytes())
    return total.hexdigest()
