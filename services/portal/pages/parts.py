"""What other services have to say on a page of the portal; one that is silent is named, the rest is shown."""

from typing import Any

from shared.vocabulary import Word
from shared.web.doors import PeerDown, peer


class ServiceName(Word):
    """The services as people call them."""

    PORTAL = "portal", "门户", "Portal"
    ENROLLMENT = "enrollment", "报名", "Enrollment"
    COURSES = "courses", "教学", "Courses"
    CERTIFICATES = "certificates", "证书", "Certificates"
    FINANCE = "finance", "财务统计", "Finance"


class PlaceStatus(Word):
    """How enrollment says a place stands, as the person reads it."""

    ENROLLED = "enrolled", "已录取", "Enrolled"
    WAITING = "waiting", "候补", "On the waiting list"
    LEFT = "left", "已退出", "Left"
    SUBSTITUTED = "substituted", "已换人", "Substituted"
    WITHDRAWN = "withdrawn", "退训", "Withdrawn from training"


class Outlook(Word):
    """How courses says a training stands, as the person reads it."""

    DONE = "done", "已结业", "Completed"
    REACHABLE = "reachable", "进行中", "Under way"
    UNREACHABLE = "unreachable", "未结业", "Not completed"


class CertificateStanding(Word):
    """What certificates says a certificate is worth (R40)."""

    VALID = "valid", "有效", "Valid"
    SUPERSEDED = "superseded", "已作废，见新证", "Superseded"
    REVOKED = "revoked", "已作废", "Revoked"


class RunKind(Word):
    """What an operator may ask of finance's figures."""

    COMPARISON = "comparison", "与日志核对", "Comparison with the log"
    REBUILD = "rebuild", "按日志重建", "Rebuild from the log"


class RunState(Word):
    """How finance says a comparison or rebuild stands."""

    WAITING = "waiting", "等待中", "Waiting"
    RUNNING = "running", "进行中", "Under way"
    AGREES = "agrees", "一致", "Agrees"
    DIFFERS = "differs", "不一致", "Differs"
    REBUILT = "rebuilt", "已重建", "Rebuilt"
    FAILED = "failed", "失败", "Failed"


class Parts:
    """Asks services for parts of a page and remembers which did not answer."""

    def __init__(self) -> None:
        self.missing: list[ServiceName] = []

    def ask(self, service: ServiceName, path: str, **query: str) -> Any:
        """The JSON behind `path`, or none when the service does not answer or has nothing for this person."""
        if service in self.missing:
            return None  # it is not waited for twice
        try:
            status, body = peer(service.value).get(path, query)
        except PeerDown:
            self.missing.append(service)
            return None
        return body if status == 200 else None

    def take(self, service: ServiceName, path: str) -> Any:
        """As `ask`, for an answer whose taking is a deed of the person, with its audit entry there."""
        try:
            status, body = peer(service.value).post(path, {})
        except PeerDown:
            self.missing.append(service)
            return None
        return body if status == 200 else None
