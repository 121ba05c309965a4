"""Receipts and replies of SMS providers, under an address that nobody guesses: neither signs them.

阿里云 SmsReport and SmsUp: https://help.aliyun.com/zh/sms/developer-reference/configure-delivery-receipts-1
腾讯云: https://cloud.tencent.com/document/product/382/59178 (receipts), 59179 (replies)
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from bot.adapters.sms.codes import PLATFORM
from bot.adapters.sms.config import Config
from bot.chat.adapter import Caller
from bot.chat.inbound import Accepted, Asked, Delivery, Inbound, Unknown
from bot.crm.touch_signals import SmsHasCome
from bot.errors import BadDeliveryError
from bot.intake.clean.phone import read_phone

#: What each wants to read, or it comes again.
_THANKS = {
    "aliyun": orjson.dumps({"code": 0, "msg": "成功"}),
    "tencent": orjson.dumps({"result": 0, "errmsg": "OK"}),
}
_MOST = 500


class SmsCaller:
    """The provider whose SMS we send."""

    name = PLATFORM

    def __init__(self, config: Config) -> None:
        secret = config.callback_secret.get_secret_value()
        self._path = f"{config.provider}/{secret}".encode()
        self._provider = config.provider

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted:
        """Take what comes to our own address; BadDeliveryError for anything else."""
        del now
        if not hmac.compare_digest(delivery.path.encode(), self._path) or delivery.method != "POST":
            msg = "not our address"
            raise BadDeliveryError(msg)
        body = self._provider.encode() + b"\n" + delivery.body
        key = hashlib.sha256(body).hexdigest()
        return Accepted(PLATFORM, key, f"{PLATFORM}:{self._provider}", body, answer=_THANKS[self._provider])

    def decode(self, body: bytes) -> Inbound:
        """Read it: receipts and replies by their shape; ValueError for what has none."""
        provider, _, raw = body.partition(b"\n")
        document = orjson.loads(raw)
        rows = document if isinstance(document, list) else [document]
        if not rows or len(rows) > _MOST or not all(isinstance(one, dict) for one in rows):
            msg = "neither receipts nor replies"
            raise ValueError(msg)
        read = _aliyun if provider == b"aliyun" else _tencent
        found = [read(one) for one in rows]
        receipts = [one for one in found if one is not None and "delivered" in one]
        replies = [one for one in found if one is not None and "text" in one]
        if not receipts and not replies:
            return Unknown(platform=PLATFORM, name="no_receipt")
        return Asked(
            command=SmsHasCome(provider.decode(), receipts=_lines(receipts), replies=_lines(replies))
        )


def _aliyun(row: Mapping[str, Any]) -> dict[str, object] | None:
    phone = _number(row.get("phone_number"), "86")
    if "content" in row:
        return {"phone": phone, "text": str(row["content"]), "at": str(row.get("send_time", ""))}
    if "success" not in row:
        return None
    return {
        "out_id": str(row.get("out_id") or ""),
        "id": str(row.get("biz_id") or ""),
        "phone": phone,
        "delivered": row["success"] is True or row["success"] == "true",
        "code": str(row.get("err_code") or "")[:80],
        "pieces": _count(row.get("sms_size")),
        "at": str(row.get("report_time", "")),
    }


def _tencent(row: Mapping[str, Any]) -> dict[str, object] | None:
    phone = _number(row.get("mobile"), str(row.get("nationcode") or "86"))
    if "text" in row:
        return {"phone": phone, "text": str(row["text"]), "at": str(row.get("time", ""))}
    if "report_status" not in row:
        return None
    return {
        "out_id": "",
        "id": str(row.get("sid") or ""),
        "phone": phone,
        "delivered": row["report_status"] == "SUCCESS",
        "code": str(row.get("errmsg") or "")[:80],
        "pieces": 0,
        "at": str(row.get("user_receive_time", "")),
    }


def _number(given: object, country: str) -> str:
    """With its country, as we keep numbers; providers leave it out, or put 86 or 0086 before it."""
    digits = "".join(sign for sign in str(given or "") if sign.isdigit()).removeprefix("00")
    country = country.lstrip("+") or "86"
    whole = f"+{digits}"
    return whole if digits.startswith(country) and read_phone(whole) else f"+{country}{digits}"


def _count(given: object) -> int:
    text = str(given or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0  # noqa: PLR2004 - no SMS has so many


def _lines(rows: list[dict[str, object]]) -> str:
    return "\n".join(orjson.dumps(one).decode() for one in rows)


def build(blocks: Mapping[str, Config]) -> Caller:
    """Build it; there is one provider."""
    (config,) = blocks.values()
    return SmsCaller(config)
