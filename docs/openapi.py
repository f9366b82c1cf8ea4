"""Writes docs/api/SERVICE.json: the OpenAPI 3.1 description of each service, as its routes declare it."""

import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from joserfc.jwk import KeySet

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from shared.vocabulary import SERVICES  # noqa: E402 - found through the line above when run as a file
from shared.web.service import Surroundings  # noqa: E402


def description(service: str) -> dict[str, Any]:
    """The OpenAPI document that `service` answers at /api/SERVICE/openapi.json."""
    with tempfile.TemporaryDirectory() as folder:
        settings = import_module(f"services.{service}.settings").Settings(database_url="sqlite://", data_folder=Path(folder))
        surroundings = Surroundings(token_keys=lambda _anew: KeySet([]), peers={})
        app = import_module(f"services.{service}.app").create_app(settings, surroundings)
        answered = app.test_client().get(f"/api/{service}/openapi.json")
        described: dict[str, Any] = json.loads(answered.get_data())
        return described


def main() -> None:
    """Write all five."""
    for service in SERVICES:
        text = json.dumps(description(service), ensure_ascii=False, indent=1, sort_keys=True)
        (ROOT / "docs" / "api" / f"{service}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
