"""What a message means: intents, entities, and what stays unexplained.

In: a `Message` and the sender's `Facts`. Out: an `Understanding`. The only place that knows spaCy and scikit-learn;
no ledger, no store, no network. scikit-learn only trains; predicting is a dictionary and an array.

    understand    the steps in order
    machine       is it a machine's mail, and of which kind?
    entities/     invoice and order numbers, amounts, dates, payment details, dispute reasons
    normalise     text as the intent model sees it
    sentences     the clauses of a text
    concepts      words that mean the same, in several languages (data/concepts/), found by spaCy
    glossary      head words of other languages (data/glossary/)
    signals       concepts, entities and head words as features, with their places
    features      words and letter groups
    intents       the linear model: document and clauses together
    gate          how sure may we be of the whole?
    completeness  is everything in the new text explained? which facts forbid an answer?
    artifact      the model's file
    training/     corpus, training, evaluation: nothing of it runs in the daemon
"""
