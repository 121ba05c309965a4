"""One company on two fake platforms: whoever works there, what hangs in his chats, and what he does."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

from bot.app.parts import build_router
from bot.assignment.offer import offer
from bot.chat.card import Card
from bot.chat.inbound import Accepted, Inbound, MemberLeft, Message, Tap
from bot.chat.outbound import Outgoing, SendCard, SendText, Sent, UpdateCard
from bot.kit.masked import Email, Phone
from bot.store import inbox, leads, users
from bot.store.tables.people import logins
from bot.store.tables.people import users as users_table
from bot.worker.bench import Bench
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender
from tests.fakes import FakeAdapter

EAST = "华东大区"


@dataclass
class Second(FakeAdapter):
    """A platform that counts by the month, changes cards by their key, and has to-dos."""

    name: str = "dingtalk"
    changes_by_key: bool = True
    shows_views: bool = True
    supports_todos: bool = True

    async def send(self, outgoing: Outgoing) -> Sent:
        sent = await super().send(outgoing)
        return replace(sent, data={})

    def cost(self, outgoing: Outgoing) -> int:
        return 1

    def is_push(self, inbound: Inbound) -> bool:
        return not isinstance(inbound, MemberLeft)


@dataclass
class Both:
    """The company at work."""

    bench: Bench
    clock: Any
    unit: Any
    wecom: FakeAdapter
    dingtalk: Second
    _count: Any = field(default_factory=itertools.count)

    async def hire(self, user_id: str, *on: str, name: str = "", role: str = "rep", mobile: str = "") -> str:
        """Somebody with a login on each of these platforms, who last did something on the first."""

        async def put(desk):
            row = {
                "id": user_id, "name": name or user_id, "role": role, "region": EAST, "team": "上海组",
                "position": "", "active": True, "on_duty": True, "platform": on[0], "joined_at": desk.now,
                "mobile_index": desk.vault.index("mobile", mobile) if mobile else None,
            }  # fmt: skip
            await desk.tx.insert(users_table, row)
            for platform in on:
                login = {"platform": platform, "account": account(platform, user_id), "user_id": user_id}
                await desk.tx.insert(logins, login)

        await self.unit(put)
        return user_id

    async def lead(self, lead_id: str = "L7") -> None:
        """A lead that waits to be taken in the east."""

        async def create(desk):
            known = leads.Particulars(
                name="林晓", company="星河科技", title="总监", city="上海", region=EAST,
                phone=Phone("+8613812345678"), email=Email("lin@xinghe.cn"),
            )  # fmt: skip
            return await leads.create(
                desk, lead_id, known, leads.Origin(source="官网", form="website"), by="system"
            )

        lead = await self.unit(create)
        await self.unit(lambda desk: offer(desk, lead))
        await self.work()

    async def work(self) -> None:
        """Carry out and send until nothing is left."""
        lanes, sender = LaneWorker(self.bench), Sender(self.bench)
        while await lanes.step() + await sender.step():
            pass

    async def say(self, platform: str, user_id: str, text: str) -> str:
        """Somebody writes; what he is answered."""
        adapter = self.bench.adapters[platform]
        before = len(adapter.texts(account(platform, user_id)))
        await self.bring(platform, user_id, Message(
            platform=platform, user_id=account(platform, user_id), text=text
        ))  # fmt: skip
        await self.work()
        return "\n".join(adapter.texts(account(platform, user_id))[before:])

    async def tap(self, platform: str, user_id: str, card: SendCard, *, label: str = "领取") -> None:
        """Somebody presses a button of a card as it was first shown; nothing is worked yet."""
        await self.bring(platform, user_id, pressed(platform, user_id, card, label))

    async def bring(self, platform: str, user_id: str, what: Inbound) -> None:
        """The platform delivers."""
        one = self.delivery(platform, user_id, what)
        await self.bench.store.write(
            lambda tx: inbox.receive(tx, self.bench.vault, one, now=self.clock.now), within=10
        )

    def delivery(self, platform: str, user_id: str, what: Inbound) -> Accepted:
        """What the platform delivers."""
        key = f"m{next(self._count)}"
        self.bench.adapters[platform].inbound[key.encode()] = what
        lane_key = f"{platform}:user:{account(platform, user_id)}"
        return Accepted(platform, key, lane_key, key.encode())

    def shown(self, platform: str) -> dict[str, Card]:
        """Every card that hangs on a platform, as it looks now, by receiver."""
        hanging: dict[str, tuple[str, Card]] = {}
        for one in self.bench.adapters[platform].wire:
            if isinstance(one, SendCard | UpdateCard):
                hanging[one.card_key] = (one.to, one.card)
        return dict(hanging.values())

    async def user(self, user_id: str):
        return await self.unit(lambda desk: users.get(desk.tx, user_id))


def account(platform: str, user_id: str) -> str:
    """How a platform calls him: each otherwise."""
    return user_id if platform == "wecom" else f"ding-{user_id}"


def pressed(platform: str, user_id: str, card: SendCard, label: str) -> Tap[object]:
    """A press as the platform tells of it."""
    nth = [button.label for button in card.card.presses].index(label)
    return Tap(
        platform=platform, user_id=account(platform, user_id), button=card.buttons[nth],
        card_key=card.card_key, update_code=f"tap-{user_id}" if platform == "wecom" else "",
    )  # fmt: skip


def said(wire: list[Outgoing]) -> list[str]:
    """What was said on a platform."""
    return [one.text for one in wire if isinstance(one, SendText)]


def open_both(store, company, vault, clock, random_bytes, unit) -> Both:
    """The company, with nobody hired yet."""
    wecom, dingtalk = FakeAdapter(), Second()
    bench = Bench(
        store=store, adapters={"wecom": wecom, "dingtalk": dingtalk}, router=build_router(), company=company,
        vault=vault, clock=clock, random_bytes=random_bytes, name="test",
    )  # fmt: skip
    return Both(bench, clock, unit, wecom, dingtalk)
