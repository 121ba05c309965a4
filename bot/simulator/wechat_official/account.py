"""One official account in safe mode: those who follow it, and what they do.

https://developers.weixin.qq.com/doc/service/guide/dev/push/
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from bot.kit.clock import Clock
from bot.kit.xml import Tree
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.common.shapes import Json
from bot.simulator.common.weixin_people import People, Person
from bot.simulator.common.weixin_push import Pusher, Settings
from bot.simulator.common.weixin_templates import Template

__all__ = ["OfficialAccount", "Settings"]


class OfficialAccount:
    """Plays the followers and tells the app what they do."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        rng: random.Random,
        publish: Callable[[Json], None] = lambda _event: None,
    ) -> None:
        self._pusher = Pusher(settings, clock=clock, rng=rng)
        self.people = People(clock, publish, "")
        #: 模板消息 and 订阅通知 that the account has, by id.
        self.templates: dict[str, Template] = {}
        self.notices: dict[str, Template] = {}
        #: By openid: when it was sent to many. By clientmsgid: the number it was given.
        self.mass_keys: dict[str, int] = {}
        self.clock = clock
        self._reports: set[asyncio.Task[bool]] = set()
        self._number = 0

    @property
    def settings(self) -> Settings:
        """As its console shows them."""
        return self._pusher.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._pusher.settings = settings

    @property
    def pushed(self) -> list[tuple[dict[str, Tree], bool]]:
        """What was pushed, oldest first, and whether it was taken."""
        return self._pusher.pushed

    @property
    def following(self) -> set[str]:
        """Who follows it."""
        return {one.open_id for one in self.people.by_id.values() if one.follows}

    async def check(self) -> bool:
        """Ask the address for its echo, as the console does when the settings are saved."""
        return await self._pusher.check()

    async def scan(self, open_id: str, scene: str) -> bool:
        """Somebody scans a code: a stranger follows, a follower is only seen; True once the app took it."""
        person = self.people.get(open_id)
        self.people.opened(person, "menu")
        if person.follows:
            return await self._pusher.event(open_id, "SCAN", EventKey=scene, Ticket=f"ticket-{scene}")
        person.follows = True
        key = f"qrscene_{scene}" if scene else ""
        ticket: dict[str, Tree] = {"Ticket": f"ticket-{scene}"} if scene else {}
        return await self._pusher.event(open_id, "subscribe", EventKey=key, **ticket)

    async def leave(self, open_id: str) -> bool:
        """He follows no more: what he opened is shut."""
        person = self.people.get(open_id)
        person.follows = False
        person.spans.clear()
        self.people.changed()
        return await self._pusher.event(open_id, "unsubscribe", EventKey="")

    async def write(self, open_id: str, text: str) -> bool:
        """A follower writes."""
        person = self._follower(open_id)
        self.people.put(person, use="custom", text=text, out=True)
        self.people.opened(person, "message")
        number = self._pusher.digits(18)
        return await self._pusher.tell(open_id, {"MsgType": "text", "Content": text, "MsgId": number})

    async def tap_menu(self, open_id: str, key: str) -> bool:
        """A follower taps an entry of the account's menu."""
        self.people.opened(self._follower(open_id), "menu")
        return await self._pusher.event(open_id, "CLICK", EventKey=key)

    async def allow(self, open_id: str, answers: Mapping[str, bool]) -> bool:
        """He answers the box of 订阅通知, by template; each that he accepts is good for one message."""
        rows: list[Tree] = [*self.people.answered(open_id, answers, known=self.notices, scene="1")]
        box: Tree = {"List": rows}
        return await self._pusher.event(open_id, "subscribe_msg_popup_event", SubscribeMsgPopupEvent=box)

    async def disallow(self, open_id: str, template: str) -> bool:
        """He takes it back in his settings."""
        self.people.get(open_id).grants[template] = 0
        self.people.changed()
        row: Tree = {"List": [{"TemplateId": template, "SubscribeStatusString": "reject"}]}
        return await self._pusher.event(open_id, "subscribe_msg_change_event", SubscribeMsgChangeEvent=row)

    async def again(self, at: int = -1) -> bool:
        """Push one of those that were pushed once more, as after an answer that got lost."""
        return await self._pusher.again(self.pushed[at][0])

    def number(self) -> int:
        """Of a message; each another one."""
        self._number += 1
        return 2_147_483_647 + self._number

    def report(self, open_id: str, event: str, **more: Tree) -> None:
        """What became of a message is told a moment after the call is answered."""
        self._later(self._pusher.event(open_id, event, **more))

    async def settle(self) -> None:
        """Wait until every report was brought."""
        await asyncio.gather(*self._reports)

    async def stop(self) -> None:
        """Bring no more."""
        for task in self._reports:
            task.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)

    def _later(self, telling: Coroutine[Any, Any, bool]) -> None:
        task = asyncio.create_task(telling)
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    def _follower(self, open_id: str) -> Person:
        person = self.people.get(open_id)
        if not person.follows:
            msg = "先关注公众号"
            raise NotPossibleError(msg)
        return person
