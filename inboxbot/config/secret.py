"""Where a secret lies, and fetching it: from the environment or a file, never from the configuration itself.

In: the values of `*_env` and `*_file`. Out: the secret, read only when somebody asks, so that `explain` needs none.
"""

import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from inboxbot.errors import ConfigError

_PAUSES = (0.1, 0.2, 0.0)  # seconds after which an empty file is read once more
_BY_OTHERS = stat.S_IRWXO | stat.S_IWGRP


class Secret(BaseModel):
    """Where a secret lies; `read` fetches it."""

    model_config = ConfigDict(frozen=True)
    env: str | None = None
    file: Path | None = None
    credential: str | None = None  # the name of a systemd credential (LoadCredential=)

    def read(self, key: str) -> str:
        """The secret itself, or a ConfigError that names `key` and the place that was empty."""
        if self.env:
            value = os.environ.get(self.env)
            if not value:
                raise ConfigError(f"the environment variable {self.env} is not set", key=f"{key}_env")
            return value
        if self.file:
            return _read_secret_file(self.file, f"{key}_file")
        if self.credential:
            return _read_secret_file(_credential_path(self.credential, f"{key}_credential"), f"{key}_credential")
        raise ConfigError(f"is needed: set {key}_env or {key}_file", key=key)

    @property
    def named(self) -> bool:
        """Whether any place is named at all."""
        return bool(self.env or self.file or self.credential)

    def peek(self) -> str:
        """The secret where it can be had, else ''; raises nothing. For whoever must not show it."""
        try:
            return self.read("")
        except ConfigError:
            return ""

    @property
    def loose(self) -> str:
        """What is wrong with who may read the secret's file, in words; '' where nothing is."""
        try:
            mode = self.file.stat().st_mode if self.file else 0
        except OSError:
            return ""
        return f"the secret file {self.file} can be read by others: chmod 600 {self.file}" if mode & _BY_OTHERS else ""


def _credential_path(name: str, key: str) -> Path:
    """Where systemd puts a credential (systemd.exec(5), LoadCredential=): a file that only this service can read."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ConfigError(f"the credential {name} needs systemd: CREDENTIALS_DIRECTORY is not set (LoadCredential= in the unit)", key=key)
    if "/" in name or name in ("", ".", ".."):
        raise ConfigError(f"expected a credential's plain name, got {name!r}", key=key)
    return Path(folder) / name


def _read_secret_file(path: Path, key: str) -> str:
    try:
        if path.stat().st_mode & stat.S_IWOTH:
            raise ConfigError(f"the secret file {path} can be changed by anybody: chmod 600 {path}", key=key)
        for pause in _PAUSES:
            value = path.read_text(encoding="utf-8").strip()
            if value:
                return value
            time.sleep(pause)  # whoever renews it may be in the middle of writing
    except OSError as error:
        raise ConfigError(f"cannot read the secret file {path}", key=key) from error
    except UnicodeDecodeError:
        raise ConfigError(f"the secret file {path} is not UTF-8 text", key=key) from None
    raise ConfigError(f"the secret file {path} is empty", key=key)


def write_secret(path: Path, value: str, *, anew: bool) -> None:
    """Whole and durable under its name, or as it was; readable by its owner alone. Without `anew` one that lies there stays.

    Raises OSError. Of two processes that write the same new one together, one is first and both find that one.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(value)
            stream.flush()
            os.fsync(stream.fileno())
        if anew:
            fresh.replace(path)
        else:
            with suppress(FileExistsError):
                os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
