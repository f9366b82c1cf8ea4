"""No ID number and no phone reaches a log, whoever writes it (R43)."""

import json
import logging
from io import StringIO

import pytest
import structlog

from shared.logs import configure_logs, scrubbed

RESIDENT_ID, PHONE = "131099197003030066", "13100000002"


@pytest.fixture
def logs():
    root = logging.getLogger()
    handlers, level, complains = root.handlers[:], root.level, logging.raiseExceptions
    written = StringIO()
    configure_logs(written)
    yield written.getvalue
    root.handlers[:], logging.raiseExceptions = handlers, complains
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "text", [RESIDENT_ID, "13109919830416031X", "13109919830416031x", PHONE, f"({RESIDENT_ID},{PHONE})", f"身份证{RESIDENT_ID}号"]
)
def test_an_id_number_or_phone_is_replaced_wherever_it_stands(text):
    assert not any(character.isdigit() for character in scrubbed(text))


@pytest.mark.parametrize("text", ["2023-05-09T08:10:04+00:00", "LFJG-2023-12-GB-0001", "20240001", "1700000000123456", "131082"])
def test_dates_numbers_and_codes_stay(text):
    assert scrubbed(text) == text


def test_a_row_that_the_database_quotes_is_left_out_and_the_rest_stays(logs):
    words = 'CHECK "ck_x" violated\nDETAIL:  Failing row contains (1, "王小明", 三河市\\n示例小学).\nCONTEXT: copying'
    try:
        raise ValueError(words)
    except ValueError:
        structlog.get_logger("x").error("request failed", error=words, exc_info=True)
        logging.getLogger("y").exception("failed")
    written = logs()
    assert "王小明" not in written
    assert "示例小学" not in written
    assert written.count("ck_x") == 3
    assert written.count("CONTEXT: copying") == 3
    assert "Failing row" not in written


def test_a_failure_is_one_line_without_the_values_around_it(logs):
    secret_value = "the value of a local variable"
    try:
        raise ValueError(f"duplicate key ({RESIDENT_ID})")
    except ValueError:
        structlog.get_logger("x").error("request failed", path=f"/people/{PHONE}", exc_info=True)
    (line,) = logs().splitlines()
    assert RESIDENT_ID not in line
    assert PHONE not in line
    assert "ValueError" in json.loads(line)["exception"]
    assert secret_value not in line


def test_the_standard_librarys_log_is_scrubbed_too(logs):
    logging.getLogger("werkzeug").warning("GET /people?id_number=%s", RESIDENT_ID)
    written = logs()
    assert "/people" in written
    assert RESIDENT_ID not in written
