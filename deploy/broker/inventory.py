"""What the broker should hold and what it holds, in the same form, and the differences between the two."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote

from deploy.broker.definitions import definitions
from deploy.broker.management import Management
from shared.messaging.topology import DEAD, MARKS, VIRTUAL_HOST

# In the order in which they are declared: each needs those before it, and the mark says that all of them are there.
KINDS = ("virtual host", "user", "rights of", "policy", "exchange", "queue", "binding", "mark")
AS_GIVEN = "the one in its file"
ANOTHER = "another one"
ALGORITHMS = {"rabbit_password_hashing_sha256": "sha256", "rabbit_password_hashing_sha512": "sha512"}


class State(Enum):
    """How a broker differs in one part."""

    MISSING = "missing"
    OTHER = "other"
    SURPLUS = "surplus"


@dataclass(frozen=True)
class Part:
    """One thing a broker holds: its name, where the management API keeps it, what it takes there, what is compared."""

    kind: str
    name: str
    path: str
    body: Mapping[str, Any]
    compared: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Difference:
    """Where the broker is not as it should be; `part` is as it should be, or what is surplus."""

    state: State
    part: Part
    words: str

    def __str__(self) -> str:
        return f"{self.part}: {self.words}"


@dataclass(frozen=True)
class Topology:
    """The topology for one virtual host of one broker; the names of `passwords` are the services with a user."""

    passwords: Mapping[str, str]
    administrator: str
    virtual_host: str = VIRTUAL_HOST
    prefix: str = ""
    limits: Mapping[str, int] | None = None

    def wanted(self) -> dict[str, Any]:
        """What the broker should hold, as definitions."""
        tuned = {"limits": self.limits} if self.limits else {}
        return definitions(self.passwords, administrator=self.administrator, virtual_host=self.virtual_host, prefix=self.prefix, **tuned)

    def found(self, api: Management) -> dict[str, Any]:
        """What the broker holds in this virtual host, and the users that are ours, as definitions."""
        at = _at(self.virtual_host)
        ours = {self.prefix + name: password for name, password in self.passwords.items()}
        users = [{**user, "password": _password(user, ours[user["name"]])} for user in api.get("users") if user["name"] in ours]
        if api.get(f"vhosts/{at}") is None:
            return {"vhosts": [], "users": users, **{kind: [] for kind in ("permissions", "policies", "exchanges", "queues", "bindings")}}
        held = api.get(f"definitions/{at}")
        return {
            "vhosts": [{"name": self.virtual_host}],
            "users": users,
            "permissions": api.get(f"vhosts/{at}/permissions"),
            **{kind: held[kind] for kind in ("policies", "exchanges", "queues")},
            # every queue is bound to the nameless exchange by itself
            "bindings": [binding for binding in api.get(f"bindings/{at}") if binding["source"]],
        }

    def differences(self, api: Management) -> list[Difference]:
        """Every difference between the broker and what it should hold."""
        wanted, found = self.parts(self.wanted()), self.parts(self.found(api))
        known = {str(part): part for part in found}
        missing = [Difference(State.MISSING, part, "missing") for part in wanted if str(part) not in known]
        other = [
            Difference(State.OTHER, part, "; ".join(words))
            for part in wanted
            if str(part) in known and (words := _other(part.compared, known[str(part)].compared))
        ]
        surplus = [Difference(State.SURPLUS, part, "surplus") for part in known.values() if str(part) not in {str(part) for part in wanted}]
        return sorted((*missing, *other, *surplus), key=lambda difference: KINDS.index(difference.part.kind))

    def dead_letters(self, api: Management) -> int | None:
        """How many messages lie in the queue `dead`, as the broker counted them some seconds ago; None where it counts none."""
        queue: dict[str, int] = api.get(f"queues/{_at(self.virtual_host)}/{DEAD}") or {"messages": 0}
        return queue.get("messages")

    def parts(self, held: Mapping[str, Any]) -> list[Part]:
        """Definitions, taken apart."""
        at = _at(self.virtual_host)
        found = [Part("virtual host", entry["name"], f"vhosts/{at}", {}, {}) for entry in held["vhosts"]]
        for entry in held["users"]:
            tags = entry["tags"] if isinstance(entry["tags"], str) else ",".join(entry["tags"])
            body = {**_some(entry, "password_hash", "hashing_algorithm"), "tags": tags}
            compared = {"tags": tags, "password": entry.get("password", AS_GIVEN)}
            found.append(Part("user", entry["name"], f"users/{_at(entry['name'])}", body, compared))
        for entry in held["permissions"]:
            found.append(_part("rights of", entry["user"], f"permissions/{at}/{_at(entry['user'])}", entry, "configure", "write", "read"))
        for entry in held["policies"]:
            path = f"policies/{at}/{_at(entry['name'])}"
            found.append(_part("policy", entry["name"], path, entry, "pattern", "apply-to", "priority", "definition"))
        for entry in held["exchanges"]:
            kind = "mark" if entry["name"].startswith(MARKS) else "exchange"
            said = ("type", "durable", "auto_delete", "internal", "arguments")
            found.append(_part(kind, entry["name"], f"exchanges/{at}/{_at(entry['name'])}", entry, *said))
        for entry in held["queues"]:
            path = f"queues/{at}/{_at(entry['name'])}"
            found.append(_part("queue", entry["name"], path, entry, "durable", "auto_delete", "arguments"))
        return [*found, *_bindings(at, held["bindings"])]


def binding_name(entry: Mapping[str, Any]) -> str:
    """A binding in words; bindings have no name of their own."""
    arguments = f" with {entry['arguments']}" if entry["arguments"] else ""
    return f"{entry['source']} → {entry['destination']} by '{entry['routing_key']}'{arguments}"


def _bindings(at: str, entries: Iterable[Mapping[str, Any]]) -> Iterable[Part]:
    for entry in entries:
        letter = {"queue": "q", "exchange": "e"}[entry["destination_type"]]
        path = f"bindings/{at}/e/{_at(entry['source'])}/{letter}/{_at(entry['destination'])}"
        if "properties_key" in entry:  # one that is there is found again by this name only
            path += f"/{_at(entry['properties_key'])}"
        yield Part("binding", binding_name(entry), path, _some(entry, "routing_key", "arguments"), {})


def _part(kind: str, name: str, path: str, entry: Mapping[str, Any], *keys: str) -> Part:
    body = _some(entry, *keys)
    compared: dict[str, Any] = {}
    for key, value in body.items():
        compared.update(value if isinstance(value, dict) else {key: value})
    return Part(kind, name, path, body, compared)


def _some(entry: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: entry[key] for key in keys}


def _other(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    words = []
    for key in dict.fromkeys((*wanted, *found)):
        if key not in found:
            words.append(f"{key} is not set, should be {wanted[key]!r}")
        elif key not in wanted:
            words.append(f"{key} is {found[key]!r}, should not be set")
        elif wanted[key] != found[key]:
            words.append(f"{key} is {found[key]!r}, should be {wanted[key]!r}")
    return words


def _password(user: Mapping[str, Any], given: str) -> str:
    algorithm = ALGORITHMS.get(user["hashing_algorithm"])
    kept = base64.b64decode(user["password_hash"])
    salt = kept[:4]
    return AS_GIVEN if algorithm and kept == salt + hashlib.new(algorithm, salt + given.encode()).digest() else ANOTHER


def _at(name: str) -> str:
    return quote(name, safe="")
