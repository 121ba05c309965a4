"""A customer who may be written to, the channels to him, and what they were handed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from bot.chat.channel import CustomerMessage
from bot.chat.router import Router
from bot.crm.company import Company
from bot.crm.company.content import Content
from bot.crm.company.touch import Touch
from bot.crm.touching import Intent, Purpose, Verdict
from bot.crm.user import Role, User
from bot.errors import PlatformRejectedError
from bot.kit.clock import Clock
from bot.kit.masked import Email, Phone
from bot.store import Store, consents, leads
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.leads import Origin, Particulars
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.people import logins, users
from bot.store.tables.touch import touch_plans
from bot.store.touch_plans import Plan, read
from bot.touch.request import request
from bot.worker.bench import Bench

EAST = "华东大区"
MEI = User(id="mei", name="梅", role=Role.REP, region=EAST, team="上海组")
#: Rules without holidays and short enough to run into.
RULES = Touch()
CHANNELS = frozenset({"email", "sms", "wecom", "wechat_service", "wechat_official", "mini_program"})


def _content(name: str, purpose: Purpose) -> Content:
    sms_end = "拒收请回复R" if purpose is Purpose.MARKETING else "请查收。"
    chat = {"text": "您好", "template": "T1"}
    return Content.model_validate(
        {
            "name": name,
            "purpose": purpose,
            "channels": {
                "email": {"subject": f"{name}来了", "text": f"您好，{name}。"},
                "sms": {"text": f"【客铃】{name}{sms_end}", "template": "S1"},
                "wecom": {"text": "您好"},
                "wechat_service": {"text": "您好"},
                "wechat_official": chat,
                "mini_program": chat,
            },
        }
    )


CONTENT: Mapping[str, Content] = {
    **{f"news{n}": _content(f"资讯{n}", Purpose.MARKETING) for n in range(12)},
    "birthday": _content("生日祝福", Purpose.MARKETING),
    "notice": _content("服务通知", Purpose.TRANSACTIONAL),
    "answer": _content("答复", Purpose.REPLY),
}


def company_of(company: Company, rules: Touch = RULES, on: frozenset[str] = CHANNELS) -> Company:
    """The shipped company with these channels, rules and contents."""
    doors = replace(company.doors, channels=on, base_url="https://crm.example.com")
    return replace(company, touch=rules, content=CONTENT, doors=doors)


@dataclass
class FakeChannel:
    """Takes anything, keeps it with the time, and raises what it was told to raise."""

    name: str
    clock: Clock
    is_keyed: bool = False
    wire: list[tuple[datetime, CustomerMessage]] = field(default_factory=list)
    #: Raised, in order, instead of answering; None answers.
    faults: list[BaseException | None] = field(default_factory=list)
    #: Act before raising: the answer is lost, the deed is done.
    acts_first: bool = False
    before: Callable[[CustomerMessage], Awaitable[None]] | None = None

    async def deliver(self, message: CustomerMessage) -> str:
        if self.before is not None:
            await self.before(message)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not self.acts_first:
            raise fault
        known = self.is_keyed and any(one.touch_id == message.touch_id for _, one in self.wire)
        if not known:
            self.wire.append((self.clock(), message))
        if fault is not None:
            raise fault
        return f"p{len(self.wire)}"

    async def close(self) -> None:
        return None


def rejected(name: str) -> PlatformRejectedError:
    return PlatformRejectedError(name, 550, "no such user")


@dataclass
class House:
    """What the tests of this folder do and see."""

    store: Store
    bench: Bench
    clock: Any
    channels: dict[str, FakeChannel]

    async def unit(self, work: Callable[[Desk], Awaitable[Any]]) -> Any:
        """Run a function of a Desk in one unit of work."""
        return await self.store.write(lambda tx: work(self.bench.desk(tx)), within=20)

    async def hire(self, *people: User) -> None:
        async def work(desk: Desk) -> None:
            for one in people:
                row = {"id": one.id, "name": one.name, "role": one.role.value, "region": one.region,
                       "team": one.team, "position": "", "active": True, "on_duty": True,
                       "platform": "wecom", "joined_at": desk.now}  # fmt: skip
                await desk.tx.insert(users, row)
                await desk.tx.insert(logins, {"platform": "wecom", "account": one.id, "user_id": one.id})

        await self.unit(work)

    async def lead(self, lead_id: str = "L1", *, owner: str | None = "mei", agrees: bool = True, n: int = 1,
                   **custom: Any) -> None:  # fmt: skip
        """Enter a customer with mail and mobile."""

        async def work(desk: Desk) -> None:
            known = Particulars(
                name="林晓", company="星河科技", region=EAST, phone=Phone(f"+86138{n:08d}"),
                email=Email(f"lin{n}@xinghe.cn"), custom=custom,
            )  # fmt: skip
            await leads.create(desk, lead_id, known, Origin(source="官网", form="website"), by="system")
            if owner:
                own = update(leads_table).where(leads_table.c.id == lead_id).values(owner_id=owner)
                await desk.tx.run(own)
            if agrees:
                await consents.record(desk, lead_id, AGREES)

        await self.unit(work)

    async def ask(self, key: str = "k1", lead_id: str = "L1", **more: Any) -> Verdict:
        return await self.unit(lambda desk: request(desk, intent(key, lead_id, **more)))

    async def rows(self, lead_id: str | None = None) -> list[Plan]:
        async def work(desk: Desk) -> list[Plan]:
            query = select(touch_plans).order_by(touch_plans.c.decided_at, touch_plans.c.key)
            return [read(row) for row in await desk.tx.all(query) if lead_id in (None, row.lead_id)]

        return await self.unit(work)

    async def row(self, key: str = "k1") -> Plan:
        return next(one for one in await self.rows() if one.key == key)

    def sent(self, channel: str | None = None) -> list[CustomerMessage]:
        return [m for name, one in self.channels.items() for _, m in one.wire if channel in (None, name)]

    def push(self, **span: float) -> None:
        self.clock.push(timedelta(**span))


AGREES = Consent(given=True, purpose="marketing", channel="form", text="我同意", version="2026-11")
STOPS = replace(AGREES, given=False, text="不要再发")


def intent(key: str = "k1", lead_id: str = "L1", **more: Any) -> Intent:
    """A marketing mail, unless something else is said."""
    known: dict[str, Any] = {"purpose": Purpose.MARKETING, "content": "news0", "channels": ("email",)}
    return Intent(key=key, lead_id=lead_id, **{**known, **more})


def bench_of(
    store: Store, company: Company, clock: Any, vault: Any, random_bytes: Any, name: str = "test"
) -> tuple[Bench, dict[str, FakeChannel]]:
    """A process with a channel of each kind."""
    channels = {one: FakeChannel(one, clock) for one in sorted(CHANNELS)}
    bench = Bench(
        store=store, adapters={}, channels=dict(channels), router=Router(), company=company,
        vault=vault, clock=clock, random_bytes=random_bytes, name=name,
    )  # fmt: skip
    return bench, channels
