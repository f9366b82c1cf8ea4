"""From frozen content to PDF: the words of the printed form, its QR code, and the typesetter."""

import json
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
import typst

from services.certificates.domain.content import Content
from services.certificates.domain.wording import chinese_date, chinese_span, class_hours, english_date, english_span
from services.certificates.operations.printing import fonts
from shared.vocabulary import Delivery

_FOLDER = Path(__file__).parent
_THREAD = threading.local()
_LEGAL_LINE = (
    "数字签名用于证明本文件未被改动，不代替单位公章。 "
    "The digital signature proves that this file is unchanged; it is not a legal seal of the unit."
)


@dataclass(frozen=True)
class Codes:
    """The secrets printed on one certificate, and where they are checked."""

    check_url: str
    check_address: str
    check_code: str


def typeset(content: Content, codes: Codes, *, at: datetime) -> bytes:
    """The unsigned PDF/A-1b. The same content, codes and time give the same bytes."""
    facts = json.dumps(_facts(content, codes), ensure_ascii=False)
    pdf = _compiler().compile(
        input=_form(content.face), format="pdf", sys_inputs={"facts": facts}, pdf_standards=["a-1b"], timestamp=int(at.timestamp())
    )
    if not isinstance(pdf, bytes):
        raise RuntimeError("a certificate is one file")
    return pdf


def printed_texts(content: Content) -> tuple[str, ...]:
    """Every text of a certificate that people chose: what must be printable before a number is taken (R39)."""
    return (content.name, content.training.intake_title, content.issuer.zh, content.issuer.en)


def qr_svg(url: str) -> str:
    """The QR code as one SVG path. Capitals pack tightly; the fixed mask spares trying all eight."""
    drawn = BytesIO()
    segno.make(url.upper(), error="m", mask=3, micro=False, boost_error=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _compiler() -> typst.Compiler:
    """One per thread: a compiler is not shared, and making one costs more than a certificate."""
    compiler = getattr(_THREAD, "compiler", None)
    if compiler is None:
        compiler = typst.Compiler(root=str(_FOLDER), font_paths=fonts.collection(), ignore_system_fonts=True)
        _THREAD.compiler = compiler
    return compiler


@cache
def _form(face: int) -> bytes:
    return (_FOLDER / f"certificate-{face}.typ").read_bytes()


def _facts(content: Content, codes: Codes) -> dict[str, object]:
    return {
        "fonts": fonts.families(),
        "document_title": f"结业证书 {content.number}",
        "number": content.number,
        "name": content.name,
        "statement_zh": _statement_zh(content),
        "statement_en": _statement_en(content),
        "issuer_zh": content.issuer.zh,
        "issuer_en": content.issuer.en,
        "completed_zh": chinese_date(content.training.completed_on),
        "issued_line": f"签发日期 Issued on {chinese_date(content.issued_on)}",
        "sample": content.sample,
        "check_code": codes.check_code,
        "check_address": codes.check_address,
        "qr_svg": qr_svg(codes.check_url),
        "replaces_line": content.replaces_number and f"本证替代 {content.replaces_number}，原证作废。",
        "legal_line": _LEGAL_LINE,
    }


def _statement_zh(content: Content) -> str:
    training = content.training
    return (
        f"于{chinese_span(training.starts_on, training.ends_on)}参加“{training.intake_title}”"
        f"（第{training.intake_number}期第{training.cohort_number}班，{training.delivery.zh}），"
        f"修完规定课程，完成{class_hours(training.earned_quarter_hours)}学时，考核合格，准予结业。"
    )


def _statement_en(content: Content) -> str:
    training = content.training
    held = "in person" if training.delivery is Delivery.OFFLINE else "online"
    return (
        f"has completed the training program for {training.category.en[0].lower()}{training.category.en[1:]}, "
        f"intake {training.intake_number}, class {training.cohort_number}, held {held}, "
        f"{english_span(training.starts_on, training.ends_on)}, with {class_hours(training.earned_quarter_hours)} class hours. "
        f"Completed on {english_date(training.completed_on)}."
    )
