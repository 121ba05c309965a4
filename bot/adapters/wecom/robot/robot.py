"""The robot as a stream that somebody holds, and as a way out for what goes to its conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.codes import PLATFORM
from bot.adapters.wecom.robot import cards, decode, errors, frames, recent, speak
from bot.adapters.wecom.robot.connection import Connection
from bot.adapters.wecom.robot.decode import ROBOT
from bot.adapters.wecom.robot.quota import Quota
from bot.adapters.wecom.robot.socket import BrokenError, Socket, open_socket
from bot.adapters.wecom.robot.speak import Mouth
from bot.chat.adapter import Closed, Ending, Host, Means
from bot.chat.inbound import PRIVATE, Inbound
from bot.chat.outbound import Outgoing, Repeat, SendCard, SendPicture, SendText, Sent, UpdateCard
from bot.errors import BotError, PlatformBusyError, PlatformError, PlatformRejectedError
from bot.kit.ids import token

if TYPE_CHECKING:
    from bot.adapters.wecom.config import Config
    from bot.adapters.wecom.robot.frames import Frame, Json

#: The lease of whoever holds the connection.
WIRE: Final = "wecom.robot"

_log = structlog.get_logger()


class Robot:
    """One smart robot: at most one connection at a time, and everything that needs it."""

    def __init__(
        self, config: Config, means: Means, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.name = WIRE
        self._config = config
        self._means = means
        self._sleep = sleep
        self._quota = Quota()
        self._messages = recent.Recent(means.monotonic)
        self._taps = recent.Recent(means.monotonic)
        self._connection: Connection | None = None
        self._mouth: Mouth | None = None

    async def run(self, host: Host) -> Closed:
        """Connect once and serve; what is taken off the wire is kept before anything is answered."""
        try:
            socket = await self._open()
        except BrokenError as exc:
            return Closed(Ending.DROPPED, f"unreachable_{exc}")
        connection = Connection(
            socket,
            sleep=self._sleep,
            new_id=self._new_id,
            on_callback=lambda frame: self._heard(frame, host),
            count=host.count,
        )

        def opened() -> None:
            self._connection = connection
            self._mouth = Mouth(connection, sleep=self._sleep, new_id=self._new_id)
            host.opened()

        try:
            secret = self._config.bot_secret.get_secret_value()
            return await connection.serve(self._config.bot_id, secret, opened)
        finally:
            if self._connection is connection:
                self._connection = self._mouth = None

    def decode(self, body: bytes) -> Inbound:
        """Read what was kept."""
        return decode.decode(body, robot_name=self._config.bot_name)

    def repeat(self, outgoing: Outgoing) -> Repeat:
        """Say what a second sending would do: cards carry our key, words carry none."""
        if isinstance(outgoing, SendCard):
            return Repeat.KEYED
        return Repeat.HARMLESS if isinstance(outgoing, UpdateCard) else Repeat.NEVER

    async def send(self, outgoing: Outgoing) -> Sent:
        """Say it in the robot's conversation."""
        match outgoing:
            case SendText(text=text):
                return await self._say(outgoing, speak.markdown(text))
            case SendCard():
                return await self._show(outgoing)
            case SendPicture():
                return await self._picture(outgoing)
            case UpdateCard():
                return await self._change(outgoing)
        text = "只配置了智能机器人：二维码、欢迎语和应用群需要自建应用"
        raise PlatformRejectedError(PLATFORM, "robot_only", text)

    async def _show(self, outgoing: SendCard) -> Sent:
        drawn = cards.drawn(
            outgoing.card,
            sealed=outgoing.buttons,
            task_id=outgoing.card_key,
            home_url=self._config.public_url,
        )
        try:
            return await self._say(outgoing, speak.card(drawn))
        except PlatformRejectedError as exc:
            if exc.code == codes.TASK_EXISTS:
                return Sent(repeated=True)
            raise

    async def _picture(self, outgoing: SendPicture) -> Sent:
        if not outgoing.data:
            words = "\n".join(part for part in (outgoing.instead, outgoing.url) if part)
            return await self._say(outgoing, speak.markdown(words))
        media_id = await self._speaking().upload(outgoing.data, kind="image", filename="picture.png")
        return await self._say(outgoing, speak.image(media_id))

    async def _change(self, outgoing: UpdateCard) -> Sent:
        """Change a tapped card; there is no other moment in which a robot's card can be changed."""
        drawn = cards.drawn(
            outgoing.card,
            sealed=outgoing.buttons,
            task_id=outgoing.card_key,
            home_url=self._config.public_url,
            before=outgoing.before,
        )
        req_id = self._taps.take(outgoing.code)
        mouth = self._mouth
        if req_id is None or mouth is None:
            codes.refuse("late", "a robot's card changes within five seconds of a tap, or never")
        try:
            await mouth.change(req_id, drawn)
        except PlatformBusyError as exc:
            # Later is never: whoever waits gets a new card instead.
            raise PlatformRejectedError(PLATFORM, "late", str(exc)) from exc
        return Sent()

    async def _say(self, outgoing: SendText | SendCard | SendPicture, message: Json) -> Sent:
        mouth = self._speaking()
        chat = outgoing.to if outgoing.group else _private(outgoing.to)
        wait = self._quota.spend(chat, self._means.clock())
        if wait is not None:
            raise PlatformBusyError(PLATFORM, wait, "(机器人在这个会话里今天能说的话说完了，有人说话后恢复)")
        # Only where it was asked: an answer that is private must not be shown in the group.
        req_id = self._messages.take(f"{chat} {outgoing.reply_to}") if outgoing.reply_to else None
        answer = await mouth.reply(req_id, message) if req_id is not None else None
        if answer is None:
            answer = await mouth.push(outgoing.to, message, group=outgoing.group)
        return Sent(provider_id=str(answer.body.get("msgid", "")))

    def _speaking(self) -> Mouth:
        if self._mouth is None or self._connection is None or not self._connection.is_open:
            raise PlatformBusyError(PLATFORM, errors.AGAIN, "(机器人没有连上)")
        return self._mouth

    async def _open(self) -> Socket:
        if self._means.open_socket is not None:
            socket: Socket = await self._means.open_socket(self._config.bot_url)
            return socket
        return await open_socket(self._config.bot_url, self._config.proxy.get_secret_value())

    async def _heard(self, frame: Frame, host: Host) -> None:
        """Keep one callback; then greet, if that is what it asks for."""
        now = self._means.clock()
        try:
            accepted = decode.accepted(frame, at=now)
            chat = decode.chat_of(frame.body)
        except ValueError:
            host.count("stream.callback_unreadable", frame.cmd)
            return
        if accepted.waits:
            self._taps.add(decode.update_code(frame.req_id), frame.req_id, recent.TAP_S)
        elif frame.cmd == frames.MESSAGE:
            where = chat if chat != PRIVATE else _private(_sender(frame))
            self._messages.add(f"{where} {accepted.key}", frame.req_id, recent.MESSAGE_S)
            self._quota.heard(where, now)
        try:
            await host.keep(accepted)
        except BotError as exc:
            host.count("stream.callback_lost", type(exc).__name__)
            _log.error("stream.callback_lost", stream=self.name, key=accepted.key, error=type(exc).__name__)
            return
        if decode.event_of(frame.body) == decode.ENTER_CHAT:
            await self._greet(frame, host)

    async def _greet(self, frame: Frame, host: Host) -> None:
        """Greet at once: unanswered, there is no second chance on this day."""
        try:
            await self._speaking().welcome(frame.req_id, host.greeting())
        except PlatformError as exc:
            host.count("stream.greeting_failed", type(exc).__name__)
            _log.warning("robot.greeting_failed", error=str(exc))

    def _new_id(self) -> str:
        return token(self._means.random_bytes)


def _private(user_id: str) -> str:
    return f"{PRIVATE}:{user_id}"


def _sender(frame: Frame) -> str:
    sender = frame.body.get("from")
    return str(sender.get("userid", "")) if isinstance(sender, dict) else ""


def is_for_robot(outgoing: Outgoing, *, alone: bool) -> bool:
    """Say whether the robot has to carry it; `alone` when there is no app."""
    match outgoing:
        case UpdateCard():
            return outgoing.code.startswith(ROBOT)
        case SendText() | SendCard() | SendPicture():
            if outgoing.group:
                return outgoing.to.startswith(ROBOT)
            return alone or outgoing.reply_to.startswith(ROBOT)
        case _:
            return alone
