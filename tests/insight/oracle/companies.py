"""Whole companies from a seed: what `Maker` makes, and all that comes before, beside and after it.

Stages that go back, deals lost and opened again, deals without an account, orders of accounts and of
people, touches and what became of them, marks, complaints, tags, and every way by which a lead came.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.store.metrics_data import CAMPAIGNS, PRODUCTS, REGIONS, SOURCES, STAGES, Made, Maker, Row

TAGS = ("价格敏感", "看重服务", "决策人")
CHANNELS = ("邮件", "短信", "企业微信")
YEAR = timedelta(days=365)


class Life(Maker):
    """A company with everything that happened to it."""

    def make(self) -> Made:
        super().make()
        for lead in self.made["leads"]:
            self.tags(lead)
            self.ways(lead)
            self.touches(lead)
            self.voices(lead["id"], None)
        for deal in list(self.made["opportunities"]):
            self.stages(deal)
        for account in self.made["accounts"]:
            self.orders(account["id"], None)
            self.voices(None, account["id"])
        for lead in self.made["leads"][::3]:
            self.orders(lead["account_id"], lead["id"])
        self.orders(None, None)
        return self.made

    def lead(self, number: int) -> None:
        super().lead(number)
        lead = self.made["leads"][-1]
        lead["account_id"] = f"A{self.chance.randrange(12)}" if self.chance.random() < 0.2 else None

    def deal(self, number: int, lead: Row | None) -> None:
        """One in six belongs to no account that anybody wrote down."""
        super().deal(number, lead)
        if self.chance.random() < 0.17:
            self.made["opportunities"][-1]["account_id"] = ""

    def account(self, number: int) -> Row:
        row = super().account(number)
        row["owner_id"] = self.someone()["id"] if self.chance.random() < 0.5 else None
        row["industry"] = self.chance.choice(("制造", ""))
        return row

    def stages(self, deal: Row) -> None:
        """Forwards and backwards; some are lost and opened again before they end as they ended."""
        at, before = deal["created_at"], ""
        until = deal["closed_at"] or self.made.now
        path = [self.chance.choice(STAGES) for _ in range(self.chance.randrange(4))]
        if self.chance.random() < 0.15:
            path += ["输单", self.chance.choice(STAGES)]
        for after in path:
            at = min(self.moment(at), until)
            self.changed(deal, before, after, at)
            before = after
        if deal["closed_at"]:
            self.changed(deal, before, "赢单" if deal["won"] else "输单", deal["closed_at"])

    def changed(self, deal: Row, before: str, after: str, at: datetime) -> None:
        self.made.put(
            "stage_changes", opportunity_id=deal["id"], lead_id=deal["lead_id"], before=before, after=after,
            reason="", by="u0", at=at, **self.then(),
        )  # fmt: skip

    def tags(self, lead: Row) -> None:
        for tag in TAGS:
            if self.chance.random() < 0.4:
                self.made.put(
                    "lead_tags", lead_id=lead["id"], tag=tag, by="u0", reason="", at=lead["created_at"]
                )

    def ways(self, lead: Row) -> None:
        """Some before he was a lead, some after; some say nothing of where from."""
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            at = self.moment(lead["created_at"]) - timedelta(days=self.chance.choice((0, 0, 40)))
            self.made.put(
                "touch_points", lead_id=lead["id"], visitor=None, source=self.chance.choice((*SOURCES, "")),
                medium="", campaign=self.chance.choice(CAMPAIGNS), term="", content="", referrer="", page="",
                click_id={}, at=at,
            )  # fmt: skip

    def touches(self, lead: Row) -> None:
        for number in range(self.chance.randrange(4)):
            self.made.put(
                "touches", id=f"touch-{lead['id']}-{number}", lead_id=lead["id"],
                channel=self.chance.choice(CHANNELS), campaign=self.chance.choice(CAMPAIGNS),
                content=self.chance.choice(("hello-a", "hello-b")), failure="",
                **self.fate(self.moment(lead["created_at"])), **self.then(),
            )  # fmt: skip

    def fate(self, at: datetime) -> Row:
        """Still on its way, not taken, bounced; or delivered, and then what he did with it."""
        moments = (
            "sent",
            "failed",
            "delivered",
            "bounced",
            "opened",
            "clicked",
            "unsubscribed",
            "complained",
        )
        found: dict[str, Any] = {f"{name}_at": None for name in moments}
        roll = self.chance.random()
        if roll < 0.1:
            return found
        if roll < 0.25:
            return found | {"failed_at": at}
        found["sent_at"] = at
        if roll < 0.35:
            return found | {"bounced_at": self.moment(at)}
        found["delivered_at"] = delivered = self.moment(at)
        found["opened_at"] = opened = self.maybe(0.6, delivered)
        if opened:
            found["clicked_at"] = self.maybe(0.4, opened)
            found["unsubscribed_at"] = self.maybe(0.15, opened)
            found["complained_at"] = self.maybe(0.05, opened)
        return found

    def voices(self, lead_id: str | None, account_id: str | None) -> None:
        for table, at in (("surveys", "answered_at"), ("complaints", "opened_at")):
            for number in range(self.chance.choice((0, 0, 0, 1, 2))):
                own = (
                    {"survey": "service", "mark": self.chance.randrange(1, 6)}
                    if table == "surveys"
                    else {"reason": "交付", "closed_at": None}
                )
                self.made.put(
                    table, id=f"{table}-{lead_id}-{account_id}-{number}", lead_id=lead_id,
                    account_id=account_id, product=self.chance.choice((*PRODUCTS, "")), text=None,
                    **{at: self.moment()}, **own, **self.then(),
                )  # fmt: skip

    def orders(self, account_id: str | None, lead_id: str | None) -> None:
        """Over three years; the next one sometimes a year later to the second, or a second too soon."""
        at = self.made.now - timedelta(
            days=self.chance.randrange(1, 1000), seconds=self.chance.randrange(86400)
        )
        for number in range(self.chance.choice((0, 1, 1, 2, 3, 4))):
            if at > self.made.now:
                return
            self.made.put(
                "orders", id=f"O-{account_id}-{lead_id}-{number}", external_id=None, account_id=account_id,
                lead_id=lead_id, product=self.chance.choice(PRODUCTS),
                amount=Decimal(self.chance.randrange(1, 99_999)) / 100, ordered_at=at, batch=None,
                created_at=self.made.now,
            )  # fmt: skip
            at += self.chance.choice(
                (YEAR, YEAR - timedelta(seconds=1), timedelta(days=self.chance.randrange(1, 500), seconds=1))
            )

    def target(self, month: date) -> None:
        """People of one team, a team, a region; some months have none."""
        for scope, name in (
            ("owner", "u0"), ("owner", "u1"), ("owner", "u2"), ("team", "上海组"), ("region", "华南大区"),
        ):  # fmt: skip
            if self.chance.random() < 0.8:
                self.made.put(
                    "targets", scope=scope, name=name, month=month,
                    amount=Decimal(self.chance.randrange(10_000, 900_000)),
                )  # fmt: skip

    def cost(self, month: date) -> None:
        """Not every source costs something every month."""
        for number in range(self.chance.randrange(5)):
            self.made.put(
                "costs", id=f"cost-{month}-{number}", source=self.chance.choice(SOURCES),
                campaign=self.chance.choice(CAMPAIGNS),
                on=month.replace(day=self.chance.randrange(1, 29)),
                amount=Decimal(self.chance.randrange(100, 9_000_000)) / 100,
            )  # fmt: skip


#: Region of each team of such a company.
HOME = {team: region for region, teams in REGIONS.items() for team in teams}
