"""The names that others gave their files, made safe.

In: a name as a mail has it. Out: a name that is one plain file's on every system: no folders, no hidden letters, no letters that
turn the reading direction, no device's name, not hidden, not too long. Normalised first and checked then: a letter that
disappears must not leave a name that was refused.
"""

import unicodedata

from pathvalidate import sanitize_filename

_LONGEST = 120  # characters; with its encoding below every file system's 255 bytes for most scripts
_LONGEST_BYTES = 240
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, directions, joiners, surrogates, unassigned
_LONGEST_SUFFIX = 12


def safe_name(name: str, default: str = "file") -> str:
    """A name under which a file can be saved anywhere; `default` where nothing is left of it."""
    plain = unicodedata.normalize("NFKC", name)
    seen = "".join(" " if unicodedata.category(c) == "Zs" else c for c in plain if unicodedata.category(c) not in _UNSEEN)
    last = seen.replace("\\", "/").rpartition("/")[2]
    bare = " ".join(str(sanitize_filename(_short(last), replacement_text="_", platform="universal")).split()).strip(" .~-")
    return _short(bare) or default


def _short(name: str) -> str:
    """Cut in the middle, so that what kind of file it is stays."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _LONGEST_SUFFIX:
        stem, suffix = name, ""
    end = f".{suffix}" if suffix else ""
    stem = stem[: _LONGEST - len(end)]
    while len(f"{stem}{end}".encode()) > _LONGEST_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}{end}" if stem.strip(" .") else end.strip(".")
