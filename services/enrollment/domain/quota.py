"""Quotas: how the seats of a cohort are split over the counties (R4)."""

from collections.abc import Mapping

from services.enrollment.domain.errors import QuotaBelowTaken, QuotaSumWrong


def largest_remainder(weights: Mapping[str, int], seats: int) -> dict[str, int]:
    """Split `seats` in proportion to `weights`; they add up exactly, and equal claims go by weight, then by code."""
    total = sum(weights.values())
    if total == 0:
        return dict.fromkeys(weights, 0)
    shares = {code: divmod(weight * seats, total) for code, weight in weights.items()}
    split = {code: whole for code, (whole, _) in shares.items()}
    by_claim = sorted(weights, key=lambda code: (-shares[code][1], -weights[code], code))
    for code in by_claim[: seats - sum(split.values())]:
        split[code] += 1
    return split


def check_grid(cells: Mapping[str, int], used: Mapping[str, int], capacity: int) -> None:
    """A grid adds up to the capacity, and no cell is below what is used in it. Raises the rule it breaks."""
    if sum(cells.values()) != capacity:
        raise QuotaSumWrong(total=sum(cells.values()), capacity=capacity)
    for code, places in used.items():
        if cells.get(code, 0) < places:
            raise QuotaBelowTaken(county=code, seats=cells.get(code, 0), taken=places)
