"""R41: the token in the QR code cannot be guessed, and neither can the check code."""

from uuid import UUID, uuid4

from services.certificates.domain.codes import check_code_hash, check_code_of, looks_like_token, token_hash, token_of

SECRET = bytes(range(32))
ONE = UUID(int=1)


def test_r41_a_token_holds_128_bits_in_capitals_that_a_qr_code_packs_tightly() -> None:
    token = token_of(SECRET, ONE)
    assert len(token) == 26
    assert token.isupper()
    assert looks_like_token(token)


def test_r41_without_the_secret_nothing_known_gives_the_token() -> None:
    assert token_of(SECRET, ONE) != token_of(bytes(32), ONE)
    assert check_code_of(SECRET, ONE) != check_code_of(bytes(32), ONE)


def test_r41_tokens_and_check_codes_of_many_certificates_differ() -> None:
    ids = [uuid4() for _ in range(500)]
    assert len({token_of(SECRET, each) for each in ids}) == 500
    assert len({check_code_of(SECRET, each) for each in ids}) == 500


def test_a_token_is_found_in_small_letters_too() -> None:
    token = token_of(SECRET, ONE)
    assert token_hash(token.lower()) == token_hash(token)


def test_a_check_code_is_found_without_hyphen_and_with_letters_that_look_like_digits() -> None:
    stored = check_code_hash("LFJG-2023-12-GB-0001", "10K0-4QXD")
    assert check_code_hash("LFJG-2023-12-GB-0001", " iok o4qxd ") == stored


def test_a_check_code_opens_its_own_number_only() -> None:
    code = check_code_of(SECRET, ONE)
    assert check_code_hash("LFJG-2023-12-GB-0001", code) != check_code_hash("LFJG-2023-12-GB-0002", code)


def test_what_is_no_token_is_told_apart_without_a_look_at_the_database() -> None:
    assert not looks_like_token("../../etc/passwd")
    assert not looks_like_token("A" * 27)
