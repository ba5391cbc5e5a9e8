"""Our own records: what arrived, what was decided, what was sent, who works on what.

In: nouns. Out: nouns, and rows that survive a crash. The only place that knows SQL (SQLModel on SQLite or
PostgreSQL). Each module has the functions about one noun; all take an open `Session`, so that the caller decides what
is one transaction.

    engine         Store: opens the database, hands out transactions
    tables         every table, one class each
    migrations/    Alembic
    messages       recorded mail: identity, raw bytes, decisions, history
    outbox         frozen mail on its way out
    conversations  the shared inbox: conversations, notes, who did what
    ledger_notes   promises and remittances that customers announced; the ledger's syncs
    portal_links   links to a customer's account page
    export         the rows of `inboxbot export`
"""
