"""The walk: everyone goes to every door of a service, asks for the own and for what is others', and notes where the law is broken."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from flask import Flask
from werkzeug.test import TestResponse

from shared.vocabulary import Role
from shared.web.access import declared_roles
from shared.web.look import NOTICE_COOKIE, _read
from tests.access import asking
from tests.access.city import City, Comer
from tests.access.law import LAW, Line, door_of

NOT_LET_IN = (401, 403, 404, 405)
NOT_THERE = (403, 404)
REFUSED = (*NOT_THERE, 422, 302)  # 302: back to the form with a notice, where nothing was kept
PARAMETER = re.compile(r"<(\w+)>")
NO_PROVIDER = " /portal/oidc/"  # this city has none, so these doors are not there for anybody
IN_FULL = "POST /enrollment/enrollments/<enrollment_id>/identity"
AS_SENT = "/rosters/<roster_id>/workbook"
WRITTEN = re.compile(r'"written":\s*true')
PREVIEWED = re.compile(r"^POST .*/cohorts/<cohort_id>/rosters$")


@dataclass(frozen=True)
class Answer:
    """What came back: its status, everything in it that can be read, and whether a change would have been kept."""

    status: int
    text: str
    kept: bool
    asked: str = ""
    location: str = ""
    broke: str = ""


def doors_of(app: Flask) -> set[str]:
    """Every door of a service, as the law names it."""
    return {door_of(method, rule.rule) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def unlisted(app: Flask, law: Mapping[str, Line]) -> list[str]:
    """Doors the law does not name, lines of the law without a door, and doors that do not declare who may use them."""
    doors = doors_of(app)
    found = [f"{door} is a door the law does not name: say in tests/access/law.py who may use it" for door in sorted(doors - law.keys())]
    found += [f"{door} stands in the law, but there is no such door" for door in sorted(law.keys() - doors)]
    for rule in app.url_map.iter_rules():
        try:
            declared_roles(app.view_functions[rule.endpoint])
        except LookupError:
            found.append(f"{rule.rule} does not declare who may use it")
    return found


def findings(city: City, service: str, comer: Comer, *, only: str = "") -> list[str]:
    """Where the law is broken when one comer goes to every door of a service, or to one; nothing the comer does stays."""
    walk = Walk(city, service, comer, only=only)
    with city.nothing_stays():
        return [*walk.everywhere(), *walk.reaching_beyond()]


class Walk:
    """One comer on the way through one service."""

    def __init__(self, city: City, service: str, comer: Comer, *, only: str = "") -> None:
        self.city = city
        self.service = service
        self.comer = comer
        self.law = {door: line for door, line in LAW[service].items() if only in ("", door) and (not comer.is_program or " /api/" in door)}
        self.own = asking.own_objects(city, comer, service)
        self.hidden = city.hidden_from(comer)

    def everywhere(self) -> Iterator[str]:
        """Go to every door."""
        for door, line in self.law.items():
            yield from self._at(door, line)

    def reaching_beyond(self) -> Iterator[str]:
        """Send what reaches beyond the own, to doors this one may use."""
        for door, body in asking.reaching(self.city, self.comer):
            if door not in self.law:
                continue
            answer = self.ask(door, body=body)
            yield from self._given_away(door, answer, f" having sent {body}")
            if PREVIEWED.match(door):
                # A roster is kept as it was sent, with what is wrong with it; nobody in it is.
                if answer.status not in (*NOT_THERE, 200, 302) or WRITTEN.search(answer.text):
                    yield self._says(door, answer, f"wrote others' people from the roster {body}")
            elif answer.kept or answer.status not in REFUSED:
                yield self._says(door, answer, f"took {body}, which is beyond the own")

    def ask(
        self,
        door: str,
        objects: Mapping[str, Any] | None = None,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        without: str = "",
    ) -> Answer:
        """Go to a door with some objects in place of the own, another body, another query, or without one of the headers."""
        method, rule = door.split(" ", 1)
        named = {**self.own, **asking.ELSEWHERE.get(door, lambda _: {})(self.city), **(objects or {})}
        options = dict(body if body is not None else asking.BODIES.get(door, lambda *_: {})(self.city, named))
        if method != "GET" and not options:
            options = {"json": {}} if rule.startswith("/api/") else {"data": {}}
        asked = {**asking.QUERIES.get(door, lambda *_: {})(self.city, named), **(query or {})}
        path = PARAMETER.sub(lambda match: str(named[match[1]]), rule)
        client = self.city.house.apps[self.service].test_client()
        headers = {name: value for name, value in self.city.headers(self.comer).items() if name != without}
        self.city.kept.clear()
        try:
            with client.open(path, method=method, query_string=asked, headers=headers, **options) as response:
                text, location = _readable(response), response.headers.get("Location", "")
        except Exception as error:
            return Answer(500, "", bool(self.city.kept), broke=f"{type(error).__name__}: {error}")
        return Answer(response.status_code, text, bool(self.city.kept), f"{path} {asked} {options}", location)

    def _at(self, door: str, line: Line) -> Iterator[str]:
        role = self.comer.role
        answer = self.ask(door)
        yield from self._given_away(door, answer)
        if NO_PROVIDER in door and answer.status == 404:
            return
        if line.is_public or role in line.reach:
            if answer.status in NOT_LET_IN or answer.status >= 500:
                yield self._says(door, answer, "may enter here")
        elif role is None:
            sent_to_sign_in = answer.status == 302 and answer.location.startswith("/portal/sign-in")
            if not (answer.status == 401 or sent_to_sign_in) or answer.kept:
                yield self._says(door, answer, "has to sign in first")
        elif answer.status != 403 or answer.kept:
            yield self._says(door, answer, "may not enter here")
        if role in line.reach and role is not Role.ORGANIZER:
            yield from self._beyond(door, line, role)

    def _beyond(self, door: str, line: Line, role: Role) -> Iterator[str]:
        """At an open door, everything that is others'."""
        kinds = set(PARAMETER.findall(door))
        for objects in asking.others_objects(self.city, self.comer, kinds):
            others = f"others' {' and '.join(sorted(kinds & objects.keys()))}"
            answer = self.ask(door, objects)
            yield from self._given_away(door, answer, f" with {others}")
            if line.refuses_others(role):
                if answer.status not in NOT_THERE or answer.kept:
                    yield self._says(door, answer, f"reaches {others}; the law says: {line.reach[role]}")
            elif answer.status in NOT_LET_IN or answer.status >= 500:
                yield self._says(door, answer, f"may enter, also with {others}")
        plain = " ".join(self._given_away(door, self.ask(door)))
        for query in asking.widening(self.city, door) if door.startswith("GET ") and not plain else ():
            answer = self.ask(door, query=query)
            yield from self._given_away(door, answer, f" asked with {query}")
            if answer.status >= 500:
                yield self._says(door, answer, f"asked with {query}")

    def _given_away(self, door: str, answer: Answer, how: str = "") -> Iterator[str]:
        # What was asked may be said again.
        read = [word for word in sorted(self.hidden) if word in answer.text and word not in answer.asked]
        shows_own = door == IN_FULL or door.endswith(AS_SENT)
        read += [secret for secret in sorted(self.city.secrets(but_of=self.comer if shows_own else None)) if secret in answer.text]
        if read:
            yield self._says(door, answer, f"reads {', '.join(read)}{how}, which is hidden from this one")

    def _says(self, door: str, answer: Answer, what: str) -> str:
        return f"{self.comer} at {door} ({answer.broke or answer.status}): {what}"


def _readable(response: TestResponse) -> str:
    """Everything in an answer that can be read: text, the texts within a workbook or an archive, headers, notices."""
    content = response.get_data()
    parts = [unquote(value) for value in response.headers.values()]
    for cookie in response.headers.getlist("Set-Cookie"):
        name, _, value = cookie.partition(";")[0].partition("=")
        if name == NOTICE_COOKIE:
            parts.append(str(_read(value)))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts += [f"{name} {archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist()]
    else:
        parts.append(content.decode("utf-8", "replace"))
    text = "\n".join(parts)
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text) if "\\u" in text else text
