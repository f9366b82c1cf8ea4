"""What an operator has a service do; the service leaves the audit entry, under the operator's account."""

from typing import Any

from services.portal.pages.parts import ServiceName
from shared.domain import NotFound
from shared.web.doors import PeerDown, peer
from shared.web.language import gettext as _
from shared.web.language import word
from shared.web.operations import discard_event, replay_events


class NotDone(Exception):
    """A service did not answer, or would not do it; the text tells the operator."""


def silent(service: ServiceName) -> str:
    """The sentence for a service that does not answer."""
    return _("%(part)s does not answer. Nothing is lost: look here again when it does, and repeat the step if need be.", part=word(service))


def replay(service: ServiceName, chosen: dict[str, Any]) -> int:
    """How many parked events will be applied again; 0 when none of them is parked any more. Raises `NotDone`."""
    if service is ServiceName.PORTAL:
        answer = replay_events(chosen).get_json()
    else:
        answer = _tell(service, f"/api/{service}/operations/replays", chosen)
    return int(answer["count"])


def discard(service: ServiceName, event_id: int, reason: str) -> bool:
    """Give a parked event up; false when it is not parked any more. Raises `NotDone`."""
    if service is not ServiceName.PORTAL:
        return _tell(service, f"/api/{service}/operations/events/{event_id}/discard", {"reason": reason}, may_be_gone=True) is not None
    try:
        discard_event({"reason": reason}, event_id)
    except NotFound:
        return False
    return True


def ask_for_run(kind: str) -> None:
    """Have finance compare its figures with the log, or rebuild them from it. Raises `NotDone`."""
    _tell(ServiceName.FINANCE, "/api/finance/operations/read-model/runs", {"kind": kind})


def _tell(service: ServiceName, path: str, body: dict[str, Any], *, may_be_gone: bool = False) -> Any:
    try:
        status, answer = peer(service.value).post(path, body)
    except PeerDown as error:
        raise NotDone(silent(service)) from error
    if status < 300:
        return answer
    if status == 404 and may_be_gone:
        return None
    why = answer.get("detail") or answer.get("title") if isinstance(answer, dict) else None
    raise NotDone(_("%(part)s has not done it: %(why)s", part=word(service), why=why or status))
