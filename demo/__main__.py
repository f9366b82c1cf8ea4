"""Fills a folder with the model city, or plays its history and prints the totals that finance counted."""

import secrets
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from tqdm import tqdm

from demo.doors import Doors, inside
from demo.history import History
from demo.papers import write_papers
from services.embedded import FolderInUse, House
from shared.vocabulary import Role

SIGN_INS = "sign-ins.txt"


def play(out: Path) -> None:
    """Play the history on a fresh folder below `out`, write one cohort's certificates and the report, print the totals."""
    if out.exists():
        shutil.rmtree(out)
    house = House(out / "data")
    house.start_background()
    try:
        doors = Doors(inside(house.wsgi), house.open_client("demo", Role.ORGANIZER))
        history = _play(house, doors)
        reissue(doors, history)
        house.settle()
        write_papers(doors, history.cohorts[0], out, _say)
        _say(totals_line(doors))
    finally:
        house.stop()


def fill(folder: Path) -> None:
    """Fill `folder` with the model city and open one account per role; an interrupted filling leaves nothing behind."""

    def furnish(house: House) -> None:
        doors = Doors(inside(house.wsgi), house.open_client("demo", Role.ORGANIZER))
        history = _play(house, doors)
        reissue(doors, history)
        house.settle()
        open_accounts(house, doors, history)

    _make(folder, furnish)


def open_empty(folder: Path) -> None:
    """A folder with nothing but an organizer's and an administrator's account."""

    def furnish(house: House) -> None:
        given = [_give(house, "organizer", "市级组织者", Role.ORGANIZER), _give(house, "admin", "系统管理员", Role.ADMINISTRATOR)]
        _write_sign_ins(house.folder, given)

    _make(folder, furnish)


def totals_line(doors: Doors) -> str:
    """The line of totals, read back from finance."""
    figures = doors.get("/api/finance/totals")["totals"]
    return (
        f"{figures['intakes']} 期 · {figures['cohorts']} 班 · 线下 {figures['offline']} 人次 · 线上 {figures['online']} 人次"
        f" · 合计 {figures['participations']} 人次 · {figures['people']} 人"
    )


def reissue(doors: Doors, history: History) -> None:
    """One certificate of the first cohort is voided and issued again."""
    certificates = doors.get("/api/certificates/certificates", cohort_id=history.cohorts[0].id)
    certificate_id = certificates[0]["id"]
    doors.post(f"/api/certificates/certificates/{certificate_id}/replacement", {"reason": "证书原件遗失,作废后重新发放"})


def open_accounts(house: House, doors: Doors, history: History) -> None:
    """One account per role, each with a password of its own, written down in the folder for whoever started it."""
    first, last = history.cohorts[0], history.cohorts[-1]
    places = doors.get(f"/api/enrollment/cohorts/{first.id}/enrollments")
    trainee = next(place for place in places if place["status"] == "enrolled")
    scopes: dict[Role, dict[str, Any]] = {
        Role.COUNTY_CONTACT: {"county_code": trainee["county_code"]},
        Role.SCHOOL_CONTACT: {"school_id": UUID(trainee["school_id"]), "county_code": trainee["county_code"]},
        Role.CLASS_TEACHER: {"cohort_ids": frozenset({UUID(first.id), UUID(last.id)})},
    }
    names = {role: role.value.replace("_", "-") for role in Role if role is not Role.TRAINEE}
    given = [_give(house, login, role.zh, role, **scopes.get(role, {})) for role, login in names.items()]
    password = _password()
    given.append((Role.TRAINEE, house.open_trainee(UUID(trainee["person_id"]), password), password))
    _write_sign_ins(house.folder, given)


def _play(house: House, doors: Doors) -> History:
    with tqdm(unit="步", file=sys.stderr, dynamic_ncols=True) as bar:

        def step(name: str) -> None:
            bar.set_description_str(name)
            bar.update()

        history = History(doors, settle=house.settle, step=step)
        bar.total = history.steps
        history.play()
    return history


def _make(folder: Path, furnish: Callable[[House], None]) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(f"{folder} is not empty")
    draft = folder.with_name(folder.name + ".filling")
    shutil.rmtree(draft, ignore_errors=True)
    house = House(draft)
    try:
        furnish(house)
    finally:
        house.stop()
    if folder.exists():
        folder.rmdir()
    draft.rename(folder)


def _give(house: House, login: str, name: str, role: Role, **scope: Any) -> tuple[Role, str, str]:
    password = _password()
    house.open_account(login, name, role, password, **scope)
    return role, login, password


def _password() -> str:
    letters = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(6))
    return f"{letters}-{secrets.randbelow(9000) + 1000}"


def _write_sign_ins(folder: Path, given: list[tuple[Role, str, str]]) -> None:
    path = folder / SIGN_INS
    path.touch(mode=0o600)
    lines = [f"  {role.zh}\t{login}\t{password}" for role, login, password in given]
    path.write_text("角色 role\t账号 account\t密码 password\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
