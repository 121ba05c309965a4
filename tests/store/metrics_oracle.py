"""The same numbers worked out a second time, in plain Python over the rows, from what each is said to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.store.metrics_data import Made, Row

Facts = Iterable[tuple[datetime | date | None, dict[str, str], Any]]


@dataclass
class Oracle:
    """Answers about one company."""

    made: Made

    def __post_init__(self) -> None:
        self.lead_by_id = {one["id"]: one for one in self.made["leads"]}
        self.users = {one["id"]: one for one in self.made["users"]}
        self.deals = {one["id"]: one for one in self.made["opportunities"]}
        self.accounts = {one["id"]: one for one in self.made["accounts"]}
        self.now = self.made.now
        self.tenures: dict[str, list[Row]] = defaultdict(list)
        for tenure in sorted(self.made["tenures"], key=lambda one: one["epoch"]):
            self.tenures[tenure["lead_id"]].append(tenure)

    # Who and what a row is about.

    def root(self, lead_id: str | None) -> Row:
        lead = self.lead_by_id.get(lead_id or "", {})
        return self.lead_by_id[lead["merged_into"]] if lead.get("merged_into") else lead

    def lead_dims(self, lead: Row) -> dict[str, str]:
        dims = {name: lead.get(name) or "" for name in ("source", "industry", "campaign", "lifecycle")}
        return {**dims, "size": lead.get("custom", {}).get("size", "")}

    def row_dims(self, row: Row, prefix: str = "") -> dict[str, str]:
        keys = {"owner": f"{prefix}owner_id", "team": f"{prefix}team", "region": f"{prefix}region"}
        return {name: row[key] or "" for name, key in keys.items()}

    def today_dims(self, owner_id: str | None) -> dict[str, str]:
        user = self.users.get(owner_id or "", {"team": "", "region": ""})
        return {"owner": owner_id or "", "team": user["team"], "region": user["region"]}

    def deal_dims(self, deal: Row) -> dict[str, str]:
        own = {
            name: deal[name] or ""
            for name in ("source", "industry", "campaign", "product", "stage", "lost_reason")
        }
        return {**self.lead_dims(self.root(deal["lead_id"])), **own}

    def lead_whose(self, lead: Row, at: datetime) -> dict[str, str]:
        for tenure in self.tenures[lead["id"]]:
            if tenure["to_at"] is None or tenure["to_at"] > at:
                return {
                    "owner": tenure["owner_id"], "team": tenure["team"],
                    "region": tenure["region"] or lead["region"],
                }  # fmt: skip
        return {"owner": "", "team": "", "region": lead["region"]}

    # Facts: when, whose, what.

    def leads_at(self, moment: str, value: Callable[[Row], Any] = lambda lead: 1) -> Facts:
        for lead in self.made["leads"]:
            if lead["merged_into"] is None and lead[moment] is not None:
                yield (
                    lead[moment],
                    {**self.lead_whose(lead, lead[moment]), **self.lead_dims(lead)},
                    value(lead),
                )

    def of_leads(self, rows: Iterable[Row], at: str = "at", owner: str = "owner_id", **more: str) -> Facts:
        for row in rows:
            root = self.root(row["lead_id"])
            dims = {"owner": row[owner] or "", "team": row["team"], "region": row["region"]}
            own = {name: row[column] or "" for name, column in more.items()}
            yield row[at], {**self.lead_dims(root), **dims, **own}, root.get("id")

    def deals_at(
        self, moment: str, prefix: str, keep: Callable[[Row], bool], value: Callable[[Row], Any]
    ) -> Facts:
        for deal in self.deals.values():
            if deal[moment] is not None and keep(deal):
                yield deal[moment], {**self.row_dims(deal, prefix), **self.deal_dims(deal)}, value(deal)

    def deals_of(self, lead: Row) -> list[Row]:
        return [
            deal
            for deal in self.deals.values()
            if deal["lead_id"] and self.root(deal["lead_id"])["id"] == lead["id"]
        ]

    def is_won(self, lead: Row) -> bool:
        return any(deal["won"] for deal in self.deals_of(lead))

    def reached(self, lead: Row) -> int:
        """The last step of the funnel that a lead came to, from 0."""
        deals = self.deals_of(lead)
        quoted = {one["opportunity_id"] for one in self.made["quotes"]}
        if self.is_won(lead):
            return 5
        if any(deal["id"] in quoted for deal in deals):
            return 4
        if deals:
            return 3
        if lead["sales_qualified_at"] and lead["status"] != "invalid":
            return 2
        return 1 if lead["marketing_qualified_at"] else 0

    # Snapshots.

    def waiting(self) -> Iterator[Row]:
        for lead in self.made["leads"]:
            if (
                lead["owner_id"] is None
                and lead["merged_into"] is None
                and lead["status"] in {"new", "offered", "recycled"}
            ):
                yield lead

    def held(self) -> Iterator[Row]:
        for lead in self.made["leads"]:
            if lead["owner_id"] and lead["merged_into"] is None and lead["status"] in {"assigned", "working"}:
                yield lead

    def is_stale(self, lead: Row, days: int) -> bool:
        return self.now - (lead["last_follow_up_at"] or lead["owned_at"] or lead["created_at"]) >= timedelta(
            days=days
        )

    def snapshot(self, metric: str, idle_days: int) -> Facts:
        if metric in {"pool_leads", "unassigned_leads"}:
            return (
                (None, {**self.lead_dims(lead), "region": lead["region"]}, 1)
                for lead in self.waiting()
                if metric == "unassigned_leads" or lead["pool_id"]
            )
        if metric in {"open_leads", "stale_leads"}:
            return (
                (None, {**self.lead_dims(lead), **self.today_dims(lead["owner_id"])}, 1)
                for lead in self.held()
                if metric == "open_leads" or self.is_stale(lead, idle_days)
            )
        if metric == "overdue_tasks":
            return (
                (None, {**self.lead_dims(self.root(task["lead_id"])), **self.today_dims(task["owner_id"])}, 1)
                for task in self.made["tasks"]
                if task["state"] == "open" and task["due_at"] <= self.now
            )
        return (
            (
                None,
                {**self.deal_dims(deal), **self.today_dims(deal["owner_id"])},
                1 if metric == "open_deals" else deal["amount"] or 0,
            )
            for deal in self.deals.values()
            if deal["closed_at"] is None
        )

    # Flows.

    def flow(self, metric: str) -> tuple[Facts, Callable[[list[Any]], Any]]:
        """The facts of a metric and how a pile of them becomes a number."""
        made = self.made
        won = lambda deal: deal["won"] is True  # noqa: E731
        lost = lambda deal: deal["won"] is False  # noqa: E731
        amount = lambda deal: deal["amount"] or Decimal(0)  # noqa: E731
        one = lambda _: 1  # noqa: E731
        share = lambda pile: Fraction(sum(pile), len(pile)) if pile else None  # noqa: E731
        different = lambda pile: len(set(pile))  # noqa: E731
        invalid = [row for row in made["status_changes"] if row["after"] == "invalid"]
        ended = {
            how: [row for row in made["tenures"] if row["ended_how"] == how]
            for how in ("released", "recycled")
        }
        due = [
            task
            for task in made["tasks"]
            if task["state"] == "done" or (task["state"] == "open" and task["due_at"] <= self.now)
        ]
        done = [task for task in made["tasks"] if task["state"] == "done"]
        answered = [row for row in made["follow_ups"] if row["response_minutes"] is not None]
        is_sql = lambda lead: bool(lead["sales_qualified_at"]) and lead["status"] != "invalid"  # noqa: E731
        found: dict[str, tuple[Facts, Callable[[list[Any]], Any]]] = {
            "new_leads": (self.leads_at("created_at"), sum),
            "re_enquiries": (
                self.of_leads(
                    (row for row in made["submissions"] if row["kind"] == "re_enquiry"),
                    source="source", campaign="campaign",
                ),
                len,
            ),
            "mql": (self.leads_at("marketing_qualified_at"), sum),
            "sql": (
                (fact for fact in self.leads_at("sales_qualified_at", is_sql) if fact[2]), len,
            ),
            "lead_to_mql_rate": (
                self.leads_at("created_at", lambda lead: int(bool(lead["marketing_qualified_at"]))), share,
            ),
            "mql_to_sql_rate": (self.leads_at("marketing_qualified_at", is_sql), share),
            "lead_to_won_rate": (self.leads_at("created_at", lambda lead: int(self.is_won(lead))), share),
            "claimed_leads": (
                self.of_leads((row for row in made["claims"] if row["outcome"] == "won"), owner="user_id"),
                different,
            ),
            "returned_leads": (self.of_leads(ended["released"], "to_at"), different),
            "recycled_leads": (self.of_leads(ended["recycled"], "to_at"), different),
            "invalid_leads": (self.of_leads(invalid, invalid_reason="reason"), different),
            "invalid_rate": (self.leads_at("created_at", lambda lead: lead["status"] == "invalid"), share),
            "wechat_added": (self.leads_at("wechat_added_at"), sum),
            "wechat_added_rate": (
                self.leads_at("created_at", lambda lead: int(bool(lead["wechat_added_at"]))), share,
            ),
            "follow_ups": (self.of_leads(made["follow_ups"]), len),
            "followed_leads": (self.of_leads(made["follow_ups"]), different),
            "first_response_minutes": (
                (
                    (at, dims, row["response_minutes"])
                    for (at, dims, _), row in zip(self.of_leads(answered), answered, strict=True)
                ),
                share,
            ),
            "on_time_rate": (
                (
                    (at, dims, int(task["state"] == "done" and task["done_at"] <= task["due_at"]))
                    for (at, dims, _), task in zip(self.of_leads(due, "due_at"), due, strict=True)
                ),
                share,
            ),
            "tasks_done": (self.of_leads(done, "done_at"), len),
            "new_deals": (self.deals_at("created_at", "created_", lambda deal: True, one), sum),
            "deal_amount": (self.deals_at("created_at", "created_", lambda deal: True, amount), sum),
            "won_deals": (self.deals_at("closed_at", "closed_", won, one), sum),
            "won_amount": (self.deals_at("closed_at", "closed_", won, amount), sum),
            "lost_deals": (self.deals_at("closed_at", "closed_", lost, one), sum),
            "win_rate": (
                self.deals_at("closed_at", "closed_", lambda deal: True, lambda deal: deal["won"]), share,
            ),
            "sales_cycle_days": (
                self.deals_at("closed_at", "closed_", won, self.lasted),
                lambda pile: Fraction(sum(pile), len(pile) * 86400) if pile else None,
            ),
            "avg_deal_amount": (
                self.deals_at("closed_at", "closed_", won, amount),
                lambda pile: Fraction(sum(pile)) / len(pile) if pile else None,
            ),
            "payments": (self.paid(), sum),
            "new_customers": (self.first_wins(), len),
            "channel_cost": (
                (
                    (row["on"], {"source": row["source"], "campaign": row["campaign"]}, row["amount"])
                    for row in made["costs"]
                ),
                sum,
            ),
            "form_conversion_rate": (self.looks_and_forms(), self.conversion),
        }  # fmt: skip
        return found[metric]

    def looks_and_forms(self) -> Facts:
        for kind, rows, name in (
            ("seen", self.made["form_views"], "visitor"),
            ("sent", self.made["submissions"], "id"),
        ):
            for row in rows:
                yield row["at"], {"source": row["source"], "campaign": row["campaign"]}, (kind, row[name])

    @staticmethod
    def conversion(pile: list[Any]) -> Fraction | None:
        visitors = len({one for one in pile if one[0] == "seen"})
        return Fraction(len({one for one in pile if one[0] == "sent"}), visitors) if visitors else None

    def lasted(self, deal: Row) -> int:
        whole = [deal[at].replace(microsecond=0) for at in ("created_at", "closed_at")]
        return int((whole[1] - whole[0]).total_seconds())

    def paid(self) -> Facts:
        for row in self.made["payments"]:
            yield (
                row["on"],
                {**self.deal_dims(self.deals[row["opportunity_id"]]), **self.row_dims(row)},
                row["amount"],
            )

    def account_of(self, deal: Row) -> str:
        account = self.accounts[deal["account_id"]]
        return str(account["merged_into"] or account["id"])

    def wins(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for deal in sorted(self.deals.values(), key=lambda one: (one["closed_at"] or self.now, one["id"])):
            if deal["won"]:
                found[self.account_of(deal)].append(deal)
        return found

    def first_wins(self) -> Facts:
        for deals in self.wins().values():
            deal = deals[0]
            yield deal["closed_at"], {**self.row_dims(deal, "closed_"), **self.deal_dims(deal)}, 1

    # Answers.

    def local(self, at: datetime | date) -> date:
        return at.astimezone(self.made.zone).date() if isinstance(at, datetime) else at

    def unit(self, at: datetime | date, unit: str) -> date:
        day = self.local(at)
        return {
            "day": day,
            "week": day - timedelta(days=day.weekday()),
            "month": day.replace(day=1),
            "quarter": date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
            "year": date(day.year, 1, 1),
        }[unit]

    def piles(
        self,
        facts: Facts,
        by: tuple[str, ...],
        where: dict[str, tuple[Any, ...]],
        period: tuple[date, date] | None,
    ) -> dict[tuple[str, ...], list[Any]]:
        piles: dict[tuple[str, ...], list[Any]] = defaultdict(list)
        for at, dims, value in facts:
            if at is not None and period and not period[0] <= self.local(at) < period[1]:
                continue
            if any(dims[key] not in values for key, values in where.items() if key != "idle_days"):
                continue
            units = {"day", "week", "month", "quarter", "year"}
            key = tuple(self.unit(at, one).isoformat() if one in units and at else dims[one] for one in by)
            piles[key].append(value)
        return dict(piles)

    def answer(
        self,
        metric: str,
        by: tuple[str, ...],
        where: dict[str, tuple[Any, ...]],
        period: tuple[date, date] | None,
    ) -> dict[tuple[str, ...], Any]:
        """The number for each key; without `by` always one number."""
        if metric == "repeat_rate":
            return self.repeats(by, where, period or (date.min, date.max))
        if period is None:
            facts, number = self.snapshot(metric, int(where.get("idle_days", (3,))[0])), sum
        else:
            facts, number = self.flow(metric)
        piles = self.piles(facts, by, where, period)
        return {key: number(pile) for key, pile in ({(): []} | piles if not by else piles).items()}

    def repeats(
        self, by: tuple[str, ...], where: dict[str, tuple[Any, ...]], period: tuple[date, date]
    ) -> dict[tuple[str, ...], Any]:
        facts = (
            (
                deal["closed_at"],
                {**self.row_dims(deal, "closed_"), **self.deal_dims(deal)},
                (self.account_of(deal), deal),
            )
            for deals in self.wins().values()
            for deal in deals
        )
        piles = self.piles(facts, by, where, period)
        first = {account: self.local(deals[0]["closed_at"]) for account, deals in self.wins().items()}
        found = {}
        for key, pile in ({(): []} | piles if not by else piles).items():
            accounts = {account for account, _ in pile}
            begins = period[0]
            for name, value in zip(by, key, strict=True):
                if name in {"day", "week", "month", "quarter", "year"}:
                    begins = max(begins, date.fromisoformat(value))
            again = sum(first[account] < begins for account in accounts)
            found[key] = Fraction(again, len(accounts)) if accounts else None
        return found
