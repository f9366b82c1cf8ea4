"""Take a roster away again: it holds ID numbers and phones in full, so everyone in it can see who did (R44, R47)."""

from uuid import UUID

from services.enrollment.domain.roster_layout import find_layout, people_rows, require_columns
from services.enrollment.domain.roster_row import read_row
from services.enrollment.queries.rosters import AnnotatedWorkbook, Explain, annotated_workbook
from services.enrollment.storage import data_keys, people, rosters, workbooks
from services.enrollment.storage.secrets import Secrets
from shared.domain import city_date
from shared.storage.work import UnitOfWork


def download_workbook(work: UnitOfWork, roster_id: UUID, *, secrets: Secrets, explain: Explain) -> AnnotatedWorkbook:
    """The workbook as it was sent, with its problems; an audit entry for the cohort, and one for each person on record in it."""
    found = annotated_workbook(work.connection, work.actor, roster_id, secrets=secrets, explain=explain)
    roster = rosters.by_id(work.connection, roster_id)
    _, rows = workbooks.read_rows(secrets.decrypt(roster.content_cipher), roster.file_name, lambda rows: find_layout(rows) is not None)
    layout = require_columns(find_layout(rows))
    read = [read_row(raw, layout, city_date(work.now)) for raw in people_rows(rows, layout)]
    key = data_keys.in_force(work.connection, secrets)
    hashes = {key.lookup_hash(row.id_number.number) for row in read if row.id_number}
    work.note("roster.downloaded", str(roster.cohort_id), roster=roster_id, rows=len(read))
    for person_id in sorted({person.person_id for person in people.by_hash(work.connection, hashes).values()}):
        work.note("roster.downloaded", str(person_id), roster=roster_id)
    return found
