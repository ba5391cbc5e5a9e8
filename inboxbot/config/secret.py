"""Where a secret lies, and fetching it: from the environment or a file, never from the configuration itself.

In: the values of `*_env` and `*_file`. Out: the secret, read only when somebody asks, so that `explain` needs none.
"""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from inboxbot.errors import ConfigError


class Secret(BaseModel):
    """Where a secret lies; `read` fetches it."""

    model_config = ConfigDict(frozen=True)
    env: str | None = None
    file: Path | None = None

    def read(self, key: str) -> str:
        """The secret itself, or a ConfigError that names `key` and the place that was empty."""
        if self.env:
            value = os.environ.get(self.env)
            if not value:
                raise ConfigError(f"the environment variable {self.env} is not set", key=f"{key}_env")
            return value
        if self.file:
            return _read_secret_file(self.file, f"{key}_file")
        raise ConfigError(f"is needed: set {key}_env or {key}_file", key=key)


def _read_secret_file(path: Path, key: str) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"cannot read the secret file {path}", key=key) from error
    if not value:
        raise ConfigError(f"the secret file {path} is empty", key=key)
    return value
