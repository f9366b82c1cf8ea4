"""The list of accounts, new accounts, and the printed slips."""

import re
from uuid import uuid4

import pytest

from shared.vocabulary import Role
from tests.portal.pages.test_sessions import csrf_of


@pytest.fixture
def county(portal):
    """A county contact of 三河市, with trainees of that county and of another."""
    portal.account("contact", Role.COUNTY_CONTACT, county_code="131082")
    sanhe, guan = [{"password": None, "person_id": uuid4(), "county_code": code, "school_id": uuid4()} for code in ("131082", "131022")]
    own = portal.account("own1", Role.TRAINEE, name="张三河", **sanhe)
    foreign = portal.account("foreign1", Role.TRAINEE, name="李固安", **guan)
    return own, foreign


def test_a_contact_sees_the_own_people_and_no_others(portal, county):  # R45
    page = portal.signed_in("contact").get("/portal/accounts").text
    assert "张三河" in page
    assert "李固安" not in page
    assert ">contact<" not in page


def test_slips_carry_name_code_and_a_picture_and_open_the_account(portal, county):
    browser = portal.signed_in("contact")
    answer = browser.post("/portal/accounts/slips", data={"account_id": [str(county[0])], "csrf_token": csrf_of(browser)})
    code = re.search(r"(?:[2-9A-HJKMNP-Z]{4}-){2}[2-9A-HJKMNP-Z]{4}", answer.text)[0]
    assert "张三河" in answer.text
    assert 'src="data:image/svg+xml' in answer.text
    form = {"code": code, "login": "", "password": "Abendrot-7", "repeated": "Abendrot-7"}
    assert portal.browser().post("/portal/activate", data=form).status_code == 302


def test_a_slip_for_a_foreign_person_is_not_printed(portal, county):
    browser = portal.signed_in("contact")
    answer = browser.post("/portal/accounts/slips", data={"account_id": [str(county[1])], "csrf_token": csrf_of(browser)})
    assert answer.status_code == 404


@pytest.mark.parametrize("chosen", [["x"], ["'; --"]])
def test_nonsense_among_the_chosen_is_named(portal, county, chosen):
    browser = portal.signed_in("contact")
    assert browser.post("/portal/accounts/slips", data={"account_id": chosen, "csrf_token": csrf_of(browser)}).status_code == 422


def test_choosing_nobody_says_so(portal, county):
    browser = portal.signed_in("contact")
    answer = browser.post("/portal/accounts/slips", data={"csrf_token": csrf_of(browser)})
    assert answer.status_code == 302
    assert "请至少选择一人" in browser.get(answer.location).text


def test_a_search_finds_by_name_and_unit_and_signs_mean_themselves(portal, county):
    portal.account("org", Role.ORGANIZER)
    browser = portal.signed_in("org")
    assert "李固安" in browser.get("/portal/accounts", query_string={"search": "固安 示例第一"}).text
    assert "没有找到账号" in browser.get("/portal/accounts", query_string={"search": "%"}).text


def test_a_long_list_comes_in_pages(portal):
    portal.account("org", Role.ORGANIZER)
    for number in range(55):
        portal.account(f"t{number:03}", Role.TRAINEE, password=None, person_id=uuid4(), county_code="131082", school_id=uuid4())
    browser = portal.signed_in("org")
    first = browser.get("/portal/accounts").text
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = browser.get(following).text
    logins = [set(re.findall(r">(t\d{3}|org)<", page)) for page in (first, second)]
    assert (len(logins[0]), len(logins[1]), logins[0] & logins[1]) == (50, 6, set())


def new_account(browser, **form):
    data = {"name": "周示例", "login": "zhou", "role": "finance", "csrf_token": csrf_of(browser), **form}
    return browser.post("/portal/accounts/new", data=data)


def test_an_organizer_opens_an_account_that_waits_for_its_slip(portal):
    portal.account("org", Role.ORGANIZER)
    browser = portal.signed_in("org")
    answer = new_account(browser, role="county_contact", county_code="131082")
    assert answer.status_code == 302
    page = browser.get(answer.location).text
    assert "周示例" in page
    assert "未发激活单" in page


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"login": "org"}, 409),
        ({"role": "county_contact"}, 409),
        ({"role": "administrator"}, 422),
        ({"role": "trainee"}, 422),
        ({"role": "emperor"}, 422),
        ({"name": ""}, 422),
        ({"login": "131099199001010011"}, 422),
        ({"county_code": "13108x"}, 422),
        ({"school_id": "not-a-school"}, 422),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_its_reason(portal, form, status):
    portal.account("org", Role.ORGANIZER)
    browser = portal.signed_in("org")
    answer = new_account(browser, **form)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "周示例" not in browser.get("/portal/accounts").text


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_those_without_people_of_their_own_see_no_accounts(portal, role):
    portal.account("other", role)
    assert portal.signed_in("other").get("/portal/accounts").status_code == 403
