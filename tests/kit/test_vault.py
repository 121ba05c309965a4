"""Seal, find, sign: under one key or several, and only in its own place."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.kit.ids import keyed, seeded_random_bytes
from bot.kit.masked import Email, Phone
from bot.kit.vault import Vault

OLD, NEW = "the old secret, long enough", "the new secret, long enough"


def vault(*secrets: str) -> Vault:
    return Vault(list(secrets), seeded_random_bytes(3))


def test_what_is_sealed_opens_in_its_place_only():
    sealed = vault(OLD).seal(b"13812345678", "leads.phone:L1")

    assert vault(OLD).open(sealed, "leads.phone:L1") == b"13812345678"
    with pytest.raises(ValueError, match="moved"):
        vault(OLD).open(sealed, "leads.phone:L2")


def test_a_newer_key_opens_what_the_older_one_sealed():
    sealed = vault(OLD).seal(b"x", "p")

    assert vault(NEW, OLD).open(sealed, "p") == b"x"
    with pytest.raises(ValueError, match="no longer configured"):
        vault(NEW).open(sealed, "p")


def test_the_index_survives_a_newer_key():
    """Else nobody would be found again after a rotation."""
    assert vault(OLD).index("phone", "1") == vault(NEW, OLD).index("phone", "1")
    assert vault(OLD).index("phone", "1") != vault(OLD).index("email", "1")


def test_the_index_is_an_hmac_under_a_key_of_its_own():
    """Whatever way it is worked out: what lies in the database stays found."""
    key = HKDF(SHA256(), length=32, salt=b"leadbell", info=b"index").derive(OLD.encode())
    mac = hmac.new(key, "email\0林@xinghe.cn".encode(), hashlib.sha256)

    assert vault(OLD).index("email", "林@xinghe.cn") == mac.hexdigest()[:40]


def test_signatures_of_every_configured_key_hold():
    mac = vault(OLD).sign("button", "lead.claim")

    assert vault(NEW, OLD).signed("button", "lead.claim", mac)
    assert not vault(NEW, OLD).signed("button", "lead.show", mac)
    assert not vault(NEW).signed("button", "lead.claim", mac)


@pytest.mark.parametrize("secrets", [(), ("short",), ("long enough, this one is", "short")])
def test_a_guessable_secret_is_refused(secrets):
    with pytest.raises(ValueError, match="secret"):
        vault(*secrets)


def test_sealed_twice_looks_different():
    one = vault(OLD)

    assert one.seal(b"x", "p") != one.seal(b"x", "p")


def test_keyed_ids_do_not_collide_by_shifting_parts():
    assert keyed(b"k", "ab", "c") != keyed(b"k", "a", "bc")
    assert keyed(b"k", "ab", "c") == keyed(b"k", "ab", "c")


def test_private_text_prints_masked():
    phone, email = Phone("13812345678"), Email("lilei@firm.cn")

    for shown in (str(phone), repr(phone), f"{phone}", f"{phone:>20}", "%s" % phone):  # noqa: UP031 - every way to print
        assert "12345" not in shown
    assert (phone.reveal(), phone.masked) == ("13812345678", "138****5678")
    assert (str(email), email.reveal()) == ("l***@firm.cn", "lilei@firm.cn")
