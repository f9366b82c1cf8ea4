"""A refusal stays a refusal, even when its sentence lacks a fact."""

import pytest
from flask import Flask
from structlog.testing import capture_logs

from shared.domain import RuleBroken
from shared.vocabulary import Delivery
from shared.web.language import speaking
from shared.web.problems import explain, explain_error, install_problems


class CellTaken(RuleBroken):
    code = "cell_taken"


@pytest.fixture(autouse=True)
def app():
    app = Flask(__name__)
    install_problems(app, {"cell_taken": "{county} has {seats} seats.", "held": "Held {delivery}.", "odd": "{seats:d} of {"})
    with app.app_context(), speaking("en"):
        yield app


def test_a_sentence_is_filled_with_its_facts_and_names_words_in_the_readers_language():
    assert explain_error(CellTaken(county="三河市", seats=3, more=1)) == "三河市 has 3 seats."
    assert explain("held", {"delivery": Delivery.OFFLINE}) == f"Held {Delivery.OFFLINE.named('en')}."


@pytest.mark.parametrize(("code", "sentence"), [("cell_taken", "{county} has {seats} seats."), ("odd", "{seats:d} of {")])
def test_a_sentence_that_cannot_be_filled_is_said_as_it_is_and_the_log_tells_which(code, sentence):
    with capture_logs() as logs:
        assert explain(code, {"seats": "王小明"}) == sentence
    assert [(line["log_level"], line["code"], line["given"]) for line in logs] == [("warning", code, ["seats"])]
    assert "王小明" not in str(logs)


def test_a_code_without_a_sentence_is_said_itself():
    assert explain("never_heard_of", {"seats": 3}) == "never_heard_of"
