"""A validation error as a sentence that names file, line, key, what was expected, and the nearest known key.

In: pydantic's error and the file's text. Out: a `ConfigError`. The line is found by scanning the text, because
tomllib does not say where it read a key.
"""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from inboxbot.config.sections import Config
from inboxbot.errors import ConfigError

_IN_INLINE_TABLE = 3  # names in a location: table, key, key inside an inline table


def explain(errors: Iterable[ErrorDetails], text: str, path: Path) -> ConfigError:
    """The error a reader needs to hear first, in plain words."""
    return _explain(min(errors, key=_misspelling_first), text, path)


def _misspelling_first(error: ErrorDetails) -> bool:
    """A misspelt key also makes the right one missing: the misspelling is what the reader needs to hear."""
    return error["type"] != "extra_forbidden"


def _explain(error: ErrorDetails, text: str, path: Path) -> ConfigError:
    """A pydantic error as a ConfigError in plain words."""
    location = tuple(part for part in error["loc"] if not _is_union_branch(part))
    kind, words = error["type"], error["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        words = f"unknown key{_nearest(location)}"
    elif kind == "missing":
        words = "is required"
    elif kind != "value_error":
        words = f"{words[0].lower()}{words[1:]}, got {error['input']!r}"
    return ConfigError(words, file=path, line=line_of(text, location), key=dotted(location))


def _is_union_branch(part: str | int) -> bool:
    return isinstance(part, str) and (part.startswith("literal[") or part == "date")


def _nearest(location: tuple[str | int, ...]) -> str:
    """The known key nearest to the one that was written, as a question."""
    section: type[BaseModel] = Config
    for part in location[:-1]:
        if isinstance(part, str):
            section = _section_type(section, part)
    known = list(section.model_fields)
    near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    return f"; did you mean `{near[0]}`?" if near else f"; known here are {', '.join(known)}"


def _section_type(section: type[BaseModel], key: str) -> type[BaseModel]:
    annotation = section.model_fields[key].annotation
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))


def dotted(location: tuple[str | int, ...]) -> str:
    """`('mailbox', 0, 'port')` as `mailbox[1].port`: people count from one."""
    words = ""
    for part in location:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else part
    return words


def line_of(text: str, location: tuple[str | int, ...]) -> int | None:
    """The line on which a key (or, failing that, its table) is written; None when the file does not hold it."""
    wanted = [part for part in location if isinstance(part, str)] or [""]  # "": the error is about the file as a whole
    index = next((part for part in location if isinstance(part, int)), None)
    best: int | None = None
    table: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[{1,2}\s*([\w.\-]+)\s*\]", line)
        if header:
            table = header[1].split(".")
            seen[header[1]] = seen.get(header[1], -1) + 1
        here = bool(table) and table[0] == wanted[0] and (index is None or seen.get(table[0], 0) == index)
        if header and here:
            best = number
        key = re.match(r"\s*[\"']?([\w\-]+)[\"']?\s*[=.]", line)
        if key and ((here and key[1] == wanted[-1]) or (not table and key[1] == wanted[0])):
            return number
        if key and here and len(wanted) >= _IN_INLINE_TABLE and key[1] == wanted[1] and wanted[-1] in line:
            return number
    return best
