"""The root and signer that this installation makes for itself on first start, in its data folder (R42).

The key files are encrypted and readable by their owner only. The root's key is needed again only to certify a
new signer: take it away after first start (`root-key.pem`) and keep it somewhere safe.
"""

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from shared.domain import now

_FOLDER = "signing"
_BITS = 3072
_ROOT_YEARS = 30
_SIGNER_YEARS = 15


@dataclass(frozen=True)
class Trust:
    """What the public needs to check signatures: the root, never a key."""

    root_pem: bytes
    root_fingerprint: str
    signer_fingerprint: str
    subject: str
    expires_on: str


@dataclass(frozen=True)
class SigningKeys:
    """The signer's key and the chain above it, parsed once."""

    key: rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...]


def prepare(data_folder: Path, *, issuer: str, passphrase: str | None) -> None:
    """Make root and signer unless they are there. Of several processes that start at once, one set wins."""
    final = data_folder / _FOLDER
    if final.is_dir():
        return
    data_folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".signing-", dir=data_folder))
    try:
        _make(draft, issuer, passphrase)
        # Renaming onto a folder that is not empty fails: whoever comes second takes what the first has made.
        draft.rename(final)
    except OSError:
        if not final.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load(data_folder: Path, *, passphrase: str | None) -> SigningKeys:
    """The signer's key and chain, as `prepare` left them or as the operator put them there."""
    folder = data_folder / _FOLDER
    secret = (passphrase or (folder / "passphrase").read_text()).strip().encode()
    key = serialization.load_pem_private_key((folder / "signer-key.pem").read_bytes(), secret)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the signer's key must be an RSA key")
    chain = (_certificate(folder / "signer.pem"), _certificate(folder / "root.pem"))
    return SigningKeys(key, chain)


def trust(data_folder: Path) -> Trust:
    """The root and both fingerprints, for the page that publishes them."""
    folder = data_folder / _FOLDER
    root = _certificate(folder / "root.pem")
    return Trust(
        root_pem=root.public_bytes(serialization.Encoding.PEM),
        root_fingerprint=fingerprint(root),
        signer_fingerprint=fingerprint(_certificate(folder / "signer.pem")),
        subject=root.subject.rfc4514_string(),
        expires_on=root.not_valid_after_utc.date().isoformat(),
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, in lower-case hexadecimal."""
    return sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _make(folder: Path, issuer: str, passphrase: str | None) -> None:
    if passphrase is None:
        passphrase = secrets.token_urlsafe(32)
        _write_private(folder / "passphrase", passphrase.encode())
    root_key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    root_name = _name(issuer, "Linghang built-in root (integrity only, not a legal seal)")
    root = _certify(root_name, root_key.public_key(), root_name, root_key, years=_ROOT_YEARS, is_root=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    signer_name = _name(issuer, "Linghang certificate signer (integrity only, not a legal seal)")
    signer = _certify(signer_name, key.public_key(), root_name, root_key, years=_SIGNER_YEARS, is_root=False)
    for name, private in (("root-key.pem", root_key), ("signer-key.pem", key)):
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
        pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        _write_private(folder / name, pem)
    for name, certificate in (("root.pem", root), ("signer.pem", signer)):
        (folder / name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _name(issuer: str, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, issuer[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certify(
    subject: x509.Name, public: rsa.RSAPublicKey, above: x509.Name, key: rsa.RSAPrivateKey, *, years: int, is_root: bool
) -> x509.Certificate:
    since = now() - timedelta(minutes=5)
    usage = x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_cert_sign=is_root,
        crl_sign=is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
