"""What watches the doors in every test sees a change that leaves no audit entry (R47)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from services.finance.storage.tables import metadata
from shared.storage.work import UnitOfWork
from shared.web.doors import run

COUNTIES = metadata.tables["counties"]


def write(work: UnitOfWork, code: str, *, noted: bool) -> None:
    work.connection.execute(insert(COUNTIES).values(code=code, name="三河市", told="1"))
    if noted:
        work.note("organizations.registered", f"county/{code}")


def test_a_change_at_a_door_without_an_entry_is_seen(make_service: Callable[..., Any]) -> None:
    finance = make_service("finance")
    with finance.app.test_request_context("/finance/totals"):
        run(write, "131082", noted=True)
        with pytest.raises(AssertionError, match=r"a change of \['counties'\] leaves no audit entry"):
            run(write, "131081", noted=False)


def test_what_happens_behind_the_doors_has_its_entry_where_it_began(make_service: Callable[..., Any]) -> None:
    make_service("finance").work(write, "131082", noted=False)
