"""A steady stream of real operations: an organizer enrolls cohort after cohort, a class teacher teaches and corrects.

Every request is sent again, with the same Idempotency-Key, until it is answered: what people do when a page does not come.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from tests.enrollment.places import A, B, register_entries, resident_id
from tests.faults.city import Town

SEATS = 3
SCHOOLS = (f"{A}0001", f"{A}0002", f"{B}0001", f"{B}0002")
STATUSES = ("present", "late", "left_early", "absent", "sick_leave")
PERSISTENCE = 90.0
APPROVAL = "市教育工委主要领导批示同意(计划外)"


class Refused(AssertionError):
    """A door refused what should have been allowed, or was silent for too long."""


@dataclass
class Answers:
    """What the stream was told: acknowledged deeds by kind, and what it met on the way."""

    acknowledged: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    """Requests whose connection was cut before an answer came."""
    failed: Counter[int] = field(default_factory=Counter)
    """Answers that said: not now (by status)."""
    slowest: float = 0.0


class Desk:
    """Somebody who asks the webs and does not give up."""

    def __init__(self, city: Town, answers: Answers) -> None:
        self._city = city
        self._answers = answers

    def get(self, path: str) -> tuple[int, Any]:
        """(status, JSON) of an answer that is none of a server in trouble."""
        return self._ask("GET", path, None)

    def do(self, kind: str, path: str, body: Any = None, *, method: str = "POST") -> Any:
        """Do it once, however often it has to be sent; counted as acknowledged under `kind`."""
        status, answer = self._ask(method, path, {} if body is None else body)
        if status >= 400:
            raise Refused(f"{method} {path}: {status} {answer}")
        self._answers.acknowledged[kind] += 1
        return answer

    def _ask(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        end = time.monotonic() + PERSISTENCE
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                headers["Authorization"] = f"Bearer {self._city.token()}"
                status, answer = self._once(method, path, sent, headers)
            except (OSError, http.client.HTTPException):
                self._answers.lost += 1
                time.sleep(0.1)
                continue
            if status < 500:
                self._answers.slowest = max(self._answers.slowest, time.monotonic() - begun)
                return status, json.loads(answer) if answer else None
            self._answers.failed[status] += 1
            time.sleep(0.1)
        raise Refused(f"{method} {path}: no answer for {PERSISTENCE:.0f} s; {dict(self._answers.failed)}, {self._answers.lost} lost")

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._city.ports[path.split("/")[2]], timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Stream:
    """An organizer and a class teacher at work, from `start` to `stop`; the same city may see several of them in turn."""

    def __init__(self, city: Town, pause: float = 0.02) -> None:
        self.answers = Answers()
        self.failure: BaseException | None = None
        self._desk = Desk(city, self.answers)
        self._city = city
        self._pause = pause
        self._confirmed: SimpleQueue[tuple[str, list[str]]] = SimpleQueue()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(deeds,), name=name) for name, deeds in self._people()]

    def start(self) -> None:
        """Enter the schools on the first day of the city, then go to work."""
        self.schools = self._enter_schools()
        self._last = _last_number(self._city)  # once: the database may be away later
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody end what they are doing. Raises what made one of them give up."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(2 * PERSISTENCE)
        if self.failure is not None:
            raise self.failure

    def goes_on(self, deeds: int = 20, seconds: float = 60) -> None:
        """Wait until so many more deeds are acknowledged."""
        wanted = self.answers.acknowledged.total() + deeds
        self._city.until(lambda: self.failure or self.answers.acknowledged.total() >= wanted, f"{deeds} more deeds are done", seconds)
        if self.failure is not None:
            raise self.failure

    def _people(self) -> list[tuple[str, Callable[[], Iterator[None]]]]:
        return [("organizer", self._enroll), ("class teacher", self._teach)]

    def _work(self, deeds: Callable[[], Iterator[None]]) -> None:
        try:
            while not self._stopping.is_set():
                for _ in deeds():
                    if self._stopping.wait(self._pause):
                        return
        except BaseException as error:
            self.failure = error

    def _enter_schools(self) -> dict[str, str]:
        self._desk.do("schools", "/api/enrollment/organizations", {"organizations": register_entries()})
        _, found = self._desk.get("/api/enrollment/organizations?kind=school")
        return {school["code"]: school["id"] for school in found}

    def _enroll(self) -> Iterator[None]:
        number = self._last = self._last + 1
        starts_on = date(2019, 1, 7) + timedelta(weeks=number % 300)
        body = {
            "number": number,
            "title": f"第{number}期",
            "category": "public_school",
            "delivery": "offline",
            "organized_by": "city",
            "starts_on": starts_on.isoformat(),
            "ends_on": (starts_on + timedelta(days=4)).isoformat(),
            "base": "浙江大学",
            "planned": False,
            "approval": APPROVAL,
        }
        intake_id = self._desk.do("intake", "/api/enrollment/intakes", body)["id"]
        yield
        cohort = self._desk.do("cohort", f"/api/enrollment/intakes/{intake_id}/cohorts", {"number": 1, "seats": SEATS})["id"]
        yield
        cells = [{"county_code": A, "seats": SEATS - 1}, {"county_code": B, "seats": 1}]
        self._desk.do("quotas", f"/api/enrollment/cohorts/{cohort}/quotas", {"cells": cells}, method="PUT")
        yield
        for place in range(SEATS):
            school = SCHOOLS[place % 2] if place < SEATS - 1 else SCHOOLS[2]
            self._desk.do("nomination", f"/api/enrollment/cohorts/{cohort}/enrollments", self._nominee(number * SEATS + place, school))
            yield
        self._desk.do("confirmation", f"/api/enrollment/cohorts/{cohort}/confirmation")
        yield
        _, places = self._desk.get(f"/api/enrollment/cohorts/{cohort}/enrollments")
        people = [place["id"] for place in places if place["status"] == "enrolled"]
        at = f"{starts_on.isoformat()}T08:10:00+08:00"
        self._desk.do("check-in", f"/api/enrollment/cohorts/{cohort}/check-ins", {"enrollment_ids": people, "checked_in_at": at})
        self._confirmed.put((cohort, people))

    def _nominee(self, number: int, school: str) -> dict[str, Any]:
        return {
            "name": "王小明",
            "id_number": resident_id(number),
            "phone": f"131{number:08d}",
            "post": "党支部书记",
            "school_id": self.schools[school],
            "nation": "汉",
            "political_status": "中共党员",
        }

    def _teach(self) -> Iterator[None]:
        try:
            cohort, people = self._confirmed.get(timeout=0.2)
        except Empty:
            return
        while (found := self._desk.get(f"/api/courses/cohorts/{cohort}/sessions"))[0] == 404 or not found[1]:
            yield  # its confirmation has not been heard yet
            time.sleep(0.05)
        sessions = [session["session_id"] for session in found[1]]
        for session in found[1]:
            record = {"record": "各组围绕议题交流,形成研讨纪要。"} if session["mode"] == "exchange_seminar" else {}
            self._desk.do("holding", f"/api/courses/sessions/{session['session_id']}/holding", record)
            yield
            sheet = {"session_id": session["session_id"], "default_status": "present", "entries": [], "source": "sheet"}
            self._desk.do("sheet", f"/api/courses/cohorts/{cohort}/attendance", sheet)
            yield
        day = str(date(2025, 6, 1))
        for kind, body in (
            ("assessments", {"default_grade": "qualified", "entries": [], "assessed_on": day}),
            ("pledges", {"everyone": True, "signed_on": day}),
            ("evaluations", {"entries": [{"enrollment_id": person, "satisfied": True} for person in people], "handed_in_on": day}),
        ):
            self._desk.do(kind, f"/api/courses/cohorts/{cohort}/{kind}", body)
            yield
        yield from self._correct(people, sessions)

    def _correct(self, people: list[str], sessions: list[str]) -> Iterator[None]:
        """Corrections back and forth, now and then so many that somebody is withdrawn and comes back."""
        stands: dict[tuple[str, str], str] = {}
        for _ in range(15):
            slot = random.choice(sessions[:4]), random.choice(people)
            status = random.choice([status for status in STATUSES if status != stands.get(slot, "present")])
            body = {"enrollment_id": slot[1], "status": status, "reason": "核对签到表"}
            self._desk.do("correction", f"/api/courses/attendance/{slot[0]}/corrections", body)
            stands[slot] = status
            yield


def _last_number(city: Town) -> int:
    (row,) = city.rows("enrollment", "SELECT coalesce(max(number), 0) FROM intakes")
    return int(row[0])


@contextmanager
def busy(city: Town, **options: Any) -> Iterator[Stream]:
    """The stream flows while the block runs."""
    stream = Stream(city, **options)
    stream.start()
    try:
        stream.goes_on(5)
        yield stream
    finally:
        stream.stop()
