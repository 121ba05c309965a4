"""Numbers as one person may see them: every one of them by a permitted query of the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.crm.query import FUNNEL, Period, Query, Rank, Value
from bot.crm.user import Role, User
from bot.insight.answers.company_words import lexicon_of
from bot.insight.answers.funnel_rows import Funnel, funnel_rows
from bot.insight.answers.rows import Table, table
from bot.insight.ask.lexicon import Lexicon
from bot.insight.forecast.forecasting import is_told
from bot.store import users
from bot.store.desk import Desk
from bot.store.metrics.guard import permit
from bot.store.metrics.sums import Figure

Where = Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, at what moment."""

    desk: Desk
    viewer: User
    lexicon: Lexicon

    @property
    def local(self) -> datetime:
        """Now, in the company's zone."""
        return self.desk.now.astimezone(self.desk.company.org.zone)

    @property
    def today(self) -> date:
        """The company's local day."""
        return self.local.date()

    @property
    def where(self) -> Where:
        """As far as he sees: everything, his region, himself."""
        if self.viewer.role is Role.MANAGER:
            return {Dimension.REGION.value: (self.viewer.region,)}
        if self.viewer.role is Role.REP:
            return {Dimension.OWNER.value: (self.viewer.id,)}
        return {}

    @property
    def scope(self) -> str:
        """The same in words."""
        if self.viewer.role is Role.MANAGER:
            return self.viewer.region
        return self.viewer.name if self.viewer.role is Role.REP else "全公司"

    async def table(
        self,
        metrics: Sequence[str],
        *,
        by: tuple[str, ...] = (),
        where: Where | None = None,
        period: Period | None = None,
        rank: Rank | None = None,
    ) -> Table:
        """The rows of a question in his own scope; what nobody records is left out."""
        recorded = tuple(one for one in metrics if is_told(one))
        query = Query(
            metrics=recorded, by=by, where={**self.where, **(where or {})}, period=period,
            rank=rank,
        )  # fmt: skip
        allowed = await permit(self.desk.tx, query, self.viewer, self.desk.company)
        found = [METRICS[one] for one in recorded]
        return await table(self.desk.tx, allowed, found, today=self.today, now=self.desk.now)

    async def figures(
        self, metrics: Sequence[str], *, period: Period | None, against: Period | None = None
    ) -> dict[str, Said]:
        """Single numbers by metric, with what they are set against."""
        found = await self.table(metrics, period=period)
        other = None if against is None else await self.table(metrics, period=against)
        return {
            one.id: Said(one, found.rows[0].figures[at], other.rows[0].figures[at] if other else None)
            for at, one in enumerate(found.metrics)
        }

    async def funnel(self, period: Period) -> Funnel | None:
        """The funnel of those who came in the period; None if nobody did."""
        query = Query(metrics=(FUNNEL,), where=self.where, period=period)
        allowed = await permit(self.desk.tx, query, self.viewer, self.desk.company)
        found = await funnel_rows(self.desk.tx, allowed, self.lexicon, before=None, now=self.desk.now)
        return found[0] if found and found[0].counts[0] else None

    @property
    def currency(self) -> str:
        """The company's."""
        return self.desk.company.org.currency


@dataclass(frozen=True, slots=True)
class Said:
    """One number and what it is set against."""

    metric: Metric
    figure: Figure
    before: Figure | None = None

    @property
    def is_news(self) -> bool:
        """Whether there is anything, or was."""
        was = self.before.value if self.before is not None else None
        return self.figure.value is not None and bool(self.figure.value or self.figure.base or was)


async def view_of(desk: Desk, viewer: User) -> View:
    """His eyes, now."""
    return View(desk, viewer, lexicon_of(desk.company, await users.everybody(desk.tx)))
