"""Passwords are long and mixed enough (R46)."""

import pytest

from services.portal.domain.password import password_problems


@pytest.mark.parametrize("password", ["Abcdef12", "abcdef1!", "ABC-def-", "学习强国2024a", "x" * 126 + "A1"])
def test_eight_characters_of_three_classes_will_do(password):
    assert password_problems(password, "wang") == []


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Abc12!x", ["password_length"]),
        ("Aa1" * 43, ["password_length"]),
        ("abcdefgh1", ["password_classes"]),
        ("12345678", ["password_classes"]),
        ("", ["password_length", "password_classes"]),
        ("xWANG-li88", ["password_holds_login"]),
    ],
)
def test_every_fault_of_a_password_is_named_at_once(password, codes):
    assert [problem.code for problem in password_problems(password, "wang-li")] == codes
