"""Today's envelopes and those of earlier releases are read by each other's receivers."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from shared import traces
from shared.contracts import EVENT_TYPES
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.domain import now
from shared.messaging import envelope

STORED = sorted((Path(__file__).parent / "envelopes").glob("*.json"))
SUBJECT = UUID("0b6c1a0e-5a3e-4e0e-9d5e-1f1f7e2b9a10")


def of_today() -> dict[str, object]:
    data = {"cohort_id": str(SUBJECT), "enrollment_id": str(SUBJECT), "person_id": str(SUBJECT), "checked_in": False}
    with traces.span("POST /somewhere", {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}):
        body: dict[str, object] = json.loads(envelope.write(TRAINEE_LEFT, SUBJECT, 7, now(), data))
    return body


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.stem)
@pytest.mark.parametrize("nameless", [False, True], ids=["whole", "without names"])
def test_today_s_receivers_read_yesterday_s_envelopes(stored: Path, nameless: bool):
    received = envelope.receive(stored.read_bytes(), without_personal=nameless)
    event = envelope.read(received, EVENT_TYPES[received.type])
    assert (event.id, event.version, event.subject_id) == (f"enrollment/cohort/{SUBJECT}#7", 7, SUBJECT)
    assert event.data["checked_in"] is False


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.stem)
def test_yesterday_s_receivers_find_in_today_s_envelopes_all_they_look_at(stored: Path):
    yesterday, today = json.loads(stored.read_text(encoding="utf-8")), of_today()
    assert yesterday.keys() <= today.keys()
    same = ("specversion", "id", "source", "type", "subject", "datacontenttype", "stream", "version")
    assert {name: today[name] for name in same} == {name: yesterday[name] for name in same}
    assert {name: type(value) for name, value in yesterday.items()} == {name: type(today[name]) for name in yesterday}


def test_what_was_added_is_nothing_a_receiver_needs():
    added = of_today().keys() - json.loads(STORED[0].read_text(encoding="utf-8")).keys()
    assert added <= {traces.NAME}
