"""DingTalk behind the port."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import orjson

from bot.adapters.dingtalk import checkup, directory, files, kept
from bot.adapters.dingtalk.client import Client
from bot.adapters.dingtalk.codes import PLATFORM
from bot.adapters.dingtalk.config import Config
from bot.adapters.dingtalk.decode import chat_of, decode
from bot.adapters.dingtalk.notices import Notices
from bot.adapters.dingtalk.receive import Door
from bot.adapters.dingtalk.send import Mouth
from bot.adapters.dingtalk.sessions import Sessions
from bot.adapters.dingtalk.stream.gate import Gate
from bot.adapters.dingtalk.taps import Json, Taps
from bot.adapters.dingtalk.todos import Todos
from bot.chat.adapter import Adapter, AdapterKind, Checkup, Downloaded, Means, PageLogin, Stream, Throttle
from bot.chat.inbound import PRIVATE, Accepted, Delivery, DirectoryChanged, Echo, Inbound, MemberLeft
from bot.chat.outbound import (
    CloseTodo,
    Directory,
    MenuEntry,
    OpenTodo,
    Outgoing,
    Repeat,
    SendCard,
    SendPicture,
    SendText,
    Sent,
    UpdateCard,
)
from bot.errors import PlatformRejectedError

#: No limit per receiver is written anywhere; a person who gets more than this does not read it.
_THROTTLE = Throttle(20, timedelta(seconds=60))
_GROUP_THROTTLE = Throttle(18, timedelta(seconds=60))
#: DingTalk's own script for pages inside its app.
_SCRIPT = "https://g.alicdn.com/dingding/dingtalk-jsapi/3.0.25/dingtalk.open.js"
#: What a press costs beside the delivery of it, when the answer comes too late to ride along.
_CALL = 1


class DingTalkAdapter:
    """Frames and callbacks to words, words to calls."""

    def __init__(self, config: Config, means: Means) -> None:
        self.name = PLATFORM
        self.throttle: Throttle | None = _THROTTLE
        self.group_throttle: Throttle | None = _GROUP_THROTTLE
        #: Cards change by their own key; without a template they cannot change at all.
        self.changes_by_key = config.has_template
        #: They have private data besides what all see.
        self.shows_views = config.has_template
        self.supports_todos = True
        self.paths: tuple[str, ...] = ("robot", "event", "card") if config.mode == "http" else ("event",)
        self._config = config
        self._client = Client(config, means.monotonic, means.open_session)
        self._door = Door(config, means.random_bytes)
        self._taps = Taps()
        self._sessions = Sessions(config, means.clock)
        notices = Notices(self._client, config)
        self._mouth = Mouth(self._client, config, sessions=self._sessions, taps=self._taps, notices=notices)
        self._todos = Todos(self._client, config.public_url)
        self._gate = (
            Gate(config, means, client=self._client, taps=self._taps, heard=self._heard)
            if config.mode == "stream"
            else None
        )

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        """Prove a delivery genuine; BadDeliveryError for anything else."""
        accepted = self._door.receive(delivery, now=now)
        self._heard(accepted)
        return accepted

    def _heard(self, accepted: Accepted) -> None:
        """Remember where a message can be answered for free."""
        kind, _, data = kept.opened(accepted.body)
        if kind != kept.ROBOT:
            return
        address, until = data.get("sessionWebhook"), kept.moment(data.get("sessionWebhookExpiredTime"))
        try:
            chat = chat_of(data)
        except ValueError:
            return
        where = chat if chat != PRIVATE else f"{PRIVATE}:{data.get('senderStaffId', '')}"
        if isinstance(address, str) and address:
            self._sessions.heard(where, accepted.key, address, until)

    def decode(self, body: bytes) -> Inbound:
        """Read what was kept; ValueError if it has no meaning at all."""
        return decode(body)

    async def answered(self, accepted: Accepted, keep: Callable[[], Awaitable[None]]) -> bytes:
        """Keep a tap that came over HTTP, and give the changed card as the answer."""
        answer: list[Json] = []

        async def out(card: Json) -> bool:
            answer.append(card)
            return True

        _, _, data = kept.opened(accepted.body)
        await self._taps.attend(kept.tap_code(accepted), str(data.get("userId", "")), keep, out)
        return orjson.dumps(answer[0])

    def streams(self) -> Sequence[Stream]:
        """Give the connection, unless callbacks come over HTTP."""
        return () if self._gate is None else (self._gate,)

    def wire(self, outgoing: Outgoing) -> str:
        """Everything is a call that any process can make; a tap's own process makes it sooner."""
        del outgoing
        return ""

    def repeat(self, outgoing: Outgoing) -> Repeat:
        """Say what a second sending would do: cards and to-dos carry our key, words carry none."""
        match outgoing:
            case SendCard():
                return Repeat.KEYED if self._config.has_template and outgoing.card_key else Repeat.NEVER
            case OpenTodo():
                return Repeat.KEYED
            case UpdateCard() | CloseTodo():
                return Repeat.HARMLESS
            case _:
                return Repeat.NEVER

    def cost(self, outgoing: Outgoing) -> int:
        """How many calls of the month this takes; answers where somebody spoke are free."""
        if isinstance(outgoing, SendText | SendCard) and self._mouth.session(outgoing) is not None:
            return 0
        if isinstance(outgoing, UpdateCard) and self._mouth.rides_along(outgoing):
            return 0
        return _CALL

    def is_push(self, inbound: Inbound) -> bool:
        """Whether the month's deliveries count this one: the address book's events are free."""
        return not isinstance(inbound, MemberLeft | DirectoryChanged)

    async def send(self, outgoing: Outgoing) -> Sent:
        """Do it, once."""
        match outgoing:
            case SendText():
                return await self._mouth.text(outgoing)
            case SendPicture():
                return await self._mouth.picture(outgoing)
            case SendCard():
                return await self._mouth.card(outgoing)
            case UpdateCard():
                return await self._mouth.change(outgoing)
            case OpenTodo():
                return await self._todos.open(outgoing)
            case CloseTodo():
                return await self._todos.close(outgoing)
            case _:
                said = "钉钉没有这个功能：客户二维码、欢迎语和应用群是企业微信的"
                raise PlatformRejectedError(PLATFORM, "unsupported", said)

    async def download(self, media_id: str, key: str, *, most: int) -> Downloaded:
        """Fetch what somebody sent, by the code that came with it."""
        del key
        return Downloaded("", await files.fetch(self._client, self._config.robot, media_id, most=most))

    async def directory(self) -> Directory:
        """Read the address book that the app may see."""
        return await directory.Reader(self._client).read()

    async def set_menu(self, entries: tuple[MenuEntry, ...]) -> None:
        """Do nothing: a robot's quick entries are set by hand in the developer console."""
        del entries

    async def checkup(self) -> Checkup:
        """Try the credentials and look at how the app is set up."""
        return await checkup.look(self._client, self._config)

    def page_login(self) -> PageLogin | None:
        """What a page needs to ask the app who opened it; None without the company's id."""
        if not self._config.corp_id:
            return None
        return PageLogin(_SCRIPT, self._config.corp_id, self._config.client_id)

    async def recognise(self, code: str) -> str | None:
        """The account that a code from the page stands for."""
        return await directory.recognise(self._client, code)

    async def close(self) -> None:
        """Let go of connections."""
        if self._gate is not None:
            await self._gate.close()
        await self._client.close()


def build(config: Config, means: Means) -> Adapter:
    """Build the adapter; nothing is called yet."""
    return DingTalkAdapter(config, means)


ADAPTER = AdapterKind(config=Config, build=build)
