"""A corpus of a dozen made mails of three writers, written to a folder as the real one lies there.

The writers repeat each other; mails of so few words are nobody's near-duplicates.
"""

import json
from pathlib import Path

ASKS = ("Could you resend invoice 20101?", "Please send a copy of 20103.", "I need the pdf of 20105.", "Resend 20112 please.")
PAYS = (
    "We wired 1,234.56 Monday.",
    "Payment of 800.00 sent today.",
    "Check of 2,500.00 went.",
    "We paid 99.90 today.",
)
OWES = ("What do we owe you?", "What is our balance today?", "How much is open on account?", "Which balance is due?")


def write(folder: Path) -> Path:
    (folder / "mails").mkdir(parents=True)
    (folder / "clauses").mkdir()
    splits = {"train": ["w01", "w02", "w03"], "calibration": ["w04"], "test": []}
    (folder / "splits.json").write_text(json.dumps(splits), encoding="utf-8")
    (folder / "clauses" / "k01.txt").write_text("[hi] Kind regards\n[other] Please call me\n\nno clause\n", encoding="utf-8")
    for writer in ("w01", "w02", "w03", "w04"):
        lines = [json.dumps(mail) for mail in _mails(writer)]
        (folder / "mails" / f"{writer}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _mails(writer: str) -> list[dict[str, object]]:
    wanted = (
        [("invoice_copy", text) for text in ASKS] + [("remittance_advice", text) for text in PAYS] + [("balance_query", t) for t in OWES]
    )
    return [_mail(f"{writer}-{n:03}", intent, text) for n, (intent, text) in enumerate(wanted)] + [
        _mail(f"{writer}-100", "dispute", "This invoice is wrong, charged twice.", outcome="route"),
        _mail(f"{writer}-102", "invoice_copy", "Resend invoice 20101? And the note.", outcome="route"),
        _mail(f"{writer}-101", "other", "Please call me about the delivery.", outcome="route"),
    ]


def _mail(name: str, intent: str, text: str, outcome: str = "answer") -> dict[str, object]:
    return {
        "id": name, "from": "ann@customer.example", "subject": f"about {name}", "date": "2026-11-20T12:00:00+00:00", "lang": "en",
        "intents": [intent], "outcome": outcome, "segments": [["hi", "Hello, "], [intent, f"{text}\n"], ["sig", "Ann"]],
    }  # fmt: skip
