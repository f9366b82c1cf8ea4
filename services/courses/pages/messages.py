"""The sentences behind the codes of rules and problems."""

MESSAGES: dict[str, str] = {}
