"""The process inside the file cage: bounds itself, takes one file out of one mail, reads its text where that is wanted, ends.

In: a raw mail on standard input; what to do, the file's hash and name, and the limits as arguments. Out: bytes on standard
output, or exit code 1 and {"why": words} on standard error.
"""

import json
import sys

from inboxbot.errors import UnreadableMessageError
from inboxbot.ingest import headers, mime, table_files
from inboxbot.ingest.caged import allow_computing, confine


def main(arguments: list[str]) -> int:
    """Do it; the exit code."""
    what, sha256, name, seconds, memory_mb = arguments
    confine(float(memory_mb))
    allow_computing(float(seconds))
    try:
        content = mime.file_with(headers.parse(_checked(sys.stdin.buffer.read())), sha256)
        out = content if what == "take" else _text(name, content)
    except UnreadableMessageError as error:
        return _refuse(str(error))
    except MemoryError:
        return _refuse("reading the file needs more memory than it is given")
    except Exception as error:  # noqa: BLE001 - libraries raise whatever they like on hostile files
        return _refuse(f"the file cannot be read: {type(error).__name__}")
    sys.stdout.buffer.write(out)
    return 0


def _text(name: str, content: bytes) -> bytes:
    """The rows of a table; raises UnreadableMessageError where it is none, or not read."""
    text = table_files.read(name, "", content)
    if not text:
        raise UnreadableMessageError("not a PDF, CSV or XLSX file that can be read, or larger than any remittance")
    return text.encode("utf-8", "replace")


def _checked(raw: bytes) -> bytes:
    headers.check_limits(raw)
    return raw


def _refuse(why: str) -> int:
    sys.stderr.write(json.dumps({"why": why}) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
