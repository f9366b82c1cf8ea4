"""Who somebody is at the OpenID provider, and the trip there that a browser must come back from."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

TO_COME_BACK = timedelta(minutes=10)
LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Identity:
    """A person as a provider knows them: its own word for itself, and its word for the person."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class Trip:
    """A browser's way to the provider and back: to sign in, or to link the account that it is signed in to."""

    state: str
    nonce: str
    verifier: str
    account_id: UUID | None
    wanted: str
    began_at: datetime

    def is_answered_by(self, state: str, at: datetime) -> bool:
        """Whether an answer of the provider belongs to this trip, and comes in time."""
        return hmac.compare_digest(self.state.encode(), state.encode()) and at - self.began_at <= TO_COME_BACK


def new_trip(account_id: UUID | None, wanted: str, at: datetime) -> Trip:
    """A trip that nobody can guess; with an account it is one to link it."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Trip(state, nonce, verifier, account_id, wanted, at)
