"""Codes that travel between services, and their names in Chinese and English (design words, never translated twice)."""

from enum import StrEnum


class Word(StrEnum):
    """A code with its two names: ``Category("public_school").zh`` is 公办学校领导."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str = "", en: str = "") -> "Word":
        word = str.__new__(cls, code)
        word._value_ = code
        word.zh = zh
        word.en = en
        return word

    def named(self, language: str) -> str:
        """The name in `language` (``zh`` or ``en``)."""
        return self.zh if language == "zh" else self.en


class Category(Word):
    """Whom an intake trains 培训对象类别."""

    PUBLIC_SCHOOL = "public_school", "公办学校领导", "Public-school leaders"
    PRIVATE_SCHOOL = "private_school", "民办学校领导", "Private-school leaders"
    PARTY_AND_IDEOLOGY = "party_and_ideology", "党务工作者和思政教师", "Party workers and ideology teachers"


class TeachingMode(Word):
    """The four modes 四种方式, in the order in which they are taken (R10)."""

    THEMED_LECTURE = "themed_lecture", "专题授课", "Themed lecture"
    ONSITE_TEACHING = "onsite_teaching", "现场教学", "On-site teaching"
    EXCHANGE_SEMINAR = "exchange_seminar", "交流研讨", "Exchange seminar"
    OBSERVATION_TOUR = "observation_tour", "党建拉练", "Party-building observation tour"


class Delivery(Word):
    """How a participation is taken; each has exactly one (R26)."""

    OFFLINE = "offline", "线下", "Offline"
    ONLINE = "online", "线上", "Online"


class OrganizedBy(Word):
    """The level that holds an intake; only the city's own count in its totals (R21, R31)."""

    CITY = "city", "本市", "The city"
    PROVINCE = "province", "省级", "The province"


class HalfDay(Word):
    """The slot attendance is taken in, offline (R14)."""

    MORNING = "morning", "上午", "Morning"
    AFTERNOON = "afternoon", "下午", "Afternoon"


class AttendanceStatus(Word):
    """What the sign-in sheet says of one person and slot (R14)."""

    PRESENT = "present", "出勤", "Present"
    LATE = "late", "迟到", "Late"
    LEFT_EARLY = "left_early", "早退", "Left early"
    OFFICIAL_LEAVE = "official_leave", "公假", "Official leave"
    SICK_LEAVE = "sick_leave", "病假", "Sick leave"
    PERSONAL_LEAVE = "personal_leave", "事假", "Personal leave"
    ABSENT = "absent", "旷课", "Absent"


class Post(Word):
    """The post a person holds 职务; it decides which category fits (R2) and the yearly minimum (R20)."""

    SECRETARY = "secretary", "书记", "Secretary"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记", "Deputy secretary"
    FULL_TIME_DEPUTY_SECRETARY = "full_time_deputy_secretary", "专职副书记", "Full-time deputy secretary"
    PRINCIPAL = "principal", "校长", "Principal"
    PARTY_WORKER = "party_worker", "党务工作者", "Party worker"
    IDEOLOGY_TEACHER = "ideology_teacher", "思政教师", "Ideology teacher"
    COMMISSION_STAFF = "commission_staff", "教育工委工作人员", "Commission staff"


class Ledger(Word):
    """Separate books of class hours, never added across (R18)."""

    PARTY_TRAINING = "party_training", "党员集中培训", "Party-member concentrated training"
    ONLINE_STUDY = "online_study", "网络学习", "Online study"
    TEACHER_EDUCATION = "teacher_education", "教师继续教育", "Teacher continuing education"


class Layer(Word):
    """The five-layer network 五层网络, from the commission to all teachers and students."""

    COMMISSION = "commission", "教育工委", "Education commission"
    SCHOOL_ORGANIZATION = "school_organization", "学校党组织", "School party organizations"
    INNER_ORGANIZATION = "inner_organization", "校内党组织", "Party organizations within schools"
    MEMBERS = "members", "全体党员", "All Party members"
    EVERYONE = "everyone", "全体师生", "All teachers and students"


class Role(Word):
    """What a signed-in person is to the system (R45)."""

    ORGANIZER = "organizer", "市级组织者", "City organizer"
    COUNTY_CONTACT = "county_contact", "县区联络员", "County contact"
    SCHOOL_CONTACT = "school_contact", "学校联络员", "School contact"
    CLASS_TEACHER = "class_teacher", "班主任", "Class teacher"
    TRAINEE = "trainee", "学员", "Trainee"
    FINANCE = "finance", "财政人员", "Finance"
    AUDITOR = "auditor", "审计人员", "Auditor"
    ADMINISTRATOR = "administrator", "系统管理员", "System administrator"


MODES_IN_ORDER = tuple(TeachingMode)
SERVICES = ("portal", "enrollment", "courses", "certificates", "finance")
