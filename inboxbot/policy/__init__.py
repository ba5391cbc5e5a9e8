"""What is done with a message: pure functions over values, no clock, no store, no network.

In: message, machine class, authenticity, understanding, facts, history, rules, now. Out: a `Decision` with its reasons.
Live mail, `explain` and `simulate` all call `decide.decide`.

    decide        the decision table
    guard         may this message get any automatic mail at all? (RFC 3834)
    release       may this sender be told anything, and how much?
    fraud         mail that may be after money; bank_numbers finds account numbers, bank_changes words of a new account
    disguise      another customer's invoice, named so that it is overlooked
    requirements  is everything there that each routine answer needs?
    amounts       do the sums in the mail agree with the ledger?
    rules         the managers' rules
    simulate      what other rules would have changed
"""
