"""Posts: how they are read from a cell, and which category each of them fits (R2)."""

import re
import unicodedata
from enum import StrEnum

from services.enrollment.domain.words import OrganizationKind
from shared.vocabulary import Category, Post


class SchoolType(StrEnum):
    """Who runs a school."""

    PUBLIC = "public"
    PRIVATE = "private"


LEADING = frozenset({Post.SECRETARY, Post.DEPUTY_SECRETARY, Post.FULL_TIME_DEPUTY_SECRETARY, Post.PRINCIPAL})
PARTY_AND_IDEOLOGY = frozenset({Post.PARTY_WORKER, Post.FULL_TIME_DEPUTY_SECRETARY, Post.IDEOLOGY_TEACHER, Post.COMMISSION_STAFF})
COMMISSIONS = frozenset({OrganizationKind.CITY_COMMISSION, OrganizationKind.COUNTY_COMMISSION})
SCHOOL_TYPE_OF = {Category.PUBLIC_SCHOOL: SchoolType.PUBLIC, Category.PRIVATE_SCHOOL: SchoolType.PRIVATE}

# In this order: 专职副书记 holds 副书记, which holds 书记.
_WORDINGS = (
    (Post.FULL_TIME_DEPUTY_SECRETARY, re.compile("专职(党委|党总支|总支|党支部|支部)?副书记")),
    (Post.SECRETARY, re.compile("(?<!副)书记")),
    (Post.PRINCIPAL, re.compile("(?<!副)(校长|园长|院长)")),
    (Post.DEPUTY_SECRETARY, re.compile("副书记")),
    (Post.IDEOLOGY_TEACHER, re.compile("思政|思想政治|政治课?教师|道德与法治|道法")),
    (Post.COMMISSION_STAFF, re.compile("工委.*(工作人员|干部|科员|主任|科长)|机关党(委|办).*|党建科.*|^教育工委工作人员$")),
    (Post.PARTY_WORKER, re.compile("党务|党办|党建|组织委员|宣传委员|纪检委员|组织员")),
)
_CODES = {post.value: post for post in Post} | {post.zh: post for post in Post}


def read_post(value: object) -> Post | None:
    """The post behind a wording such as 党支部书记 or 思政课教师; none when it is not one we know."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(value if value is not None else "")))
    if text in _CODES:
        return _CODES[text]
    for post, wording in _WORDINGS:
        if wording.search(text):
            return post
    return None


def fits(category: Category, post: Post, kind: OrganizationKind, school_type: SchoolType | None) -> bool:
    """Whether a person with this post in this organization belongs to the category (R2)."""
    if post is Post.COMMISSION_STAFF:
        return category is Category.PARTY_AND_IDEOLOGY and kind in COMMISSIONS
    if kind in COMMISSIONS:
        return category is Category.PARTY_AND_IDEOLOGY and post in PARTY_AND_IDEOLOGY
    if category is Category.PARTY_AND_IDEOLOGY:
        return post in PARTY_AND_IDEOLOGY
    return post in LEADING and school_type is SCHOOL_TYPE_OF[category]
