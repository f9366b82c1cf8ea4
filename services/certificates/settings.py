"""Every setting of certificates, its default and meaning."""

from dataclasses import dataclass
from typing import ClassVar

from shared.web.settings import ServiceSettings, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What certificates needs to know of its surroundings; environment variables begin with ``CERTIFICATES_``."""

    service: ClassVar[str] = "certificates"

    sample: bool = setting("Print 样张 / SAMPLE on new certificates; say false only where real ones are issued.", default=True)
    issuer_prefix: str = setting("First part of every number (R39).", default="LFJG")
    issuer_zh: str = setting("The issuing unit as printed, in Chinese.", default="廊坊市教育工委")
    issuer_en: str = setting("The issuing unit as printed, in English.", default="Education Commission of Langfang")
    category_codes: dict[str, str] = setting(
        "Code of each category in the number (R39): public_school=GB,private_school=MB,…",
        default={"public_school": "GB", "private_school": "MB", "party_and_ideology": "DS"},
    )
    code_secret: str | None = setting(
        "Secret behind QR tokens and check codes, one for web and worker; made in the data folder when empty.",
        default=None,
        secret=True,
    )
    key_passphrase: str | None = setting(
        "Passphrase of the built-in signing keys; made in the data folder when empty.", default=None, secret=True
    )
    checks_per_minute: int = setting("Public checks answered per address and minute (R41).", default=60)
    name_checks_per_hour: int = setting("Full names compared per certificate and hour, whoever asks (R41).", default=20)
    render_threads: int = setting("Certificates typeset at the same time in one worker.", default=2)
