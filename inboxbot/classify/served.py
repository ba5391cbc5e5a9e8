"""Would an answer do? What was understood, held against what is meant.

In: two sets of intents. Out: yes or no. Used where confidence is learned and where answers are judged, so that both mean
the same by "right": nothing that was asked is left out, and nothing is taken down that nobody said. A statement sent
along with the balance that was asked for does no harm.
"""

from collections.abc import Collection

from inboxbot.understanding import Intent

_ONLY_TELLS = frozenset({Intent.INVOICE_COPY, Intent.STATEMENT_REQUEST, Intent.BALANCE_QUERY, Intent.PAYMENT_STATUS})


def served(asserted: Collection[Intent], meant: Collection[Intent]) -> bool:
    """Whether an answer to the asserted intents serves somebody who means these."""
    understood, wanted = frozenset(asserted), frozenset(meant)
    return wanted <= understood and understood - wanted <= _ONLY_TELLS
