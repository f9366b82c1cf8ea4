"""The catalog in docs/events says what the contracts say."""

from pathlib import Path

from click.testing import CliRunner

from shared.contracts import EVENT_TYPES, SUBSCRIPTIONS
from shared.contracts.__main__ import main
from shared.contracts.catalog import asyncapi
from shared.messaging.topology import VIRTUAL_HOST, exchange_of

DOCS = Path(__file__).parents[2] / "docs" / "events"


def test_the_catalog_is_of_today():
    assert (DOCS / "asyncapi.json").read_text(encoding="utf-8") == CliRunner().invoke(main, ["catalog"]).output, "run make docs"
    assert (DOCS / "README.md").read_text(encoding="utf-8") == CliRunner().invoke(main, ["readme"]).output, "run make docs"


def test_every_event_has_its_sender_and_all_its_listeners():
    document = asyncapi()
    assert document["channels"].keys() == document["components"]["messages"].keys() == EVENT_TYPES.keys()
    for kind in EVENT_TYPES.values():
        about = [operation for operation in document["operations"].values() if operation["channel"]["$ref"] == f"#/channels/{kind.name}"]
        assert [entry["tags"][0]["name"] for entry in about if entry["action"] == "send"] == [kind.publisher]
        heard = {entry["tags"][0]["name"] for entry in about if entry["action"] == "receive"}
        assert heard == {name for name, publishers in SUBSCRIPTIONS.items() if kind.publisher in publishers}


def test_every_reference_leads_somewhere():
    document = asyncapi()

    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if "$ref" in part else []
            return own + [found for value in part.values() for found in references(value)]
        return [found for value in part for found in references(value)] if isinstance(part, list) else []

    assert references(document)
    for reference in references(document):
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_the_catalog_and_the_broker_speak_of_the_same_exchanges():
    for kind in EVENT_TYPES.values():
        exchange = asyncapi()["channels"][kind.name]["bindings"]["amqp"]["exchange"]
        assert (exchange["name"], exchange["vhost"]) == (exchange_of(kind.publisher), VIRTUAL_HOST)


def test_personal_fields_are_marked_in_both():
    roster = asyncapi()["components"]["messages"]["enrollment.cohort.confirmed.v1"]["payload"]["properties"]["data"]["properties"]["roster"]
    assert roster["items"]["properties"]["name"]["x-personal"] is True
    assert (
        "| `roster[].name` | string | Full name as it will stand on the certificate. · **personal** |" in (DOCS / "README.md").read_text()
    )
