"""Send by the mini-program: subscription messages and customer messages; neither knows a key of ours."""

from __future__ import annotations

from typing import Any

from bot.adapters.mini_program.config import Config
from bot.chat.adapter import Means
from bot.chat.channel import Channel, CustomerMessage
from bot.errors import PlatformRejectedError
from bot.reach.weixin import Account, Weixin

NAME = "mini_program"
_MOST_TEXT = 2048


class MiniProgramChannel:
    """One mini-program; an address is an openid of it."""

    name = NAME
    is_keyed = False

    def __init__(self, config: Config, means: Means) -> None:
        own = Account(NAME, config.app_id, config.app_secret.get_secret_value(), config.api_base)
        self._state = config.state
        self._weixin = Weixin(own, means.monotonic, means.open_session)

    async def deliver(self, message: CustomerMessage) -> str:
        """Send it; the platform's number of it, where it gives one."""
        if message.way == "mini_program.message":
            path, payload = "/cgi-bin/message/custom/send", _text(message)
        elif message.way == "mini_program.subscribe":
            path, payload = "/cgi-bin/message/subscribe/send", self._notice(message)
        else:
            raise PlatformRejectedError(NAME, "no_such_way", message.way)
        answer = await self._weixin.act(path, payload)
        return str(answer.get("msgid") or "")

    async def opened(self, code: str) -> tuple[str, str]:
        """Whose the code of a `wx.login` is: his openid, and his id across apps or empty."""
        found = await self._weixin.without_token(
            "/sns/jscode2session", js_code=code, grant_type="authorization_code"
        )
        open_id = str(found.get("openid") or "")
        if not open_id:
            raise PlatformRejectedError(NAME, 40029, "the code is nobody's")
        return open_id, str(found.get("unionid") or "")

    async def close(self) -> None:
        """Close the connections."""
        await self._weixin.close()

    def _notice(self, message: CustomerMessage) -> dict[str, Any]:
        payload: dict[str, Any] = {
            "touser": message.to, "template_id": message.template, "miniprogram_state": self._state,
            "lang": "zh_CN", "data": {name: {"value": value} for name, value in message.params.items()},
        }  # fmt: skip
        return {**payload, **({"page": message.page} if message.page else {})}


def _text(message: CustomerMessage) -> dict[str, Any]:
    if len(message.text.encode()) > _MOST_TEXT:
        raise PlatformRejectedError(NAME, "45002", f"over {_MOST_TEXT} bytes")
    return {"touser": message.to, "msgtype": "text", "text": {"content": message.text}}


def build(config: Config, means: Means) -> Channel:
    """Build it; nothing is called yet."""
    return MiniProgramChannel(config, means)
