"""Whether a service is ready: asked in the order in which an answer is sure to come."""

from types import SimpleNamespace


def test_a_worker_whose_loop_is_stuck_says_so_without_asking_a_database_that_hangs(make_service, monkeypatch):
    service = make_service("courses")

    def hang():
        raise AssertionError("a database that hangs never answers")

    monkeypatch.setattr("shared.web.operations.reading", hang)
    stuck = {"courses relay": "its step has not come back for 61 s: what it waits for hangs"}
    service.app.extensions["linghang_worker"] = SimpleNamespace(failures=stuck)
    answer = service.client().get("/ready")
    assert (answer.status_code, answer.json) == (503, {"status": "waiting", "failures": stuck})


def test_a_service_whose_database_is_away_is_not_ready_but_alive(make_service, monkeypatch):
    service = make_service("courses")

    def away():
        raise OSError("connection refused")

    monkeypatch.setattr("shared.web.operations.reading", away)
    assert service.client().get("/ready").status_code == 503
    assert service.client().get("/health").status_code == 200


def test_a_worker_at_work_is_ready(make_service):
    service = make_service("courses")
    service.app.extensions["linghang_worker"] = SimpleNamespace(failures={})
    assert service.client().get("/ready").json == {"status": "ready"}
