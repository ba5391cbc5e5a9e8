"""Install Dovecot, Postfix, PostgreSQL and Chromium for the tests that need them, where that can be done.

In: nothing. Out: the packages, or one line that says which tests will be left out; exit code 0 either way.
Runs with any Python 3.11+, before there is a virtual environment. Nothing is started.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {
    "chromium-driver": "chromedriver",
    "dovecot-imapd": "dovecot",
    "dovecot-lmtpd": "/usr/lib/dovecot/lmtp",
    "postfix": "postfix",
    "chromium": "chromium",
    "postgresql": "initdb",
    "faketime": "faketime",  # a clock that jumps
    "build-essential": "cc",  # the power loss journal is a small C library
}
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = "#!/bin/sh\nexit 101\n"  # invoke-rc.d then starts no daemon by itself
PRESEED = "postfix postfix/main_mailer_type select No configuration\n"
POSTGRESQL = ":".join(str(found) for found in Path("/usr/lib/postgresql").glob("*/bin"))  # Debian keeps it out of the search path
SEARCH_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:{POSTGRESQL}"


def missing() -> list[str]:
    """The packages whose program is not there."""
    return [package for package, program in PACKAGES.items() if not shutil.which(program, path=SEARCH_PATH)]


def become_root() -> list[str] | None:
    """What to put before a command so that it runs as root; None when that cannot be had without a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def run(prefix: list[str], *command: str, text: str | None = None) -> None:
    """Run as root, quietly; raises CalledProcessError."""
    full = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *command]
    subprocess.run(full, input=text, text=True, check=True, capture_output=True)


def install(prefix: list[str], packages: list[str]) -> None:
    """Install `packages` so that none of their daemons starts."""
    ours = not POLICY.exists()
    if ours:
        run(prefix, "tee", str(POLICY), text=POLICY_TEXT)
        run(prefix, "chmod", "755", str(POLICY))
    try:
        run(prefix, "apt-get", "update", "-q")
        run(prefix, "debconf-set-selections", text=PRESEED)
        run(prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)
    finally:
        if ours:
            run(prefix, "rm", "-f", str(POLICY))


def leave_out(packages: list[str], why: str) -> None:
    """Say in one line what will not be tested."""
    kinds = {"chromium": "a browser", "chromium-driver": "a browser", "postgresql": "PostgreSQL"}
    tests = list(dict.fromkeys(kinds.get(package, "real mail servers") for package in packages))
    print(f"tests with {' and '.join(tests)} will be left out: {', '.join(packages)} not installed ({why})")  # noqa: T201


def main() -> int:
    """Install what is missing; always 0, for the other tests run without."""
    packages = missing()
    if not packages:
        return 0
    prefix = become_root()
    if prefix is None or not shutil.which("apt-get"):
        leave_out(packages, "no apt-get" if prefix is not None else "neither root nor sudo")
        return 0
    try:
        install(prefix, packages)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines() or ["apt-get failed"]
        leave_out(missing() or packages, said[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
