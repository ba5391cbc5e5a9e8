"""The links on an account page: its own documents, and the company's pay page.

In: a token, a customer and the pay page's template. Out: addresses in which every value is quoted.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote, urlsplit

from inboxbot.facts import Facts, Invoice

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class AccountLinks:
    """Where one customer's page leads; "" where there is no such link."""

    token: str
    facts: Facts
    has_statement: bool = False
    pay_url_template: str | None = None

    @property
    def statement(self) -> str:
        """The statement's PDF."""
        return f"/account/{quote(self.token, safe='')}/statement.pdf" if self.has_statement else ""

    def invoice(self, invoice: Invoice) -> str:
        """An invoice's PDF."""
        return f"/account/{quote(self.token, safe='')}/invoices/{quote(invoice.invoice_number, safe='')}.pdf"

    def pay(self, invoice: Invoice) -> str:
        """The pay page of one open invoice, where the template can name it."""
        if "{invoice_number}" not in (self.pay_url_template or "") or invoice.balance <= 0:
            return ""
        values = {"invoice_number": invoice.invoice_number, "amount": _plain(invoice.balance), "currency": invoice.currency}
        return self._pay_url(values)

    @property
    def pay_account(self) -> str:
        """The pay page of the whole account, where the template names no invoice and one positive balance is open."""
        balance = self.facts.balance()
        if "{invoice_number}" in (self.pay_url_template or "") or len(balance) != 1:
            return ""
        (currency, amount), *_ = balance.items()
        return self._pay_url({"amount": _plain(amount), "currency": currency}) if amount > 0 else ""

    def _pay_url(self, values: dict[str, str]) -> str:
        template = self.pay_url_template or ""
        known = {**values, "customer_id": self.facts.customer.customer_id if self.facts.customer else ""}
        url = _PLACEHOLDER.sub(lambda found: quote(known.get(found[1], ""), safe=""), template)
        return url if urlsplit(url).scheme in ("http", "https") else ""


def _plain(amount: Decimal) -> str:
    return f"{amount:.2f}"
