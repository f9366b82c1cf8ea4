"""The observation tour: host schools visited in turn, with a check-in at each (R12)."""


def stops_missing(stops: int, checked_in: int, allowed_missing: int) -> int:
    """How many check-ins are still needed: all stops, less the allowed number. 0: the tour counts as attended."""
    return max(0, stops - allowed_missing - checked_in)
