"""Send one SMS by 阿里云 (SendSms 2017-05-25) or 腾讯云 (SendSms 2021-01-11).

Neither knows a repeat: whatever may have left us and was not answered is never sent again; its receipt
says what became of it (阿里云 gives our own id back in `out_id`, 腾讯云 only its own).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from yarl import URL

from bot.adapters.sms import checkup, signing
from bot.adapters.sms.codes import PLATFORM, meaning
from bot.adapters.sms.config import Config
from bot.chat.adapter import Means, Remark
from bot.chat.channel import Channel, CustomerMessage
from bot.chat.channel_checkup import TemplateUse
from bot.errors import AnswerLostError, PlatformRejectedError
from bot.reach.calls import DEADLINE_S, Flight, bounded, over_sockets, silence

_MOST_ANSWER = 64 * 1024
_MAINLAND = "+86"
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Call:
    url: URL
    headers: dict[str, str]
    body: bytes


class SmsChannel:
    """One account at one provider."""

    name = PLATFORM
    is_keyed = False

    def __init__(self, config: Config, means: Means) -> None:
        self._config = config
        self._means = means
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, message: CustomerMessage) -> str:
        """Send it; the provider's id of it."""
        if not message.template:
            code = "no_template"
            raise PlatformRejectedError(PLATFORM, code, "the text has no template of the provider's")
        if not (message.to.startswith("+") and message.to[1:].isascii() and message.to[1:].isdigit()):
            code = "bad_number"
            raise PlatformRejectedError(PLATFORM, code, "not a number with its country")
        if self._config.provider == "aliyun":
            return _aliyun_id(*await self._answered(self._to_aliyun(message)))
        return _tencent_id(*await self._answered(self._to_tencent(message)))

    async def checkup(self, uses: Sequence[TemplateUse]) -> tuple[Remark, ...]:
        """The key, the signature, the templates; by questions alone."""
        own = [one for one in uses if one.version == PLATFORM]
        return await checkup.look(self._config, self._asked, own)

    async def _asked(self, action: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        provider = self._config.provider
        call = self._aliyun(action, asked) if provider == "aliyun" else self._tencent(action, asked)
        status, document = await self._answered(call)
        return checkup.answered(provider, status, document)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _to_aliyun(self, message: CustomerMessage) -> _Call:
        config = self._config
        query = {
            "PhoneNumbers": _spelled(message.to), "SignName": config.sign, "TemplateCode": message.template,
            "TemplateParam": orjson.dumps(dict(message.params)).decode(), "OutId": message.touch_id,
        }  # fmt: skip
        return self._aliyun("SendSms", query)

    def _aliyun(self, action: str, query: Mapping[str, str]) -> _Call:
        config = self._config
        headers = {
            "host": urlsplit(config.base).netloc,
            "x-acs-action": action,
            "x-acs-version": "2017-05-25",
            "x-acs-date": self._means.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self._means.random_bytes(16).hex(),
            "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        }
        signed = signing.acs3(
            key_id=config.key_id, secret=config.key_secret.get_secret_value(), method="POST", query=query,
            headers=headers, body=b"",
        )  # fmt: skip
        url = URL(f"{config.base}/?{signing.query_of(query)}", encoded=True)
        return _Call(url, {**headers, "Authorization": signed}, b"")

    def _to_tencent(self, message: CustomerMessage) -> _Call:
        payload = {
            "PhoneNumberSet": [message.to],
            "SmsSdkAppId": self._config.app_id,
            "SignName": self._config.sign,
            "TemplateId": message.template,
            "TemplateParamSet": list(message.params.values()),
            "SessionContext": message.touch_id,
        }
        return self._tencent("SendSms", payload)

    def _tencent(self, action: str, payload: Mapping[str, Any]) -> _Call:
        config = self._config
        body = orjson.dumps(payload)
        timestamp = int(self._means.clock().timestamp())
        signed_headers = {
            "content-type": _JSON, "host": urlsplit(config.base).netloc, "x-tc-action": action,
        }  # fmt: skip
        signed = signing.tc3(
            key_id=config.key_id, secret=config.key_secret.get_secret_value(), service="sms",
            timestamp=timestamp, headers=signed_headers, body=body,
        )  # fmt: skip
        more = {
            "X-TC-Version": "2021-01-11", "X-TC-Region": config.region, "X-TC-Timestamp": str(timestamp),
            "Authorization": signed,
        }  # fmt: skip
        return _Call(URL(config.base + "/"), {**signed_headers, **more}, body)

    async def _answered(self, call: _Call) -> tuple[int, dict[str, Any]]:
        """Call, and read what comes back; silence after it left us is a lost answer."""
        if self._session is None:
            self._session = over_sockets()
        flight = Flight()
        try:
            async with (
                asyncio.timeout(DEADLINE_S),
                self._session.post(
                    call.url,
                    data=call.body,
                    headers=call.headers,
                    allow_redirects=False,
                    trace_request_ctx=flight,
                ) as response,
            ):
                raw = await bounded(PLATFORM, response, _MOST_ANSWER)
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise silence(PLATFORM, flight, type(exc).__name__) from None
        try:
            document = orjson.loads(raw)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            raise AnswerLostError(PLATFORM, f"no answer of the provider's: {status}")
        return status, document


def _spelled(number: str) -> str:
    """As 阿里云 takes it: a mainland number as people dial it, others with country and no plus."""
    return number.removeprefix(_MAINLAND) if number.startswith(_MAINLAND) else number.removeprefix("+")


def _aliyun_id(status: int, document: dict[str, Any]) -> str:
    code = str(document.get("Code", ""))
    if code != "OK":
        raise meaning(code or "no_code", status=status)
    return str(document.get("BizId", ""))


def _tencent_id(status: int, document: dict[str, Any]) -> str:
    answer = document.get("Response")
    if not isinstance(answer, dict):
        raise AnswerLostError(PLATFORM, f"no answer of the provider's: {status}")
    error, sent = answer.get("Error"), answer.get("SendStatusSet")
    if isinstance(error, dict):
        raise meaning(str(error.get("Code", "no_code")), status=status)
    one = sent[0] if isinstance(sent, list) and sent and isinstance(sent[0], dict) else {}
    code = str(one.get("Code", ""))
    if code != "Ok":
        raise meaning(code or "no_code", status=status)
    return str(one.get("SerialNo", ""))


def build(config: Config, means: Means) -> Channel:
    """Build it; nothing is called yet."""
    return SmsChannel(config, means)
