"""What each number is, worked out in plain Python over the rows of a whole company, by the words of the contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, TypeAlias

from tests.insight.oracle.companies import HOME
from tests.store.metrics_oracle import Facts, Oracle, Row

Span: TypeAlias = tuple[date, date]
Answers: TypeAlias = dict[tuple[str, ...], Any]
UNITS = ("day", "week", "month", "quarter", "year")
QUOTED = frozenset({"方案报价", "商务谈判"})
YEAR = timedelta(days=365)
#: What happened, and over what it is set.
RATES = {
    "delivery_rate": ("delivered_at", ("sent_at",)),
    "open_rate": ("opened_at", ("delivered_at",)),
    "click_rate": ("clicked_at", ("delivered_at",)),
    "unsubscribe_rate": ("unsubscribed_at", ("delivered_at",)),
    "failure_rate": ("failed_at", ("sent_at", "failed_at")),
}


class Truth(Oracle):
    """Answers about one whole company."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tags: dict[str, list[str]] = defaultdict(list)
        for row in self.made["lead_tags"]:
            self.tags[row["lead_id"]].append(row["tag"])
        self.bought = sorted(self.purchases(), key=lambda one: one[0])
        self.targets = {
            (one["scope"], one["name"], one["month"]): one["amount"] for one in self.made["targets"]
        }

    def lead_dims(self, lead: Row) -> dict[str, Any]:
        return {**super().lead_dims(lead), "tag": self.tags.get(lead.get("id", ""), [])}

    def reached(self, lead: Row) -> int:
        """An offer was made if one is written down, or if a deal ever stood where one lies with the customer."""
        step = super().reached(lead)
        ids = {deal["id"] for deal in self.deals_of(lead)}
        stood = any(
            row["opportunity_id"] in ids and row["after"] in QUOTED for row in self.made["stage_changes"]
        )
        return max(step, 4) if stood else step

    # Who buys.

    def customer(self, account_id: str | None, lead_id: str | None) -> str | None:
        """An account, or the person where there is none; nobody if neither is known."""
        lead = self.root(lead_id)
        account = account_id or lead.get("account_id")
        if account:
            return str(self.accounts[account]["merged_into"] or account)
        return lead.get("id")

    def account_of(self, deal: Row) -> str:
        return self.customer(deal["account_id"], deal["lead_id"]) or ""

    def first_wins(self) -> Facts:
        wins = {customer: deals for customer, deals in self.wins().items() if customer}
        for deals in wins.values():
            yield (
                deals[0]["closed_at"],
                {**self.row_dims(deals[0], "closed_"), **self.deal_dims(deals[0])},
                1,
            )

    def purchases(self) -> Iterator[tuple[datetime, dict[str, Any], str | None, bool]]:
        """When, what, whose, and whether it is an order."""
        for deal in self.deals.values():
            if deal["won"]:
                dims = {**self.row_dims(deal, "closed_"), **self.deal_dims(deal)}
                yield deal["closed_at"], dims, self.customer(deal["account_id"], deal["lead_id"]), False
        for order in self.made["orders"]:
            yield (
                order["ordered_at"],
                self.order_dims(order),
                self.customer(order["account_id"], order["lead_id"]),
                True,
            )

    def order_dims(self, order: Row) -> dict[str, Any]:
        lead, at = self.root(order["lead_id"]), order["ordered_at"]
        account = self.accounts.get(order["account_id"] or lead.get("account_id") or "", {})
        dims = {**self.lead_dims(lead), "product": order["product"]}
        dims["industry"] = dims["industry"] or account.get("industry", "")
        had = [one for one in self.tenures[lead.get("id", "")] if not one["to_at"] or one["to_at"] > at]
        whose = (
            {"owner": had[0]["owner_id"], "team": had[0]["team"], "region": had[0]["region"]}
            if had
            else self.today_dims(account.get("owner_id"))
        )
        return {**dims, **whose}

    def repeats(self, by: tuple[str, ...], where: dict[str, tuple[Any, ...]], period: Span) -> Answers:
        """Of who bought in the period, or in a part of it, the share that had bought before that."""
        first: dict[str, date] = {}
        for at, _, customer, _ in self.bought:
            if customer:
                first.setdefault(customer, self.local(at))
        facts = ((at, dims, customer) for at, dims, customer, _ in self.bought if customer)
        found = {}
        for key, pile in self.whole(self.piles(facts, by, where, period), by).items():
            begins = max([period[0], *self.starts(by, key)])
            again = {one for one in pile if first[one] < begins}
            found[key] = Fraction(len(again), len(set(pile))) if pile else None
        return found

    @staticmethod
    def starts(by: tuple[str, ...], key: tuple[str, ...]) -> list[date]:
        pairs = zip(by, key, strict=True)
        return [date.fromisoformat(value) for name, value in pairs if name in UNITS]

    def churn(self, by: tuple[str, ...], where: dict[str, tuple[Any, ...]], period: Span) -> Answers:
        """Each part of the time is a period of its own."""
        place = next((at for at, one in enumerate(by) if one in UNITS), None)
        if place is None:
            return self.churned(by, where, period)
        found, day, rest = {}, period[0], (*by[:place], *by[place + 1 :])
        while day < period[1]:
            name, begins = self.unit(day, by[place]), day
            while day < period[1] and self.unit(day, by[place]) == name:
                day += timedelta(days=1)
            for key, value in self.churned(rest, where, (begins, day)).items():
                found[*key[:place], name.isoformat(), *key[place:]] = value
        return found

    def churned(self, by: tuple[str, ...], where: dict[str, tuple[Any, ...]], period: Span) -> Answers:
        begins, ends = (datetime.combine(day, time(), self.made.zone) for day in period)
        orders = defaultdict(list)
        for at, _, customer, is_order in self.bought:
            if is_order and customer:
                orders[customer].append(at)
        silent = {
            customer
            for customer, times in orders.items()
            for at, following in zip(times, [*times[1:], None], strict=True)
            if begins <= at + YEAR < ends
            and at + YEAR <= self.now
            and (following is None or following - at >= YEAR)
        }
        facts = (
            (None, dims, customer)
            for at, dims, customer, is_order in self.bought
            if is_order and customer and begins - YEAR <= at < begins
        )
        piles = self.whole(self.piles(facts, by, where, None), by)
        return {
            key: Fraction(len(set(pile) & silent), len(set(pile))) if pile else None
            for key, pile in piles.items()
        }

    # What it cost and earned.

    def credits(self, model: str) -> Facts:
        """Won amounts in parts, each with the source that it is credited to."""
        ways: dict[str, list[Row]] = defaultdict(list)
        for row in self.made["touch_points"]:
            if row["source"]:
                ways[self.root(row["lead_id"])["id"]].append(row)
        for deal in self.deals.values():
            if not deal["won"]:
                continue
            lead = self.root(deal["lead_id"])
            came = [row for row in ways[lead.get("id", "")] if row["at"] <= deal["closed_at"]]
            came.sort(key=lambda row: row["at"])
            # Of two in one instant the one that was written down later.
            parts: list[Row] = {"first": [], "last": came[-1:], "linear": came}[model]
            parts = parts or [lead if lead.get("source") else deal]
            for part in parts:
                amount = Fraction(deal["amount"] or 0) / len(parts)
                yield deal["closed_at"], {"source": part["source"], "campaign": part["campaign"]}, amount

    def over_cost(
        self, metric: str, by: tuple[str, ...], where: dict[str, tuple[Any, ...]], period: Span
    ) -> Answers:
        """What was spent, cost per lead, return on cost; no number where nobody entered what was spent."""
        model = str(next(iter(where.get("attribution", ())), "first"))
        filters = {key: values for key, values in where.items() if key != "attribution"}
        spent = self.piles(self.flow("channel_cost")[0], by, filters, period)
        facts = self.leads_at("created_at") if metric == "cost_per_lead" else self.credits(model)
        other = {} if metric == "channel_cost" else self.piles(facts, by, filters, period)
        found: Answers = {}
        for key in {**spent, **other} or ({} if by else {(): 0}):
            cost, back = sum(map(Fraction, spent.get(key, []))), sum(other.get(key, []))
            if key not in spent:
                found[key] = None
            elif metric == "channel_cost":
                found[key] = cost
            elif metric == "cost_per_lead":
                found[key] = cost / back if back else None
            else:
                found[key] = (back - cost) / cost if cost else None
        return found

    # Targets.

    def target(self, level: str, name: str, month: date) -> Fraction | None:
        """One's own, else the sum of those below."""
        own = self.targets.get((level, name, month))
        if own is not None:
            return Fraction(own)
        people = [one for one in self.users.values() if one["role"] == "rep"]
        below = {
            "": [("region", region) for region in set(HOME.values())],
            "region": [("team", team) for team, region in HOME.items() if region == name],
            "team": [("owner", one["id"]) for one in people if one["team"] == name],
            "owner": [],
        }[level]
        found = [amount for one in below if (amount := self.target(*one, month)) is not None]
        return sum(found, Fraction(0)) if found else None

    def target_of(self, level: str, name: str, span: Span) -> Fraction | None:
        """A part of a month by its days."""
        days: dict[date, int] = defaultdict(int)
        for at in range((span[1] - span[0]).days):
            days[(span[0] + timedelta(days=at)).replace(day=1)] += 1
        whole = Fraction(0)
        for month, count in days.items():
            amount = self.target(level, name, month)
            if amount is None:
                return None
            following = (month + timedelta(days=32)).replace(day=1)
            whole += amount * count / (following - month).days
        return whole

    def attained(self, by: tuple[str, ...], where: dict[str, tuple[Any, ...]], period: Span) -> Answers:
        """For at most one level, named or cut by, and one unit of time."""
        won = self.piles(self.flow("won_amount")[0], by, where, period)
        found = {}
        for key in won:
            named = dict(zip(by, key, strict=True))
            unit = next((one for one in by if one in UNITS), None)
            span = period
            if unit:
                days = [period[0] + timedelta(days=at) for at in range((period[1] - period[0]).days)]
                inside = [day for day in days if self.unit(day, unit).isoformat() == named[unit]]
                span = (inside[0], inside[-1] + timedelta(days=1))
            level = next((one for one in ("owner", "team", "region") if one in named or one in where), "")
            whose = [named[level]] if level in named else list(where.get(level, ("",)))
            targets = [self.target_of(level, one, span) for one in whose]
            known = [one for one in targets if one is not None]
            whole = sum(known, Fraction(0)) if len(known) == len(targets) else None
            found[key] = Fraction(sum(won[key])) / whole if whole else None
        return found

    # Answers.

    @staticmethod
    def unit_of(day: date, unit: str) -> date:
        """The first day of the day, week, month, quarter or year that a day lies in."""
        months = {"month": 1, "quarter": 3, "year": 12}
        if unit in months:
            return day.replace(month=(day.month - 1) // months[unit] * months[unit] + 1, day=1)
        return day - timedelta(days=day.weekday()) if unit == "week" else day

    def flow(self, metric: str) -> Any:
        made = self.made
        if metric == "touches_sent":
            return self.events(("sent_at",)), len
        if metric in RATES:
            top, base = RATES[metric]
            return self.events((top, *base)), lambda pile: self.ratio(pile, top, base)
        if metric in {"satisfaction", "complaints"}:
            at = "answered_at" if metric == "satisfaction" else "opened_at"
            rows = made["surveys" if metric == "satisfaction" else "complaints"]
            return self.voices(rows, at), (self.mean if metric == "satisfaction" else len)
        return super().flow(metric)

    def events(self, moments: tuple[str, ...]) -> Facts:
        for row in self.made["touches"]:
            own = {"channel": row["channel"], "campaign": row["campaign"]}
            dims = {**self.lead_dims(self.root(row["lead_id"])), **self.row_dims(row), **own}
            yield from ((row[one], dims, one) for one in dict.fromkeys(moments) if row[one] is not None)

    @staticmethod
    def ratio(pile: list[str], top: str, base: tuple[str, ...]) -> Fraction | None:
        under = sum(pile.count(one) for one in base)
        return Fraction(pile.count(top), under) if under else None

    def voices(self, rows: list[Row], at: str) -> Facts:
        for row in rows:
            dims = {
                **self.lead_dims(self.root(row["lead_id"])),
                **self.row_dims(row),
                "product": row["product"],
            }
            dims["industry"] = dims["industry"] or self.accounts.get(row["account_id"] or "", {}).get(
                "industry", ""
            )
            yield row[at], dims, row.get("mark", 1)

    @staticmethod
    def mean(pile: list[int]) -> Fraction | None:
        return Fraction(sum(pile), len(pile)) if pile else None

    @staticmethod
    def whole(
        piles: dict[tuple[str, ...], list[Any]], by: tuple[str, ...]
    ) -> dict[tuple[str, ...], list[Any]]:
        """Without a cut there is always one answer."""
        return piles if by else {(): [], **piles}

    def piles(
        self, facts: Facts, by: tuple[str, ...], where: dict[str, tuple[Any, ...]], period: Span | None
    ) -> dict[tuple[str, ...], list[Any]]:
        """Who has several tags lies on several piles; a filter keeps him if one of them is named."""
        tags = where.get("tag")
        others = {key: values for key, values in where.items() if key not in {"tag", "attribution"}}
        spread = []
        for at, dims, value in facts:
            own = dims.get("tag") or [""]
            if tags is not None:
                own = [one for one in own if one in tags]
            if own:
                spread += [(at, {**dims, "tag": one}, value) for one in (own if "tag" in by else own[:1])]
        return super().piles(spread, by, others, period)

    def answer(
        self, metric: str, by: tuple[str, ...], where: dict[str, tuple[Any, ...]], period: Span | None
    ) -> Answers:
        """The number for each key that has facts; without a cut always one."""
        if period is None:
            return super().answer(metric, by, where, None)
        if metric == "churn_rate":
            return self.churn(by, where, period)
        if metric in {"channel_cost", "cost_per_lead", "channel_roi"}:
            return self.over_cost(metric, by, where, period)
        if metric == "quota_attainment":
            return self.attained(by, where, period)
        return super().answer(metric, by, where, period)
