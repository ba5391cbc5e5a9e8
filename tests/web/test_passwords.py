"""Passwords: whose hash fits, and that an unknown account is refused as slowly as a known one."""

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from inboxbot.desk.passwords import Passwords


class Counting(PasswordHasher):
    """Counts what it computed to the end: a hash that cannot be read is refused at once, and would tell who is unknown."""

    computed = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - the library's name
        self.used = extract_parameters(str(hash))
        try:
            return super().verify(hash, password)
        except VerifyMismatchError:
            self.computed += 1
            raise


def test_an_unknown_account_costs_what_a_known_one_costs() -> None:
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(hasher)
    known = passwords.hash("correct horse battery")

    assert not passwords.fits(known, "wrong horse battery")
    of_known = hasher.used
    assert not passwords.fits("", "wrong horse battery")

    assert (hasher.computed, hasher.used) == (2, of_known)


def test_a_password_fits_its_hash_and_no_other() -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    hashed = passwords.hash("correct horse battery")

    assert passwords.fits(hashed, "correct horse battery")
    assert not passwords.fits(hashed, "correct horse batter")
    assert not passwords.fits("no hash at all", "correct horse battery")
