"""The issuing office: what stands behind every certificate of this installation."""

import hmac
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from uuid import UUID

from services.certificates.domain.codes import check_code_of, token_of
from services.certificates.domain.content import Issuer, Training
from services.certificates.domain.number import Series, series_of
from services.certificates.operations.printing.signature import BuiltInSigner, FileSigner
from services.certificates.operations.printing.typesetting import Codes
from services.certificates.settings import Settings
from services.certificates.storage import code_secret, signing_keys
from shared.vocabulary import Category


class Office:
    """Prefix, issuer, codes and keys. Keys and secret are made on first use and read once per process."""

    def __init__(self, settings: Settings, signer: FileSigner | None = None) -> None:
        """`signer` takes the place of the built-in key, where a unit has its own."""
        self.settings = settings
        self.issuer = Issuer(settings.issuer_zh, settings.issuer_en)
        self.sample = settings.sample
        self._category_codes = {Category(category): code for category, code in settings.category_codes.items()}
        self._signer = signer

    @cached_property
    def threads(self) -> ThreadPoolExecutor:
        """The threads that render; they stay, since each makes a compiler that costs more than a certificate."""
        return ThreadPoolExecutor(max_workers=self.settings.render_threads, thread_name_prefix="render")

    def series(self, training: Training) -> Series:
        """The series in which the certificates of a training's intake are counted (R39)."""
        return series_of(
            self.settings.issuer_prefix,
            ends_on=training.ends_on,
            intake_number=training.intake_number,
            category=training.category,
            codes=self._category_codes,
        )

    def token(self, certificate_id: UUID) -> str:
        """The token in the QR code of a certificate."""
        return token_of(self._secret, certificate_id)

    def check_code(self, certificate_id: UUID) -> str:
        """The check code printed on a certificate."""
        return check_code_of(self._secret, certificate_id)

    def codes(self, certificate_id: UUID) -> Codes:
        """What is printed on a certificate for those who check it."""
        address = self.settings.public_url.rstrip("/")
        return Codes(
            check_url=f"{address}/C/{self.token(certificate_id)}",
            check_address=f"{address.split('://')[-1]}/certificates/check",
            check_code=self.check_code(certificate_id),
        )

    def anonymous(self, asked: str) -> str:
        """A key under which checks are counted, from which nobody can tell the address again."""
        return hmac.digest(self._secret, b"check count\0" + asked.encode(), "sha256").hex()

    @cached_property
    def signer(self) -> FileSigner:
        """Who signs the files; the built-in keys are made when they are first needed."""
        if self._signer is not None:
            return self._signer
        self._prepare_keys()
        keys = signing_keys.load(self.settings.data_folder, passphrase=self.settings.key_passphrase)
        return BuiltInSigner(keys.key, keys.chain)

    @cached_property
    def trust(self) -> signing_keys.Trust:
        """The root that is published, so that anyone can check signatures."""
        self._prepare_keys()
        return signing_keys.trust(self.settings.data_folder)

    def _prepare_keys(self) -> None:
        signing_keys.prepare(self.settings.data_folder, issuer=self.issuer.zh, passphrase=self.settings.key_passphrase)

    @cached_property
    def _secret(self) -> bytes:
        return code_secret.read(self.settings.data_folder, self.settings.code_secret)
