"""Writes docs/rules.md: every rule of the trade, where it is decided and which test shows it, found by its number."""

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHOWN = 4
OPENING = 100
RULES = {
    1: "A cohort has 100 seats; the next person is refused or waits. 每班100人,满员候补",
    2: "Post and school fit the category; an organizer may override with a reason. 职务与类别相符",
    3: "One place per person and intake; no two offline cohorts on the same days. 同期不重复报名",
    4: "Quota grid by largest remainder, two rounds, never over a cell. 名额分配与两轮回收",
    5: "Roster import: strict or lenient, every problem at once, safe to repeat. 报名表导入",
    6: "Resident ID: typed as text, length, date, age, check digit. 身份证号校验",
    7: "An ID known under another name is to be checked; namesakes; merging. 身份核对与合并",
    8: "Names and phones, dots, blanks, suffixes, rare characters. 姓名与手机号",
    9: "Substitution only before check-in. 报到前换人",
    10: "The four modes are taken in order. 四种方式递进",
    11: "Online delivery: virtual visits or waived modes. 线上培训的方式",
    12: "An observation tour has ordered stops with check-in. 党建拉练站点",
    13: "Seminar groups: balanced sizes and counties, a record each. 研讨分组",
    14: "Attendance per half-day, append-only, corrections supersede. 半天考勤",
    15: "More than a seventh missed: withdrawn from training. 缺课超七分之一退训",
    16: "Completion and its explanation. 结业条件",
    17: "Online minutes convert by a ladder; whole quarter-hours. 线上学时折算",
    18: "Separate ledgers of hours, never added across. 学时分类登记",
    19: "Hours belong to the year of the day attended. 学时归属年度",
    20: "Yearly minimum of hours by post. 年度学时要求",
    21: "Training by a higher level counts for the person, not for the city. 上级调训",
    22: "期数: closed intakes with a cohort really held. 期数",
    23: "班次: cohorts held. 班次",
    24: "The funnel from quota to certificate stays apart. 全流程漏斗",
    25: "人次: persons × intakes with valid attendance. 人次",
    26: "Each participation has one delivery: offline + online = total. 线上线下合计",
    27: "人数: distinct people, by union. 人数",
    28: "人天: attended and billable, two columns. 人天",
    29: "Person-hours and taught hours; a joint lecture once. 学时合计",
    30: "Completion rate, show-up rate, satisfaction. 结业率、报到率、满意度",
    31: "Only layer 1 paid by the city counts in the totals. 统计范围",
    32: "A closed period is frozen. 结账",
    33: "Ceiling of costs. 综合定额",
    34: "Lecturers' fees. 讲课费",
    35: "Staff above the share is a warning. 工作人员比例",
    36: "Money is exact to the fen. 金额精度",
    37: "Reimbursement file; an unplanned intake names its approval. 报销材料与计划外审批",
    38: "Coverage of the five layers. 五层网络覆盖",
    39: "Certificate numbers: unique, never used again. 证书编号",
    40: "A certificate is frozen; corrections void and issue anew. 证书作废与换发",
    41: "The public check has four honest answers. 证书查验",
    42: "Dates in Chinese carry no leading zero; sample and key notices. 日期写法与样张",
    43: "ID numbers encrypted at rest, never in events or logs. 个人信息加密",
    44: "Masks for ID numbers and phones. 脱敏显示",
    45: "Roles and how far they reach. 角色与权限",
    46: "Passwords, lock-out, first sign-in by a printed code. 登录安全",
    47: "Audit entries with every change, chained, only ever added. 审计日志",
    48: "Privacy notice, own data, retention. 隐私与保存期限",
}
_CITED = re.compile(r"\bR(\d+)(?:\s*[–-]\s*R?(\d+))?\b")


def citations(*folders: str) -> dict[int, list[str]]:
    """Rule number → files that cite it: those about every door, then those of domain rooms first, then by how often they do."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            opening = len(text.split("\n\n", 1)[0])
            for cited in _CITED.finditer(text):
                # What a file's first sentence names is what the file is about.
                weight = OPENING if cited.start() < opening else 1
                for number in range(int(cited[1]), int(cited[2] or cited[1]) + 1):
                    found[number][path.relative_to(ROOT).as_posix()] += weight
    return {number: sorted(cited, key=lambda path: (_room(path), -cited[path], path)) for number, cited in found.items()}


def page() -> str:
    """The whole page."""
    decided, shown = citations("services", "shared"), citations("tests")
    lines = [
        "# The rules, and where they live 规则索引",
        "",
        "Written by `make docs` from the rule numbers that code and tests cite. A rule without a file is not built yet.",
        "",
        "| rule | what it says | decided in | shown by |",
        "|---|---|---|---|",
    ]
    for number, meaning in RULES.items():
        lines.append(f"| **R{number}** | {meaning} | {_links(decided.get(number, []))} | {_links(shown.get(number, []))} |")
    return "\n".join(lines) + "\n"


def _room(path: str) -> int:
    order = ("/access/", "/domain/", "/operations/", "/storage/", "/queries/", "/events/", "/api/", "/pages/")
    return next((place for place, room in enumerate(order) if room in path), len(order))


def _links(paths: list[str]) -> str:
    return "<br>".join(f"[{path.removeprefix('services/').removeprefix('tests/')}](../{path})" for path in paths[:SHOWN])


if __name__ == "__main__":
    sys.stdout.write(page())
