"""Where labelled mails come from.

In: a corpus folder and a split, JSON-lines files, or drafts in the writers' text format. Out: `LabelledMail`s.
"""

from collections.abc import Sequence
from pathlib import Path

from inboxbot.classify.training import corpus, drafts
from inboxbot.classify.training.corpus import LabelledMail
from inboxbot.errors import UsageError


def from_files(files: Sequence[Path]) -> list[LabelledMail]:
    """The mails of these files, in order; raises UsageError or ModelError that names file and place."""
    mails = [mail for file in files for mail in _from_file(file)]
    if not mails:
        raise UsageError(f"there is no labelled mail in {', '.join(map(str, files))}")
    return mails


def from_split(folder: Path, split: str) -> list[LabelledMail]:
    """The mails of one split of a corpus; raises UsageError where there is none."""
    if not (folder / "splits.json").is_file():
        raise UsageError(f"there is no corpus in {folder} (splits.json is missing)")
    return corpus.load(folder, split)


def _from_file(file: Path) -> list[LabelledMail]:
    try:
        if file.suffix == ".jsonl":
            return list(corpus.read(file))
        return [corpus.from_json(mail) for mail in drafts.convert(file)]
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text") from error
