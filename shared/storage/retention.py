"""What is kept no longer is erased in batches: seldom and behind the doors, by command, or only to be counted (R48)."""

import time
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

from shared.storage.database import Database
from shared.storage.work import SYSTEM, UnitOfWork, transact


def erase(database: Database, batch: Callable[[UnitOfWork], Counter[str]], *, only_count: bool = False) -> Counter[str]:
    """Repeat `batch`, each time in a transaction of its own, until it finds nothing; to count only, in one that is never committed."""
    total: Counter[str] = Counter()
    with database.reading() as trial:
        while found := batch(UnitOfWork(trial, SYSTEM)) if only_count else transact(database, SYSTEM, batch):
            total += found
    return total


def seldom(database: Database, batch: Callable[[UnitOfWork], Counter[str]]) -> Callable[[], int]:
    """A background step that erases once an hour."""
    once = lru_cache(maxsize=1)(lambda _hour: erase(database, batch).total())
    return lambda: 0 * once(int(time.monotonic() // 3600))  # all of it is done
