"""Sign-in names are written in one way and never are ID numbers."""

import pytest

from services.portal.domain.login import login_problems, new_login, tidy_login


@pytest.mark.parametrize(("typed", "tidy"), [(" Wang.Li ", "wang.li"), ("ＷＡＮＧ１", "wang1"), ("王小明", "王小明")])
def test_a_name_typed_in_any_width_or_case_is_one_name(typed, tidy):
    assert tidy_login(typed) == tidy
    assert login_problems(tidy) == []


@pytest.mark.parametrize("login", ["", "a", "a b c", "x" * 51, "a/b/c", "<script>"])
def test_a_name_that_cannot_be_typed_anywhere_is_refused(login):
    assert [problem.code for problem in login_problems(login)] == ["login_form"]


@pytest.mark.parametrize("login", ["131099199001010011", "13109919900101001x"])
def test_an_id_number_is_no_sign_in_name(login):  # R43
    assert [problem.code for problem in login_problems(login)] == ["login_is_id_number"]


def test_a_drawn_name_is_nine_digits_that_pass():
    drawn = {new_login() for _ in range(200)}
    assert len(drawn) > 190
    assert all(login.isdigit() and len(login) == 9 and not login_problems(login) for login in drawn)
