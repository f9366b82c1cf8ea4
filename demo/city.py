"""The organizations of the model city: counties, public and private schools, with their levels and stars."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

CITY_CODE = "131000"
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class County:
    """A county as the commission's register has it; the split of schools is an assumption."""

    code: str
    name: str
    public_schools: int
    private_schools: int


@dataclass(frozen=True)
class School:
    """A school of the model city, with a name that belongs to no real one."""

    code: str
    name: str
    county: County
    is_public: bool
    level: str
    party_organization: str
    stars: int | None
    founded: bool


COUNTIES = (
    County("131000", "市直", 27, 6),
    County("131002", "安次区", 74, 10),
    County("131003", "广阳区", 84, 14),
    County("131022", "固安县", 90, 12),
    County("131023", "永清县", 60, 7),
    County("131024", "香河县", 70, 9),
    County("131025", "大城县", 75, 9),
    County("131026", "文安县", 85, 10),
    County("131028", "大厂回族自治县", 27, 6),
    County("131071", "廊坊经济技术开发区", 20, 7),
    County("131081", "霸州市", 115, 14),
    County("131082", "三河市", 150, 16),
)
LEVELS = {"primary": "小学", "junior": "初级中学", "senior": "高级中学"}
PUBLIC_BY_LEVEL = {"primary": 685, "junior": 148, "senior": 44}
COMMITTEES = 51
STARS = {5: 36, 4: 276, 3: 191}
NEW_ORGANIZATIONS = 52


def schools() -> list[School]:
    """Every school of the model city, public ones first, always the same and in the same order."""
    return [*_public_schools(), *_private_schools()]


def _public_schools() -> Iterator[School]:
    total = sum(county.public_schools for county in COUNTIES)
    levels = _spread(PUBLIC_BY_LEVEL, total)
    stars = _spread({**{str(star): number for star, number in STARS.items()}, "": total - sum(STARS.values())}, total)
    place = 0
    for county in COUNTIES:
        for number in range(county.public_schools):
            level = levels[place]
            yield School(
                code=f"{county.code}{number + 1:04d}",
                name=f"{county.name}示例第{numeral(number + 1)}{LEVELS[level]}",
                county=county,
                is_public=True,
                level=level,
                # The larger schools have a committee with secretary and principal apart.
                party_organization="committee" if _is_one_of(place, COMMITTEES, total) else "branch",
                stars=int(stars[place]) if stars[place] else None,
                founded=_is_one_of(place, NEW_ORGANIZATIONS, total),
            )
            place += 1


def _private_schools() -> Iterator[School]:
    for county in COUNTIES:
        levels = cycle(("primary", "junior", "senior"))
        for number in range(county.private_schools):
            level = next(levels)
            yield School(
                code=f"{county.code}{number + 5001:04d}",
                name=f"{county.name}示例民办第{numeral(number + 1)}{LEVELS[level]}",
                county=county,
                is_public=False,
                level=level,
                party_organization="branch",
                stars=None,
                founded=False,
            )


def numeral(number: int) -> str:
    """A number below a thousand as Chinese schools write it: 115 is 一百一十五."""
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    text = f"{NUMERALS[hundreds - 1]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else NUMERALS[tens - 1]) + "十"
    elif hundreds and units:
        text += "零"
    return text + (NUMERALS[units - 1] if units else "")


def _spread(shares: dict[str, int], total: int) -> list[str]:
    """`shares` laid out over `total` places as evenly as they go, each exactly as often as it says."""
    due = dict.fromkeys(shares, 0.0)
    left = dict(shares)
    laid = []
    for _ in range(total):
        for name in shares:
            due[name] += shares[name] / total
        chosen = max((name for name in shares if left[name]), key=lambda name: due[name])
        due[chosen] -= 1
        left[chosen] -= 1
        laid.append(chosen)
    return laid


def _is_one_of(place: int, chosen: int, total: int) -> bool:
    return (place + 1) * chosen // total > place * chosen // total
