"""What of the configuration can be changed by a message: its words, its file, its place in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.crm.company import Company
from bot.crm.user import Role, User

#: A place in a file, as `bot.kit.yaml_edit` takes it.
Place: TypeAlias = tuple[str | Mapping[str, str], ...]
Value: TypeAlias = bool | int | str

ROLES: Mapping[str, Role] = {
    "销售": Role.REP, "大区经理": Role.MANAGER, "经理": Role.MANAGER, "总监": Role.DIRECTOR,
    "高管": Role.EXECUTIVE, "老板": Role.EXECUTIVE, "市场": Role.MARKETER, "管理员": Role.ADMIN,
}  # fmt: skip
_FLAGS = {
    "开": True,
    "开启": True,
    "打开": True,
    "是": True,
    "关": False,
    "关闭": False,
    "关掉": False,
    "否": False,
}
_NUMBER = re.compile(r"(?P<n>\d{1,9})\s*(?P<unit>条|天|分钟|分|个|次|秒|小时)?")
_MINUTES = {"小时": 60}


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing."""

    key: str
    #: What people call it, the first for our answers.
    names: tuple[str, ...]
    unit: str
    file: str
    place: Place
    #: Words for the values, where they are not numbers.
    words: Mapping[str, Value] | None = None
    #: Each pool may have its own.
    of_pool: bool = False
    #: Of a number.
    least: int = 1

    @property
    def name(self) -> str:
        """For our answers."""
        return self.names[0]

    def read(self, said: str) -> Value | None:
        """The value that somebody wrote; None if it is none."""
        if self.words is not None:
            return self.words.get(said)
        found = _NUMBER.fullmatch(said)
        if found is None:
            return None
        return int(found["n"]) * (_MINUTES.get(found["unit"] or "", 1) if self.unit == "分钟" else 1)

    def told(self, value: object) -> str:
        """A value in words."""
        if self.words is not None:
            return next((word for word, one in self.words.items() if one == value), str(value))
        return "没有设置" if value is None else f"{value} {self.unit}".strip()


def _of_terms(
    key: str, unit: str, *names: str, words: Mapping[str, Value] | None = None, least: int = 1
) -> Knob:
    return Knob(key, names, unit, "pools", ("terms", key), words, of_pool=True, least=least)


def _of_response(place: tuple[str, ...], unit: str, *names: str, **given: Mapping[str, Value]) -> Knob:
    return Knob(place[-1], names, unit, "response", place, given.get("words"))


KNOBS: tuple[Knob, ...] = (
    _of_terms("daily_claims", "条", "每日领取上限", "每天领取上限", "领取上限", "日领取上限"),
    _of_terms("holding", "条", "持有上限", "库容", "私海上限", "在手上限"),
    _of_terms("cool_down_days", "天", "冷却期", "冷却天数", least=0),
    _of_terms("embargo_minutes", "分钟", "禁领期", "领取等待", least=0),
    _of_terms("on_duty_only", "", "只推给值班", "只推值班", words=_FLAGS),
    _of_response(("first_response", "remind_after_minutes"), "分钟", "首响提醒", "首次响应提醒"),
    _of_response(("first_response", "act_after_minutes"), "分钟", "首响超时", "首次响应超时", "响应时限"),
    _of_response(
        ("first_response", "act"), "", "超时处理", "首响超时处理",
        words={"回公海": "back_to_pool", "换人": "reassign"},
    ),
    _of_response(("offers", "again_after_minutes"), "分钟", "再推间隔", "没人领再推"),
    _of_response(("offers", "times"), "次", "再推次数"),
    _of_response(("offers", "manager_after_minutes"), "分钟", "无人领取告诉经理", "没人领告诉经理"),
    _of_response(("first_task_within_minutes",), "分钟", "首个任务时限", "首任务时限"),
    _of_response(("stale_after_days",), "天", "未跟进天数", "几天算未跟进"),
    Knob("mql", ("MQL线", "MQL 线", "mql线"), "分", "scoring", ("marketing_qualified_at",)),
    Knob("sql", ("SQL线", "SQL 线", "sql线"), "分", "scoring", ("sales_qualified_at",)),
)  # fmt: skip
BY_NAME: Mapping[str, Knob] = {name: knob for knob in KNOBS for name in knob.names}
BY_KEY: Mapping[str, Knob] = {knob.key: knob for knob in KNOBS}

