"""客户联系 as a way to customers: greets who has just been added, has colleagues send the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.adapters.wecom import codes, group_messages
from bot.adapters.wecom.client import Client
from bot.chat.channel import CustomerMessage
from bot.chat.group_sending import Made, Results

NAME = "wecom"
_WELCOME = "wecom.welcome"


class CustomerContact:
    """The channel `wecom`; it shares the app's calls."""

    name = NAME
    #: A code of welcome is good for one greeting: the second one is refused with 41051.
    is_keyed = True

    def __init__(self, client: Client) -> None:
        self._client = client

    async def deliver(self, message: CustomerMessage) -> str:
        """Greet; everything else is a task of a colleague's (`ask`)."""
        if message.way != _WELCOME:
            codes.refuse("way", "a colleague has to send it")
        content = group_messages.said(message.text)
        if not content:
            codes.refuse("text", "there is nothing to say")
        payload = {"welcome_code": message.to, "text": {"content": content}}
        await self._client.act("/cgi-bin/externalcontact/send_welcome_msg", payload)
        return ""

    async def ask(self, *, sender: str, to: Sequence[str], text: str) -> Made:
        """Make a task for him."""
        return await group_messages.ask(self._client, sender=sender, to=to, text=text)

    async def find(
        self, *, sender: str, text: str, since: datetime, until: datetime, but: Collection[str]
    ) -> str | None:
        """Look for one whose answer was lost."""
        return await group_messages.find(
            self._client, sender=sender, text=text, since=since, until=until, but=but
        )

    async def results(self, task_id: str, sender: str) -> Results:
        """How it stands with it."""
        return await group_messages.results(self._client, task_id, sender)

    async def remind(self, task_id: str) -> None:
        """Have him reminded."""
        await group_messages.remind(self._client, task_id)

    async def cancel(self, task_id: str) -> None:
        """Take it back."""
        await group_messages.cancel(self._client, task_id)

    async def close(self) -> None:
        """Nothing: the calls are the adapter's."""
