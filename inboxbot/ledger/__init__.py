"""Facts about money, read-only.

In: the ERP's export (CSV files of the outside contract) and a folder of documents. Out: an immutable `Ledger`, which
gives `Facts` for a sender. The mail decides what is asked; only this package decides whose it is.

    source      which reader a configuration asks for, and keeping the last good ledger
    csv_source  the CSV files, validated row by row
    model       Ledger: indexes, customer resolution
    documents   the invoice documents
    likeness    addresses and names that only look like a customer's
    named       the customers whom a text names; everyday: words that name none
    free_mail   domains that belong to nobody
"""
