"""The ledger as one immutable value, with the indexes that resolving a sender needs.

In: customers, contacts, invoices, payments. Out: `Ledger`, whose `facts_for` gives one sender's part of it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from inboxbot.domains import a_labels
from inboxbot.facts import Contact, Customer, Facts, Invoice, Likeness, Payment, SenderStanding
from inboxbot.ledger.likeness import KnownDomains, KnownNames, likenesses, registered, written_as_us
from inboxbot.ledger.named import NamedCustomers, own_words
from inboxbot.message import Address, Message

_MOST_SHAPES = 12
_MOST_SEARCHED = 20_000  # characters of a mail in which customers' names and addresses like ours are looked for
_ADDRESS_IN_TEXT = re.compile(r"(?<=[\w+])@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")

Item = TypeVar("Item", Contact, Invoice, Payment)


@dataclass(frozen=True)
class Resolver:
    """Whose address is this? `company_domains` are colleagues, `free_mail_domains` nobody's."""

    company_domains: frozenset[str]
    free_mail_domains: frozenset[str]
    company_currency: str = ""


@dataclass(frozen=True)
class Ledger:
    """Everything the ERP told us at one moment."""

    as_of: datetime
    customers: Mapping[str, Customer]
    contacts: tuple[Contact, ...]
    invoices: Mapping[str, Invoice]
    payments: tuple[Payment, ...]
    extra_domains: tuple[tuple[str, str], ...] = ()  # (domain, customer_id) of the optional column
    problems: tuple[str, ...] = ()  # rejected rows, "file:line: words"
    incomplete: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # customer_id -> its rejected rows
    fingerprint: str = ""
    learned: tuple[Contact, ...] = ()  # confirmed by staff: exactly these addresses, never their whole domain

    def facts_for(self, address: str, resolver: Resolver) -> Facts:
        """What the ledger knows that bears on a sender; `address` in lower case, '' for nobody."""
        standing, customer_id = self.resolve(address, resolver)
        customer = self.customers.get(customer_id) if customer_id else None
        shared = Facts(
            as_of=self.as_of,
            standing=standing,
            company_currency=resolver.company_currency,
            all_invoice_numbers=self._all_invoice_numbers,
            all_po_numbers=self._all_po_numbers,
            invoice_shapes=self._invoice_shapes,
            po_shapes=self._po_shapes,
        )
        return self._with_customer(shared, customer, address) if customer else shared

    def facts_of(self, customer_id: str) -> Facts | None:
        """A customer's facts whoever asks (for the customer's own page); None for an unknown one."""
        customer = self.customers.get(customer_id)
        return self._with_customer(Facts(as_of=self.as_of), customer, "") if customer else None

    def resolve(self, address: str, resolver: Resolver) -> tuple[SenderStanding, str | None]:
        """How an address stands here, and whose it is: exact contact first, then the customer's own domain."""
        domain = address.rpartition("@")[2]
        if not domain:
            return SenderStanding.UNKNOWN, None
        if domain in resolver.company_domains:
            return SenderStanding.COLLEAGUE, None
        owners = self._owners_by_address.get(address, frozenset())
        if len(owners) == 1:
            return SenderStanding.CONTACT, next(iter(owners))
        if owners:
            return SenderStanding.AMBIGUOUS, None
        if domain in resolver.free_mail_domains:
            return SenderStanding.FREE_MAIL, None
        by_domain = self._owners_by_domain.get(domain, frozenset())
        if len(by_domain) == 1:
            return SenderStanding.OWN_DOMAIN, next(iter(by_domain))
        return (SenderStanding.AMBIGUOUS if by_domain else SenderStanding.UNKNOWN), None

    def around(self, facts: Facts, message: Message, resolver: Resolver) -> Facts:
        """The facts with what the other addresses and names in the message have to do with our customers."""
        if message.from_ is None:
            return facts
        recipients = tuple(dict.fromkeys(a for a in (*message.to, *message.cc) if a.domain not in resolver.company_domains))
        owners = {a.email: self.resolve(a.email, resolver) for a in recipients}
        own_name = facts.customer.name if facts.customer else ""
        own = own_words((own_name, message.from_.name, *(contact.name for contact in facts.contacts), *_labels(message.from_, resolver)))
        named = self._named_customers.names_in(f"{message.subject}\n{message.new_text}"[:_MOST_SEARCHED], own) if facts.customer else ()
        theirs, domain = facts.customer.customer_id if facts.customer else None, message.from_.domain
        near = "" if domain in resolver.free_mail_domains else registered(domain)  # neighbours there are strangers
        stranger = facts.standing in (SenderStanding.UNKNOWN, SenderStanding.FREE_MAIL)
        others = (*message.reply_to, *recipients)
        unknown = [a for a in others if self.resolve(a.email, resolver)[0] in (SenderStanding.UNKNOWN, SenderStanding.FREE_MAIL)]
        found = likenesses(message.from_, unknown, self._known_domains(resolver), self._known_names if stranger else None)
        return replace(
            facts,
            likenesses=(*found, *self._written_as_us(message, resolver)),
            outsiders=tuple(
                email for email, (_, owner) in owners.items() if owner != theirs and registered(email.rpartition("@")[2]) != near
            ),
            strange_reply_to=tuple(
                a.email
                for a in message.reply_to
                if a.domain == domain and a.email != message.from_.email and self.resolve(a.email, resolver)[1] != theirs
            ),
            named_customers=tuple(name for name in named if name != own_name),
            other_customers=tuple(email for email, (_, owner) in owners.items() if owner is not None and owner != theirs),
        )

    def _written_as_us(self, message: Message, resolver: Resolver) -> Iterator[Likeness]:
        """Addresses in the text, in quoted mail above all, that only look like ours: somebody may have written in our name."""
        domains = {a_labels(one[1]) for one in _ADDRESS_IN_TEXT.finditer(message.text[:_MOST_SEARCHED])} - resolver.company_domains - {""}
        strange = [d for d in sorted(domains) if self.resolve(f"@{d}", resolver)[0] is SenderStanding.UNKNOWN]
        return written_as_us(strange, KnownDomains(dict.fromkeys(resolver.company_domains, "our own domain"))) if strange else iter(())

    def _known_domains(self, resolver: Resolver) -> KnownDomains:
        """The domains worth looking like: customers' own, and ours."""
        if resolver not in self._domains_by_resolver:
            known = {d: f"customer {min(o)}" for d, o in self._owners_by_domain.items() if d and d not in resolver.free_mail_domains}
            owners = {**known, **dict.fromkeys(resolver.company_domains, "our own domain")}
            self._domains_by_resolver[resolver] = KnownDomains(owners, (customer.name for customer in self.customers.values()))
        return self._domains_by_resolver[resolver]

    @cached_property
    def _domains_by_resolver(self) -> dict[Resolver, KnownDomains]:
        return {}

    @cached_property
    def _known_names(self) -> KnownNames:
        return KnownNames(((c.name, c.email) for c in self.contacts), (c.name for c in self.customers.values()))

    @cached_property
    def _named_customers(self) -> NamedCustomers:
        people = (
            (contact.name, self.customers[contact.customer_id].name) for contact in self.contacts if contact.customer_id in self.customers
        )
        return NamedCustomers((customer.name for customer in self.customers.values()), people)

    def _with_customer(self, shared: Facts, customer: Customer, address: str) -> Facts:
        contacts = self._contacts_by_customer.get(customer.customer_id, ())
        return Facts(
            as_of=shared.as_of,
            standing=shared.standing,
            company_currency=shared.company_currency,
            customer=customer,
            contacts=contacts,
            contact=next((c for c in contacts if c.email == address), None),
            invoices=self._invoices_by_customer.get(customer.customer_id, ()),
            payments=self._payments_by_customer.get(customer.customer_id, ()),
            incomplete=self.incomplete.get(customer.customer_id, ()),
            all_invoice_numbers=shared.all_invoice_numbers,
            all_po_numbers=shared.all_po_numbers,
            invoice_shapes=shared.invoice_shapes,
            po_shapes=shared.po_shapes,
        )

    @cached_property
    def _owners_by_address(self) -> dict[str, frozenset[str]]:
        return _owners((contact.email, contact.customer_id) for contact in (*self.contacts, *self.learned))

    @cached_property
    def _owners_by_domain(self) -> dict[str, frozenset[str]]:
        by_contact = ((contact.email.rpartition("@")[2], contact.customer_id) for contact in self.contacts)
        return _owners([*by_contact, *self.extra_domains])

    @cached_property
    def _contacts_by_customer(self) -> dict[str, tuple[Contact, ...]]:
        return _grouped((*self.contacts, *self.learned))

    @cached_property
    def _invoices_by_customer(self) -> dict[str, tuple[Invoice, ...]]:
        return _grouped(sorted(self.invoices.values(), key=lambda i: (i.issue_date, i.invoice_number)))

    @cached_property
    def _payments_by_customer(self) -> dict[str, tuple[Payment, ...]]:
        return _grouped(sorted(self.payments, key=lambda p: (p.date, p.payment_id)))

    @cached_property
    def _all_invoice_numbers(self) -> frozenset[str]:
        return frozenset(self.invoices)

    @cached_property
    def _all_po_numbers(self) -> frozenset[str]:
        return frozenset(i.po_number for i in self.invoices.values() if i.po_number)

    @cached_property
    def _invoice_shapes(self) -> tuple[str, ...]:
        return _shapes(self.invoices)

    @cached_property
    def _po_shapes(self) -> tuple[str, ...]:
        return _shapes(self._all_po_numbers)


def _labels(sender: Address, resolver: Resolver) -> Iterator[str]:
    """The names in the sender's own domain, and in ours."""
    for domain in (sender.domain, *resolver.company_domains):
        yield registered(domain).partition(".")[0]


def _owners(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, customer_id in pairs:
        found.setdefault(key, set()).add(customer_id)
    return {key: frozenset(owners) for key, owners in found.items()}


def _grouped(items: Iterable[Item]) -> dict[str, tuple[Item, ...]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.customer_id, []).append(item)
    return {customer_id: tuple(group) for customer_id, group in found.items()}


def _shapes(numbers: Iterable[str]) -> tuple[str, ...]:
    """The commonest forms of some numbers, every digit a '#'."""
    counted = Counter(re.sub(r"\d", "#", number) for number in numbers)
    return tuple(shape for shape, _ in counted.most_common(_MOST_SHAPES))
