"""The API reference in docs/api is what the services answer today."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from shared.vocabulary import SERVICES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("service", SERVICES)
def test_the_api_reference_is_todays(service: str) -> None:
    spec = spec_from_file_location("openapi", ROOT / "docs" / "openapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    stored = json.loads((ROOT / "docs" / "api" / f"{service}.json").read_text(encoding="utf-8"))
    assert stored == module.description(service), "run: make docs"
