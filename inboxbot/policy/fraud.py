"""The fraud lane: mail that may be after our money, or a customer's.

In: everything known of a message. Out: the reasons why a person must look at it first, and what that person is to do. Whoever
has a customer's mailbox, or a domain that looks like it, asks for one thing in the end: that money goes to another account.
None of it is ever answered by the machine, and no rule makes it less urgent.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from inboxbot.decision import Reason, Understood
from inboxbot.policy.bank_changes import asks_for_money, bank_change, fold, without_warnings
from inboxbot.policy.bank_numbers import BankNumber, bank_numbers, bare_form
from inboxbot.policy.fraud_words import money_words
from inboxbot.understanding import Intent

BANK_WORDS, BANK_NUMBER, BANK_FILE, LOOK_ALIKE = "bank_words", "bank_number", "bank_file", "look_alike"
LANE = frozenset({BANK_WORDS, BANK_NUMBER, BANK_FILE, LOOK_ALIKE, "fraud", "last_check"})
STRONG = frozenset({BANK_NUMBER, BANK_FILE, LOOK_ALIKE})  # beyond doubt: such a mail is never filed as spam or marketing
CALL_BACK = Reason(
    "call_back",
    "do not pay, change or confirm anything by what this mail says: call the customer back on the number on file, never on one"
    " from the mail; our own bank details never change by mail",
)
_MOST_SEARCHED = 20_000  # characters of what was cut off
_BESIDE, _RIGHT_BEFORE = 400, 80  # characters from a number
_BANK_FILE = re.compile(
    r"bank|\biban\b|\bswift\b|remit ?to|routing|\bkonto|coordonn[ée]es|\brib\b|cuenta|factoring|assignment of|payee|beneficiary"
    r"|\bwir(?:e|ing) (?:instr|details|info)|\bach (?:form|auth|enrol|instr|details|info)|\bvoid(?:ed)? che(?:ck|que)|\blockbox"
    r"|(?:new|change\w*) (?:of )?(?:our )?(?:account|acct|payment)|payment (?:instr|details)",
    re.IGNORECASE,
)


def suspicions(case: Understood, own_accounts: Iterable[str] = ()) -> tuple[Reason, ...]:
    """Why a message belongs into the lane, beside what its words gave away already; `own_accounts` are our own numbers."""
    ours = {bare_form(number) for number in (*own_accounts, *_known_numbers(case))}
    found = [Reason(likeness.kind, likeness.words) for likeness in case.facts.likenesses]
    text = f"{case.message.subject}\n\n{case.message.new_text}"
    found += [
        Reason(BANK_NUMBER, f"the mail holds a bank account's {number.kind}, {_masked(number.bare)}")
        for number in _others_numbers(text, ours)
    ]
    if words := money_words(text) or bank_change(text) or money_words(fold(text)):
        found.append(Reason(BANK_WORDS, f"words of mail that is after money: {words!r}"))
    found += [*_cut_off(case.message.signature, ours), *_quoted(case.message.quoted_text, ours), *_files(case)]
    return tuple(dict.fromkeys(found))


def in_lane(codes: Iterable[str], asserted: Iterable[Intent]) -> bool:
    """Whether a mail with these reasons and intents belongs into the fraud lane."""
    return Intent.BANK_DETAILS in set(asserted) or not LANE.isdisjoint(codes)


def imitated(case: Understood) -> bool:
    """Whether a domain that only looks like one we know is involved."""
    return any(likeness.kind == LOOK_ALIKE for likeness in case.facts.likenesses)


def strongly_suspicious(case: Understood) -> bool:
    """Beyond words that any letter of a swindler at large holds too: such a mail is not filed as spam."""
    return Intent.BANK_DETAILS in case.understanding.asserted or any(reason.code in STRONG for reason in suspicions(case))


def _files(case: Understood) -> Iterator[Reason]:
    for attachment in case.message.attachments:
        name = unicodedata.normalize("NFKC", attachment.name)
        if _BANK_FILE.search(re.sub(r"[\W_]+", " ", name)):
            yield Reason(BANK_FILE, f"a file is named {attachment.name[:80]!r}")


def _cut_off(text: str, ours: Collection[str]) -> Iterator[Reason]:
    """What is after money in a footer or a disclaimer: a letterhead's own account there is no reason, nor is a warning of fraud."""
    if not text:
        return
    if words := bank_change(without_warnings(text)):
        yield Reason(BANK_WORDS, f"words of mail that is after money, below the text: {words!r}")
    for number, before, _ in _numbers_in(text, ours):
        if asks_for_money(before[-_RIGHT_BEFORE:]):
            yield Reason(BANK_NUMBER, f"below the text money is to go to a bank account's {number.kind}, {_masked(number.bare)}")


def _quoted(text: str, ours: Collection[str]) -> Iterator[Reason]:
    """An account that is not ours beside words of a change, in the mail that is answered: somebody may have written in our name."""
    for number, before, after in _numbers_in(text, ours):
        if words := bank_change(f"{before[-_BESIDE:]} {number.written} {after[:_BESIDE]}"):
            yield Reason(BANK_NUMBER, f"the quoted mail holds a bank account's {number.kind}, {_masked(number.bare)}, beside {words!r}")


def _numbers_in(text: str, ours: Collection[str]) -> Iterator[tuple[BankNumber, str, str]]:
    """The numbers of others' accounts, each with the text before and behind every place where it stands."""
    plain = unicodedata.normalize("NFKC", text[:_MOST_SEARCHED])
    for number in dict.fromkeys(_others_numbers(plain, ours)):
        for found in re.finditer(re.escape(number.written), plain):
            yield number, plain[: found.start()], plain[found.end() :]


def _known_numbers(case: Understood) -> Iterator[str]:
    """Numbers that the ledger knows as something else: "acct 4200821495" may name a purchase order, and often names a customer."""
    facts = case.facts
    yield from (invoice.invoice_number for invoice in facts.invoices)
    yield from (invoice.po_number for invoice in facts.invoices if invoice.po_number)
    if facts.customer:
        yield facts.customer.customer_id


def _others_numbers(text: str, ours: Collection[str]) -> list[BankNumber]:
    return [number for number in bank_numbers(text) if number.bare not in ours]


def _masked(number: str) -> str:
    """Enough of a number to find it in the mail, and too little to pay to it by mistake."""
    return f"{number[:4]}...{number[-4:]}" if len(number) > 10 else f"...{number[-3:]}"  # noqa: PLR2004 - an account's or a bank's
