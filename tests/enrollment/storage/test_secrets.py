"""ID numbers and phones are encrypted, and found again by a keyed hash (R43)."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.exceptions import InvalidTag

from services.enrollment.storage.secrets import KEY_FILE, PersonalData, Secrets

NUMBER = "131099196802260001"


def test_what_is_encrypted_comes_back_and_never_looks_the_same():
    secrets = PersonalData(b"k" * 32)
    first, second = secrets.encrypt(NUMBER), secrets.encrypt(NUMBER)
    assert first != second
    assert NUMBER.encode() not in first
    assert secrets.decrypt_text(first) == secrets.decrypt(second).decode() == NUMBER
    assert secrets.decrypt_text(None) == ""


def test_a_changed_cipher_text_or_another_key_gives_nothing():
    cipher = bytearray(PersonalData(b"k" * 32).encrypt(NUMBER))
    with pytest.raises(InvalidTag):
        PersonalData(b"x" * 32).decrypt(bytes(cipher))
    cipher[-1] ^= 1
    with pytest.raises(InvalidTag):
        PersonalData(b"k" * 32).decrypt(bytes(cipher))


def test_the_hash_is_the_same_for_the_same_number_and_useless_without_the_key():
    secrets = PersonalData(b"k" * 32)
    assert secrets.lookup_hash(NUMBER) == PersonalData(b"k" * 32).lookup_hash(NUMBER)
    assert secrets.lookup_hash(NUMBER) != PersonalData(b"x" * 32).lookup_hash(NUMBER)
    assert len(secrets.lookup_hash(NUMBER)) == 64


def test_the_key_file_is_made_once_and_is_for_its_owner_only(tmp_path):
    folder = tmp_path / "data"
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: Secrets(folder).make(1), range(8)))
    assert len({found.lookup_hash(NUMBER) for _ in range(8) for found in Secrets(folder).numbered(1)}) == 1
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_a_configured_key_needs_no_file(tmp_path):
    first, second = (Secrets(tmp_path / folder, "a secret from the settings") for folder in ("web", "worker"))
    (key,) = first.numbered(1)
    assert second.decrypt_text(key.encrypt(NUMBER)) == NUMBER
    assert not (tmp_path / "web").exists()


def test_a_cipher_tells_the_number_of_its_secret_and_each_is_opened_by_its_own(tmp_path):
    secrets = Secrets(tmp_path)
    ciphers = []
    for number in (1, 2):
        secrets.make(number)
        (key,) = secrets.numbered(number)
        ciphers.append(key.encrypt(NUMBER))
    assert [cipher[0] for cipher in ciphers] == [1, 2]
    assert [Secrets(tmp_path).decrypt_text(cipher) for cipher in ciphers] == [NUMBER, NUMBER]
    secrets.file(1).unlink()
    with pytest.raises(InvalidTag):
        Secrets(tmp_path).decrypt(ciphers[0])


def test_the_next_secret_alone_is_not_taken_for_the_one_in_force(tmp_path):
    assert not Secrets(tmp_path, None, "a secret to come").are_configured
