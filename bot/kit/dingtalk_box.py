"""Seal and open what travels between DingTalk and a callback address, and sign as it signs.

Events use WeCom's scheme with the moment in seconds or milliseconds; robots and cards sign only
the moment, with the app's secret, so nothing in their bodies is proved by it.
https://open.dingtalk.com/document/development/http-callback-overview
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import ClassVar
from urllib.parse import quote

from bot.kit.wecom_box import WeComBox, decoded_key

__all__ = ["DingTalkBox", "decoded_key", "is_signed", "sign_card", "sign_robot", "sign_webhook"]

#: What our reply to an event says once it is opened.
SUCCESS = b"success"
_MOMENT = re.compile(r"[0-9]{13}")


class DingTalkBox(WeComBox):
    """Token, key and owner (client id, or corp id of an old subscription) of one event address."""

    moment: ClassVar = re.compile(r"[0-9]{10}(?:[0-9]{3})?")

    def success(self, *, timestamp: str, nonce: str, random16: bytes) -> dict[str, str]:
        """Give the reply that tells DingTalk that its event is kept."""
        sealed = self.seal(SUCCESS, timestamp=timestamp, nonce=nonce, random16=random16)
        return {
            "msg_signature": sealed.signature,
            # The only name in it with a capital.
            "timeStamp": timestamp,
            "nonce": nonce,
            "encrypt": sealed.encrypted,
        }


def sign_robot(timestamp: str, app_secret: str) -> str:
    """Sign as DingTalk signs a message that the robot heard."""
    return _signed(app_secret, f"{timestamp}\n{app_secret}")


def sign_webhook(timestamp: str, secret: str) -> str:
    """Sign a call to a group's own robot, ready for the address."""
    return quote(_signed(secret, f"{timestamp}\n{secret}"), safe="")


def sign_card(timestamp: str, api_secret: str) -> str:
    """Sign as DingTalk signs a press on a card over HTTP."""
    return _signed(api_secret, timestamp)


def is_signed(timestamp: str, given: str, expected: str) -> bool:
    """Say whether the moment has its shape and the signature is the expected one."""
    raw = given.encode(errors="surrogateescape")
    return bool(_MOMENT.fullmatch(timestamp)) and hmac.compare_digest(raw, expected.encode())


def _signed(secret: str, text: str) -> str:
    if not secret:
        msg = "an empty secret would let anybody sign"
        raise ValueError(msg)
    # A header may hold any bytes: what is no UTF-8 stands in it as halves of letters.
    raw = text.encode(errors="surrogateescape")
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
