"""What waits for a person in all services, asked for side by side and told in sentences."""

from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from services.portal.pages.parts import Parts, ServiceName
from services.portal.pages.task_sentences import SENTENCES, Tone
from services.portal.queries.tasks import TaskCode, tasks
from shared.domain import CITY_TIME, city_date, now
from shared.storage.work import Actor
from shared.vocabulary import Role
from shared.web import audit_log, operations
from shared.web.doors import reading
from shared.web.language import gettext as _
from shared.web.tasks import Task

_NOMINATING = frozenset({Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT})
_TEACHING = frozenset({Role.ORGANIZER, Role.CLASS_TEACHER})
_ASKED = {
    ServiceName.ENROLLMENT: _NOMINATING | _TEACHING,
    ServiceName.COURSES: _NOMINATING | _TEACHING,
    ServiceName.CERTIFICATES: _TEACHING,
    ServiceName.FINANCE: frozenset({Role.FINANCE}),
}
# More of a day's entries are told as "at least": counting is no reason to send them all.
MOST_ENTRIES = 500


@dataclass(frozen=True)
class Line:
    """One line of the home page: how much, of what, a sentence on what is behind it, and the page that shows it."""

    code: str
    count: int
    title: str
    text: str
    url: str
    tone: Tone


def lines_for(actor: Actor, parts: Parts) -> list[Line]:
    """The lines of everything that the services and the portal have for this person; silent services are named in `parts`."""
    found: list[dict[str, Any]] = []
    for service, roles in _ASKED.items():
        if actor.is_any(*roles):
            found += parts.ask(service, f"/api/{service.value}/me/tasks") or []
    with reading() as connection:
        found += [asdict(task) for task in tasks(connection, actor, now())]
    if actor.is_any(Role.AUDITOR):
        found.append(asdict(_audit_entries(parts)))
    if actor.is_any(Role.ADMINISTRATOR):
        found += [asdict(task) for task in _standing(parts)]
    return [line for task in found if (line := _told(task)) is not None]


def _told(task: dict[str, Any]) -> Line | None:
    sentence = SENTENCES.get(task["code"])
    if sentence is None:
        return None  # the service is newer than this page
    text = sentence.text(task["facts"], task["count"])
    return Line(task["code"], task["count"], _(sentence.title), text, task["url"], sentence.tone)


def _audit_entries(parts: Parts) -> Task:
    """How many entries each audit log has taken since midnight."""
    today = city_date(now())
    since = datetime.combine(today, time(), CITY_TIME).isoformat()
    query = {"after": since, "limit": str(MOST_ENTRIES)}
    own = audit_log.list_entries(audit_log.EntriesQuery().load(query)).get_json()
    answers: dict[ServiceName, Any] = {
        name: parts.ask(name, f"/api/{name.value}/audit/entries", **query) for name in ServiceName if name is not ServiceName.PORTAL
    }
    answers[ServiceName.PORTAL] = own
    counts = {name: len(answer["entries"]) for name, answer in answers.items() if answer}
    facts = {"services": {name.value: count for name, count in counts.items()}, "most": MOST_ENTRIES}
    whole = all(count < MOST_ENTRIES for count in counts.values())
    return Task(TaskCode.AUDIT_ENTRIES, sum(counts.values()) if whole else 0, facts, f"/portal/audit?from={today}&to={today}")


def _standing(parts: Parts) -> list[Task]:
    """The events of all services that are parked, not sent or not applied yet."""
    asked = {name: parts.ask(name, f"/api/{name.value}/operations/events") for name in ServiceName if name is not ServiceName.PORTAL}
    standing: dict[ServiceName, dict[str, Any]] = {name: answer["standing"] for name, answer in asked.items() if answer}
    standing[ServiceName.PORTAL] = operations.standing()
    kinds = (
        (TaskCode.EVENTS_PARKED, "inbox_parked", None),
        (TaskCode.EVENTS_UNSENT, "outbox_unsent", "outbox_oldest_unsent_seconds"),
        (TaskCode.EVENTS_PENDING, "inbox_pending", "inbox_oldest_pending_seconds"),
    )
    found = []
    for code, figure, age in kinds:
        counts = {name: int(figures[figure]) for name, figures in standing.items() if figures[figure]}
        first = [{"service": name.value, "events": counts[name], "seconds": standing[name][age] if age else None} for name in counts]
        if counts:
            found.append(Task(code, sum(counts.values()), {"first": first}, "/portal/operations"))
    return found
