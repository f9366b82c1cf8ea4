"""What a password must be (R46)."""

from shared.domain import Problem

SHORTEST = 8
LONGEST = 128
CLASSES = 3


def password_problems(password: str, login: str = "", *, where: str = "password") -> list[Problem]:
    """Everything that is wrong with a new password: length, fewer than three classes, the sign-in name in it."""
    problems = []
    if not SHORTEST <= len(password) <= LONGEST:
        problems.append(Problem("password_length", where, {"shortest": SHORTEST, "longest": LONGEST}))
    if _classes(password) < CLASSES:
        problems.append(Problem("password_classes", where, {"classes": CLASSES}))
    if len(login) >= 3 and login.casefold() in password.casefold():
        problems.append(Problem("password_holds_login", where))
    return problems


def _classes(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit)
    kinds = {next((number for number, test in enumerate(tests) if test(symbol)), len(tests)) for symbol in password}
    return len(kinds)
