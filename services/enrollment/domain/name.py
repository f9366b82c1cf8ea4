"""Names of people: how they are read from a cell, dots, blanks and suffixes included (R8)."""

import re
import unicodedata
from dataclasses import dataclass, field

from shared.domain import Problem

DOT = "\u00b7"
LOOK_ALIKE_DOTS = str.maketrans(dict.fromkeys("\u0387\u2022\u2027\u2219\u22c5\u30fb\uff65\u2024\uff0e\u2e31\u16eb", DOT))
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fffd\U00030000-\U0003fffd"
SHORTEST, LONGEST = 2, 50
ETHNICITIES = frozenset(
    re.findall(
        r"\S+",
        "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 "
        "拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 "
        "布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺",
    )
)
_BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_DOT_BETWEEN_HAN = re.compile(f"(?<=[{HAN}])\\.(?=[{HAN}])")
_SUFFIX = re.compile(r"^(.*?)\(([^()]*)\)$")
_WHOLE = re.compile(f"[{HAN}{DOT}]*")
_FOREIGN = re.compile(f"[^{HAN}{DOT}]")


@dataclass(frozen=True)
class Name:
    """A name as it will stand on the certificate, and what its suffix said."""

    text: str
    sex: str | None = None
    ethnicity: str | None = None
    problems: list[Problem] = field(default_factory=list)


def read_name(value: object, where: str) -> Name:
    """The name in a cell, tidied as R8 allows, with everything that is wrong with it."""
    text = unicodedata.normalize("NFKC", str(value if value is not None else "").translate(LOOK_ALIKE_DOTS))
    text = _DOT_BETWEEN_HAN.sub(DOT, _BLANKS.sub("", text))
    if not text:
        return Name("", problems=[Problem("name_missing", where)])
    sex, ethnicity, problems = None, None, []
    suffix = _SUFFIX.match(text)
    if suffix:
        text = suffix[1]
        sex, ethnicity, known = _read_suffix(suffix[2])
        problems.append(
            Problem("name_suffix", where, {"suffix": suffix[2]}, warning=True) if known else Problem("name_suffix_unknown", where)
        )
    return Name(text, sex, ethnicity, problems + _faults(text, where))


def read_ethnicity(value: object) -> str:
    """回族 and 回 alike as 回; anything unknown as it stands."""
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", str(value if value is not None else "")))
    short = text.removesuffix("族")
    return short if short in ETHNICITIES else text


def _read_suffix(suffix: str) -> tuple[str | None, str | None, bool]:
    sex = ethnicity = None
    for part in re.split(r"[,、;/]", suffix):
        short = part.removesuffix("族")
        if part in ("男", "女"):
            sex = part
        elif short in ETHNICITIES:
            ethnicity = short
        else:
            return None, None, False
    return sex, ethnicity, True


def _faults(text: str, where: str) -> list[Problem]:
    problems = []
    if not SHORTEST <= len(text) <= LONGEST:
        problems.append(Problem("name_length", where, {"length": len(text), "shortest": SHORTEST, "longest": LONGEST}))
    if any(character.isdigit() for character in text):
        problems.append(Problem("name_digits", where))
    elif any(unicodedata.category(character) == "Co" for character in text):
        problems.append(Problem("name_private_use", where))
    elif not _WHOLE.fullmatch(text):
        problems.append(Problem("name_characters", where, {"characters": "".join(dict.fromkeys(_FOREIGN.findall(text)))[:10]}))
    if text.startswith(DOT) or text.endswith(DOT) or DOT * 2 in text:
        problems.append(Problem("name_dots", where))
    return problems
