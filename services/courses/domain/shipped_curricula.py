"""The teaching plans that ship with the system, one per category and delivery; organizers edit them (R11)."""

from services.courses.domain.curriculum import Curriculum, Unit
from shared.vocabulary import Category, Delivery, Ledger, TeachingMode

LECTURES = {
    Category.PUBLIC_SCHOOL: ("新时代学校党建与立德树人", "党组织领导的校长负责制", "教育强国与学校治理", "依法治校与校园安全"),
    Category.PRIVATE_SCHOOL: ("民办学校党的建设", "民办教育政策法规", "党组织参与决策与监督", "依法办学与风险防范"),
    Category.PARTY_AND_IDEOLOGY: ("习近平新时代中国特色社会主义思想", "基层党务工作实务", "大中小学思政课一体化", "意识形态工作责任制"),
}
OFFLINE_LATER = (
    (TeachingMode.ONSITE_TEACHING, ("党建示范校现场教学", "红色教育基地现场教学")),
    (TeachingMode.EXCHANGE_SEMINAR, ("分组交流研讨", "研讨成果汇报")),
    (TeachingMode.OBSERVATION_TOUR, ("党建拉练(一)", "党建拉练(二)")),
)
ONLINE_LATER = (
    (TeachingMode.ONSITE_TEACHING, "云上现场教学", 4),
    (TeachingMode.EXCHANGE_SEMINAR, "线上交流研讨", 4),
    (TeachingMode.OBSERVATION_TOUR, "云上党建拉练", 4),
)
LECTURES_ONLINE_EACH = 5


def shipped_curriculum(category: Category, delivery: Delivery) -> Curriculum:
    """The plan a cohort is taught by until the organizer has edited it: 40 class hours offline, 32 online."""
    return _offline(category) if delivery == Delivery.OFFLINE else _online(category)


def shipped_curricula() -> list[Curriculum]:
    """All shipped plans."""
    return [shipped_curriculum(category, delivery) for category in Category for delivery in Delivery]


def _offline(category: Category) -> Curriculum:
    units = [Unit(TeachingMode.THEMED_LECTURE, title, 16) for title in LECTURES[category]]
    units += [Unit(mode, title, 16) for mode, titles in OFFLINE_LATER for title in titles]
    return Curriculum(category, Delivery.OFFLINE, tuple(units), ledgers=(Ledger.PARTY_TRAINING, Ledger.TEACHER_EDUCATION))


def _online(category: Category) -> Curriculum:
    units = [
        Unit(TeachingMode.THEMED_LECTURE, f"{title} 第{part}讲", 4)
        for title in LECTURES[category]
        for part in range(1, LECTURES_ONLINE_EACH + 1)
    ]
    for mode, title, count in ONLINE_LATER:
        virtual = mode != TeachingMode.EXCHANGE_SEMINAR
        units += [Unit(mode, f"{title} {part}", 4, virtual) for part in range(1, count + 1)]
    return Curriculum(category, Delivery.ONLINE, tuple(units), ledgers=(Ledger.ONLINE_STUDY, Ledger.TEACHER_EDUCATION))
