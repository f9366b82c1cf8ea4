"""R42: the signature covers the whole file, three programs agree that it does, and a later change shows."""

import re
import shutil
import stat
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from sqlalchemy import select

from services.certificates.operations.printing.signature import BuiltInSigner
from services.certificates.storage import signing_keys
from services.certificates.storage.tables import DOCUMENTS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def keys(signing_folder: Path) -> signing_keys.SigningKeys:
    return signing_keys.load(signing_folder, passphrase="only for tests")


@pytest.fixture
def signed(certificates: Any) -> bytes:
    """A certificate's file as it is stored."""
    certificates.complete("张卫国")
    certificates.render()
    with certificates.service.database.reading() as connection:
        pdf: bytes = connection.execute(select(DOCUMENTS.c.pdf)).scalar_one()
    return pdf


def test_what_a_certificate_says_is_worked_out_before_threads_share_the_key(keys: signing_keys.SigningKeys) -> None:
    """At first use asn1crypto fills the names bit by bit; a second thread that came then found no common name."""
    signing = BuiltInSigner(keys.key, keys.chain)._signer.signer.signing_cert
    assert signing._native is not None
    assert signing.subject._native["common_name"]
    assert signing.issuer._native["common_name"]


@pytest.fixture
def overlaid(signed: bytes) -> bytes:
    """The same file with a red bar appended over the name, as a forger would."""
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    bar = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 300 340 250 40 re f Q"))
    writer.add_stream_to_page(0, bar)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_pyhanko_finds_the_whole_file_signed_under_the_published_root(signed: bytes, keys: signing_keys.SigningKeys) -> None:
    status = _validate(signed, keys)
    assert status.bottom_line
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok


def test_the_file_permits_no_change_and_is_signed_as_pades(signed: bytes) -> None:
    signature = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.value == 1


def test_the_key_has_3072_bits_and_the_digest_is_sha256(signed: bytes, keys: signing_keys.SigningKeys) -> None:
    assert keys.key.key_size == 3072
    assert PdfFileReader(BytesIO(signed)).embedded_signatures[0].md_algorithm == "sha256"


def test_the_signature_names_the_time_at_which_it_was_made(keys: signing_keys.SigningKeys, signed: bytes) -> None:
    moment = datetime(2023, 3, 18, 9, 30, tzinfo=UTC)
    again = BuiltInSigner(keys.key, keys.chain).sign(_unsigned(signed), at=moment)
    assert PdfFileReader(BytesIO(again)).embedded_signatures[0].self_reported_timestamp == moment


def test_pdfsig_finds_the_whole_file_signed(signed: bytes, tmp_path: Path) -> None:
    said = _pdfsig(signed, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_openssl_verifies_the_signature_as_cades(signed: bytes, keys: signing_keys.SigningKeys, tmp_path: Path) -> None:
    assert _openssl(signed, keys, tmp_path).returncode == 0


def test_one_changed_byte_breaks_the_signature(signed: bytes, keys: signing_keys.SigningKeys, tmp_path: Path) -> None:
    forged = bytearray(signed)
    forged[5000] ^= 1
    assert _openssl(bytes(forged), keys, tmp_path).returncode != 0


def test_an_overlay_appended_after_signing_shows_in_pdfsig(overlaid: bytes, tmp_path: Path) -> None:
    said = _pdfsig(overlaid, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" not in said


def test_an_overlay_appended_after_signing_shows_in_pyhanko(overlaid: bytes, keys: signing_keys.SigningKeys) -> None:
    status = _validate(overlaid, keys)
    assert not status.bottom_line
    assert status.coverage is not SignatureCoverageLevel.ENTIRE_FILE


def test_an_overlaid_file_is_not_the_file_that_was_issued(signed: bytes, overlaid: bytes) -> None:
    assert overlaid.startswith(signed)
    assert sha256(overlaid).digest() != sha256(signed).digest()


def test_the_signature_field_has_an_appearance_as_pdf_a_demands(signed: bytes) -> None:
    (widget,) = PdfReader(BytesIO(signed)).pages[0]["/Annots"]
    appearance = widget.get_object()["/AP"]["/N"].get_object()
    assert appearance.get_data() == b""


def test_key_files_are_for_their_owner_only(signing_folder: Path, tmp_path: Path) -> None:
    signing_keys.prepare(tmp_path, issuer="廊坊市教育工委", passphrase=None)
    folder = tmp_path / "signing"
    for name in ("root-key.pem", "signer-key.pem", "passphrase"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert b"ENCRYPTED" in (folder / "signer-key.pem").read_bytes()
    assert not (signing_folder / "signing" / "passphrase").exists(), "a passphrase that was given is not written down"


def test_keys_are_made_once_and_stay(signing_folder: Path) -> None:
    before = signing_keys.trust(signing_folder)
    signing_keys.prepare(signing_folder, issuer="别的单位", passphrase="another")
    assert signing_keys.trust(signing_folder) == before


def test_signing_needs_no_root_key(signing_folder: Path, tmp_path: Path, signed: bytes) -> None:
    shutil.copytree(signing_folder, tmp_path / "without")
    (tmp_path / "without" / "signing" / "root-key.pem").unlink()
    keys = signing_keys.load(tmp_path / "without", passphrase="only for tests")
    assert _validate(BuiltInSigner(keys.key, keys.chain).sign(_unsigned(signed), at=datetime.now(UTC)), keys).bottom_line


def _unsigned(signed: bytes) -> bytes:
    return signed[: signed.index(b"%%EOF") + 6]


def _validate(pdf: bytes, keys: signing_keys.SigningKeys) -> Any:
    root = asn1_x509.Certificate.load(keys.chain[-1].public_bytes(Encoding.DER))
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))


def _pdfsig(pdf: bytes, folder: Path) -> str:
    path = folder / "certificate.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=True).stdout


def _openssl(pdf: bytes, keys: signing_keys.SigningKeys, folder: Path) -> subprocess.CompletedProcess[str]:
    ranges = re.search(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)", pdf)
    assert ranges is not None
    start, length, start_again, length_again = map(int, ranges.groups())
    container = bytes.fromhex(pdf[length + 1 : start_again - 1].decode())
    (folder / "signature.der").write_bytes(container)
    (folder / "content").write_bytes(pdf[start : start + length] + pdf[start_again : start_again + length_again])
    (folder / "root.pem").write_bytes(keys.chain[-1].public_bytes(Encoding.PEM))
    words = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "signature.der", "-content", "content"]
    words += ["-CAfile", "root.pem", "-purpose", "any", "-out", "/dev/null"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
