"""What a dashboard shows to whom: which numbers in which order, as questions still without a period."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import Audience, Metric
from bot.crm.query import FUNNEL, Order, Period, Rank, Value
from bot.crm.user import Role, User
from bot.insight.ask.times import spans
from bot.insight.boards.kpi import kpi

D = Dimension
MOST_BARS = 8
SELF, COMPANY, KPI = "只看我自己", "全公司", "关键指标"


class Span(enum.StrEnum):
    """The periods a dashboard can be switched to."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One picture: a metric along something; `unit` is the time it is cut by where that is set."""

    title: str
    metric: str
    by: str = ""
    rank: Rank | None = None
    #: Cut by time, in steps that fit the period.
    over_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page under one heading."""

    title: str
    #: One line: how to read it.
    hint: str = ""
    figures: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """A whole page."""

    title: str
    sections: tuple[Section, ...]
    #: Whether it begins with what its reader has to do today.
    has_day: bool = False


def metric_ids(text: str) -> tuple[str, ...]:
    """Metrics in a row."""
    return tuple(text.split())


def _top(title: str, metric: str, by: Dimension, order: Order = Order.DESC) -> Cut:
    return Cut(title=title, metric=metric, by=by.value, rank=Rank(order, MOST_BARS))


_FUNNEL = Cut(title="转化漏斗", metric=FUNNEL)
_LOST = _top("输单原因", "lost_deals", D.LOST_REASON)
_REP = Board(
    "我的看板",
    (
        Section(title="手上的活", figures=metric_ids("open_leads stale_leads overdue_tasks open_deals")),
        Section(
            title="跟进", hint="先把跟进做到位，业绩随后就来。",
            figures=metric_ids("follow_ups followed_leads first_response_minutes on_time_rate"),
            cuts=(Cut(title="跟进次数走势", metric="follow_ups", over_time=True),),
        ),
        Section(
            title="业绩",
            figures=metric_ids("won_amount quota_attainment won_deals win_rate pipeline_amount payments"),
            cuts=(_top("在跟商机金额，按阶段", "pipeline_amount", D.STAGE),),
        ),
        Section(
            title="我的线索",
            figures=metric_ids("new_leads claimed_leads lead_to_won_rate"),
            cuts=(_FUNNEL,),
        ),
    ),
    has_day=True,
)  # fmt: skip
_MANAGER = Board(
    "大区看板",
    (
        Section(
            title="先看过程", hint="响应和跟进先变，业绩后变。",
            figures=metric_ids("new_leads mql first_response_minutes on_time_rate follow_ups stale_leads"),
            cuts=(
                _top("首次响应（分钟），从慢到快", "first_response_minutes", D.OWNER),
                _top("逾期任务，按人", "overdue_tasks", D.OWNER),
                _top("未跟进线索，按人", "stale_leads", D.OWNER),
            ),
        ),
        Section(
            title="漏斗",
            figures=metric_ids("lead_to_mql_rate mql_to_sql_rate lead_to_won_rate"),
            cuts=(_FUNNEL,),
        ),
        Section(
            title="业绩",
            figures=metric_ids("won_amount quota_attainment won_deals win_rate pipeline_amount payments"),
            cuts=(
                _top("业绩排名", "won_amount", D.OWNER),
                Cut(title="赢单金额走势", metric="won_amount", over_time=True),
                _LOST,
            ),
        ),
    ),
)  # fmt: skip
_COMPANY = Board(
    "公司看板",
    (
        Section(
            title="领先指标", hint="互动、MQL、响应先变，收入后变。",
            figures=metric_ids(
                "new_leads mql lead_to_mql_rate first_response_minutes click_rate on_time_rate"
            ),
            cuts=(Cut(title="MQL 走势", metric="mql", over_time=True), _FUNNEL),
        ),
        Section(
            title="收入", hint="看结果，也看离目标还差多少。",
            figures=metric_ids(
                "won_amount quota_attainment forecast_amount pipeline_amount win_rate "
                "avg_deal_amount sales_cycle_days payments"
            ),
            cuts=(
                Cut(title="赢单金额走势", metric="won_amount", over_time=True),
                _top("赢单金额，按大区", "won_amount", D.REGION), _LOST,
            ),
        ),
        Section(
            title="渠道", figures=metric_ids("channel_cost cost_per_lead channel_roi"),
            cuts=(
                _top("新增线索，按来源", "new_leads", D.SOURCE),
                _top("线索成本，按来源", "cost_per_lead", D.SOURCE, Order.ASC),
            ),
        ),
        Section(
            title="客户",
            figures=metric_ids("new_customers repeat_rate churn_rate satisfaction complaints"),
        ),
    ),
)  # fmt: skip
_MARKETER = Board(
    "市场看板",
    (
        Section(
            title="来了多少", figures=metric_ids(
                "new_leads re_enquiries mql lead_to_mql_rate "
                "mql_to_sql_rate invalid_rate"
            ),
            cuts=(
                Cut(title="新增线索走势", metric="new_leads", over_time=True),
                _top("新增线索，按来源", "new_leads", D.SOURCE),
                _top("线索转MQL率，按来源", "lead_to_mql_rate", D.SOURCE),
            ),
        ),
        Section(
            title="花得值不值",
            figures=metric_ids("channel_cost cost_per_lead channel_roi form_conversion_rate"),
            cuts=(
                _top("线索成本，按来源", "cost_per_lead", D.SOURCE, Order.ASC),
                _top("渠道ROI，按来源", "channel_roi", D.SOURCE),
                _top("落地页转化率，按活动", "form_conversion_rate", D.CAMPAIGN),
            ),
        ),
        Section(
            title="触达",
            figures=metric_ids(
                "touches_sent delivery_rate open_rate click_rate unsubscribe_rate failure_rate"
            ),
            cuts=(_top("点击率，按触达渠道", "click_rate", D.CHANNEL),),
        ),
        Section(title="后来怎样", figures=metric_ids("sql lead_to_won_rate won_amount"), cuts=(_FUNNEL,)),
    ),
)  # fmt: skip
_BOARDS: Mapping[Role, Board] = {
    Role.REP: _REP,
    Role.MANAGER: _MANAGER,
    Role.DIRECTOR: _COMPANY,
    Role.EXECUTIVE: _COMPANY,
    Role.MARKETER: _MARKETER,
}


def board_of(viewer: User) -> Board | None:
    """His dashboard; None for whoever has no numbers: an admin, a manager without a region, who left."""
    if not viewer.active or (viewer.role is Role.MANAGER and not viewer.region):
        return None
    return _BOARDS.get(viewer.role)


def kpi_of(viewer: User) -> Board | None:
    """The numbers that tell whether it goes well, those that move first before those that follow."""
    if board_of(viewer) is None:
        return None
    groups = kpi(viewer.role)
    sections = tuple(Section(title=one.title, hint=one.hint, figures=one.metrics) for one in groups)
    return Board(KPI, sections)


def scope_of(viewer: User, metric: Metric) -> dict[str, tuple[Value, ...]]:
    """The filter with which his questions are answered when he names nobody."""
    if metric.audience is Audience.OPEN:
        return {}
    if viewer.role is Role.MANAGER:
        return {D.REGION.value: (viewer.region,)}
    return {D.OWNER.value: (viewer.id,)} if viewer.role is Role.REP else {}


def scope_words(viewer: User) -> str:
    """Whose numbers his dashboard shows."""
    if viewer.role is Role.MANAGER:
        return viewer.region
    return SELF if viewer.role is Role.REP else COMPANY


def period_of(span: Span, today: date) -> Period:
    """The whole week, month, quarter or year that is running."""
    if span is Span.WEEK:
        return spans.week(today)
    if span is Span.MONTH:
        return spans.month(today)
    return spans.quarter(today) if span is Span.QUARTER else spans.year(today.year)


def as_far_before(period: Period, today: date) -> Period:
    """The same first days of the period before: a running month is set against as much of the last one."""
    before = spans.previous(period)
    return Period(before.begins, min(before.ends, before.begins + (today + spans.DAY - period.begins)))


def step_of(span: Span, metric: Metric) -> str:
    """In which steps of time a period is drawn; the nearest that the metric takes."""
    wanted = {Span.WEEK: D.DAY, Span.MONTH: D.DAY, Span.QUARTER: D.WEEK, Span.YEAR: D.MONTH}[span]
    return wanted.value if metric.takes(wanted.value) else D.MONTH.value
