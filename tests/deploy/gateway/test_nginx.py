"""The deployed gateway keeps the promises of the one inside a process: no token from outside, nothing that is meant for inside."""

import re

import pytest

from shared.web.access import TOKEN_HEADER
from shared.web.gateway import INSIDE_ONLY
from tests.house_rules.house import ROOT

CONFIGURATION = (ROOT / "deploy" / "gateway" / "nginx.conf").read_text(encoding="utf-8")


def locations(configuration: str) -> dict[str, str]:
    """The blocks of addresses, each with what stands in it."""
    return dict(re.findall(r"^ +location ([^{]+?) \{(.*?)\n? *\}$", re.sub(r"#.*", "", configuration), re.DOTALL | re.MULTILINE))


def without_token_header(configuration: str) -> list[str]:
    """The locations that hand requests on with headers of their own and do not say which token: nginx inherits all of them or none."""
    own = {place: block for place, block in locations(configuration).items() if "proxy_set_header" in block}
    return [place for place, block in own.items() if f"proxy_set_header {TOKEN_HEADER} " not in block]


@pytest.mark.parametrize("path", sorted(INSIDE_ONLY))
def test_what_is_meant_for_inside_is_closed(path: str) -> None:
    assert locations(CONFIGURATION)[f"= {path}"].strip() == "return 404;"


def test_every_request_is_handed_on_with_our_token_or_none() -> None:
    everywhere = re.sub(r"\n    server \{.*", "", CONFIGURATION, flags=re.DOTALL)
    assert f"proxy_set_header {TOKEN_HEADER} $token;" in everywhere
    assert len(locations(CONFIGURATION)) >= 7
    assert without_token_header(CONFIGURATION) == []


def test_a_location_that_lets_a_token_through_is_seen() -> None:
    holed = CONFIGURATION.replace(f"            proxy_set_header {TOKEN_HEADER} $exchanged;\n", "")
    assert without_token_header(holed) == ["/"]


def test_the_address_of_the_reader_is_the_gateways_word_and_not_the_readers() -> None:
    assert "$proxy_add_x_forwarded_for" not in CONFIGURATION
    assert CONFIGURATION.count("proxy_set_header X-Forwarded-For $remote_addr;") == 3


def test_old_protocols_are_off_and_the_server_does_not_name_its_version() -> None:
    assert re.findall(r"ssl_protocols (.*);", CONFIGURATION) == ["TLSv1.2 TLSv1.3"]
    assert "server_tokens off;" in CONFIGURATION
