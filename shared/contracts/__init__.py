"""The public events, one file per publishing service: what one service may know of another."""

from shared.contracts import certificates, courses, enrollment
from shared.contracts.event_type import EventType

EVENT_TYPES: dict[str, EventType] = {
    event_type.name: event_type
    for module in (enrollment, courses, certificates)
    for event_type in vars(module).values()
    if isinstance(event_type, EventType)
}

# Listeners take whole streams: with single types the versions of a stream would have holes.
SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "enrollment": ("courses",),
    "courses": ("enrollment",),
    "certificates": ("enrollment", "courses"),
    "finance": ("enrollment", "courses", "certificates"),
    "portal": ("enrollment",),
}

# Listeners that need no names: personal fields are blanked before their inbox stores anything (R43).
KEEPS_NO_NAMES = frozenset({"finance"})


def listeners_of(publisher: str) -> tuple[str, ...]:
    """The services that hear what `publisher` says."""
    return tuple(name for name, heard in SUBSCRIPTIONS.items() if publisher in heard)
