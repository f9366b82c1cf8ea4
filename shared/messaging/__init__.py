"""The event backbone: an event is a row before it moves and a row after it has moved (outbox, inbox)."""
