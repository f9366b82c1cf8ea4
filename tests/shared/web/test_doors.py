"""The doors commit once, answer once, and say which part is missing when a peer is down."""

import threading
from uuid import uuid4

import pytest
from flask import Blueprint, jsonify, request
from marshmallow import Schema, fields
from werkzeug.serving import make_server

from shared.contracts.enrollment import PERSON_MERGED
from shared.domain import Malformed, NotFound, Problem, RuleBroken
from shared.storage.database import Database
from shared.storage.tables import OUTBOX, service_metadata
from shared.vocabulary import Role
from shared.web.access import allow, public
from shared.web.doors import PeerDown, answer, peer
from shared.web.service import Surroundings, create_service
from shared.web.settings import ServiceSettings
from tests.conftest import KEYS, RunningService


class CohortFull(RuleBroken):
    code = "cohort_full"


class Answer(Schema):
    person_id = fields.UUID()


def merge(work):
    kept = uuid4()
    work.emit(PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": uuid4()})
    return {"person_id": kept}


def refuse(work):
    merge(work)
    raise CohortFull(seats=100)


@pytest.fixture
def service(tmp_path):
    page = Blueprint("page", __name__)
    broken = {"hidden": NotFound(), "rows": Malformed([Problem("wrong", "F7", {"what": "甲"}), Problem("wrong", "G8", {"what": "乙"})])}

    @page.post("/api/things/merges")
    @allow(Role.ORGANIZER)
    def merge_them():
        return answer(Answer(), refuse if request.args.get("refuse") else merge, status=201)

    @page.get("/api/things/<name>")
    @public
    def fail(name):
        raise broken[name]

    @page.get("/things/peer")
    @public
    def ask():
        try:
            return jsonify(peer("courses").get("/api/courses/me/record"))
        except PeerDown as down:
            return jsonify(missing=str(down))

    @page.post("/things/peer")
    @allow(Role.ORGANIZER)
    def tell():
        try:
            return jsonify(peer("courses").post("/api/courses/things", {"kind": "题"}))
        except PeerDown as down:
            return jsonify(missing=str(down))

    metadata = service_metadata()
    database = Database(f"sqlite:///{tmp_path}/x.db", metadata)
    metadata.create_all(database.engine)
    peers: dict = {}
    app = create_service(
        "finance",
        ServiceSettings(database_url=""),
        database=database,
        listens={},
        pages=[page],
        messages={"cohort_full": "All {seats} seats are taken.", "wrong": "{what} is wrong."},
        surroundings=Surroundings(lambda _: KEYS, peers),
    )
    running = RunningService("finance", app, database)
    running.peers = peers
    yield running
    database.close()


def test_the_same_request_sent_again_gets_the_same_answer_and_changes_nothing(service):
    client = service.client(Role.ORGANIZER)
    first = client.post("/api/things/merges", headers={"Idempotency-Key": "k-1"})
    again = client.post("/api/things/merges", headers={"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert len(service.outbox()) == 1


def test_without_a_key_each_request_is_its_own(service):
    client = service.client(Role.ORGANIZER)
    client.post("/api/things/merges")
    client.post("/api/things/merges")
    assert len(service.outbox()) == 2


def test_a_key_belongs_to_one_account(service):
    service.client(Role.ORGANIZER, account_id="one").post("/api/things/merges", headers={"Idempotency-Key": "k"})
    service.client(Role.ORGANIZER, account_id="two").post("/api/things/merges", headers={"Idempotency-Key": "k"})
    assert len(service.outbox()) == 2


def test_a_key_does_not_answer_another_request(service):
    client = service.client(Role.ORGANIZER)
    client.post("/api/things/merges", headers={"Idempotency-Key": "k"})
    other = client.post("/api/things/merges?refuse=1", headers={"Idempotency-Key": "k"})
    assert (other.status_code, other.json["code"]) == (409, "idempotency_key_used_differently")


def test_a_broken_rule_answers_409_with_its_sentence_and_writes_nothing(service):
    refused = service.client(Role.ORGANIZER).post("/api/things/merges?refuse=1", headers={"Idempotency-Key": "k"})
    assert (refused.status_code, refused.content_type) == (409, "application/problem+json")
    assert refused.json["detail"] == "All 100 seats are taken."
    assert service.look(lambda connection: connection.execute(OUTBOX.select()).all()) == []


def test_malformed_input_answers_every_problem_at_once(service):
    refused = service.client().get("/api/things/rows")
    assert refused.status_code == 422
    assert [(problem["where"], problem["message"]) for problem in refused.json["errors"]] == [
        ("F7", "甲 is wrong."),
        ("G8", "乙 is wrong."),
    ]


def test_what_is_not_ones_own_does_not_exist(service):
    assert service.client().get("/api/things/hidden").status_code == 404


def test_a_peer_is_asked_with_the_readers_own_token(service):
    def courses(environ, start):
        start("200 OK", [("Content-Type", "application/json")])
        return [b'"signed in"' if environ.get("HTTP_AUTHORIZATION") else b'"anonymous"']

    service.peers["courses"] = courses
    assert service.client(Role.ORGANIZER).get("/things/peer").json == [200, "signed in"]
    assert service.client().get("/things/peer").json == [200, "anonymous"]


def test_a_peer_that_is_down_is_named(service):
    assert service.client().get("/things/peer").json == {"missing": "courses"}
    service.peers["courses"] = "http://127.0.0.1:1"
    assert service.client().get("/things/peer").json == {"missing": "courses"}


def test_a_deed_is_passed_on_as_the_person_whose_form_it_was(service):
    heard = []

    def courses(environ, start):
        heard.append((environ["REQUEST_METHOD"], environ["CONTENT_TYPE"], environ["wsgi.input"].read(), environ["HTTP_X_CSRF_TOKEN"]))
        heard.append((bool(environ["HTTP_X_LINGHANG_TOKEN"]), environ["REMOTE_ADDR"]))
        start("202 ACCEPTED", [("Content-Type", "application/json")])
        return [b"{}"]

    service.peers["courses"] = courses
    browser = service.client(Role.ORGANIZER, browser=True)
    answered = browser.post("/things/peer", data={"csrf_token": "csrf"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answered.json == [202, {}]
    assert heard == [("POST", "application/json", b'{"kind": "\\u9898"}', "csrf"), (True, "192.0.2.7")]


def test_a_deed_over_http_is_sent_once_and_a_failure_there_is_no_answer(service):
    served = []

    def courses(environ, start):
        served.append((environ["REQUEST_METHOD"], environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        start("200 OK" if len(served) == 1 else "500 INTERNAL SERVER ERROR", [("Content-Type", "application/json")])
        return [b"1"]

    server = make_server("127.0.0.1", 0, courses)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    service.peers["courses"] = f"http://127.0.0.1:{server.server_port}/"
    client = service.client(Role.ORGANIZER)
    assert client.post("/things/peer").json == [200, 1]
    assert client.post("/things/peer").json == {"missing": "courses"}
    server.shutdown()
    server.server_close()
    assert served == [("POST", b'{"kind": "\\u9898"}')] * 2
