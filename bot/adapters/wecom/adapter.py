"""WeCom's self-built app behind the port."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.adapters.wecom import contacts, directory, groups, menu, receive, send
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.codes import PLATFORM
from bot.adapters.wecom.config import Config
from bot.adapters.wecom.decode import decode
from bot.chat.adapter import Adapter, AdapterKind, Means, Throttle
from bot.chat.inbound import Accepted, Delivery, Echo, Inbound
from bot.chat.outbound import (
    CreateContactWay,
    DeleteContactWay,
    Directory,
    MenuEntry,
    OpenGroup,
    Outgoing,
    Repeat,
    SendCard,
    SendText,
    Sent,
    UpdateCard,
    Welcome,
)
from bot.kit.wecom_box import WeComBox

#: The platform drops what is over 30 a minute for one person, and says nothing.
_THROTTLE = Throttle(25, timedelta(seconds=60))


class WeComAdapter:
    """Callbacks to words, words to calls."""

    def __init__(self, config: Config, means: Means) -> None:
        self.name = PLATFORM
        self.throttle: Throttle | None = _THROTTLE
        self._config = config
        self._box = WeComBox(
            config.token.get_secret_value(), config.aes_key.get_secret_value(), config.corp_id
        )
        self._client = Client(config, means.monotonic)

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        """Prove a delivery genuine; BadDeliveryError for anything else."""
        return receive.receive(delivery, box=self._box, corp_id=self._config.corp_id, now=now)

    def decode(self, body: bytes) -> Inbound:
        """Read what `receive` accepted; ValueError if it has no meaning at all."""
        return decode(body)

    def repeat(self, outgoing: Outgoing) -> Repeat:
        """Say what a second sending would do."""
        if isinstance(outgoing, SendText | SendCard) and outgoing.group:
            # A group's call knows no key and swallows nothing.
            return Repeat.NEVER
        if isinstance(outgoing, SendText):
            return Repeat.WINDOW
        return Repeat.KEYED if isinstance(outgoing, SendCard | Welcome) else Repeat.HARMLESS

    async def send(self, outgoing: Outgoing) -> Sent:
        """Do it, once."""
        match outgoing:
            case SendText():
                return await send.send_text(self._client, self._config, outgoing)
            case SendCard():
                return await send.send_card(self._client, self._config, outgoing)
            case UpdateCard():
                return await send.update_card(self._client, self._config, outgoing)
            case _:
                return await self._arrange(outgoing)

    async def _arrange(self, outgoing: Welcome | CreateContactWay | DeleteContactWay | OpenGroup) -> Sent:
        match outgoing:
            case Welcome():
                return await contacts.welcome(self._client, outgoing)
            case CreateContactWay():
                return await contacts.create_way(self._client, outgoing)
            case DeleteContactWay():
                return await contacts.delete_way(self._client, outgoing)
            case OpenGroup():
                return await groups.open_group(self._client, outgoing)

    async def directory(self) -> Directory:
        """Read the address book that the app may see."""
        return await directory.read(self._client, self._config.agent_id)

    async def set_menu(self, entries: tuple[MenuEntry, ...]) -> None:
        """Show this menu to everybody."""
        await menu.put(self._client, self._config.agent_id, entries)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()


def build(config: Config, means: Means) -> Adapter:
    """Build the adapter; nothing is called yet."""
    return WeComAdapter(config, means)


ADAPTER = AdapterKind(config=Config, build=build)
