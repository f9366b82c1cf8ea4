"""What a process counts while it carries and applies events; how many wait is asked from the tables (Prometheus)."""

from prometheus_client import Counter, Histogram

SENT = Counter("linghang_events_sent", "Events the broker has confirmed.")
REFUSED = Counter("linghang_events_refused", "Events the broker has refused or returned; they stay in the outbox.")
RECEIVED = Counter("linghang_events_received", "Events that have arrived and are stored.")
REDELIVERED = Counter("linghang_events_redelivered", "Deliveries the broker had made before.")
SET_ASIDE = Counter("linghang_messages_set_aside", "Messages that are no event of ours.")
PUT_OFF = Counter("linghang_events_put_off", "Events whose handler failed and will be tried again.", ("type",))
PARKED = Counter("linghang_events_parked", "Events that were set aside for an operator.", ("type",))
HANDLER = Histogram(
    "linghang_handler_seconds",
    "Time a handler took for one event.",
    ("type",),
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
