"""The printed form: what stands on it, the same bytes every time, and every character printed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from services.certificates.domain.content import Content, Issuer, Training
from services.certificates.domain.errors import NameUnprintable
from services.certificates.operations.printing import fonts
from services.certificates.operations.printing.typesetting import Codes, qr_svg, typeset
from shared.vocabulary import Category, Delivery

AT = datetime(2023, 3, 18, 9, 30, tzinfo=UTC)
CODES = Codes("https://linghang.example/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ", "linghang.example/certificates/check", "K7MP-4QXD")
CONTENT = Content(
    number="LFJG-2023-12-GB-0001",
    name="张卫国",
    training=Training(
        cohort_number=2,
        intake_number=12,
        intake_title="2023年公办学校领导能力提升培训班",
        category=Category.PUBLIC_SCHOOL,
        delivery=Delivery.OFFLINE,
        starts_on=date(2023, 3, 9),
        ends_on=date(2023, 3, 13),
        earned_quarter_hours=158,
        total_quarter_hours=160,
        completed_on=date(2023, 3, 13),
    ),
    issuer=Issuer("廊坊市教育工委", "Education Commission of Langfang"),
    issued_on=date(2023, 3, 18),
    sample=True,
)


def test_r39_r42_the_certificate_states_number_name_class_dates_hours_and_issuer() -> None:
    text = _text(CONTENT)
    for stated in (
        "LFJG-2023-12-GB-0001",
        "张卫国",
        "2023年3月9日至3月13日",
        "第12期第2班",
        "线下",
        "39.5学时",
        "廊坊市教育工委",
        "2023年3月18日",
    ):
        assert stated in text
    assert "CERTIFICATEOFCOMPLETION" in text
    assert "K7MP-4QXD" in text


def test_r42_the_certificate_says_that_its_signature_is_no_seal() -> None:
    assert "不代替单位公章" in _text(CONTENT)


def test_r42_a_sample_carries_the_word_and_a_real_one_does_not() -> None:
    assert "样张" in _text(CONTENT)
    assert "SAMPLE" in _text(CONTENT)
    real = _text(replace(CONTENT, sample=False))
    assert "样张" not in real
    assert "SAMPLE" not in real


def test_r40_a_new_certificate_names_the_one_it_replaces() -> None:
    assert "本证替代LFJG-2023-12-GB-0007" in _text(replace(CONTENT, replaces_number="LFJG-2023-12-GB-0007"))


def test_the_same_content_at_the_same_time_gives_the_same_bytes() -> None:
    assert typeset(CONTENT, CODES, at=AT) == typeset(CONTENT, CODES, at=AT)


def test_it_is_one_landscape_a4_page_of_pdf_a_1b() -> None:
    reader = PdfReader(BytesIO(typeset(CONTENT, CODES, at=AT)))
    (page,) = reader.pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>1</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata


@pytest.mark.parametrize("name", ["㛃䶮", "𬱖某𬍤", "𫖯𣲗", "阿卜杜热西提·麦麦提依明"])
def test_r8_rare_characters_are_printed(name: str) -> None:
    fonts.require_printable(name)
    assert name in _text(replace(CONTENT, name=name))


def test_a_name_of_fifty_characters_fits_on_the_page() -> None:
    name = "阿卜杜热西提·麦麦提依明" * 4 + "王某"
    assert len(name) == 50
    reader = PdfReader(BytesIO(typeset(replace(CONTENT, name=name), CODES, at=AT)))
    assert len(reader.pages) == 1
    assert name in "".join(reader.pages[0].extract_text().split())


@pytest.mark.parametrize("text", ["王\U0003134a", "王\ufffe", "王\u202e五"])
def test_a_character_that_no_font_prints_is_named(text: str) -> None:
    with pytest.raises(NameUnprintable) as refused:
        fonts.require_printable(text)
    assert refused.value.facts["code_point"] == f"U+{ord(text[1]):04X}"


def test_data_is_never_markup() -> None:
    text = _text(replace(CONTENT, training=replace(CONTENT.training, intake_title='#panic("x")*粗*$1$')))
    assert '#panic("x")*粗*$1$' in text


def test_only_the_fonts_that_belong_to_it_are_used() -> None:
    assert fonts.families()[0] == "Noto Serif SC"
    reader = PdfReader(BytesIO(typeset(CONTENT, CODES, at=AT)))
    names = {font.get_object()["/BaseFont"] for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert all("NotoSerifSC" in name for name in names)


def test_the_qr_code_holds_the_address_in_capitals() -> None:
    assert qr_svg("https://linghang.example/C/ABC") == qr_svg("HTTPS://LINGHANG.EXAMPLE/C/ABC")


def _text(content: Content) -> str:
    return "".join(PdfReader(BytesIO(typeset(content, CODES, at=AT))).pages[0].extract_text().split())
