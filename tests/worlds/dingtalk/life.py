"""What the company's people do on DingTalk: tap, type, in the chat of two and in a group; some leave."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from dataclasses import dataclass
from typing import Any

import orjson

from bot.chat.outbound import Notice
from bot.errors import StoreBusyError
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.dingtalk import views
from bot.simulator.dingtalk.model import Entry, Group, Person
from bot.simulator.dingtalk.people import MemberHands
from bot.simulator.dingtalk.staff import AdminHands
from bot.store import Tx, outbox
from tests.worlds import life as other
from tests.worlds.dingtalk.courier import Courier
from tests.worlds.dingtalk.line import storms
from tests.worlds.dingtalk.pages import Pages
from tests.worlds.dingtalk.platform import GROUP, DingTalk
from tests.worlds.house import House

MANAGERS, REPS = ("d-hejing", "d-wanglei"), ("d-guozi", "d-zhangsan", "d-zhouning")
CHEER = "全员加油"
_MENTION = "@客铃 "
_IN_GROUP = ("公海", "领取 L{lead}", "帮助", "我的线索", "看 L{lead}", "本月业绩", "查 {name}")
_SLOTS = ("button", "menu")


@dataclass
class Life:
    """The hands of everybody there."""

    seed: int
    ding: DingTalk
    courier: Courier
    #: Of the same world: its pauses, customers and processes.
    beside: other.Life

    def __post_init__(self) -> None:
        self.members = MemberHands(self.ding.world, self.courier)
        self.admin = AdminHands(self.ding.world, self.courier)
        self.pages = Pages(self.ding, self.beside)

    def begin(self) -> list[asyncio.Task[None]]:
        """Let everybody live; the tasks end when the time is over."""
        chance = random.Random(f"dingtalk life:{self.seed}")
        busy = chance.choice((0.3, 0.5, 1.0))
        people = [
            self._person(user, random.Random(f"{self.seed}:{user}"), busy)
            for user in (*REPS, *MANAGERS)
            if chance.random() < 0.4 + busy
        ]
        lives = [
            self.ding.process.start(one) for one in (*people, self._leaves(chance), self._cheers(chance))
        ]
        return [*lives, *storms(self.ding, self.beside.until)]

    async def _person(self, user: str, chance: random.Random, busy: float) -> None:
        acts = round(chance.randint(1, 14) * busy)
        while acts > 0 and await self.beside._pause(chance, self.beside.until / acts):
            acts -= 1
            with contextlib.suppress(NotPossibleError):
                in_group = user in self.ding.world.groups[GROUP].members and chance.random() < 0.25
                if chance.random() < 0.7 and await self._tap(user, chance, GROUP if in_group else ""):
                    continue
                self._say(user, chance, GROUP if in_group else "")

    async def _tap(self, user: str, chance: random.Random, group_id: str) -> bool:
        chat = self.members.chat(user, group_id)
        able = [(entry, slots) for entry in chat.entries[-8:] if (slots := self._live(entry, user))]
        links = self.pages.links(chat)
        if links and (not able or chance.random() < 0.5):
            await self.pages.press(user, chance.choice(links), chance)
            return True
        if not able:
            return False
        entry, slots = chance.choice(able)
        chosen = self._chosen(entry, user, chance)
        slot = chance.choice(slots)
        for _ in range(2 if chance.random() < 0.15 else 1):
            # Twice where he is impatient: nothing has changed yet.
            self.members.tap(user, entry.id, slot, chosen, group_id=group_id)
            self._wrote("tap", user, card=entry.out_track_id)
        return True

    def _live(self, entry: Entry, user: str) -> list[str]:
        card = self.ding.world.cards.get(entry.out_track_id)
        if card is None:
            return []
        shown = views.face(self.ding.world.templates[card.template], card.seen_by(user))
        return [one["id"] for place in ("buttons", "menu") for one in shown[place] if not one["url"]]

    def _chosen(self, entry: Entry, user: str, chance: random.Random) -> dict[str, list[str]]:
        card = self.ding.world.cards[entry.out_track_id]
        shown = views.face(self.ding.world.templates[card.template], card.seen_by(user))
        return {
            one["key"]: [chance.choice(one["options"])["value"]]
            for one in shown["choices"]
            if one["options"] and chance.random() < 0.8
        }

    def _say(self, user: str, chance: random.Random, group_id: str) -> None:
        n = chance.randint(50, 58)
        asks = user in MANAGERS and chance.random() < 0.6
        words = chance.choice(_IN_GROUP if group_id else other._ASKS if asks else other._WORDS)
        said = words.format(
            lead=self._number(user, other._LEAD, chance), task=self._number(user, other._TASK, chance),
            deal=self._number(user, other._DEAL, chance), name=other.name_of(n), phone=other.PHONE.format(n),
        )  # fmt: skip
        if self.members.write(user, (_MENTION if group_id else "") + said, group_id=group_id) is not None:
            self._wrote("said", user, words=words, group=group_id)

    def _number(self, user: str, letter: re.Pattern[str], chance: random.Random) -> str:
        """Mostly one that he has before him, sometimes any."""
        person = self.members.find(user)
        shown = [self._text(entry) for entry in person.entries[-12:]]
        found = sorted({number for text in shown for number in letter.findall(text)})
        return chance.choice(found) if found and chance.random() < 0.85 else str(chance.randint(1, 6))

    def _text(self, entry: Entry) -> str:
        card = self.ding.world.cards.get(entry.out_track_id)
        return entry.text if card is None else orjson.dumps(card.data).decode()

    def _wrote(self, what: str, user: str, **facts: Any) -> None:
        wire = self.ding.wire
        wire.write(f"dingtalk {what}", user=user, event=other._last_event(wire), **facts)

    async def _leaves(self, chance: random.Random) -> None:
        """Somebody leaves, somebody comes."""
        if chance.random() < 0.5:
            return
        gone = chance.choice(REPS)
        await asyncio.sleep(chance.uniform(0.2, 0.9) * self.beside.until)
        self.admin.dismiss(gone)
        self.ding.wire.write("dismissed", user=gone)
        await asyncio.sleep(chance.uniform(0, 600))
        if chance.random() < 0.5:
            self.admin.hire("孙舟", userid="d-sunzhou")

    async def _cheers(self, chance: random.Random) -> None:
        """Words to the group now and then: it knows no key, so none may be said twice."""
        for n in range(chance.randint(1, 4)):
            if not await self.beside._pause(chance, self.beside.until / 4):
                return
            houses = self.beside.houses()
            if houses:
                one = chance.choice(houses)
                one.process.start(self._cheer(one, f"{CHEER}{n}"))

    async def _cheer(self, one: House, text: str) -> None:
        said = Notice(to=f"dingtalk:{GROUP}", key=text, text=text, group=True)

        async def unit(tx: Tx) -> None:
            await outbox.post(one.bench.desk(tx), said)

        with contextlib.suppress(StoreBusyError):
            await one.bench.store.write(unit)


def chats(ding: DingTalk) -> list[Person | Group]:
    """Everybody's chat with the robot, and the groups."""
    return [*ding.world.people.values(), *ding.world.groups.values()]
