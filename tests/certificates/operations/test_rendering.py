"""Rendering behind the doors: repeated, parallel, visible when it fails, and never a number burned."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select, update

from services.certificates.operations.printing import typesetting
from services.certificates.storage.tables import CERTIFICATES, DOCUMENTS
from shared.domain import now


def test_a_certificate_gets_its_file_behind(certificates: Any) -> None:
    certificates.complete("张卫国")
    assert certificates.render() == 1
    document = _document(certificates)
    assert sha256(document.pdf).hexdigest() == document.sha256
    assert "张卫国" in PdfReader(BytesIO(document.pdf)).pages[0].extract_text().replace(" ", "")


def test_rendering_again_changes_nothing(certificates: Any) -> None:
    certificates.complete()
    certificates.render()
    before = _document(certificates)
    assert certificates.render() == 0
    assert _document(certificates) == before


def test_two_workers_make_one_file_each(certificates: Any) -> None:
    for name in ("张一", "张二", "张三", "张四"):
        certificates.complete(name)
    with ThreadPoolExecutor(2) as workers:
        taken = sum(workers.map(lambda _: certificates.render(), range(4)))
    assert taken == 4
    assert len(certificates.certificates()) == len(_documents(certificates)) == 4


def test_a_worker_that_died_loses_its_claim_and_no_certificate(certificates: Any) -> None:
    certificates.complete()
    with certificates.service.database.writing() as connection:
        connection.execute(update(CERTIFICATES).values(render_claimed_until=now() + timedelta(minutes=2)))
    assert certificates.render() == 0
    with time_machine.travel(now() + timedelta(minutes=3)):
        assert certificates.render() == 1


def test_a_failed_rendering_is_seen_burns_no_number_and_is_made_good_later(certificates: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates.complete("张卫国")
    certificates.complete("李建军")
    form = typesetting._form

    def broken_for_one(face: int) -> bytes:
        raise OSError("no space left on device")

    monkeypatch.setattr(typesetting, "_form", broken_for_one)
    certificates.render()
    assert {row.render_error for row in certificates.certificates()} == {"OSError: no space left on device"}
    monkeypatch.setattr(typesetting, "_form", form)
    with time_machine.travel(now() + timedelta(hours=2)):
        certificates.render()
    assert [(row.number[-4:], row.render_error) for row in certificates.certificates()] == [("0001", None), ("0002", None)]
    assert len(_documents(certificates)) == 2


def test_codes_from_another_secret_are_never_printed(certificates: Any) -> None:
    certificates.complete()
    certificates.office.__dict__["_secret"] = bytes(32)
    certificates.render()
    assert "SecretLost" in certificates.only().render_error
    assert _documents(certificates) == []


def test_a_void_certificate_gets_no_file(certificates: Any) -> None:
    told = certificates.complete()
    certificates.undo(told)
    assert certificates.render() == 0


def _documents(certificates: Any) -> list[Any]:
    with certificates.service.database.reading() as connection:
        return list(connection.execute(select(DOCUMENTS)))


def _document(certificates: Any) -> Any:
    (document,) = _documents(certificates)
    return document
