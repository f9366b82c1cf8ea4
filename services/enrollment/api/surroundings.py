"""What the doors hand down to operations and queries beside the request itself."""

from flask import current_app

from services.enrollment.storage.secrets import Secrets


def secrets() -> Secrets:
    """The keys of this installation's personal data (R43)."""
    found: Secrets = current_app.extensions["enrollment_secrets"]
    return found
