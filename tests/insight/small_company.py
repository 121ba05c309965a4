"""A company small enough to count by hand, in November 2026."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bot.crm.user import Role, User
from tests.store.metrics_data import Made

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZONE).astimezone(timezone.utc)
EAST, SOUTH = "华东大区", "华南大区"
PEOPLE = (
    User(id="chenli", name="陈立", role=Role.EXECUTIVE, region="", team=""),
    User(id="wanglei", name="王磊", role=Role.MANAGER, region=EAST, team=""),
    User(id="zhangsan", name="张三", role=Role.REP, region=EAST, team="上海组"),
    User(id="lina", name="李娜", role=Role.REP, region=EAST, team="上海组"),
    User(id="wangwei1", name="王伟", role=Role.REP, region=EAST, team="杭州组"),
    User(id="wangwei2", name="王伟", role=Role.REP, region=SOUTH, team="广州组"),
    User(id="chenchen", name="陈晨", role=Role.REP, region=SOUTH, team="深圳组"),
    User(id="shichang", name="石畅", role=Role.MARKETER, region="", team=""),
    User(id="itops", name="运维", role=Role.ADMIN, region="", team=""),
)
BY_ID = {one.id: one for one in PEOPLE}


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(timezone.utc)


def small_company() -> Made:
    """Four leads in November and two in October; three deals won, one lost, one open."""
    made = Made(ZONE, NOW)
    for one in PEOPLE:
        row = {name: getattr(one, name) for name in ("id", "name", "region", "team", "position", "active")}
        made.put("users", **row, role=one.role.value, on_duty=True, platform="wecom", joined_at=at(1, 1))
    _leads(made)
    _deals(made)
    return made


def _leads(made: Made) -> None:
    lead(made, "L1", at(11, 2), owner="zhangsan", source="官网", marketing_qualified_at=at(11, 2))
    lead(made, "L2", at(11, 2), owner="lina", source="官网", marketing_qualified_at=at(11, 3))
    lead(made, "L3", at(11, 17), owner="chenchen", source="抖音")
    lead(made, "L4", at(11, 17), owner=None, source="抖音", pool_id="south", region=SOUTH)
    lead(made, "L5", at(10, 5), owner="zhangsan", source="官网")
    lead(made, "L6", at(10, 6), owner="zhangsan", source="展会")


def _deals(made: Made) -> None:
    for number, (owner, amount, closed, won) in enumerate(
        (
            ("zhangsan", "120000", at(11, 10), True),
            ("lina", "60000.50", at(11, 11), True),
            ("chenchen", "60000.50", at(11, 12), True),
            ("zhangsan", "9000", at(11, 13), False),
            ("zhangsan", "80000", None, None),
        ),
        1,
    ):
        deal(made, f"D{number}", owner, Decimal(amount), closed=closed, won=won)
    made.put("targets", scope="owner", name="zhangsan", month=date(2026, 11, 1), amount=Decimal(200_000))


def lead(
    made: Made,
    lead_id: str,
    created: datetime,
    *,
    owner: str | None,
    people: Mapping[str, User] = BY_ID,
    **known: Any,
) -> None:
    """A lead that its owner got an hour after it came in."""
    person = people.get(owner or "")
    row = {
        "status": "working" if owner else "new", "name": "", "company": "", "company_key": "", "title": "",
        "phone_masked": "", "email_masked": "", "province": "", "city": "", "industry": "软件",
        "campaign": "",
        "region": person.region if person else SOUTH, "form": "website", "custom": {}, "score": 0, "tier": "",
        "lifecycle": "认知", "last_behaviour": "", "epoch": 1, "created_at": created, "changed_at": created,
        "marketing_qualified_at": None, "owner_id": owner, "pool_id": None, "last_follow_up_at": None,
    }  # fmt: skip
    made.put("leads", id=lead_id, **{**row, **known})
    if person:
        made.put(
            "tenures", lead_id=lead_id, epoch=1, owner_id=owner, team=person.team, region=person.region,
            how="claimed",
            by=owner, reason="", from_at=created.replace(minute=59),
        )  # fmt: skip


def deal(
    made: Made,
    deal_id: str,
    owner: str,
    amount: Decimal,
    *,
    closed: datetime | None,
    won: bool | None,
    people: Mapping[str, User] = BY_ID,
) -> None:
    person, created = people[owner], at(11, 1)
    stage = "赢单" if won else "输单" if closed else "方案报价"
    made.put(
        "opportunities", id=deal_id, account_id=f"A{deal_id}", lead_id="L1" if deal_id == "D1" else None,
        name="",
        owner_id=owner, product="专业版", stage=stage, amount=amount,
        currency="CNY", source="官网", campaign="", industry="软件", created_at=created, stage_since=created,
        closed_at=closed, won=won, lost_reason="价格" if won is False else None, created_owner_id=owner,
        created_team=person.team, created_region=person.region, closed_owner_id=owner if closed else None,
        closed_team=person.team if closed else "", closed_region=person.region if closed else "",
    )  # fmt: skip
