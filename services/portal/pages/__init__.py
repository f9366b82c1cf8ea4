"""The door for people: routes by noun, with their templates and translations."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint

from services.portal.pages.accounts import accounts
from services.portal.pages.activation_codes import activation_codes
from services.portal.pages.audit import audit_log
from services.portal.pages.notices import notices
from services.portal.pages.oidc import oidc
from services.portal.pages.operations import operations
from services.portal.pages.own_data import own_data
from services.portal.pages.passwords import passwords
from services.portal.pages.read_model import read_model
from services.portal.pages.record import record
from services.portal.pages.second_factors import second_factors
from services.portal.pages.sessions import sessions
from services.portal.pages.sign_ins import blueprint as sign_ins
from services.portal.pages.start import start

BLUEPRINTS: Sequence[Blueprint] = (
    start,
    sessions,
    second_factors,
    oidc,
    notices,
    activation_codes,
    passwords,
    record,
    own_data,
    accounts,
    operations,
    read_model,
    audit_log,
    sign_ins,
)
TRANSLATIONS = Path(__file__).parent / "translations"
