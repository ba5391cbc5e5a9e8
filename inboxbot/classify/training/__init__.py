"""Making and judging the model: the labelled corpus in, an artefact and figures out. Nothing here runs in the daemon.

corpus     the labelled mails, one JSON object a line, split by writer
drafts     the writers' text format, validated and turned into such lines
train      fits the intent model, writes the artefact and its card
evaluate   figures with intervals on a labelled set
"""
