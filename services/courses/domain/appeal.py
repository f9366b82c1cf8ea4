"""An appeal against a recorded attendance: filed by the trainee, decided once by who runs the class (R14, R48)."""

from shared.vocabulary import Word

LONGEST_TEXT = 500
MOST_OPEN = 5


class AppealState(Word):
    """What has become of an appeal."""

    OPEN = "open", "待处理", "Open"
    GRANTED = "granted", "已更正", "Corrected"
    REFUSED = "refused", "维持原记录", "Stays as recorded"
