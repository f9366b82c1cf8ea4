"""The register of schools as a roster is read against it: counties and schools by the names people write."""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.enrollment.domain.post import SchoolType
from services.enrollment.domain.words import OrganizationKind

LONGEST_COMPARED = 40
_OFFICE = re.compile("委?(教育工委|教育工作委员会|教育局|教体局|教育和体育局|教育体育局)$")
_RANK = re.compile("(回族自治县|自治县|经济技术开发区|开发区|县|市|区)$")


@dataclass(frozen=True)
class Organization:
    """What the rules need to know of a school or commission."""

    id: UUID
    name: str
    kind: OrganizationKind
    school_type: SchoolType | None
    county_code: str
    county_name: str


def name_key(name: str) -> str:
    """A name as it is compared: full-width forms, blanks, quotation marks and case do not matter."""
    return re.sub(r"[\s\"'“”‘’·.,]", "", unicodedata.normalize("NFKC", name)).lower()


def county_key(name: str) -> str:
    """A county as it is compared: 三河 and 三河市教育工委 are 三河市."""
    key = _OFFICE.sub("", name_key(name).removeprefix("中共").removeprefix("廊坊市"))
    return _RANK.sub("", key) or key


class Register:
    """Schools and commissions, found by name within a county, or over all counties when the name is the only one."""

    def __init__(self, organizations: Iterable[Organization], counties: dict[str, str]) -> None:
        self.county_names = counties
        self._county_codes: dict[str, str] = {}
        for code, name in counties.items():
            for key in (code, name_key(name), county_key(name)):
                self._county_codes.setdefault(key, code)
        self._by_key: dict[str, list[Organization]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._nearest: dict[tuple[str, str | None], str | None] = {}
        for organization in organizations:
            self._by_key[name_key(organization.name)].append(organization)
            self._names[organization.county_code].append(organization.name)

    def county(self, text: str) -> str | None:
        """The code of the county that `text` names, if any."""
        return self._county_codes.get(name_key(text)) or self._county_codes.get(county_key(text))

    def find(self, name: str, county_code: str | None) -> Organization | None:
        """The organization of that name in the county; without a county, the only one of that name."""
        named = self._by_key.get(name_key(name), [])
        if county_code is not None:
            named = [organization for organization in named if organization.county_code == county_code]
        return named[0] if len(named) == 1 else None

    def elsewhere(self, name: str) -> list[Organization]:
        """Every organization of that name, in whichever county."""
        return list(self._by_key.get(name_key(name), []))

    def nearest(self, name: str, county_code: str | None) -> str | None:
        """The school of the county whose name is most like the one written, when it is like enough to be proposed."""
        if (name, county_code) not in self._nearest:
            names = self._names[county_code] if county_code else []
            found = difflib.get_close_matches(name[:LONGEST_COMPARED], names, n=1, cutoff=0.75)
            self._nearest[name, county_code] = found[0] if found else None
        return self._nearest[name, county_code]
