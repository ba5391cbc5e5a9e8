"""What a mail names: invoices, purchase orders, money, days, payments, the reason of a dispute. No model: rules and the ledger.

In (`extract.extract`): subject, newest text, the sender's `Facts`, the mail's date. Out: `findings.EntityFindings`.

    extract          the one way in; who sees the text in which order
    findings         the values that come out, with their spans
    invoices  purchase_orders  payments  disputes     one extractor each
    amounts          money; deductions gives it its sign, written_numbers reads its digits, spoken its words
    dates            days; date_grammar reads them token by token: date_weekdays, date_stretches, date_counts, date_holidays,
                     date_numbers (days of the calendar); date_words their words, date_scan what they share, day_math the calendar
    tokens  phrases  words   a text as words and numbers, and word lists as dictionaries of first words: one pass, no searching
    ledger_view      what is worked out once from a sender's ledger
    promises         which of these days is a promise to pay
    shapes  lexicon  what the extractors share: numbers by their form, word lists (`classify/data/entities_*.toml`)
"""
