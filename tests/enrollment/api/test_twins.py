"""The same request sent again while the first is still at work: both hear the one answer, and it is done once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from shared.vocabulary import Role
from shared.web import doors
from tests.conftest import RunningService
from tests.enrollment.places import A, County, resident_id


@pytest.mark.parametrize("what", ["nomination", "confirmation"])
def test_the_twin_of_a_request_at_work_hears_its_answer(
    what: str, make_service: Callable[..., RunningService], both_databases, monkeypatch
):
    service = make_service("enrollment", both_databases)
    county = County(service)
    cohort_id = county.open(seats=4)
    county.nominate(1)
    path, body = f"/api/enrollment/cohorts/{cohort_id}/confirmation", {}
    if what == "nomination":
        path = f"/api/enrollment/cohorts/{cohort_id}/enrollments"
        place = {"school_id": str(county.schools[f"{A}0001"]), "post": "党支部书记", "nation": "汉", "political_status": "中共党员"}
        body = {"name": "王小明", "id_number": resident_id(7), "phone": "13100000007", **place}
    at_work, go_on, remember = threading.Event(), threading.Event(), doors._remember

    def linger(*words: Any) -> None:
        remember(*words)
        at_work.set()
        assert go_on.wait(20)

    monkeypatch.setattr(doors, "_remember", linger)
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        told = service.client(Role.ORGANIZER).post(path, json=body, headers={"Idempotency-Key": "the same"})
        answers.append((told.status_code, told.get_data()))

    first, twin = threading.Thread(target=send), threading.Thread(target=send)
    first.start()
    assert at_work.wait(20)
    twin.start()
    twin.join(0.3)  # it waits for the first, and has no answer of its own
    assert not answers
    go_on.set()
    for thread in (first, twin):
        thread.join(30)
    assert len(set(answers)) == 1
    assert answers[0][0] == (201 if what == "nomination" else 200)
    assert len(county.places()) == (2 if what == "nomination" else 1)
