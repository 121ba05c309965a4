"""WeCom behind the port: its self-built app, its smart robot, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.adapters.wecom import checkup, codes, contacts, directory, groups, menu, receive, send, webhooks
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.codes import PLATFORM
from bot.adapters.wecom.config import Config, reaches
from bot.adapters.wecom.customer_contact import CustomerContact
from bot.adapters.wecom.decode import decode
from bot.adapters.wecom.pictures import Pictures
from bot.adapters.wecom.robot import media
from bot.adapters.wecom.robot.decode import is_ours
from bot.adapters.wecom.robot.robot import WIRE, Robot, is_for_robot
from bot.adapters.wecom.service import CustomerService
from bot.chat.adapter import Adapter, AdapterKind, Checkup, Downloaded, Means, Stream, Throttle
from bot.chat.channel import Channel
from bot.chat.inbound import Accepted, Delivery, Echo, Inbound
from bot.chat.outbound import (
    CloseTodo,
    Directory,
    MenuEntry,
    OpenGroup,
    OpenTodo,
    Outgoing,
    Repeat,
    SendCard,
    SendPicture,
    SendText,
    Sent,
    UpdateCard,
    Welcome,
)
from bot.errors import BadDeliveryError
from bot.kit.wecom_box import WeComBox

#: The platform drops what is over 30 a minute for one person, and says nothing.
_THROTTLE = Throttle(25, timedelta(seconds=60))
#: A webhook robot is refused above 20 a minute; two are left for clocks.
_GROUP_THROTTLE = Throttle(18, timedelta(seconds=60))


class WeComAdapter:
    """Callbacks to words, words to calls."""

    def __init__(self, config: Config, means: Means) -> None:
        self.name = PLATFORM
        self.throttle: Throttle | None = _THROTTLE
        self.group_throttle: Throttle | None = _GROUP_THROTTLE
        self._config = config
        self._box = _box(config) if config.has_app else None
        self._robot = Robot(config, means) if config.has_robot else None
        self._client = Client(config, means.monotonic, means.open_session)
        self._pictures = Pictures(self._client, means.monotonic)

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        """Prove a delivery genuine; BadDeliveryError for anything else."""
        if self._box is None:
            msg = "there is no app that could call back"
            raise BadDeliveryError(msg)
        return receive.receive(delivery, box=self._box, corp_id=self._config.corp_id, now=now)

    def decode(self, body: bytes) -> Inbound:
        """Read what `receive` or the robot accepted; ValueError if it has no meaning at all."""
        if self._robot is not None and is_ours(body):
            return self._robot.decode(body)
        return decode(body)

    def streams(self) -> Sequence[Stream]:
        """Give the robot's connection, if there is a robot."""
        return () if self._robot is None else (self._robot,)

    def wire(self, outgoing: Outgoing) -> str:
        """Name the robot's connection for what goes over it."""
        return "" if self._robot_for(outgoing) is None else WIRE

    def channels(self) -> Mapping[str, Channel]:
        """Give the ways to customers that are switched on."""
        found: dict[str, Channel] = {}
        if self._config.customer_contact:
            found[CustomerContact.name] = CustomerContact(self._client)
        if self._config.customer_service:
            found[CustomerService.name] = CustomerService(self._client)
        return found

    def _robot_for(self, outgoing: Outgoing) -> Robot | None:
        """Give the robot if it has to carry this: the app carries one to one, the robot its groups."""
        if isinstance(outgoing, SendText | SendCard | SendPicture) and webhooks.is_for(outgoing):
            return None
        is_its = is_for_robot(outgoing, alone=not self._config.has_app)
        return self._robot if is_its else None

    def repeat(self, outgoing: Outgoing) -> Repeat:
        """Say what a second sending would do."""
        if robot := self._robot_for(outgoing):
            return robot.repeat(outgoing)
        if isinstance(outgoing, SendText | SendCard | SendPicture) and outgoing.group:
            # A group's call knows no key and swallows nothing.
            return Repeat.NEVER
        if isinstance(outgoing, SendPicture):
            # Only the same upload makes an equal request, and only this process knows which it was.
            return Repeat.WINDOW if self._pictures.is_known(outgoing) else Repeat.NEVER
        if isinstance(outgoing, SendText):
            return Repeat.WINDOW
        return Repeat.KEYED if isinstance(outgoing, SendCard | Welcome) else Repeat.HARMLESS

    async def send(self, outgoing: Outgoing) -> Sent:
        """Do it, once."""
        if robot := self._robot_for(outgoing):
            return await robot.send(outgoing)
        if isinstance(outgoing, SendText | SendCard | SendPicture) and webhooks.is_for(outgoing):
            return await webhooks.speak(self._client, self._config, self._pictures, outgoing)
        return await self._by_app(outgoing)

    async def _by_app(self, outgoing: Outgoing) -> Sent:
        match outgoing:
            case SendPicture():
                return await send.send_picture(self._client, self._config, self._pictures, outgoing)
            case SendText():
                return await send.send_text(self._client, self._config, outgoing)
            case SendCard():
                return await send.send_card(self._client, self._config, outgoing)
            case UpdateCard():
                return await send.update_card(self._client, self._config, outgoing)
            case _:
                return await self._arrange(outgoing)

    async def _arrange(self, outgoing: contacts.Arranged | OpenGroup | OpenTodo | CloseTodo) -> Sent:
        match outgoing:
            case OpenGroup():
                return await groups.open_group(self._client, outgoing)
            case OpenTodo() | CloseTodo():
                # Never queued for it: config/channels.yaml would have to name it by mistake.
                return codes.refuse("todo", "the platform has no list of to-dos for apps")
            case _:
                return await contacts.arrange(self._client, outgoing)

    async def download(self, media_id: str, key: str, *, most: int) -> Downloaded:
        """Fetch what somebody sent: to the app by an id, to the robot by an address and a key."""
        if media_id.startswith(("https://", "http://")):
            return Downloaded("", await media.fetch(self._client.session(), media_id, key))
        return Downloaded(*await self._client.media(media_id, most))

    async def directory(self) -> Directory:
        """Read the address book that the app may see; a robot sees none."""
        if not self._config.has_app:
            return Directory((), (), is_absent=True)
        return await directory.read(self._client, self._config.agent_id)

    async def set_menu(self, entries: tuple[MenuEntry, ...]) -> None:
        """Show this menu to everybody; a robot has none."""
        if not self._config.has_app:
            return
        await menu.put(self._client, self._config.agent_id, entries)

    async def checkup(self) -> Checkup:
        """Try the credentials and look at how the app is set up."""
        return await checkup.look(self._client, self._config)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()


def _box(config: Config) -> WeComBox:
    return WeComBox(config.token.get_secret_value(), config.aes_key.get_secret_value(), config.corp_id)


def build(config: Config, means: Means) -> Adapter:
    """Build the adapter; nothing is called yet."""
    return WeComAdapter(config, means)


ADAPTER = AdapterKind(config=Config, build=build, reaches=reaches)
