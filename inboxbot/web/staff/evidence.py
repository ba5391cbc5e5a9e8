"""Where in a mail's text the machine saw what it understood.

In: the text, and findings (what was seen, and which words show it). Out: segments of the text in order, each with the
findings it belongs to; joined they are the text again, unchanged.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_MOST_FINDINGS = 60
_LEAST_EVIDENCE = 3  # characters


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was understood; `kind`: intent, invoice, po, amount, unexplained, veto."""

    kind: str
    label: str
    words: str  # how the text shows it
    target: str = ""  # where it leads


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text; `findings` is empty for plain text."""

    text: str
    findings: tuple[Finding, ...] = ()

    @property
    def kinds(self) -> str:
        """The findings' kinds, each once, as class names."""
        return " ".join(dict.fromkeys(finding.kind for finding in self.findings))

    @property
    def title(self) -> str:
        """The findings in words."""
        return " · ".join(dict.fromkeys(finding.label for finding in self.findings))

    @property
    def target(self) -> str:
        """Where the piece leads, or ""."""
        return next((finding.target for finding in self.findings if finding.target), "")


def segments(text: str, findings: Sequence[Finding]) -> list[Segment]:
    """The text cut where findings begin and end."""
    spans = [(start, end, finding) for finding in findings[:_MOST_FINDINGS] for start, end in _places(text, finding)]
    cuts = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    return [
        Segment(text[a:b], tuple(finding for start, end, finding in spans if start <= a and b <= end)) for a, b in pairwise(cuts) if a < b
    ]


def number_words(number: str) -> str:
    """How a text may write a ledger's number: the digits at its end, `INV-20155` as `20155`."""
    return re.sub(r"^.*?(\d[\d\-/.]*)$", r"\1", number) if re.search(r"\d$", number) else number


def _places(text: str, finding: Finding) -> Iterable[tuple[int, int]]:
    words = finding.words.strip()
    if finding.kind in ("invoice", "po"):
        tail = number_words(words)
        prefix = re.escape(words[: len(words) - len(tail)].strip("-# /"))
        pattern = rf"(?<![\w]){f'(?:{prefix}[-#/ ]{{0,3}})?' if prefix else ''}#?0*{re.escape(tail)}(?![\w])"
        return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)][:20]
    if len(words) < _LEAST_EVIDENCE:
        return []
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    found = re.search(pattern, text, re.IGNORECASE)
    return [found.span()] if found else []
