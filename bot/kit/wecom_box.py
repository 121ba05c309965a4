"""Seal and open what travels between WeCom and a callback address.

The signature joins its four parts without separators, so it does not say where one
ends: only the strict shapes below do. AES-CBC carries no proof of its own either;
length, padding and receive id are checked to the last byte.
https://developer.work.weixin.qq.com/document/path/90968
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from typing import ClassVar

from Crypto.Cipher import AES

from bot.errors import BadDeliveryError

_KEY_CHARS = 43
#: Bytes. WeCom pads to twice the cipher's own block.
_BLOCK = 32
_RANDOM = 16
#: Random bytes and the four bytes of the length.
_HEAD = _RANDOM + 4

_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
_NONCE = re.compile(r"[0-9A-Za-z]{1,32}")
_SIGNATURE = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed text and what must travel beside it."""

    encrypted: str
    signature: str
    timestamp: str
    nonce: str


class WeComBox:
    """Token, key and receive id of one callback address."""

    #: How the platform spells its moments; whoever shares the scheme may spell them otherwise.
    moment: ClassVar = re.compile(r"[0-9]{10}")

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        if not token:
            msg = "an empty token would let anybody sign"
            raise ValueError(msg)
        self._token = token
        self._key = decoded_key(aes_key)
        self._receive_id = receive_id.encode()

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """Give the 40 hexadecimal digits that WeCom puts beside these three."""
        joined = "".join(sorted((self._token, timestamp, nonce, encrypted)))
        # SHA-1 is WeCom's choice, not ours; the text is encrypted besides.
        return hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - the platform's algorithm

    def open(self, *, timestamp: str, nonce: str, signature: str, encrypted: str) -> bytes:
        """Give the text that WeCom sealed for us; BadDeliveryError for anything else."""
        shaped = (
            self.moment.fullmatch(timestamp) and _NONCE.fullmatch(nonce) and _SIGNATURE.fullmatch(signature)
        )
        # A base64 text is ASCII; anything else must not reach the hash.
        if not shaped or not encrypted.isascii():
            msg = "a part of the signature has the wrong shape"
            raise BadDeliveryError(msg)
        expected = self.signature(timestamp, nonce, encrypted)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            msg = "the signature does not match"
            raise BadDeliveryError(msg)
        return self._unwrapped(self._decrypted(_canonical(encrypted)))

    def seal(self, plain: bytes, *, timestamp: str, nonce: str, random16: bytes) -> Sealed:
        """Seal `plain` as WeCom does; `random16` must be 16 fresh random bytes."""
        if len(random16) != _RANDOM:
            msg = f"{_RANDOM} random bytes are needed"
            raise ValueError(msg)
        text = b"".join((random16, struct.pack(">I", len(plain)), plain, self._receive_id))
        pad = _BLOCK - len(text) % _BLOCK
        cipher = AES.new(self._key, AES.MODE_CBC, iv=self._key[:16])
        encrypted = base64.b64encode(cipher.encrypt(text + bytes([pad]) * pad)).decode()
        return Sealed(encrypted, self.signature(timestamp, nonce, encrypted), timestamp, nonce)

    def _decrypted(self, encrypted: bytes) -> bytes:
        if not encrypted or len(encrypted) % _BLOCK:
            msg = "the sealed text is not made of whole blocks"
            raise BadDeliveryError(msg)
        padded = AES.new(self._key, AES.MODE_CBC, iv=self._key[:16]).decrypt(encrypted)
        pad = padded[-1]
        if not 1 <= pad <= _BLOCK or not padded.endswith(bytes([pad]) * pad):
            msg = "the padding is broken; the key may belong to another app"
            raise BadDeliveryError(msg)
        return padded[:-pad]

    def _unwrapped(self, text: bytes) -> bytes:
        if len(text) < _HEAD:
            msg = "the sealed text is too short"
            raise BadDeliveryError(msg)
        (length,) = struct.unpack_from(">I", text, _RANDOM)
        # One equation settles the length and the receive id: nothing may be left over.
        if not hmac.compare_digest(text[_HEAD + length :], self._receive_id) or length > len(text) - _HEAD:
            msg = "the receive id is not ours"
            raise BadDeliveryError(msg)
        return text[_HEAD : _HEAD + length]


def decoded_key(aes_key: str) -> bytes:
    """Give the 32 bytes of a key of 43 characters; ValueError for another shape.

    The last character carries two bits that mean nothing and are often set, so the key
    is decoded leniently and never compared with its canonical spelling.
    """
    if not _KEY.fullmatch(aes_key):
        msg = f"an AES key has {_KEY_CHARS} letters and digits"
        raise ValueError(msg)
    return base64.b64decode(aes_key + "=")


def _canonical(encrypted: str) -> bytes:
    """Decode base64 that has exactly one spelling; Python's own decoder forgives too much."""
    try:
        raw = base64.b64decode(encrypted, validate=True)
    except binascii.Error as exc:
        msg = "the sealed text is not base64"
        raise BadDeliveryError(msg) from exc
    if base64.b64encode(raw).decode() != encrypted:
        msg = "the sealed text is not spelled as base64 is"
        raise BadDeliveryError(msg)
    return raw
