"""Which post fits which category (R2)."""

import pytest

from services.enrollment.domain.post import LEADING, PARTY_AND_IDEOLOGY, SchoolType, fits, read_post
from services.enrollment.domain.words import OrganizationKind
from shared.vocabulary import Category, Post

SCHOOL = OrganizationKind.SCHOOL


@pytest.mark.parametrize(
    ("typed", "post"),
    [
        ("党支部书记", Post.SECRETARY),
        ("书记、校长", Post.SECRETARY),
        ("党委书记", Post.SECRETARY),
        ("校 长", Post.PRINCIPAL),
        ("党支部副书记", Post.DEPUTY_SECRETARY),
        ("副书记", Post.DEPUTY_SECRETARY),
        ("专职副书记", Post.FULL_TIME_DEPUTY_SECRETARY),
        ("专职党支部副书记", Post.FULL_TIME_DEPUTY_SECRETARY),
        ("专职党务工作者", Post.PARTY_WORKER),
        ("党务干事", Post.PARTY_WORKER),
        ("思政课教师", Post.IDEOLOGY_TEACHER),
        ("道德与法治教师", Post.IDEOLOGY_TEACHER),
        ("教育工委工作人员", Post.COMMISSION_STAFF),
        ("secretary", Post.SECRETARY),
        ("副校长", None),
        ("门卫", None),
        ("", None),
    ],
)
def test_a_post_is_known_by_its_wording(typed, post):
    assert read_post(typed) is post


@pytest.mark.parametrize("post", list(Post))
def test_the_public_category_takes_leading_posts_of_public_schools_only(post):
    assert fits(Category.PUBLIC_SCHOOL, post, SCHOOL, SchoolType.PUBLIC) is (post in LEADING)
    assert not fits(Category.PUBLIC_SCHOOL, post, SCHOOL, SchoolType.PRIVATE)


@pytest.mark.parametrize("post", list(Post))
def test_the_private_category_takes_leading_posts_of_private_schools_only(post):
    assert fits(Category.PRIVATE_SCHOOL, post, SCHOOL, SchoolType.PRIVATE) is (post in LEADING)
    assert not fits(Category.PRIVATE_SCHOOL, post, SCHOOL, SchoolType.PUBLIC)


@pytest.mark.parametrize("school_type", list(SchoolType))
@pytest.mark.parametrize("post", list(Post))
def test_party_and_ideology_takes_its_posts_from_all_schools(post, school_type):
    expected = post in PARTY_AND_IDEOLOGY and post is not Post.COMMISSION_STAFF
    assert fits(Category.PARTY_AND_IDEOLOGY, post, SCHOOL, school_type) is expected


@pytest.mark.parametrize("kind", [OrganizationKind.CITY_COMMISSION, OrganizationKind.COUNTY_COMMISSION])
def test_commission_staff_come_from_commissions(kind):
    assert fits(Category.PARTY_AND_IDEOLOGY, Post.COMMISSION_STAFF, kind, None)
    assert not fits(Category.PUBLIC_SCHOOL, Post.COMMISSION_STAFF, kind, None)


def test_a_full_time_deputy_secretary_fits_two_categories():
    post = Post.FULL_TIME_DEPUTY_SECRETARY
    assert [category for category in Category if fits(category, post, SCHOOL, SchoolType.PUBLIC)] == [
        Category.PUBLIC_SCHOOL,
        Category.PARTY_AND_IDEOLOGY,
    ]
