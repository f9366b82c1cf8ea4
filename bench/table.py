"""The figures as Markdown tables."""

from collections.abc import Sequence

from bench.measurement import Comparison, Durations, Latency

COMPARED = ("operation", "ours, ms", "yardstick, ms", "ratio", "goal", "met", "yardstick is")
DELAYED = ("operation", "p50, ms", "p99, ms", "goal", "met", "events", "two bare commits, p50 / p99")


def comparisons(found: Sequence[Comparison]) -> str:
    """Medians with their quartiles, ours beside the yardstick's."""
    return _table(COMPARED, [_compared(each) for each in found])


def latencies(found: Sequence[Latency]) -> str:
    """How long after its commit an event was applied."""
    return _table(DELAYED, [_delayed(each) for each in found])


def _compared(one: Comparison) -> tuple[str, ...]:
    goal = "none" if one.at_most is None else f"≤ {one.at_most:g} ×"
    return (one.operation, _middle(one.ours), _middle(one.bare), f"{one.ratio:.2f} ×", goal, _yes(one.is_met), one.yardstick)


def _delayed(one: Latency) -> tuple[str, ...]:
    goal = f"≤ {one.goal_50:g} / {one.goal_99:g}"
    bare = f"{one.bare.share(50):.1f} / {one.bare.share(99):.1f}"
    figures = (f"{one.ours.share(50):.1f}", f"{one.ours.share(99):.1f}")
    return (one.operation, *figures, goal, _yes(one.is_met), str(len(one.ours.milliseconds)), bare)


def _middle(durations: Durations) -> str:
    lower, upper = durations.spread
    return f"{durations.middle:.1f} ({lower:.1f}–{upper:.1f})"


def _yes(met: bool | None) -> str:
    return {True: "yes", False: "NO", None: "–"}[met]


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
