"""What has become of a person's place in a cohort, as enrollment tells it."""

from shared.vocabulary import Word


class PlaceState(Word):
    """Only who is in training is marked by default; who left keeps what was attended (R9, R25)."""

    IN_TRAINING = "in_training", "在训", "In training"
    SUBSTITUTED = "substituted", "已换人", "Substituted"
    LEFT = "left", "已退出", "Left"
