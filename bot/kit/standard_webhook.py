"""Signatures as Standard Webhooks 1.0.0 has them: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

_PREFIX = "whsec_"
#: Bytes of a secret.
_LEAST, _MOST = 24, 64


def secrets_of(text: str) -> tuple[bytes, ...]:
    """The secrets of a setting, newest first, separated by spaces; ValueError says what is wrong."""
    found = []
    for part in text.split():
        try:
            secret = base64.b64decode(part.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError) as exc:
            msg = "not whsec_ and base64"
            raise ValueError(msg) from exc
        if not part.startswith(_PREFIX) or not _LEAST <= len(secret) <= _MOST:
            msg = f"not whsec_ and {_LEAST} to {_MOST} bytes in base64"
            raise ValueError(msg)
        found.append(secret)
    return tuple(found)


def headers(secrets: tuple[bytes, ...], *, message_id: str, body: bytes, at: datetime) -> Mapping[str, str]:
    """What goes along with a body that is sent at this moment."""
    stamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    marks = [
        "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        for secret in secrets
    ]
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": " ".join(marks)}
