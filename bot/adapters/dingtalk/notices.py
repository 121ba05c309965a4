"""Work notices (工作通知): they reach whoever the robot cannot talk to alone.

The platform takes what it will not deliver and says so only when it is asked afterwards.
https://open.dingtalk.com/document/development/asynchronous-sending-of-enterprise-session-messages
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from bot.adapters.dingtalk import codes
from bot.adapters.dingtalk.client import Client
from bot.adapters.dingtalk.config import Config
from bot.adapters.dingtalk.words import cut_bytes
from bot.chat.outbound import Sent
from bot.errors import AnswerLostError, PlatformBusyError, PlatformError

#: Seconds before each look at what became of it.
_LOOKS: Final = (0.5, 1.0, 2.0)
_TEXT_BYTES: Final = 1_800
_TITLE_BYTES: Final = 60
#: Why the platform kept it back.
_FORBIDDEN = {
    "143103": "这条内容今天已经给他发过",
    "143104": "今天给他发的工作通知太多了",
    "143105": "今天给他发的工作通知太多了",
    "143106": "发送太频繁",
}

_log = structlog.get_logger()


class Notices:
    """Sends them and looks what became of them."""

    def __init__(
        self, client: Client, config: Config, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._client = client
        self._config = config
        self._sleep = sleep

    @property
    def are_set_up(self) -> bool:
        """Whether the app's number is known."""
        return self._config.agent_id > 0

    async def tell(self, user_id: str, title: str, text: str) -> Sent:
        """Send markdown to one colleague; PlatformRejectedError if it did not reach him."""
        shown = {"title": cut_bytes(title, _TITLE_BYTES), "text": cut_bytes(text, _TEXT_BYTES)}
        payload = {
            "agent_id": self._config.agent_id,
            "userid_list": user_id,
            "msg": {"msgtype": "markdown", "markdown": shown},
        }
        answer = await self._client.act_old("/topapi/message/corpconversation/asyncsend_v2", payload)
        task_id = answer.get("task_id")
        if task_id is None:
            codes.refuse("work_notice", "the answer holds no task_id")
        await self._look(user_id, task_id)
        return Sent(provider_id=str(task_id), data={"task_id": str(task_id)})

    async def _look(self, user_id: str, task_id: Any) -> None:  # noqa: ANN401 - the platform's own number
        has_answered = False
        for pause in _LOOKS:
            await self._sleep(pause)
            try:
                found = await self._result(task_id)
            except PlatformError as exc:
                _log.warning("work_notice.not_looked_up", error=type(exc).__name__)
                continue
            has_answered = True
            if found and self._is_settled(user_id, found):
                return
        if not has_answered:
            # It was taken: whether it arrived is not known here, and no reason to send it again.
            raise AnswerLostError(codes.PLATFORM, f"work notice {task_id}: no word of what became of it")
        _log.info("work_notice.still_under_way", task_id=str(task_id))

    async def _result(self, task_id: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        payload = {"agent_id": self._config.agent_id, "task_id": task_id}
        answer = await self._client.act_old("/topapi/message/corpconversation/getsendresult", payload)
        found = answer.get("send_result")
        return found if isinstance(found, dict) else {}

    def _is_settled(self, user_id: str, found: dict[str, Any]) -> bool:
        for one in found.get("forbidden_list") or ():
            if isinstance(one, dict) and str(one.get("userid")) == user_id:
                code = str(one.get("code", ""))
                codes.refuse(code or "forbidden", _FORBIDDEN.get(code, "平台没有把工作通知交给他"))
        if user_id in _ids(found.get("invalid_user_id_list")):
            codes.refuse("invalid_user", "收不到工作通知：不在应用的可见范围内，或已离职")
        if user_id in _ids(found.get("failed_user_id_list")):
            raise PlatformBusyError(codes.PLATFORM, codes.SOON, "(work notice failed)")
        return user_id in {*_ids(found.get("read_user_id_list")), *_ids(found.get("unread_user_id_list"))}


def _ids(value: object) -> set[str]:
    return {str(one) for one in value} if isinstance(value, list) else set()
