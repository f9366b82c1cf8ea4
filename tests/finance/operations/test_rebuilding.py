"""Facts can be thrown away and told anew from finance's own inbox; a recount finds what was tampered with."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import select, text

from services.finance.__main__ import command
from services.finance.domain.period import Filters
from services.finance.queries.totals import Grouping, groups, totals
from services.finance.storage.tables import FACTS
from tests.conftest import RunningService
from tests.finance.hearing import hear
from tests.finance.history import a_random_history


@pytest.fixture
def finance(make_service: Callable[..., RunningService]) -> RunningService:
    service = make_service("finance")
    hear(service, a_random_history(4).told)
    return service


def operate(service: RunningService, *words: str) -> Result:
    """Type a command as the operator does."""
    return CliRunner().invoke(command, words, env={"FINANCE_DATABASE_URL": service.app.extensions["linghang"].settings.database_url})


def everything(service: RunningService) -> dict[str, list[tuple[object, ...]]]:
    with service.database.reading() as connection:
        return {table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr) for table in FACTS}


def test_rebuilt_from_the_inbox_every_fact_and_total_is_the_same(finance: RunningService) -> None:
    before, figures = everything(finance), finance.look(totals, Filters())
    by_county = finance.look(groups, Filters(), Grouping.COUNTY)
    assert figures.participations > 0
    result = operate(finance, "rebuild")
    assert result.exit_code == 0, result.output
    assert everything(finance) == before
    assert finance.look(totals, Filters()) == figures
    assert finance.look(groups, Filters(), Grouping.COUNTY) == by_county


def test_rebuilding_mends_what_was_lost(finance: RunningService) -> None:
    before = everything(finance)
    with finance.database.writing() as connection:
        connection.execute(text("DELETE FROM participations"))
    assert operate(finance, "check").exit_code == 1
    operate(finance, "rebuild")
    assert operate(finance, "check").exit_code == 0
    assert everything(finance) == before


def test_the_check_passes_on_what_the_events_made(finance: RunningService) -> None:
    result = operate(finance, "check")
    assert (result.exit_code, result.output) == (0, "PASS\n")


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE participations SET half_days = half_days + 1 WHERE counted = 1", "half_days"),
        ("UPDATE participations SET delivery = 'online' WHERE delivery = 'offline'", "offline"),
        ("UPDATE participations SET completed = 0", "completed"),
        ("DELETE FROM participation_days", "day"),
        ("UPDATE places SET attended = false", "attended"),
        ("UPDATE slots SET stands = false", "latest telling"),
        ("UPDATE slots SET quarter_hours = quarter_hours + 1 WHERE attended", "quarter_hours"),
        (
            "UPDATE participations SET intake_id = '0000000000004000800000000000007a'"
            " WHERE rowid = (SELECT min(rowid) FROM participations)",
            "not known",
        ),
    ],
)
def test_the_check_names_what_was_tampered_with(finance: RunningService, tampering: str, found: str) -> None:
    with finance.database.writing() as connection:
        assert connection.execute(text(tampering)).rowcount > 0
    result = operate(finance, "check")
    assert result.exit_code == 1
    assert found in result.output
    assert "FAIL" in result.output


def test_the_report_is_written_to_a_file_with_its_basis(finance: RunningService, tmp_path: Path) -> None:
    out = tmp_path / "report.xlsx"
    result = operate(finance, "report", "--out", str(out), "--category", "public_school")
    assert result.exit_code == 0, result.output
    cells = [str(cell) for row in load_workbook(out).worksheets[0].iter_rows(values_only=True) for cell in row if cell is not None]
    assert "公办学校领导" in cells
    assert "R22–R31 / 2026-1" in cells


def test_a_report_over_a_period_that_contradicts_itself_is_not_written(finance: RunningService, tmp_path: Path) -> None:
    result = operate(finance, "report", "--out", str(tmp_path / "x.xlsx"), "--from", "2023-02-01", "--to", "2023-01-01")
    assert result.exit_code == 1
    assert "period_reversed" in result.output
    assert not (tmp_path / "x.xlsx").exists()
