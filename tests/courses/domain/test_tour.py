"""R12: a tour is attended when all stops, less the allowed number, are checked in."""

import pytest

from services.courses.domain.tour import stops_missing


@pytest.mark.parametrize(("stops", "checked", "allowed", "missing"), [(4, 4, 0, 0), (4, 3, 1, 0), (4, 2, 1, 1), (4, 0, 0, 4), (0, 0, 0, 0)])
def test_r12_the_stops_still_needed(stops, checked, allowed, missing):
    assert stops_missing(stops, checked, allowed) == missing
