"""How good is the understanding? Labelled mails through the very functions that decide live mail.

    labelled   where labelled mails come from: a split of the corpus, JSON lines, writers' drafts
    judging    each mail understood and decided as live mail is, beside what its label says
    intervals  95% intervals of shares and of F1
    figures    the figures by name, each with its n and interval
    slices     by intent, family, language, length, writer; confusion; what each gate costs
    curves     risk against coverage; reliability
    mistakes   the worst mistakes, in full
    report     all of it as one value, and as JSON
    charts     that value's plots, as SVG
    page       that value as one self-contained HTML page
    promotion  is a new model worse than the one it would replace?
    learning   trains, judges, certifies, compares, and puts the new model in place

In: labelled mails with their ledger, a model. Out: a report. The unit that matters is the whole answer: right only if
outcome, intents, entities and customer are all right.
"""

from inboxbot.evaluation.figures import Figure, figures
from inboxbot.evaluation.intervals import wilson
from inboxbot.evaluation.judging import Judged, as_bytes, corpus_facts, judge_all, judgements

__all__ = ["Figure", "Judged", "as_bytes", "corpus_facts", "figures", "judge_all", "judgements", "wilson"]
