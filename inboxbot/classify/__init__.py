"""What a message means: intents, entities, and what stays unexplained.

In: a `Message` and the sender's `Facts`. Out: an `Understanding`. The only place that knows pyahocorasick and scikit-learn;
no ledger, no store, no network. scikit-learn only trains; predicting is a dictionary and an array.

    understand    the steps in order
    machine       is it a machine's mail, and of which kind?
    entities/     invoice and order numbers, amounts, dates, payment details, dispute reasons
    tokens        words as the intent model sees them: numbers, amounts, dates, addresses are placeholders
    sentences     a text cut into sentences, and these into clauses
    concepts      words that mean the same, in several languages (data/concepts/), found in one pass
    denied        what is asked not to be done
    glossary      head words of other languages (data/glossary/)
    signals       a mail cut up, with everything found in each piece
    features      words, pairs, letter groups, concepts; and what the neighbouring clauses say
    contributions what words add to the linear models, computed once and kept
    intents       the linear models: the whole mail, each sentence, each clause
    verdict       one probability an intent from what they all say
    promised      which of the days named is the promised one
    gate          how sure may we be of the whole?
    completeness  is everything in the new text explained? which facts forbid an answer?
    view          the nouns that pass between these
    artifact      the model's file
    training/     corpus, training, evaluation: nothing of it runs in the daemon
"""
