"""Identities: short ones that people say aloud, and long ones that nobody guesses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import random
from collections.abc import Callable
from typing import TypeAlias

#: Gives `n` random bytes.
RandomBytes: TypeAlias = Callable[[int], bytes]


#: Bytes of a token, how many letters they are, and what makes whole groups of five of them.
_TOKEN, _LETTERS, _FILLED = 16, 26, b"\0" * 4


def system_random_bytes(n: int) -> bytes:
    """Ask the machine for `n` unpredictable bytes."""
    return os.urandom(n)


def seeded_random_bytes(seed: int) -> RandomBytes:
    """Give the same bytes for the same seed: for worlds that must be repeatable."""
    return random.Random(seed).randbytes  # noqa: S311 - repeatable on purpose


def token(random_bytes: RandomBytes, n: int = _TOKEN) -> str:
    """Spell `n` random bytes with lower-case letters and digits."""
    return base64.b32encode(random_bytes(n)).decode().rstrip("=").lower()


def tokens(random_bytes: RandomBytes, many: int) -> list[str]:
    """As `token`, so many at once, the same as if one after another."""
    drawn = random_bytes(_TOKEN * many)
    # Each is filled up to a whole number of letters; what that adds is cut off.
    filled = b"".join([drawn[at : at + _TOKEN] + _FILLED for at in range(0, len(drawn), _TOKEN)])
    text = base64.b32encode(filled).decode().lower()
    return [text[at : at + _LETTERS] for at in range(0, len(text), 32)]


def keyed(key: bytes, *parts: str) -> str:
    """Derive 26 letters and digits from `parts`: the same parts under one key give the same id.

    Parts are joined with their lengths, so that no two lists of parts can collide.
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()[:16]
    return base64.b32encode(digest).decode().rstrip("=").lower()