ROLE, TARGET, RULE = "role", "target", "rule"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where, from what to what."""

    #: In words: 每日领取上限（华东公海）.
    name: str
    file: str
    place: Place
    #: None: it is not there, before or afterwards.
    before: Value | None
    after: Value | None
    told_before: str
    told_after: str


def of_knob(company: Company, knob: Knob, pool_id: str, value: Value) -> Change:
    """The change that this makes; for one pool if it is named."""
    pool = company.pools.get(pool_id) if pool_id else None
    place = ("pools", {"id": pool.id}, *knob.place) if pool else knob.place
    before = _at(company, knob, pool_id if pool else "")
    name = f"{knob.name}（{pool.name}）" if pool else knob.name
    told = knob.told(before) if before is not None else _inherited(company, knob)
    return Change(name, knob.file, place, before, value, told, knob.told(value))


def stands(company: Company, knob: Knob) -> str:
    """How it stands, in words, and where a pool has its own."""
    told = knob.told(_at(company, knob, ""))
    if not knob.of_pool:
        return told
    own = [
        f"{pool.name} {knob.told(value)}"
        for pool in company.pools.pools
        if (value := _at(company, knob, pool.id)) is not None
    ]
    return f"{told}（{'，'.join(own)}）" if own else told


def of_role(company: Company, user_id: str, name: str, role: Role | None) -> Change:
    """Somebody's role; None leaves it to the address book."""
    before = company.org.roles.get(user_id)
    return Change(
        f"{name}的角色", "org", ("roles", user_id), before.value if before else None,
        role.value if role else None, told_role(before), told_role(role),
    )  # fmt: skip


def of_target(company: Company, whose: tuple[str, str], name: str, month: str, amount: int) -> Change:
    """What a person, team or region is to win in a month; `whose` is (owner, team or region, and which)."""
    scope, of = whose
    before = next(
        (
            int(one.amount)
            for one in company.targets.targets
            if one.month == month and getattr(one, scope) == of
        ),
        None,
    )
    place = ("targets", {scope: of, "month": month}, "amount")
    told = "没有设置" if before is None else f"{before:,}"
    return Change(f"{name} {month} 目标", "targets", place, before, amount, told, f"{amount:,}")


def of_rule(file: str, by: str, rule: str, name: str, *, was: bool, paused: bool) -> Change:
    """A rule that is to rest, or to work again."""
    place = ("rules", {by: rule}, "paused")
    told: Callable[[bool], str] = lambda rests: "停用" if rests else "启用"  # noqa: E731 - two words
    return Change(f"规则 {name}", file, place, was or None, paused, told(was), told(paused))


def may_change(user: User, company: Company) -> bool:
    """Whether he may change the configuration."""
    return user.active and (user.role is Role.ADMIN or user.id in company.org.also_admins)


def locks_out(actor: User, change: Change, company: Company) -> bool:
    """Nobody takes away his own right to take it back."""
    is_own = change.file == "org" and change.place == ("roles", actor.id)
    return is_own and change.after != Role.ADMIN.value and actor.id not in company.org.also_admins


def told_role(role: Role | None) -> str:
    """In words."""
    return next((word for word, one in ROLES.items() if one == role), "按通讯录")


def _at(company: Company, knob: Knob, pool_id: str) -> Value | None:
    file: object = company.pools.get(pool_id) if pool_id else getattr(company, knob.file)
    for step in knob.place:
        file = getattr(file, str(step))
    return file if isinstance(file, bool | int | str) else None


def _inherited(company: Company, knob: Knob) -> str:
    return f"同默认，{knob.told(_at(company, knob, ''))}"
