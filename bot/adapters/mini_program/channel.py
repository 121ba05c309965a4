"""Send by the mini-program: subscription messages and customer messages; neither knows a key of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.adapters.mini_program.config import Config
from bot.chat.adapter import Means, Remark
from bot.chat.channel import Channel, CustomerMessage
from bot.chat.channel_checkup import TemplateUse, missing
from bot.errors import PlatformRejectedError
from bot.reach import weixin_checkup
from bot.reach.weixin import Account, Weixin

NAME = "mini_program"
_MOST_TEXT = 2048
_TITLE = "小程序"
_CURE = "换成小程序后台「订阅消息 → 我的模板」里的编号，或在内容里去掉 mini_program 的 template"


class MiniProgramChannel:
    """One mini-program; an address is an openid of it."""

    name = NAME
    is_keyed = False

    def __init__(self, config: Config, means: Means) -> None:
        own = Account(NAME, config.app_id, config.app_secret.get_secret_value(), config.api_base)
        self._state, self._base = config.state, config.api_base
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

    async def checkup(self, uses: Sequence[TemplateUse]) -> tuple[Remark, ...]:
        """A token, and the templates that contents go by."""
        host = urlsplit(self._base).netloc
        first = Remark(*await weixin_checkup.token(self._weixin, _TITLE, "LEADBELL_MINI_PROGRAM", host))
        own = [one for one in uses if one.version == NAME]
        if not first.is_fine or not own:
            return (first,)
        known = await weixin_checkup.templates(self._weixin, "subscribe", _TITLE)
        if isinstance(known, weixin_checkup.Said):
            return (first, Remark(*known))
        return (first, *missing(_TITLE, own, known, _CURE))

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
