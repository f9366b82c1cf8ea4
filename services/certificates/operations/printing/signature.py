"""Signing a file so that any later change shows: PAdES-B-B over the whole file, no change permitted (R42).

The port is `FileSigner`; the built-in key stands behind it. It proves integrity and is not the unit's legal seal:
a key in hardware (PKCS#11) or the unit's own e-seal takes its place by another `FileSigner`.
"""

import asyncio
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Protocol

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

_FIELD = "Certificate"
# Two certificates, one RSA-3072 signature and its attributes take about 3,900 bytes; measuring it would sign twice.
_BYTES_RESERVED = 12288


class FileSigner(Protocol):
    """Whatever can sign a finished PDF."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the signing certificate, in lower-case hexadecimal."""
        ...

    def sign(self, pdf: bytes, *, at: datetime) -> bytes:
        """The file with a signature over all of it. `at` is the time of signing."""
        ...


class BuiltInSigner:
    """Signs with the key this installation made for itself, parsed once and held."""

    def __init__(self, key: RSAPrivateKey, chain: tuple[x509.Certificate, ...]) -> None:
        """`chain` is the signer's certificate, then those above it up to the root."""
        self.fingerprint = sha256(chain[0].public_bytes(Encoding.DER)).hexdigest()
        metadata = PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        self._signer = PdfSigner(metadata, _HeldKey(key, chain), new_field_spec=SigFieldSpec(_FIELD))

    def sign(self, pdf: bytes, *, at: datetime) -> bytes:
        """The file with a certifying signature over all of it, after which no change is permitted (DocMDP level 1)."""
        return asyncio.run(self._sign(pdf, at))

    async def _sign(self, pdf: bytes, at: datetime) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        session = self._signer.init_signing_session(writer)
        session.system_time = at
        # PDF/A-1 wants an appearance for every field, even for one that shows nothing.
        session.sig_field["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): writer.add_object(_nothing_to_see())})  # type: ignore[no-untyped-call]
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=_BYTES_RESERVED, appearance_text_params=None)
        output = BytesIO()
        digest, _ = document.digest_tbs_document(output=output)
        await document.perform_signature(
            document_digest=digest.document_digest, pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=at)
        )
        return output.getvalue()


def _nothing_to_see() -> generic.StreamObject:
    name = generic.pdf_name
    box = generic.ArrayObject([generic.NumberObject(0)] * 4)  # type: ignore[no-untyped-call]
    return generic.StreamObject({name("/Type"): name("/XObject"), name("/Subtype"): name("/Form"), name("/BBox"): box}, stream_data=b"")


class _HeldKey(Signer):
    """pyHanko's own signer parses the key again for every signature, which takes longer than all the rest."""

    def __init__(self, key: RSAPrivateKey, chain: tuple[x509.Certificate, ...]) -> None:
        certificates = [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in chain]
        for certificate in certificates:
            # Read whole before threads share it: what is worked out at first use, a second thread would read half done.
            _ = (certificate.native, certificate.subject.human_friendly, certificate.issuer.human_friendly)
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(certificates[1:])
        super().__init__(signing_cert=certificates[0], cert_registry=registry)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """RSA PKCS#1 v1.5 over SHA-256, the only digest this signer is used with."""
        if digest_algorithm != "sha256":
            raise ValueError(digest_algorithm)
        return self._key.sign(data, PKCS1v15(), SHA256())
