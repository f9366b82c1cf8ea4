"""What finance keeps: facts without names, and one writer of facts at a time."""

import threading
from collections.abc import Callable

from services.finance.domain.period import Filters
from services.finance.domain.totals import count, figures
from services.finance.queries.agreement import differences
from services.finance.queries.totals import totals
from services.finance.storage.tables import FACTS
from shared.messaging import dispatcher, inbox
from shared.storage import migrations
from tests.conftest import RunningService
from tests.finance.history import a_random_history


def test_no_table_has_room_for_a_name_an_id_number_or_a_phone() -> None:
    texts = {f"{table.name}.{column.name}" for table in FACTS for column in table.columns if str(column.type).startswith("VARCHAR")}
    words = {"intakes.title", "intakes.told", "counties.code", "counties.name", "counties.told", "certificates.number"}
    codes = {name for name in texts if name.split(".")[1] in {"category", "delivery", "organized_by", "half_day", "status", "mode", "post"}}
    codes |= {name for name in texts if name.split(".")[1] in {"standing", "outcome", "county_code"}}
    assert texts - codes == words


def test_migrations_lead_to_the_tables_of_today(make_service: Callable[..., RunningService], both_databases: str) -> None:
    assert migrations.differences(make_service("finance", both_databases).database) == []


def test_several_dispatchers_at_once_lose_no_count(make_service: Callable[..., RunningService], postgres_database: str) -> None:
    finance, history = make_service("finance", postgres_database), a_random_history(5)
    with finance.database.writing() as connection:
        inbox.store(connection, history.told)
    listens = finance.app.extensions["linghang"].listens
    while finance.look(inbox.backlog).pending:
        threads = [threading.Thread(target=dispatcher.Dispatcher(finance.database, listens).drain) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert finance.look(inbox.backlog).parked == 0
    assert finance.look(lambda connection: list(differences(connection))) == []
    assert finance.look(totals, Filters()) == figures(count(history.facts), Filters())
