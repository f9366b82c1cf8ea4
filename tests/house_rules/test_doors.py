"""Every route declares who may use it, and every setting is documented."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask

from shared.vocabulary import Role
from shared.web.access import allow, declared_roles, public
from shared.web.settings import ServiceSettings, setting
from tests.house_rules.house import ROOT, SERVICES


def undeclared(app: Flask) -> list[str]:
    """The routes that do not say who may use them."""
    found = []
    for rule in app.url_map.iter_rules():
        try:
            declared_roles(app.view_functions[rule.endpoint])
        except LookupError:
            found.append(rule.rule)
    return found


def undocumented(settings: type[ServiceSettings], page: Path) -> list[str]:
    """The settings that a service's page does not name, and those without a meaning."""
    text = page.read_text(encoding="utf-8")
    return [name for name, field in settings.variables().items() if f"`{name}`" not in text or not field.metadata.get("meaning")]


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_declares_who_may_use_it(service: str, make_service: Callable[..., Any]) -> None:
    app = make_service(service).app
    assert undeclared(app) == []
    assert len(list(app.url_map.iter_rules())) > 5


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_of_a_service_is_on_its_page(service: str) -> None:
    settings = import_module(f"services.{service}.settings").Settings
    assert undocumented(settings, ROOT / "services" / service / "README.md") == []


def test_a_route_that_declares_nothing_is_seen() -> None:
    app = Flask("little", static_folder=None)
    app.add_url_rule("/seats", "seats", allow(Role.ORGANIZER)(lambda: "seats"))
    app.add_url_rule("/checks", "checks", public(lambda: "checks"))
    app.add_url_rule("/secrets", "secrets", lambda: "secrets")
    assert undeclared(app) == ["/secrets"]


def test_a_setting_that_is_not_on_the_page_is_seen(tmp_path: Path) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Settings(ServiceSettings):
        service: ClassVar[str] = "little"
        minutes: int = setting("Minutes.", default=3)

    (tmp_path / "README.md").write_text("".join(f"- `{name}`\n" for name in Settings.variables() if name != "LITTLE_MINUTES"))
    assert undocumented(Settings, tmp_path / "README.md") == ["LITTLE_MINUTES"]
