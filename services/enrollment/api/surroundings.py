"""What the doors hand down to operations and queries beside the request itself."""

from flask import current_app

from services.enrollment.storage.secrets import PersonalData


def secrets() -> PersonalData:
    """The keys of this installation's personal data (R43)."""
    found: PersonalData = current_app.extensions["enrollment_secrets"]
    return found
