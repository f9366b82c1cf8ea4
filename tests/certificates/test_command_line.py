"""The operator's own commands: render, export and check."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.certificates.__main__ import command
from services.certificates.queries.certificates import certificates_of_cohort
from shared.vocabulary import Role
from tests.certificates.conftest import COHORT
from tests.conftest import actor


def test_export_writes_the_files_of_a_cohort_and_makes_those_that_are_missing(certificates: Any, tmp_path: Path) -> None:
    certificates.complete("张卫国")
    undone = certificates.complete("王秀英")
    certificates.render()
    certificates.undo(undone)
    certificates.complete("李建军")
    answered = _run(certificates, "export", "--cohort", str(COHORT), "--out", str(tmp_path / "out"))
    assert "2 certificates in" in answered.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["LFJG-2023-12-GB-0001-张卫国.pdf", "LFJG-2023-12-GB-0003-李建军.pdf"]


def test_export_again_writes_the_same_bytes(certificates: Any, tmp_path: Path) -> None:
    certificates.complete("张卫国")
    hashes = set()
    for folder in ("one", "two"):
        _run(certificates, "export", "--cohort", str(COHORT), "--out", str(tmp_path / folder))
        (file,) = (tmp_path / folder).iterdir()
        hashes.add(sha256(file.read_bytes()).hexdigest())
    assert len(hashes) == 1


def test_export_says_when_a_file_cannot_be_made(certificates: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates.complete("张卫国")
    folder = certificates.service.app.extensions["linghang"].settings.data_folder
    (folder / "code-secret").write_text("00" * 32)
    answered = _run(certificates, "export", "--cohort", str(COHORT), "--out", str(tmp_path / "out"), "--wait", "0")
    assert answered.exit_code == 1
    assert "1 files could not be made" in answered.output


def test_render_makes_what_is_waiting(certificates: Any) -> None:
    certificates.complete("张卫国")
    assert "1 taken in hand" in _run(certificates, "render").output
    with certificates.service.database.reading() as connection:
        (only,) = certificates_of_cohort(connection, actor(Role.ORGANIZER), COHORT)
    assert only.rendered_at is not None


def test_check_passes_after_issuing_undoing_and_replacing(certificates: Any) -> None:
    certificates.undo(certificates.complete("张卫国"))
    certificates.complete("李建军")
    certificates.render()
    answered = _run(certificates, "check")
    assert (answered.exit_code, answered.output) == (0, "PASS\n")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("UPDATE series SET last_serial = 3", "1 certificates for 3 numbers"),
        ("UPDATE completions SET stands = 0", "valid, but its completion was withdrawn"),
        ("UPDATE completions SET intake_id = '00000000000000000000000000000099'", "completed, but never certified"),
        ("UPDATE documents SET pdf = x'00'", "its file is not the one that was signed"),
    ],
)
def test_check_names_what_does_not_agree(certificates: Any, broken: str, said: str) -> None:
    certificates.complete("张卫国")
    certificates.render()
    with certificates.service.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER documents_frozen")
        connection.exec_driver_sql(broken)
    answered = _run(certificates, "check")
    assert answered.exit_code == 1
    assert said in answered.output
    assert "FAIL: 1 differences" in answered.output


def _run(certificates: Any, *words: str) -> Result:
    settings = certificates.service.app.extensions["linghang"].settings
    environment = {
        "CERTIFICATES_DATABASE_URL": settings.database_url,
        "CERTIFICATES_DATA_FOLDER": str(settings.data_folder),
        "CERTIFICATES_KEY_PASSPHRASE": settings.key_passphrase,
    }
    return CliRunner().invoke(command, words, env=environment)
