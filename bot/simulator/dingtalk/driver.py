"""Plays a running simulated DingTalk from a test or a script, in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.dingtalk import views
from bot.simulator.dingtalk.hands import Hands
from bot.simulator.dingtalk.model import Json


class Driver:
    """People by their ids, buttons by what is written on them; `group_id` empty means the chat of two."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.world = hands.world

    async def say(self, userid: str, words: str, *, group_id: str = "") -> bool:
        """Write to the robot; True once the app has taken it at the first try."""
        task = self.hands.members.write(userid, words, group_id=group_id)
        return task is not None and await task

    async def send_file(self, userid: str, name: str, data: bytes) -> bool:
        """Send a file in the chat of two; True once the app has taken it."""
        return await self.hands.members.send_file(
            userid, kind="file", name=name, content_type="application/octet-stream", data=data
        )

    async def tap(
        self,
        userid: str,
        button: str,
        *,
        chosen: Mapping[str, Sequence[str]] | None = None,
        group_id: str = "",
    ) -> bool:
        """Tap a button, by its text, on the youngest card that shows it to this person."""
        for shown in reversed(self.entries(userid, group_id=group_id)):
            card = shown["card"] if shown["kind"] == "card" else {"buttons": [], "menu": []}
            for one in (*card["buttons"], *card["menu"]):
                if one["text"] == button and not one["url"]:
                    tapped = self.hands.members.tap(userid, shown["id"], one["id"], chosen, group_id=group_id)
                    return await tapped
        msg = f"no live button {button!r} in {userid}'s chat"
        raise NotPossibleError(msg)

    def entries(self, userid: str, *, group_id: str = "") -> list[Json]:
        """A chat as one person sees it, oldest first."""
        chat = self.hands.members.chat(userid, group_id)
        return [views.entry(self.world, one, userid) for one in chat.entries]

    def cards(self, userid: str, *, group_id: str = "") -> list[Json]:
        """The cards in it as they look now to that person, oldest first."""
        return [one["card"] for one in self.entries(userid, group_id=group_id) if one["kind"] == "card"]

    def texts(self, userid: str, *, group_id: str = "") -> list[str]:
        """What the robot said in words, oldest first."""
        shown = self.entries(userid, group_id=group_id)
        return [one["text"] for one in shown if one["from"] == "app" and one["text"]]

    async def settled(self) -> None:
        """Wait until every push was delivered or given up."""
        await self.hands.courier.idle()

    async def until(self, is_so: Callable[[], object], *, within: float = 30.0) -> None:
        """Wait until `is_so` holds, looking again after each thing that happens; TimeoutError otherwise."""
        with self.world.bus.watch() as happened:
            async with asyncio.timeout(within):
                while not is_so():
                    await happened.get()
