"""Keep what is private: seal it, find it again without opening it, and sign what must come back whole.

One secret, or several with the newest first, gives every key by HKDF; the label says which.
Sealing is AES-GCM; the associated data names the place, so that a sealed value moved
to another row or column does not open.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.kit.ids import RandomBytes

#: Bytes. A shorter secret could be guessed.
MIN_SECRET = 16
_NONCE = 12
_KEY_ID = 4
#: Bytes that SHA-256 takes in at once.
_BLOCK = 64


class Vault:
    """Seals, indexes and signs under the keys derived from one or more secrets."""

    def __init__(self, secrets: Sequence[str], random_bytes: RandomBytes) -> None:
        if not secrets or any(len(s.encode()) < MIN_SECRET for s in secrets):
            msg = f"a secret key needs at least {MIN_SECRET} bytes"
            raise ValueError(msg)
        self._random = random_bytes
        self._seal = {self._id(s): AESGCM(_derive(s, "seal")) for s in reversed(secrets)}
        self._newest = self._id(secrets[0])
        # The index must stay the same when a key is added, so it hangs on the oldest.
        self._index = _derive(secrets[-1], "index")
        self._inner, self._outer = (hashlib.sha256(_padded(self._index, by)) for by in (0x36, 0x5C))
        self._sign = [_derive(s, "sign") for s in secrets]

    @staticmethod
    def _id(secret: str) -> bytes:
        return hashlib.sha256(_derive(secret, "id")).digest()[:_KEY_ID]

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt `plain`; it opens only at the same `place`."""
        nonce = self._random(_NONCE)
        return self._newest + nonce + self._seal[self._newest].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The inverse of `seal`; ValueError if the value was altered, moved, or its key is gone."""
        key_id, nonce, body = sealed[:_KEY_ID], sealed[_KEY_ID : _KEY_ID + _NONCE], sealed[_KEY_ID + _NONCE :]
        cipher = self._seal.get(key_id)
        if cipher is None:
            msg = "sealed under a key that is no longer configured"
            raise ValueError(msg)
        try:
            return cipher.decrypt(nonce, body, place.encode())
        except InvalidTag as exc:
            msg = "a sealed value was altered or moved"
            raise ValueError(msg) from exc

    def index(self, kind: str, value: str) -> str:
        """Give the blind index of a normalised value: equal values of one kind, equal text."""
        # HMAC-SHA256 with both halves of the key taken in ahead: OpenSSL's own way costs three times this.
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(f"{kind}\0{value}".encode())
        outer.update(inner.digest())
        return outer.hexdigest()[:40]

    def sign(self, label: str, text: str) -> bytes:
        """Give 16 bytes that only we can make for `text` under `label`."""
        return _mac(self._sign[0], label, text)

    def signed(self, label: str, text: str, mac: bytes) -> bool:
        """Say whether `mac` is ours, under any key still configured."""
        return any(hmac.compare_digest(_mac(key, label, text), mac) for key in self._sign)

    def key(self, label: str) -> bytes:
        """Give the key of one purpose, stable as long as the oldest secret stays configured."""
        return hmac.new(self._index, f"key\0{label}".encode(), hashlib.sha256).digest()


def _derive(secret: str, label: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=b"leadbell", info=label.encode()).derive(secret.encode())


def _padded(key: bytes, by: int) -> bytes:
    """A key as one half of HMAC (RFC 2104) takes it in."""
    return bytes(one ^ by for one in key.ljust(_BLOCK, b"\0"))


def _mac(key: bytes, label: str, text: str) -> bytes:
    return hmac.new(key, f"{label}\0{text}".encode(), hashlib.sha256).digest()[:16]
