"""A company with secrets in it, everybody who might want them, and tries that leave nothing behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import func, literal, select, union_all

from bot.chat.card import plain
from bot.chat.inbound import PRIVATE
from bot.chat.outbound import Outgoing, Reply
from bot.chat.spelling import read
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.store.desk import Desk
from bot.store.tables.machinery import outbox
from bot.store.tables.meta import METADATA
from bot.worker.answering import answer
from bot.worker.reading import Request
from tests.handlers.workday import (
    ADMIN,
    CHEN,
    EAST,
    GAO,
    LINA,
    LIU,
    ROUTER,
    SOUTH,
    TEAM,
    WANG,
    ZHOU,
    Day,
    told,
)
from tests.intake.world import hire

BOSS = User(id="boss", name="总裁", role=Role.EXECUTIVE, region="", team="", platform="wecom")
MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="", platform="wecom")
GONE = User(
    id="gone", name="离职者", role=Role.REP, region=EAST, team="上海组", platform="wecom", active=False
)
#: In the order of the matrix. Who had L1 is LINA; the same team, another region, above, beside, gone.
PEOPLE: dict[str, User] = {
    "owner": LINA, "colleague": GAO, "elsewhere": CHEN, "manager": WANG, "other_manager": LIU, "director": ZHOU,
    "executive": BOSS, "marketer": MARY, "admin": ADMIN, "left": GONE,
}  # fmt: skip
#: In the group: the owner himself, and whoever else listens.
GROUP = "group-1"


@dataclass(frozen=True, slots=True)
class Secret:
    """A customer, every word of whom is somebody's own."""

    name: str
    company: str
    phone: str
    email: str
    note: str

    def words(self) -> tuple[str, ...]:
        """Names and what was said: for the owner and those above him."""
        return (self.name, self.company, self.note, f"{self.phone[3:6]}****{self.phone[-4:]}")

    def numbers(self) -> tuple[str, ...]:
        """For the owner alone, in private, and only when he asks."""
        return (self.phone[3:], self.email)


