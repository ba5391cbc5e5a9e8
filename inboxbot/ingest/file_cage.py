"""Files in mail, touched only in a limited process: taking one out of a mail, and reading the text of a remittance.

In: a message's raw bytes and a file's hash. Out: the file's bytes or text, or UnreadableMessageError. A process per file: it is
bounded in memory and computing, writes no file, and whatever a hostile file does to it, it does to nobody else.
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass

from inboxbot.errors import UnreadableMessageError, WorkerError

_BUSY = 3  # on a machine that others use, the clock runs so many times faster than our own computing
_GRACE_SECONDS = 10.0
_MODULE = ["-m", "inboxbot.ingest.file_worker"]


@dataclass(frozen=True, slots=True)
class FileCage:
    """The limits of the process: seconds of computing, megabytes of memory."""

    seconds: float = 20.0
    memory_mb: float = 512.0

    def take(self, raw: bytes, sha256: str) -> bytes:
        """The file with this hash out of a mail; raises UnreadableMessageError where the mail has none, or cannot be read."""
        content = self._run("take", sha256, raw)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise UnreadableMessageError("the file is not the one that came with the mail")
        return content

    def text(self, raw: bytes, sha256: str, name: str) -> str:
        """The text of a PDF, CSV or XLSX file in a mail; raises UnreadableMessageError and says why not."""
        return self._run("text", sha256, raw, name).decode("utf-8", "replace")

    def _run(self, what: str, sha256: str, raw: bytes, name: str = "") -> bytes:
        command = [sys.executable, *_MODULE, what, sha256, name, str(self.seconds), str(self.memory_mb)]
        try:
            ended = subprocess.run(  # noqa: S603 - our own module; the name is an argument, no shell reads it
                command, input=raw, capture_output=True, timeout=self.seconds * _BUSY + _GRACE_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise UnreadableMessageError("reading the file took too long") from None
        except (OSError, ValueError) as error:
            raise WorkerError("the process that reads files could not be started") from error
        if ended.returncode != 0:
            raise UnreadableMessageError(_why(ended.stderr))
        return ended.stdout


def _why(stderr: bytes) -> str:
    """What the worker said last; nothing where the system ended it."""
    try:
        said = json.loads(stderr.splitlines()[-1])
        return str(said["why"])[:300]
    except (ValueError, LookupError, TypeError):
        return "reading the file took more than it is given"
