"""Keep the register: the commission, its counties, their schools and the branches within them."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.enrollment.storage import organizations
from shared.domain import Malformed, Problem
from shared.storage.work import UnitOfWork


def register(work: UnitOfWork, *, entries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Enter organizations, or bring known ones (by code) up to date; parents are named by code.

    All or none: an unknown parent, a code twice or a name twice in one county is named with its place.
    """
    known = organizations.ids_by_code(work.connection)
    new = {entry["code"] for entry in entries} - known.keys()
    _check(entries, known.keys() | new)
    # Parents come first, so that a whole tree can be entered at once.
    for layer in _layers(entries):
        ids = organizations.ids_by_code(work.connection)
        rows = [{**_row(entry), "parent_id": ids[entry["parent_code"]] if entry.get("parent_code") else None} for entry in layer]
        organizations.upsert(work.connection, rows)
    work.note("organizations.registered", "organizations", entries=len(entries), added=len(new))
    return {"added": len(new), "updated": len(entries) - len(new)}


def _check(entries: Sequence[Mapping[str, Any]], codes: Any) -> None:
    problems = []
    seen: set[str] = set()
    names: set[tuple[str, str]] = set()
    for place, entry in enumerate(entries):
        if entry["code"] in seen:
            problems.append(Problem("organization_twice", f"organizations.{place}.code", {"code": entry["code"]}))
        if (entry["county_code"], entry["name"]) in names:
            problems.append(Problem("organization_name_twice", f"organizations.{place}.name", {"name": entry["name"]}))
        if entry.get("parent_code") and entry["parent_code"] not in codes:
            problems.append(Problem("parent_unknown", f"organizations.{place}.parent_code", {"code": entry["parent_code"]}))
        seen.add(entry["code"])
        names.add((entry["county_code"], entry["name"]))
    if problems:
        raise Malformed(problems)


def _layers(entries: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    depth: dict[str, int] = {}
    parents = {entry["code"]: entry.get("parent_code") for entry in entries}
    for code in parents:
        path, above = 0, parents[code]
        while above in parents and path < len(parents):
            path, above = path + 1, parents[above]
        depth[code] = path
    return [[entry for entry in entries if depth[entry["code"]] == level] for level in range(max(depth.values(), default=-1) + 1)]


COPIED = ("code", "name", "kind", "county_code", "is_public", "school_level", "party_organization", "stars")


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: entry.get(name) for name in COPIED}, "is_new": bool(entry.get("is_new"))}