#: Li Na's lead with a task; Li Na's deal; in the pool of the east; in the pool of the south; Gao's lead.
SECRETS: dict[str, Secret] = {
    "L1": Secret("欧阳金鸣", "金丝雀科技", "+8613912340077", "canary@jinsi.cn", "预算保密甲"),
    "L2": Secret("司徒银铃", "银铃铛贸易", "+8613912340078", "bell@yinling.cn", "竞品比价乙"),
    "L3": Secret("上官铜锣", "铜锣湾食品", "+8613912340079", "gong@tongluo.cn", "急着上线丙"),
    "L4": Secret("诸葛铁笛", "铁笛子乐器", "+8613912340080", "flute@tiedi.cn", "想要试用丁"),
    "L5": Secret("慕容玉箫", "玉箫堂茶业", "+8613912340081", "xiao@yuxiao.cn", "等老板批戊"),
}
#: What no number on any card may tell others: the amount of Li Na's deal.
AMOUNT = ("47613", "47,613", "4.76")
_TRACES = {
    "audit", "audit_head", "claims", "dialogues", "incidents", "outbox", "cards", "card_codes", "lanes", "counters",
    "quotas", "numbers", "inbox", "instance", "leases", "ticks", "feedback",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try did before it was taken back."""

    reply: Reply | None
    #: Tables whose rows it changed.
    changed: tuple[str, ...]
    #: What would be sent: to whom, whether to a group, and all that it says.
    sent: tuple[tuple[str, bool, str], ...]
    #: Rows of the audit, by action.
    audited: tuple[str, ...]

    def said_to(self, recipient: str) -> str:
        return "\n".join(words for to, _, words in self.sent if to == recipient)

    def told(self) -> str:
        """Everything that the one who tried learns."""
        return told(self.reply) if self.reply else ""


class _TakenBackError(Exception):
    """Ends the unit: nothing of it stays."""


@dataclass
class House:
    """The company as it stands, and what anybody may try on it."""

    unit: Callable[[Callable[[Desk], Awaitable[Any]]], Awaitable[Any]]
    day: Day
    before: dict[str, list[str]] = field(default_factory=dict)

    async def changed(self, desk: Desk) -> tuple[str, ...]:
        """The tables that are no more as they were."""
        counts = {row.name: row.n for row in await desk.tx.all(_COUNTS)}
        grown = [name for name, was in self.before.items() if counts[name] != len(was)]
        full = {name: was for name, was in self.before.items() if was and name not in grown}
        return (*grown, *[name for name, was in full.items() if await _rows(desk, name) != was])

    async def tries(
        self, who: User, command: object, *, chat: str = PRIVATE, tapped: bool = False, **selected: str
    ) -> Outcome:
        """As the worker would carry it out; then everything is taken back."""
        chosen = {key: (value,) for key, value in selected.items()}
        request = Request(
            command=command, actor=who, account=f"wx-{who.id}", platform="wecom", chat=chat, selected=chosen
        )
        seen: list[Outcome] = []

        async def work(desk: Desk) -> None:
            scope = Scope(desk, who, chat=chat, platform="wecom", selected=chosen, tapped=tapped)
            last = await _last(desk)
            audited = len(await desk.tx.all(select(METADATA.tables["audit"])))
            reply = await ROUTER.route(command).handler(command, scope)
            await answer(desk, request, reply, platform="wecom", key="try")
            rows = await desk.tx.all(select(METADATA.tables["audit"].c.action))
            changed = await self.changed(desk)
            actions = tuple(row.action for row in rows)[audited:]
            seen.append(Outcome(reply, changed, await _queued(desk, after=last), actions))
            raise _TakenBackError

        try:
            await self.unit(work)
        except _TakenBackError:
            return seen[0]
        raise AssertionError


async def _last(desk: Desk) -> int:
    rows = await desk.tx.all(select(outbox.c.id).order_by(outbox.c.id.desc()).limit(1))
    return rows[0].id if rows else 0


async def _queued(desk: Desk, *, after: int) -> tuple[tuple[str, bool, str], ...]:
    rows = await desk.tx.all(select(outbox).where(outbox.c.id > after).order_by(outbox.c.id))
    opened = (
        (row.recipient, desk.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}")) for row in rows
    )
    return tuple((to, _is_group(body), _words(read(orjson.loads(body)))) for to, body in opened)


def _is_group(body: bytes) -> bool:
    return bool(orjson.loads(body).get("group"))


def _words(outgoing: Outgoing) -> str:
    card = getattr(outgoing, "card", None)
    return "\n".join(
        part for part in (plain(card) if card else "", str(getattr(outgoing, "text", ""))) if part
    )


_TABLES = {name: table for name, table in METADATA.tables.items() if name not in _TRACES}
_COUNTS = union_all(
    *(
        select(literal(name).label("name"), func.count().label("n")).select_from(t)
        for name, t in _TABLES.items()
    )
)


async def _rows(desk: Desk, name: str) -> list[str]:
    return sorted(map(str, await desk.tx.all(select(_TABLES[name]))))


async def contents(desk: Desk) -> dict[str, list[str]]:
    """Every row that a refused try must not touch."""
    return {name: await _rows(desk, name) for name in _TABLES}


async def furnished(unit: Any, clock: Any) -> House:
    """Hire everybody, and put the secrets where they belong."""

    async def begin(desk: Desk) -> None:
        await hire(desk, *TEAM, BOSS, MARY, replace(GONE, active=True))

    await unit(begin)
    day = Day(unit, clock)
    owners = {"L1": LINA, "L2": LINA, "L3": None, "L4": None, "L5": GAO}
    for lead_id, secret in SECRETS.items():
        region, pool = (SOUTH, "south") if lead_id == "L4" else (EAST, "east")
        made = await day.lead(
            owners[lead_id],
            name=secret.name,
            company=secret.company,
            phone=secret.phone,
            region=region,
            pool=pool,
        )
        assert made.id == lead_id
        if owners[lead_id] is not None:
            who = owners[lead_id]
            await day.says(who, f"改 {lead_id} 邮箱 {secret.email}")
            await day.says(who, f"跟进 {lead_id} 已电话，{secret.note}")
    await day.says(LINA, f"提醒 L1 明天下午3点问{SECRETS['L1'].note}")
    await day.says(LINA, "L2 转商机 专业版 47613")
    house = House(unit, day)
    house.before = await unit(contents)
    return house


def told_of(words: str, whose: str) -> list[str]:
    """What of this lead's secrets these words give away."""
    secret = SECRETS[whose]
    return [one for one in (*secret.words(), *secret.numbers()) if one in words]
