"""The customer's account page, opened by a private link that every answer carries.

In: a link's token. Out: the account as the ledger has it, its invoices and statement as PDF; one page for every link
that does not work. `view` makes the page's values (pure), `pages` serves them.
"""
