"""Say it, show it, or change what hangs in somebody's chat.

https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches
"""

from __future__ import annotations

import asyncio
import hashlib

import structlog

from bot.adapters.dingtalk import action_cards, cards, codes, words
from bot.adapters.dingtalk.client import Answer, Client
from bot.adapters.dingtalk.config import Config
from bot.adapters.dingtalk.notices import Notices
from bot.adapters.dingtalk.pictures import Pictures
from bot.adapters.dingtalk.receive import card_secret
from bot.adapters.dingtalk.sessions import Sessions
from bot.adapters.dingtalk.taps import Json, Taps
from bot.chat.inbound import PRIVATE
from bot.chat.outbound import SendCard, SendPicture, SendText, Sent, UpdateCard
from bot.errors import PlatformBusyError, PlatformRejectedError

#: Bytes of a text, below what the platform takes for `msgParam`.
_TEXT_BYTES = 10_000
_ROUTE = "/callback/dingtalk/card"
_INSTANCES = "/v1.0/card/instances"
_ROUTE_EXISTS = "param.callbackRouteKeyExist"
#: Begins the id of a group; whatever begins so is masked as before a group.
_GROUP = "cid"

_log = structlog.get_logger()


class Mouth:
    """Everything that is said to people and groups."""

    def __init__(
        self, client: Client, config: Config, *, sessions: Sessions, taps: Taps, notices: Notices
    ) -> None:
        self._client = client
        self._config = config
        self._sessions = sessions
        self._taps = taps
        self._notices = notices
        self._pictures = Pictures(client)
        self._registering = asyncio.Lock()
        self._is_registered = config.mode == "stream"

    def session(self, outgoing: SendText | SendCard | SendPicture) -> str | None:
        """Give the free address at which this is an answer, if there is one."""
        if not outgoing.reply_to or isinstance(outgoing, SendPicture):
            return None
        if isinstance(outgoing, SendCard) and outgoing.card.presses:
            return None
        return self._sessions.find(_chat(outgoing), outgoing.reply_to)

    async def text(self, outgoing: SendText) -> Sent:
        """Say something."""
        said = words.said(outgoing.text, _TEXT_BYTES, group=outgoing.group)
        if await self._replied(outgoing, {"msgtype": "text", "text": {"content": said}}):
            return Sent()
        return await self._robot(outgoing, "sampleText", {"content": said}, said, said)

    async def picture(self, outgoing: SendPicture) -> Sent:
        """Show a picture; words stand in where the platform takes none."""
        try:
            address = await self._pictures.address(outgoing)
        except PlatformRejectedError as exc:
            if not outgoing.instead:
                raise
            _log.warning("picture.worded", platform=codes.PLATFORM, reason=str(exc))
            words_ = SendText(
                to=outgoing.to, text=outgoing.instead, group=outgoing.group, reply_to=outgoing.reply_to
            )
            return await self.text(words_)
        title = outgoing.instead or "图片"
        return await self._robot(outgoing, "sampleImageMsg", {"photoURL": address}, title, title)

    async def card(self, outgoing: SendCard) -> Sent:
        """Show a card: an interactive one, or without a template one whose buttons are links."""
        if self._config.has_template and outgoing.card_key:
            return await self._interactive(outgoing)
        drawn = action_cards.markdown(outgoing.card, group=outgoing.group)
        if await self._replied(outgoing, drawn):
            return Sent()
        key, values = action_cards.message(outgoing, self._config.public_url)
        return await self._robot(outgoing, key, values, values["title"], values["text"])

    async def change(self, outgoing: UpdateCard) -> Sent:
        """Change a card: in the answer to a tap if one waits, else by its key."""
        if not self._config.has_template:
            codes.refuse("fixed_card", "没有卡片模板时，发出去的卡片不能再改；按钮打开的网页总是最新的")
        group = outgoing.to.startswith(_GROUP)
        user_id = self._taps.user_of(outgoing.code) if outgoing.code else None
        body = cards.change(outgoing, group=group)
        if user_id is not None:
            answer = cards.response(outgoing, group=group, user_id=user_id)
            if await self._taps.answer(outgoing.code, answer):
                # The answer carries nobody's own values but those of whoever tapped.
                body = cards.private_change(outgoing, but=user_id)
        if body:
            await self._put(body)
        return Sent()

    def rides_along(self, outgoing: UpdateCard) -> bool:
        """Say whether the answer to a tap carries all of this change, so that it costs no call."""
        user_id = self._taps.rides_to(outgoing.code)
        return user_id is not None and all(view.user_id == user_id for view in outgoing.views)

    async def _put(self, body: Json) -> None:
        """Change a card by its key; whoever has left must not keep the others from seeing it."""
        if await self._is_taken(body):
            return
        _log.warning("card.reader_gone", platform=codes.PLATFORM, card_key=body["outTrackId"])
        for part in cards.parts(body):
            await self._is_taken(part)

    async def _is_taken(self, body: Json) -> bool:
        """False if there were values for somebody who has left."""
        try:
            _check_success(await self._client.act("PUT", _INSTANCES, body))
        except PlatformRejectedError as exc:
            if exc.code != codes.CARD_NO_READER:
                raise
            return False
        return True

    async def _interactive(self, outgoing: SendCard) -> Sent:
        await self._register()
        route_key = _route_key(self._config.public_url)
        payload = cards.creation(outgoing, self._config, route_key=route_key)
        try:
            answer = await self._client.act("POST", "/v1.0/card/instances/createAndDeliver", payload)
        except PlatformRejectedError as exc:
            if exc.code == codes.CARD_EXISTS:
                return Sent(repeated=True)
            raise
        _check_success(answer)
        return Sent(provider_id=_delivered(answer))

    async def _register(self) -> None:
        """Tell the platform once where presses on our cards go; only HTTP mode needs it."""
        if self._is_registered:
            return
        async with self._registering:
            if self._is_registered:
                return
            payload = {
                "callbackRouteKey": _route_key(self._config.public_url),
                "callbackUrl": f"{self._config.public_url.rstrip('/')}{_ROUTE}",
                "apiSecret": card_secret(self._config),
            }
            try:
                await self._client.act("POST", "/v1.0/card/callbacks/register", payload)
            except PlatformRejectedError as exc:
                # The key is made of the address, so one that exists is ours.
                if exc.code != _ROUTE_EXISTS:
                    raise
            self._is_registered = True

    async def _replied(self, outgoing: SendText | SendCard, message: dict[str, object]) -> bool:
        """Answer for free where somebody spoke; False if only a message of its own will do."""
        address = self.session(outgoing)
        if address is None:
            return False
        try:
            await self._client.say(address, message)
        except (PlatformBusyError, PlatformRejectedError) as exc:
            self._sessions.forget(_chat(outgoing), outgoing.reply_to)
            _log.info("session.over", platform=codes.PLATFORM, error=str(exc))
            return False
        return True

    async def _robot(
        self,
        outgoing: SendText | SendCard | SendPicture,
        key: str,
        values: dict[str, str],
        title: str,
        text: str,
    ) -> Sent:
        message = {"robotCode": self._config.robot, "msgKey": key, "msgParam": action_cards.param(values)}
        if outgoing.group:
            payload = {**message, "openConversationId": outgoing.to}
            answer = await self._client.act("POST", "/v1.0/robot/groupMessages/send", payload)
            return Sent(provider_id=str(answer.get("processQueryKey", "")))
        try:
            return await self._to_one(outgoing.to, message)
        except PlatformRejectedError as exc:
            if exc.code not in codes.NO_CHAT or not self._notices.are_set_up:
                raise
            _log.info("robot.told_by_work_notice", platform=codes.PLATFORM, code=exc.code)
            return await self._notices.tell(outgoing.to, title, text)

    async def _to_one(self, user_id: str, message: dict[str, str]) -> Sent:
        payload = {**message, "userIds": [user_id]}
        answer = await self._client.act("POST", "/v1.0/robot/oToMessages/batchSend", payload)
        # The platform says yes even when nobody got it.
        if user_id in _ids(answer, "invalidStaffIdList"):
            codes.refuse("robot.oto.notExist", "对方收不到机器人消息：不在应用的可见范围内，或已离职")
        if user_id in _ids(answer, "flowControlledStaffIdList"):
            raise PlatformBusyError(codes.PLATFORM, codes.BANNED, "(对方被限流)")
        return Sent(provider_id=str(answer.get("processQueryKey", "")))


def _chat(outgoing: SendText | SendCard | SendPicture) -> str:
    return outgoing.to if outgoing.group else f"{PRIVATE}:{outgoing.to}"


def _route_key(public_url: str) -> str:
    return f"leadbell-{hashlib.sha256(public_url.encode()).hexdigest()[:24]}"


def _check_success(answer: Answer) -> None:
    if str(answer.get("success", True)).lower() == "false":
        codes.refuse("success", "the platform says that it did not succeed")


def _delivered(answer: Answer) -> str:
    """Give the carrier's id; a card that was made and reached nobody is a refusal."""
    result = answer.get("result")
    found = result.get("deliverResults") if isinstance(result, dict) else None
    carrier = ""
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            if str(one.get("success", True)).lower() == "false":
                codes.refuse("deliver", str(one.get("errorMsg") or "卡片没有送到"))
            carrier = str(one.get("carrierId") or carrier)
    return carrier


def _ids(answer: Answer, name: str) -> set[str]:
    found = answer.get(name)
    return {str(one) for one in found} if isinstance(found, list) else set()
