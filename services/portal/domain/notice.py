"""The privacy notice: which wording is in force, and who has still to accept it (R48)."""

VERSION = 1  # one higher whenever the wording of templates/portal/notice.html changes what it says; everyone is asked again


def is_accepted(version: int | None) -> bool:
    """Whether the wording that somebody has accepted, if any, is the one in force."""
    return version == VERSION
