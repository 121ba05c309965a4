"""One mini-program whose pushes come as JSON: who uses it, and what they do.

https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping

from bot.kit.clock import Clock
from bot.kit.xml import Tree
from bot.simulator.common.shapes import Json
from bot.simulator.common.weixin_people import People
from bot.simulator.common.weixin_push import Pusher, Settings
from bot.simulator.common.weixin_templates import Template


class MiniProgram:
    """Plays its users and tells the app what they do."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        rng: random.Random,
        publish: Callable[[Json], None] = lambda _event: None,
    ) -> None:
        self.pusher = Pusher(settings, clock=clock, rng=rng, spells="json")
        self.people = People(clock, publish, "mini:")
        self.templates: dict[str, Template] = {}
        #: Codes of `wx.login` that are still good, by whose they are.
        self.codes: dict[str, str] = {}
        self._rng = rng
        self._reports: set[asyncio.Task[bool]] = set()
        self._number = 0

    def login(self, open_id: str) -> str:
        """A code for the company's server, good for once."""
        code = self._rng.randbytes(16).hex()
        self.codes[code] = open_id
        return code

    async def enter(self, open_id: str) -> bool:
        """He opens the conversation with the company."""
        self.people.opened(self.people.get(open_id), "entered")
        return await self.pusher.event(open_id, "user_enter_tempsession", SessionFrom="demo")

    async def write(self, open_id: str, text: str) -> bool:
        """He writes there."""
        person = self.people.get(open_id)
        self.people.put(person, use="custom", text=text, out=True)
        self.people.opened(person, "message")
        number = self.pusher.digits(18)
        return await self.pusher.tell(open_id, {"MsgType": "text", "Content": text, "MsgId": number})

    async def allow(self, open_id: str, answers: Mapping[str, bool]) -> bool:
        """He answers the box, by template; one row comes as an object, several as an array."""
        rows: list[Tree] = [*self.people.answered(open_id, answers, known=self.templates, scene="0")]
        listed: Tree = rows[0] if len(rows) == 1 else rows
        return await self.pusher.event(open_id, "subscribe_msg_popup_event", List=listed)

    async def disallow(self, open_id: str, template: str) -> bool:
        """He takes it back in his settings."""
        self.people.get(open_id).grants[template] = 0
        self.people.changed()
        row: Tree = {"TemplateId": template, "SubscribeStatusString": "reject"}
        return await self.pusher.event(open_id, "subscribe_msg_change_event", List=row)

    def number(self) -> int:
        """Of a message; each another one."""
        self._number += 1
        return 3_000_000_000 + self._number

    def report(self, open_id: str, event: str, **more: Tree) -> None:
        """What became of a message is told a moment after the call is answered."""
        task = asyncio.create_task(self.pusher.event(open_id, event, **more))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def settle(self) -> None:
        """Wait until every report was brought."""
        await asyncio.gather(*self._reports)

    async def stop(self) -> None:
        """Bring no more."""
        for task in self._reports:
            task.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)
