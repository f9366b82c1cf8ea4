"""Ask for a correction of the own data, and decide such a request once (R48)."""

from typing import Any
from uuid import UUID, uuid4

from services.enrollment.domain.correction import has_long_number, read_request
from services.enrollment.domain.errors import AnswerMissing, ReasonMissing, RequestDecided, RequestOpen
from services.enrollment.domain.words import CorrectionField, RequestState
from services.enrollment.queries.own_data import records
from services.enrollment.storage import correction_requests, data_keys, people
from services.enrollment.storage.secrets import Secrets
from shared.domain import Malformed, NotFound, Problem, city_date
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role

LONGEST_ANSWER = 500


def request_correction(work: UnitOfWork, field: CorrectionField, *, stated: str, text: str, secrets: Secrets) -> UUID:
    """A trainee asks for a correction of the own data; one open request for each thing. What is stated is kept encrypted."""
    if not work.actor.is_any(Role.TRAINEE) or work.actor.person_id is None:
        raise NotFound
    person_id: UUID = records(work.connection, work.actor.person_id)[0].id
    value, why = read_request(field, stated, text, on=city_date(work.now))
    request_id, key = uuid4(), data_keys.in_force(work.connection, secrets)
    row = {
        "id": request_id,
        "person_id": person_id,
        "field": field,
        "stated_cipher": key.encrypt(value) if value else None,
        "text_cipher": key.encrypt(why),
        "state": RequestState.OPEN,
        "asked_at": work.now,
    }
    if not correction_requests.add_unless_open(work.connection, row):
        raise RequestOpen(field=field)
    work.note("correction.requested", str(person_id), request=request_id, field=field)
    return request_id


def decide_correction(work: UnitOfWork, request_id: UUID, *, done: bool, answer: str, secrets: Secrets) -> None:
    """An organizer says what came of a request. A mobile number is written by this; for the rest the answer says what was done."""
    request = _for_organizers(work, request_id)
    applied = done and request.field is CorrectionField.PHONE
    answer = answer.strip()[:LONGEST_ANSWER]
    if not answer and not applied:
        raise AnswerMissing
    if has_long_number(answer):
        raise Malformed([Problem("number_in_answer", "answer")])
    state = RequestState.DONE if done else RequestState.REFUSED
    who = (work.actor.name or work.actor.account_id)[:80]
    if not correction_requests.decide(work.connection, request_id, state=state, answer=answer, decided_at=work.now, decided_by=who):
        raise RequestDecided
    if applied:
        key = data_keys.in_force(work.connection, secrets)
        people.set_phone(work.connection, request.person_id, key.encrypt(secrets.decrypt(request.stated_cipher)))
    work.note("correction.decided", str(request.person_id), request=request_id, field=request.field, state=state)


def show_stated_value(work: UnitOfWork, request_id: UUID, *, reason: str, secrets: Secrets) -> str:
    """The stated ID number or phone in full; who looked and why stays in the audit log (R44)."""
    request = _for_organizers(work, request_id)
    if request.state is not RequestState.OPEN:
        raise RequestDecided
    if not reason.strip():
        raise ReasonMissing
    work.note("person.shown_in_full", str(request.person_id), request=request_id, reason=reason.strip())
    return secrets.decrypt_text(request.stated_cipher)


def _for_organizers(work: UnitOfWork, request_id: UUID) -> Any:
    request = correction_requests.by_id(work.connection, request_id)
    if request is None or not work.actor.is_any(Role.ORGANIZER):
        raise NotFound
    return request
