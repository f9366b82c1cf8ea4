"""Keys of programs: shown once, kept as a hash, switched off at will."""

import pytest
from sqlalchemy import select

from services.portal.domain.account import Scope
from services.portal.domain.errors import ClientNameTaken, RoleNeedsScope
from services.portal.operations.clients import add_client, client_of, switch_off_client
from services.portal.storage.tables import CLIENTS
from shared.storage.work import SYSTEM
from shared.vocabulary import Role

FROM = {"address": "192.0.2.1", "most_per_address": 100}


def test_a_key_says_which_program_asks(portal):
    key = portal.work(add_client, "import", [Role.ORGANIZER], Scope(), by=SYSTEM)
    client = portal.work(client_of, key, **FROM, by=SYSTEM)
    assert (client.name, client.roles) == ("import", {Role.ORGANIZER})
    assert key not in str(portal.look(lambda c: c.execute(select(CLIENTS)).all()))


def test_a_wrong_key_opens_nothing(portal):
    portal.work(add_client, "import", [Role.ORGANIZER], Scope(), by=SYSTEM)
    for key in ("", "lh_guess"):
        assert portal.work(client_of, key, **FROM, by=SYSTEM) is None


def test_a_program_that_was_switched_off_is_refused(portal):
    key = portal.work(add_client, "import", [Role.ORGANIZER], Scope(), by=SYSTEM)
    portal.work(switch_off_client, "import", by=SYSTEM)
    assert portal.work(client_of, key, **FROM, by=SYSTEM) is None


def test_two_programs_have_two_names(portal):
    portal.work(add_client, "import", [Role.ORGANIZER], Scope(), by=SYSTEM)
    with pytest.raises(ClientNameTaken):
        portal.work(add_client, "import", [Role.FINANCE], Scope(), by=SYSTEM)


def test_a_program_of_a_county_must_say_of_which(portal):
    with pytest.raises(RoleNeedsScope):
        portal.work(add_client, "county", [Role.COUNTY_CONTACT], Scope(), by=SYSTEM)
