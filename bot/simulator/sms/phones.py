"""SMS that came, whoever they are for, and the provider's console: signature, templates, callback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

import aiohttp

from bot.kit.clock import Clock
from bot.simulator.common.shapes import Json

_WITHIN, _TRIES = 5.0, 3
_PLACE = re.compile(r"\$\{(\w+)\}|\{(\d+)\}")
_ONE, _EACH = 70, 67


@dataclass(slots=True)
class Console:
    """What the account's console shows."""

    key_id: str = ""
    key_secret: str = field(default="", repr=False)
    sign: str = ""
    app_id: str = ""
    provider: Literal["aliyun", "tencent"] = "aliyun"
    #: By code: the text with `${name}` (阿里云) or `{1}` (腾讯云).
    templates: Mapping[str, str] = field(default_factory=dict)
    callback_url: str = field(default="", repr=False)


@dataclass(slots=True)
class Sms:
    """One, in or out."""

    id: int
    at: datetime
    #: As people dial it, or with a plus.
    phone: str = field(repr=False)
    text: str = field(repr=False)
    #: `in` came to the customer, `out` is what he answered.
    way: Literal["in", "out"]
    provider_id: str = ""
    out_id: str = ""

    @property
    def pieces(self) -> int:
        """As how many it is paid."""
        return 1 if len(self.text) <= _ONE else -(-len(self.text) // _EACH)

    def view(self) -> Json:
        """As the page lists it."""
        return {**asdict(self), "at": self.at.isoformat(), "pieces": self.pieces}


class Phones:
    """All phones of one world, and the provider before them."""

    def __init__(self, console: Console, clock: Clock, publish: Callable[[Json], None]) -> None:
        self.console = console
        self.messages: list[Sms] = []
        #: How calls are answered: as they should be if empty, `busy`, `refused`, or `lost` (sent, no answer).
        self.fault = ""
        #: Nonces that were used; a second time is a replay.
        self.nonces: set[str] = set()
        self._clock = clock
        self._publish = publish
        self._reports: set[asyncio.Task[None]] = set()

    def written(self, code: str, params: Mapping[str, str]) -> str | None:
        """The text of a template with its places filled; None if a parameter is missing."""
        template = self.console.templates[code]
        names = {one or two for one, two in _PLACE.findall(template)}
        if names - set(params):
            return None
        text = _PLACE.sub(lambda found: params[found[1] or found[2]], template)
        return text if text.startswith("【") else f"【{self.console.sign}】{text}"

    def put(self, phone: str, text: str, *, out_id: str = "") -> Sms:
        """One has come to a customer; its receipt follows."""
        sms = self._add(phone, text, "in", out_id=out_id)
        sms.provider_id = f"{self._clock():%Y%m%d%H%M%S}{sms.id:06d}^0"
        self._tell(self.receipt(sms))
        return sms

    def answer(self, phone: str, text: str) -> Sms:
        """A customer answers."""
        sms = self._add(phone, text, "out")
        self._tell(self.reply(sms))
        return sms

    def receipt(self, sms: Sms) -> object:
        """What the provider pushes once it came there."""
        local = sms.at.strftime("%Y-%m-%d %H:%M:%S")
        if self.console.provider == "aliyun":
            return [{
                "phone_number": sms.phone, "send_time": local, "report_time": local, "success": True,
                "err_code": "DELIVERED", "err_msg": "用户接收成功", "sms_size": str(sms.pieces),
                "biz_id": sms.provider_id, "out_id": sms.out_id,
            }]  # fmt: skip
        return [{
            "user_receive_time": local, "nationcode": "86", "mobile": sms.phone.removeprefix("+86"),
            "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "用户短信送达成功",
            "sid": sms.provider_id,
        }]  # fmt: skip

    def reply(self, sms: Sms) -> object:
        """What the provider pushes once a customer answered."""
        if self.console.provider == "aliyun":
            return [{
                "phone_number": sms.phone, "content": sms.text, "sign_name": self.console.sign,
                "send_time": sms.at.strftime("%Y-%m-%d %H:%M:%S"), "dest_code": "1069000000",
                "sequence_id": sms.id,
            }]  # fmt: skip
        return {
            "extend": "", "mobile": sms.phone.removeprefix("+86"), "nationcode": "86",
            "sign": self.console.sign, "text": sms.text, "time": int(sms.at.timestamp()),
        }  # fmt: skip

    async def settle(self) -> None:
        """Wait until every report was brought."""
        await asyncio.gather(*self._reports)

    async def stop(self) -> None:
        """Bring no more."""
        for task in self._reports:
            task.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)

    def _add(self, phone: str, text: str, way: Literal["in", "out"], *, out_id: str = "") -> Sms:
        sms = Sms(len(self.messages) + 1, self._clock(), phone, text, way, out_id=out_id)
        self.messages.append(sms)
        self._publish({"type": "post", "kind": "sms", "id": sms.id})
        return sms

    def _tell(self, document: object) -> None:
        if self.console.callback_url:
            task = asyncio.create_task(self._brought(document))
            self._reports.add(task)
            task.add_done_callback(self._reports.discard)

    async def _brought(self, document: object) -> None:
        """Push until it is taken; the real ones wait minutes between tries."""
        timeout = aiohttp.ClientTimeout(total=_WITHIN)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            for _ in range(_TRIES):
                try:
                    async with http.post(self.console.callback_url, json=document) as answer:
                        if answer.status == 200 and await _is_taken(answer):  # noqa: PLR2004 - OK
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(1)


async def _is_taken(answer: aiohttp.ClientResponse) -> bool:
    """Both want a zero, by different names."""
    try:
        told = await answer.json(content_type=None)
    except ValueError:
        return False
    return isinstance(told, dict) and 0 in (told.get("code"), told.get("result"))
