"""Answers: what is said to customers, and the bytes that leave the house.

In: a message, what it means, the ledger's facts and the decision, all values. Out: a `Reply` (`compose`), a frozen mail
(`freeze`). One small module per routine answer, listed in `answers.ANSWERS`; `transport` hands a frozen mail to SMTP.
"""
