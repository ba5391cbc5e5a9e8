"""The model's card in plain words: what it is, what it was made from, how good it is, where it fails.

In: the card as `card.json` holds it. Out: Markdown.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_LIMITS = (
    "It reads the newest text and the subject only. What an attachment says is not read by this model, and such a mail is routed.",
    "It knows the languages it was trained on, in proportion. Others are told by their unfamiliar words and routed.",
    "It chooses among listed intents. It writes nothing, and no text in a mail can widen what is released.",
    "The bound on wrong answers holds for mail like the calibration mail. Yours differs: let staff check answers, train with corrections.",
    "Its corpus is written by few hands about one seller. Phrases that none of them would use are where it errs.",
    "Training with your staff's corrections puts words of your customers' mails into the model's vocabulary: keep it in the house.",
)


def words(card: Mapping[str, Any]) -> str:
    """The whole card."""
    return "\n".join(line for section in (_what, _data, _certificate, _figures, _limits) for line in section(card)) + "\n"


def _what(card: Mapping[str, Any]) -> Iterator[str]:
    made = card["created_from"]
    yield "# Model card"
    yield ""
    yield f"Version `{made['corpus_sha256'][:8]}-{card['weights_sha256'][:8]}`. {_sentence(card['what'])}"
    yield ""
    yield "It tells what a mail to a receivables mailbox wants, so that the routine can be answered and the rest reaches the right"
    yield "person. It decides nothing by itself: rules, the ledger and the sender's identity stand behind every answer."
    yield ""


def _data(card: Mapping[str, Any]) -> Iterator[str]:
    made = card["created_from"]
    yield "## Data"
    yield ""
    writers = made["writers"]
    yield f"- {made['mails']} written, labelled mails by {len(writers)} writers ({', '.join(writers)}); no template wrote any."
    yield f"- Languages: {', '.join(f'{name} {n}' for name, n in _by_count(made['languages']))}."
    corrections = card.get("corrections", {"mails": 0})
    if corrections["mails"]:
        people = sorted({who for label in corrections["labels"] for who in label["who"]})
        days = sorted(label["at"][:10] for label in corrections["labels"])
        weight = f"each with weight {corrections['weight']}"
        yield f"- {corrections['mails']} mails corrected by staff ({', '.join(people)}), {days[0]} to {days[-1]}, {weight}."
    else:
        yield "- No corrections by staff."
    yield f"- Corpus SHA-256 `{made['corpus_sha256']}`, weights SHA-256 `{card['weights_sha256']}`."
    libraries = ", ".join(f"{name} {version}" for name, version in card.get("libraries", {}).items())
    yield f"- Made with Python {card.get('python', '?')}, {libraries}. The same corpus, libraries and platform give the same bytes."
    yield ""


def _certificate(card: Mapping[str, Any]) -> Iterator[str]:
    yield "## Threshold and certificate"
    yield ""
    yield f"A mail is answered only when the confidence reaches {card['thresholds']['answer']:.2f}. Certificate: {card['certificate']}."
    made = card.get("calibration")
    if made:
        yield ""
        yield from _table(
            ("registered threshold", "answers", "wrong", "at most, together"),
            [(f"{one['threshold']:.2f}", one["answers"], one["wrong"], f"{one['bound']:.2%}") for one in made["thresholds"]],
        )
        yield ""
        yield from _table(
            ("family", "answers", "wrong", f"at most, {made['confidence']:.0%} sure", ""),
            [
                (name, one["answers"], one["wrong"], f"{one['bound']:.2%}", "only drafted" if name in made["drafted"] else "")
                for name, one in made["families"].items()
            ],
        )
    yield ""


def _figures(card: Mapping[str, Any]) -> Iterator[str]:
    figures = card.get("calibration_figures")
    if figures:
        yield "## Figures on the calibration split"
        yield ""
        yield "Mails by writers that the model never read. Only the threshold was chosen on them. In brackets 95% intervals."
        yield ""
        yield from _table(("figure", "value"), list(figures.items()))
        yield ""


def _limits(_card: Mapping[str, Any]) -> Iterator[str]:
    yield "## Limits"
    yield ""
    yield from (f"- {limit}" for limit in _LIMITS)


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
