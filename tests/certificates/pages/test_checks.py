"""R41 at the public's door: the QR code's address, and number with check code."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from services.certificates.operations.voiding import replace_certificate, void_certificate
from services.certificates.storage.tables import DOCUMENTS
from shared.vocabulary import Role


def test_r41_the_qr_code_leads_to_an_honest_answer_without_signing_in(certificates: Any) -> None:
    page = _scan(certificates)
    assert "有效" in page
    assert "LFJG-2023-12-GB-0001" in page


def test_r41_the_page_shows_what_a_forger_could_edit_and_the_name_masked_only(certificates: Any) -> None:
    page = _scan(certificates)
    for shown in ("张*国", "2023年公办学校领导能力提升培训班", "第12期第1班", "2023年3月13日", "2023年3月17日", "40", "廊坊市教育工委"):
        assert shown in page
    assert "张卫国" not in page


def test_r41_the_page_of_a_revoked_certificate_says_so(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    certificates.service.work(void_certificate, row.id, reason="代替他人上课")
    page = _page_of(certificates, row.id)
    assert "已作废" in page
    assert "代替他人上课" not in page


def test_r41_the_page_of_a_superseded_certificate_points_to_the_new_one(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    certificates.service.work(replace_certificate, certificates.office, row.id, reason="姓名有误", name="张卫民")
    assert "LFJG-2023-12-GB-0002" in _page_of(certificates, row.id)


def test_r41_an_unknown_token_and_a_wrong_check_code_get_the_same_page(certificates: Any) -> None:
    certificates.complete(intake_number=14)
    number = certificates.only().number
    client = certificates.service.client()
    wrong = client.post("/certificates/check", data={"number": number, "check_code": "0000-0000"})
    unknown = client.post("/certificates/check", data={"number": "LFJG-2099-01-GB-0001", "check_code": "0000-0000"})
    assert wrong.status_code == unknown.status_code == 200
    assert "查无此证" in wrong.text
    assert wrong.text.replace(number, "") == unknown.text.replace("LFJG-2099-01-GB-0001", "")


def test_r41_number_and_check_code_find_the_certificate_and_stand_in_no_address(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    data = {"number": row.number, "check_code": certificates.office.check_code(row.id)}
    answered = certificates.service.client().post("/certificates/check", data=data)
    assert "有效" in answered.text
    assert 'method="get"' not in answered.text.lower()


@pytest.mark.parametrize(("name", "answer"), [("张卫国", "姓名相符"), ("张卫民", "姓名不相符")])
def test_r41_a_full_name_is_answered_by_match_or_no_match(certificates: Any, name: str, answer: str) -> None:
    certificates.complete("张卫国")
    page = certificates.service.client().post(f"/C/{certificates.office.token(certificates.only().id)}", data={"name": name}).text
    assert answer in page


def test_what_does_not_match_stands_above_the_word_valid(certificates: Any) -> None:
    certificates.complete("张卫国")
    page = certificates.service.client().post(f"/C/{certificates.office.token(certificates.only().id)}", data={"name": "张卫民"}).text
    assert page.index("姓名不相符") < page.index("<h2>有效</h2>")


def test_is_this_the_file(certificates: Any) -> None:
    certificates.complete()
    certificates.render()
    with certificates.service.database.reading() as connection:
        pdf = connection.execute(select(DOCUMENTS.c.pdf)).scalar_one()
    address = f"/C/{certificates.office.token(certificates.only().id)}"
    client = certificates.service.client()
    assert "完全一致" in client.post(address, data={"file": (BytesIO(pdf), "证书.pdf")}).text
    assert "这不是签发的原文件" in client.post(address, data={"file": (BytesIO(pdf + b" "), "证书.pdf")}).text


@pytest.mark.parametrize("path", ["/certificates/check", "/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
def test_r41_no_cache_no_search_engine_and_no_next_page_learns_what_was_checked(certificates: Any, path: str) -> None:
    headers = certificates.service.client().get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_r41_whoever_asks_too_often_is_told_to_wait(certificates: Any) -> None:
    object.__setattr__(certificates.office.settings, "checks_per_minute", 0)
    answered = certificates.service.client().get("/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert answered.status_code == 200
    answered = certificates.service.client().get("/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert answered.status_code == 429
    assert answered.headers["Retry-After"] == "60"


def test_a_signed_in_person_can_check_too(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    data = {"number": row.number, "check_code": certificates.office.check_code(row.id), "csrf_token": "csrf"}
    answered = certificates.service.client(Role.FINANCE, browser=True).post("/certificates/check", data=data)
    assert "有效" in answered.text


def test_r42_the_page_says_that_the_signature_is_no_legal_seal(certificates: Any) -> None:
    client = certificates.service.client()
    assert "不是单位的法定印章" in client.get("/certificates/check").text
    page = client.get("/certificates/trust").text
    assert "不是单位的法定印章" in page
    fingerprint = certificates.office.trust.root_fingerprint.upper()
    assert " ".join(fingerprint[start : start + 4] for start in range(0, 64, 4)) in page
    assert client.get("/certificates/trust/root.pem").data.startswith(b"-----BEGIN CERTIFICATE-----")


def test_r42_a_sample_is_called_a_sample(certificates: Any) -> None:
    assert "样张" in _scan(certificates)


def test_the_check_speaks_english_when_asked_to(certificates: Any) -> None:
    assert "Check a certificate" in certificates.service.client().get("/certificates/check?lang=en").text


def _scan(certificates: Any) -> str:
    certificates.complete("张卫国")
    return _page_of(certificates, certificates.only().id)


def _page_of(certificates: Any, certificate_id: Any) -> str:
    text: str = certificates.service.client().get(f"/C/{certificates.office.token(certificate_id)}").text
    return text
