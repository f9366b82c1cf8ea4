"""Writes what a city would put on paper: one cohort's certificates and the finance report."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from demo.doors import Doors
from demo.plan import Cohort

PATIENCE = 600


def write_papers(doors: Doors, cohort: Cohort, out: Path, say: Callable[[str], None]) -> None:
    """Write the certificates of `cohort` as PDF and the finance report as .xlsx into folders below `out`."""
    folder = out / "certificates"
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for certificate in _rendered(doors, cohort):
        name = re.sub(r"[^\w-]", "_", certificate["number"])
        (folder / f"{name}.pdf").write_bytes(doors.download(f"/api/certificates/certificates/{certificate['id']}/pdf"))
        written += 1
    say(f"{folder}: {written} PDF")
    report = out / "finance-report.xlsx"
    report.write_bytes(doors.download("/api/finance/report.xlsx"))
    say(f"{report}")


def _rendered(doors: Doors, cohort: Cohort) -> list[dict[str, str]]:
    """The cohort's certificates, once the worker has rendered all of them."""
    until = time.monotonic() + PATIENCE
    while True:
        certificates: list[dict[str, str]] = doors.get("/api/certificates/certificates", cohort_id=cohort.id)
        waiting = [certificate for certificate in certificates if not certificate["rendered_at"] and not certificate["voided_at"]]
        if not waiting:
            return [certificate for certificate in certificates if certificate["rendered_at"]]
        if time.monotonic() > until:
            raise TimeoutError(f"{len(waiting)} certificates are not rendered: {waiting[0]}")
        time.sleep(0.5)
