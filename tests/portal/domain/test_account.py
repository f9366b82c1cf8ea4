"""Roles reach as far as they say and no further (R45)."""

from uuid import uuid4

import pytest

from services.portal.domain.account import Account, Scope, check_giver, check_scope
from services.portal.domain.errors import RoleNeedsScope, RoleNotYours
from shared.vocabulary import Role


@pytest.mark.parametrize("role", [Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER, Role.TRAINEE])
def test_a_role_for_a_part_must_say_for_which(role):
    with pytest.raises(RoleNeedsScope):
        check_scope([role], Scope())


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_a_role_for_the_city_needs_no_part(role):
    check_scope([role], Scope())


def test_where_a_trainee_works_gives_no_authority_over_that_unit():
    scope = Scope("131082", uuid4(), frozenset(), uuid4())
    token = Account(uuid4(), "li", "李示例", frozenset({Role.TRAINEE}), scope).token_scope
    assert token == Scope(person_id=scope.person_id)


def test_a_school_contact_who_is_also_a_trainee_carries_both():
    scope = Scope("131082", uuid4(), frozenset(), uuid4())
    assert Account(uuid4(), "li", "李示例", frozenset({Role.TRAINEE, Role.SCHOOL_CONTACT}), scope).token_scope == scope


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_an_organizer_cannot_make_those_who_watch_organizers(role):
    with pytest.raises(RoleNotYours):
        check_giver(frozenset({Role.ORGANIZER}), frozenset({role}))


@pytest.mark.parametrize("giver", [role for role in Role if role is not Role.ORGANIZER])
def test_only_organizers_hand_out_roles(giver):
    with pytest.raises(RoleNotYours):
        check_giver(frozenset({giver}), frozenset({Role.TRAINEE}))
