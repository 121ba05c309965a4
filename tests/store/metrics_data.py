"""Companies made up from a seed: a year of leads, work and deals, with awkward moments among them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, insert
from sqlalchemy.engine import make_url

from bot.store.tables import METADATA

REGIONS = {"华东大区": ("上海组", "杭州组"), "华南大区": ("深圳组",), "华北大区": ("北京组", "天津组")}
SOURCES, INDUSTRIES, CAMPAIGNS = ("官网", "抖音", "展会"), ("制造", "软件", ""), ("双十一", "")
PRODUCTS, STAGES = ("专业版", "旗舰版"), ("初步接触", "需求确认", "方案报价", "商务谈判")
REASONS, LIFECYCLES = ("价格", "竞品", "空号", "同行"), ("认知", "决策", "")
STATUSES = ("new", "offered", "assigned", "working", "converted", "recycled", "invalid")
Row = dict[str, Any]


@dataclass
class Made:
    """The rows of one company, by table, as they are inserted."""

    zone: ZoneInfo
    now: datetime
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def put(self, table: str, **values: Any) -> Row:
        self.tables.setdefault(table, []).append(values)
        return values

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables.get(table, [])


class Maker:
    """Fills a company."""

    def __init__(self, seed: int, zone: ZoneInfo, now: datetime, *, leads: int = 60) -> None:
        self.chance = random.Random(seed)
        self.made = Made(zone, now)
        self.begins = now - timedelta(days=400)
        self.leads = leads

    def make(self) -> Made:
        self.people()
        self.accounts = [self.account(number) for number in range(12)]
        for number in range(self.leads):
            self.lead(number)
        for number in range(self.leads // 2):
            self.deal(number, None)
        for number in range(8):
            self.task(f"T-none-{number}", None)
        for month in range(1, 13):
            self.target(date(self.made.now.year, month, 1))
            self.cost(date(self.made.now.year, month, 1))
        self.looks()
        return self.made

    def moment(self, after: datetime | None = None) -> datetime:
        """Any moment up to now; one in five at a local midnight or a microsecond before it."""
        since = after or self.begins
        span = (self.made.now - since).total_seconds()
        at = since + timedelta(seconds=int(self.chance.random() * max(span, 1)))
        if self.chance.random() < 0.2:
            local = at.astimezone(self.made.zone)
            day = local.date().replace(day=1) if self.chance.random() < 0.5 else local.date()
            edge = datetime.combine(day, time(), self.made.zone).astimezone(timezone.utc)
            edge -= timedelta(microseconds=self.chance.choice((0, 0, 1)))
            at = edge if since <= edge <= self.made.now else at
        return at

    def maybe(self, likely: float, after: datetime) -> datetime | None:
        return self.moment(after) if self.chance.random() < likely else None

    def people(self) -> None:
        number = 0
        for region, teams in REGIONS.items():
            for team in teams:
                for _ in range(2):
                    self.user(f"u{number}", "rep", region, team)
                    number += 1
            self.user(f"m-{teams[0]}", "manager", region, "")
        self.user("boss", "executive", "", "")

    def user(self, user_id: str, role: str, region: str, team: str) -> None:
        self.made.put(
            "users", id=user_id, name=user_id, role=role, region=region, team=team, position="",
            active=self.chance.random() < 0.9 or role != "rep", on_duty=True, platform="wecom",
            joined_at=self.begins,
        )  # fmt: skip

    def someone(self) -> Row:
        return self.chance.choice([one for one in self.made["users"] if one["role"] == "rep"])

    def then(self) -> Row:
        """Owner, team and region as they were: not always where he sits today."""
        if self.chance.random() < 0.1:
            return {"owner_id": None, "team": "", "region": self.chance.choice([*REGIONS, ""])}
        region = self.chance.choice(list(REGIONS))
        return {
            "owner_id": self.someone()["id"],
            "team": self.chance.choice(REGIONS[region]),
            "region": region,
        }

    def account(self, number: int) -> Row:
        merged = f"A{self.chance.randrange(6)}" if number > 8 else None
        return self.made.put(
            "accounts", id=f"A{number}", name=f"A{number}", name_key=f"A{number}", industry="", city="",
            created_at=self.begins, merged_into=merged,
        )  # fmt: skip

    def lead(self, number: int) -> None:
        pick = self.chance.choice
        created = self.moment()
        status = pick(STATUSES)
        owned = status in {"assigned", "working", "converted"} or (
            status == "invalid" and self.chance.random() < 0.5
        )
        earlier = [
            one for one in self.made["leads"] if one["created_at"] <= created and one["merged_into"] is None
        ]
        mql = self.maybe(0.5, created)
        row = self.made.put(
            "leads", id=f"L{number}", status=status, name="", company="", company_key="", title="",
            phone_masked="",
            email_masked="", province="", city="", region=pick([*REGIONS, ""]), industry=pick(INDUSTRIES),
            source=pick(SOURCES), campaign=pick(CAMPAIGNS), form="website", score=0, tier="",
            custom={"size": pick(("大", "小"))} if self.chance.random() < 0.7 else {},
            lifecycle=pick(LIFECYCLES), last_behaviour="", epoch=9, created_at=created, changed_at=created,
            marketing_qualified_at=mql,
            sales_qualified_at=self.maybe(0.6, mql) if mql else self.maybe(0.1, created),
            wechat_added_at=self.maybe(0.4, created), last_follow_up_at=self.maybe(0.5, created),
            owner_id=self.someone()["id"] if owned else None,
            owned_at=self.moment(created) if owned else None,
            pool_id=pick(("east", "south", None)),
            merged_into=pick(earlier)["id"] if earlier and self.chance.random() < 0.1 else None,
        )  # fmt: skip
        self.history(row)

    def history(self, lead: Row) -> None:
        chance, made, created, of = self.chance, self.made, lead["created_at"], lead["id"]
        self.tenures(lead)
        for number in range(chance.randrange(3)):
            made.put(
                "submissions", id=f"S{of}-{number}", lead_id=of, form="website",
                source=chance.choice(SOURCES),
                campaign=chance.choice(CAMPAIGNS), kind=chance.choice(("created", "re_enquiry")), body=b"",
                at=self.moment(created), **self.then(),
            )  # fmt: skip
        for number in range(chance.randrange(4)):
            made.put(
                "follow_ups", id=f"F{of}-{number}", lead_id=of, user_id="u0", kind="call", text=b"",
                at=self.moment(created), response_minutes=chance.choice((None, None, 0, 7, 481)),
                **self.then(),
            )  # fmt: skip
        for _ in range(chance.randrange(3)):
            whose = self.then()
            made.put(
                "claims", lead_id=of, user_id=whose["owner_id"] or "u1", pool_id="east", epoch=1, day="",
                outcome=chance.choice(("won", "won", "taken")), at=self.moment(created),
                team=whose["team"], region=whose["region"],
            )  # fmt: skip
        for _ in range(chance.randrange(3)):
            made.put(
                "status_changes", lead_id=of, before="new", after=chance.choice(("invalid", "working")),
                by="u0",
                reason=chance.choice(REASONS), at=self.moment(created), **self.then(),
            )  # fmt: skip
        if chance.random() < 0.6:
            self.task(f"T{of}", of)
        if chance.random() < 0.5:
            self.deal(int(of[1:]) + 1000, lead)

    def looks(self) -> None:
        """Visitors of pages with a form, some of them more than once."""
        for number in range(self.chance.randrange(80)):
            self.made.put(
                "form_views", visitor=f"v{self.chance.randrange(1 + number)}", form="website", page="/l/website",
                source=self.chance.choice(SOURCES), campaign=self.chance.choice(CAMPAIGNS), at=self.moment(),
            )  # fmt: skip

    def tenures(self, lead: Row) -> None:
        at = lead["created_at"]
        for place in range(self.chance.randrange(4)):
            whose = self.then()
            since = self.moment(at)
            until = self.moment(since) if place < 2 or self.chance.random() < 0.5 else None
            crossed = lead["marketing_qualified_at"]
            if until and crossed and crossed >= since and self.chance.random() < 0.5:
                # It ended in the very instant in which something else happened.
                until = crossed
            self.made.put(
                "tenures", lead_id=lead["id"], epoch=place * 2 + 1, owner_id=whose["owner_id"] or "u2",
                team=whose["team"], region=whose["region"], how="claimed", by="u0", reason="", from_at=since,
                to_at=until,
                ended_how=self.chance.choice(("released", "recycled", "left")) if until else None,
            )  # fmt: skip
            if until is None:
                return
            at = until

    def task(self, task_id: str, lead_id: str | None) -> None:
        due = self.moment() + timedelta(days=self.chance.randrange(-5, 20))
        state = self.chance.choice(("open", "done", "done", "cancelled"))
        whose = self.then()
        done = due + timedelta(hours=self.chance.choice((-30, -1, 0, 0, 5))) if state == "done" else None
        self.made.put(
            "tasks", id=task_id, lead_id=lead_id, owner_id=whose["owner_id"] or "u3", title=b"", due_at=due,
            whole_day=False, is_urgent=False, state=state, created_at=self.begins, created_by="u0",
            done_at=done if done is None or done <= self.made.now else self.made.now,
            team=whose["team"], region=whose["region"],
        )  # fmt: skip

    def deal(self, number: int, lead: Row | None) -> None:
        chance, made = self.chance, self.made
        created = self.moment(lead["created_at"] if lead else None)
        closed = self.maybe(0.6, created)
        won = chance.random() < 0.6 if closed else None
        amount = None if chance.random() < 0.1 else Decimal(chance.randrange(1, 9_000_000)) / 100
        first, last = self.then(), self.then()
        deal = made.put(
            "opportunities", id=f"D{number}", account_id=f"A{chance.randrange(12)}",
            lead_id=lead["id"] if lead else None,
            name="", owner_id=self.then()["owner_id"], product=chance.choice(PRODUCTS), amount=amount,
            currency="CNY",
            stage=("赢单" if won else "输单") if closed else chance.choice(STAGES),
            source=chance.choice(SOURCES),
            campaign=chance.choice(CAMPAIGNS), industry=chance.choice(INDUSTRIES), created_at=created,
            stage_since=created, closed_at=closed, won=won,
            lost_reason=chance.choice(REASONS) if won is False else None,
            created_owner_id=first["owner_id"], created_team=first["team"], created_region=first["region"],
            closed_owner_id=last["owner_id"], closed_team=last["team"], closed_region=last["region"],
        )  # fmt: skip
        for place in range(chance.randrange(2)):
            made.put(
                "quotes", id=f"Q{number}-{place}", opportunity_id=deal["id"], amount=Decimal(1),
                discount=Decimal(0), product="",
                by="u0", at=self.moment(created),
            )  # fmt: skip
        for place in range(chance.randrange(3)):
            at = self.moment(created)
            made.put(
                "payments", id=f"P{number}-{place}", opportunity_id=deal["id"], by="u0", at=at,
                amount=Decimal(chance.randrange(1, 99_999)) / 100, on=at.astimezone(made.zone).date(),
                **self.then(),
            )  # fmt: skip

    def cost(self, month: date) -> None:
        for number, source in enumerate(SOURCES):
            self.made.put(
                "costs", id=f"cost-{month}-{number}", source=source,
                campaign=CAMPAIGNS[(month.month + number) % len(CAMPAIGNS)],
                on=month.replace(day=1 + month.month * 7 % 27), amount=Decimal(month.month * 100 + number) / 4,
            )  # fmt: skip

    def target(self, month: date) -> None:
        for scope, name in (("owner", "u0"), ("team", "上海组"), ("region", "华南大区")):
            if month.month % 4 or scope != "owner":
                self.made.put(
                    "targets", scope=scope, name=name, month=month,
                    amount=Decimal(self.chance.randrange(10_000, 900_000)),
                )  # fmt: skip


def pour(url: str, made: Made) -> None:
    """Put all rows into an empty, migrated database."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
    engine = create_engine(parsed.set(drivername=drivers[parsed.get_backend_name()]))
    with engine.begin() as connection:
        for name, rows in made.tables.items():
            connection.execute(insert(METADATA.tables[name]), rows)
    engine.dispose()
