"""Password hashes: argon2id with explicit cost, and never more than a few at a time."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# About 60 ms and 46 MiB a hash: OWASP's first choice for argon2id. Without the cap, a burst of sign-ins would take all memory.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1, hash_len=32, salt_len=16)
_AT_A_TIME = BoundedSemaphore(4)
_NOBODYS_HASH = _HASHER.hash("no account has this password")


def hashed(password: str) -> str:
    """The hash to be stored."""
    with _AT_A_TIME:
        return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; for an unknown account the same work is done in vain, so that the time tells nothing."""
    with _AT_A_TIME:
        try:
            right = _HASHER.verify(password_hash or _NOBODYS_HASH, password)
        except (VerificationError, InvalidHashError):
            return False
    return right and password_hash is not None
