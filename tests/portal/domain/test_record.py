"""A record is put together by place, whoever is silent."""

from services.portal.domain.record import compose

PLACE = {"id": "e1", "status": "enrolled", "intake_starts_on": "2026-03-01"}
COURSE = {"enrollment_id": "e1", "outlook": "done", "starts_on": "2026-03-01"}
PAPER = {"enrollment_id": "e1", "standing": "valid", "training": {"starts_on": "2026-03-01"}}


def test_what_three_services_say_of_one_place_is_one_training():
    (training,) = compose([PLACE], {"trainings": [COURSE]}, [PAPER]).trainings
    assert (training.place, training.course, training.valid_certificate) == (PLACE, COURSE, PAPER)


def test_each_service_alone_is_enough_to_show_the_training():
    for parts in (([PLACE], None, None), (None, {"trainings": [COURSE]}, None), (None, None, [PAPER])):
        (training,) = compose(*parts).trainings
        assert training.starts_on == "2026-03-01"


def test_the_latest_training_comes_first():
    later = {**PLACE, "id": "e2", "intake_starts_on": "2026-11-01"}
    assert [training.enrollment_id for training in compose([PLACE, later], None, None).trainings] == ["e2", "e1"]


def test_what_is_completed_is_no_longer_going_on():
    record = compose([PLACE], {"trainings": [COURSE]}, [])
    assert (len(record.going_on), len(record.earlier)) == (0, 1)
    assert compose([PLACE], None, None).going_on


def test_a_void_certificate_does_not_stand():
    (training,) = compose(None, None, [{**PAPER, "standing": "revoked"}]).trainings
    assert training.valid_certificate is None


def test_with_everyone_silent_nothing_is_invented():
    record = compose(None, None, None)
    assert (list(record.trainings), list(record.hours), record.minimum_of(2026)) == ([], [], None)
