"""Signing keys: made on first start, private, and changed without shutting anyone out."""

import json
import stat

import time_machine

from services.portal.storage.keys import KeyRing
from shared.storage.work import NOBODY
from shared.web import tokens


def names(ring):
    return {key["kid"] for key in ring.published()["keys"]}


def test_the_first_start_makes_a_key_that_only_the_portal_can_read(tmp_path):
    ring = KeyRing(tmp_path)
    token = tokens.mint(ring.signing_key(), NOBODY)
    (file,) = (tmp_path / "token-keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert tokens.read(token, KeyRing(tmp_path).public_keys).actor == NOBODY


def test_a_new_key_is_published_at_once_and_signs_after_a_minute(tmp_path):
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as clock:
        ring, other_process = KeyRing(tmp_path), KeyRing(tmp_path)
        old = ring.signing_key().kid
        clock.shift(3600)
        new = ring.rotate()
        assert names(other_process) == {old, new}
        assert other_process.signing_key().kid == old
        clock.shift(61)
        assert other_process.signing_key().kid == new


def test_an_old_key_is_forgotten_only_when_its_last_token_has_run_out(tmp_path):
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as clock:
        ring = KeyRing(tmp_path)
        old = ring.signing_key().kid
        clock.shift(3600)
        second = ring.rotate()
        clock.shift(70)
        third = ring.rotate()
        assert names(ring) == {old, second, third}
        clock.shift(3600)
        fourth = ring.rotate()
        assert names(ring) == {third, fourth}


def test_a_secret_is_made_once_and_stays(tmp_path):
    first = KeyRing(tmp_path).secret("activation-codes")
    assert len(first) == 32
    assert KeyRing(tmp_path).secret("activation-codes") == first
    assert KeyRing(tmp_path).secret("other") != first


def test_what_is_published_is_plain_json_without_the_private_half(tmp_path):
    ring = KeyRing(tmp_path)
    assert '"d"' not in json.dumps(ring.published())
