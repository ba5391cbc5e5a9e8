"""Passwords: argon2id, and what a password must be.

In: passwords in clear. Out: hashes, and whether one fits. The only place that knows argon2.
"""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from inboxbot.errors import UsageError

LEAST = 12  # characters (NIST SP 800-63B asks for 8 with a second factor, 15 without; passphrases are welcome)
MOST = 256
AT_ONCE = 3  # each takes 64 MB while it runs: many guesses must not take all memory
_TOO_COMMON = frozenset(
    {"password1234", "passwordpassword", "123456789012", "qwertyuiop12", "inboxbot1234", "letmeinletmein", "adminadminadmin"}
)


class Passwords:
    """Hashes and compares; takes as long for an unknown account as for a known one."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """The library's defaults (RFC 9106, low memory); tests take a cheaper one."""
        self._hasher = hasher or PasswordHasher()
        self._few_at_once = BoundedSemaphore(AT_ONCE)
        self._nobodys = _nobodys(self._hasher)

    def hash(self, password: str) -> str:
        """The hash to keep."""
        with self._few_at_once:
            return self._hasher.hash(password)

    def fits(self, hashed: str, password: str) -> bool:
        """Whether a password is the one behind a hash; "" is nobody's and takes as long."""
        try:
            with self._few_at_once:
                return self._hasher.verify(hashed or self._nobodys, password[: MOST * 4]) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False

    def is_stale(self, hashed: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(hashed)


def _nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password fits and that takes as long to refuse as any: the hasher's settings and zeros (PHC string format)."""
    settings = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, hashed = ("A" * -(-length * 4 // 3) for length in (hasher.salt_len, hasher.hash_len))  # base64 of zeros, without padding
    return f"$argon2id$v=19${settings}${salt}${hashed}"


def check_new(password: str, email: str) -> None:
    """Raise UsageError for a password that must not be taken."""
    if len(password) < LEAST:
        raise UsageError(f"a password needs at least {LEAST} characters; a few words in a row are fine")
    if len(password) > MOST:
        raise UsageError(f"a password has at most {MOST} characters")
    plain = password.casefold()
    if plain in _TOO_COMMON or len(set(plain)) < 4 or plain == email.casefold():  # noqa: PLR2004 - "aaaaaaaaaaaa"
        raise UsageError("this password is among the first that anybody would guess; take another")
