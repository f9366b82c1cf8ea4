"""The synthetic people of the model city; area 131099 is unassigned, so no number belongs to anyone."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from demo.city import School

AREA = "131099"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "雅楠",
    "振华",
    "秀英",
    "永刚",
    "丽娟",
    "志强",
    "晓丽",
    "德胜",
    "桂兰",
    "学军",
    "红霞",
    "海燕",
    "春梅",
    "少华",
    "文博",
    "国庆",
    "淑敏",
    "建国",
    "玉梅",
    "立新",
    "静",
    "伟",
    "敏",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "霞",
    "平",
    "刚",
    "桂英",
    "芳",
    "丽",
    "强",
    "军",
    "欣怡",
    "子涵",
    "浩然",
    "梓萱",
    "雨桐",
    "俊杰",
    "思远",
    "佳宁",
    "一鸣",
    "文静",
)
# Rare characters, one of them outside the basic plane, and a name with the middle dot.
RARE_NAMES = ("李𬭼㛃", "王䶮", "张𬱖")
DOTTED_NAME = "阿卜杜·热合曼"
FIRST_BIRTHDAY = date(1966, 1, 4)


@dataclass(frozen=True)
class Person:
    """One synthetic person and the post held at a school."""

    name: str
    sex: str
    nation: str
    birthday: date
    resident_id: str
    phone: str
    post: str
    school: School


def staff(schools: list[School]) -> dict[str, list[Person]]:
    """The people who may be nominated, by category code, school by school and always the same.

    In a school with a committee secretary and principal are two people; elsewhere they are one, with a
    full-time deputy secretary beside. Every school also has a party worker or an ideology teacher.
    """
    found: dict[str, list[Person]] = {"public_school": [], "private_school": [], "party_and_ideology": []}
    number = 0
    for place, school in enumerate(schools):
        category = "public_school" if school.is_public else "private_school"
        for post in _leading_posts(school):
            found[category].append(_person(number, post, school))
            number += 1
        for post in ("专职党务工作者", "思政课教师") if place % 2 else ("思政课教师", "专职党务工作者"):
            found["party_and_ideology"].append(_person(number, post, school))
            number += 1
    _name_the_special(found["public_school"])
    return found


def check_digit(first_seventeen: str) -> str:
    """The last character of a resident ID (GB 11643, MOD 11-2)."""
    return "10X98765432"[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_seventeen, strict=True)) % 11]


def _leading_posts(school: School) -> tuple[str, ...]:
    if school.party_organization == "committee":
        return ("党委书记", "校长")
    return ("党支部书记", "专职副书记") if school.is_public else ("党支部书记", "校长", "副书记")


def _person(number: int, post: str, school: School) -> Person:
    sex = "女" if number % 3 == 1 else "男"
    birthday = FIRST_BIRTHDAY + timedelta(days=(number * 37) % 8000)
    sequence = (number * 2) % 998 + (0 if sex == "女" else 1)
    body = f"{AREA}{birthday:%Y%m%d}{sequence:03d}"
    nation = "回" if school.county.code == "131028" and number % 2 else "汉"
    name = SURNAMES[(number * 7) % len(SURNAMES)] + GIVEN[(number * 11 + number // 50) % len(GIVEN)]
    # Beginning like no code of a county, so that one is not taken for the other when data at rest are searched for phones.
    return Person(name, sex, nation, birthday, body + check_digit(body), f"1319{number:07d}", post, school)


def _name_the_special(people: list[Person]) -> None:
    """Put rare characters, the middle dot and a pair of namesakes in one school among the first to be nominated."""
    for place, name in zip((0, 1, 60), RARE_NAMES, strict=True):
        people[place] = replace(people[place], name=name)
    people[61] = replace(people[61], name=DOTTED_NAME)
    people[3] = replace(people[3], name=people[2].name)
