"""A leader's recap of a day, a week or a month: leading figures first, then results, then who and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.crm.amount import say_amount
from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Order, Period, Rank
from bot.crm.user import Role
from bot.crm.working_time import WorkingTime
from bot.insight import names, wording
from bot.insight.answers.plain import number
from bot.insight.answers.rows import Table
from bot.insight.ask.times import spans
from bot.insight.charts import funnel_chart, ranking_chart
from bot.insight.digests import words
from bot.insight.digests.digest import Digest
from bot.insight.digests.view import Said, View
from bot.store.reads.digest_lost import lost_deals
from bot.store.reads.stale_leads import stale_leads

_PERSON, _REGION, _LOST_REASON = (
    key.value for key in (Dimension.OWNER, Dimension.REGION, Dimension.LOST_REASON)
)
#: What tells early, then what came of it.
_LEADING = ("new_leads", "mql", "first_response_minutes", "on_time_rate", "follow_ups")
_RESULTS = ("won_deals", "won_amount", "win_rate")
_TODAY = ("new_leads", "followed_leads", "follow_ups", "first_response_minutes", "on_time_rate", "tasks_done")
_MONTH = (
    "won_amount", "won_deals", "quota_attainment", "win_rate", "avg_deal_amount", "sales_cycle_days",
    "new_customers", "payments",
)  # fmt: skip
#: Between what tells early, what came of it, and who.
GAP = ""
#: Those that are most often taken for something else.
_EXPLAINED = ("first_response_minutes", "on_time_rate")
_NAMED, _DEALS, _LEADS = 8, 3, 5


@dataclass(frozen=True, slots=True)
class _Frame:
    """Of when it is, and what it is set against."""

    title: str
    period: Period
    than: str


async def daily(view: View) -> Digest:
    """Today, as far as it has come."""
    frame = _Frame("团队日报", spans.day(view.today), "上个工作日")
    against = spans.day(worked_before(view.today, view.desk.company.working_time))
    figures = await view.figures((*_TODAY, *_RESULTS[:2]), period=frame.period, against=against)
    by_person = await view.table(
        ("followed_leads",), by=(_PERSON,), period=frame.period, rank=Rank(Order.DESC)
    )
    parts = [*_lines(view, figures, _TODAY, frame), *_lines(view, figures, _RESULTS, frame)]
    overdue = await view.table(("overdue_tasks",), by=(_PERSON,), rank=Rank(Order.DESC))
    parts += [GAP, *_listed(view, overdue, ("逾期任务", "个"), "没有逾期任务"), *await _unfollowed(view)]
    chart = _bars(view, by_person, f"{frame.title} · 跟进线索数", frame)
    return Digest(text=_text(view, frame, parts), chart=chart)


async def morning(view: View) -> Digest:
    """The last day that was worked, and what waits today."""
    time = view.desk.company.working_time
    day = worked_before(view.today, time)
    frame = _Frame("团队早报", spans.day(day), "再上一个工作日")
    figures = await view.figures(
        (*_TODAY, *_RESULTS[:2]), period=frame.period, against=spans.day(worked_before(day, time))
    )
    parts = [*_lines(view, figures, _TODAY, frame), *_lines(view, figures, _RESULTS, frame)]
    overdue = await view.table(("overdue_tasks",), by=(_PERSON,), rank=Rank(Order.DESC))
    parts += [GAP, *_listed(view, overdue, ("逾期任务", "个"), "没有逾期任务"), *await _unfollowed(view)]
    return Digest(text=_text(view, frame, parts, is_sent=False))


async def weekly(view: View) -> Digest:
    """Last week, whole."""
    frame = _Frame("周报", spans.week(view.today, -1), "前一周")
    against = spans.previous(frame.period)
    figures = await view.figures((*_LEADING, *_RESULTS), period=frame.period, against=against)
    funnel = await view.funnel(frame.period)
    parts = list(_lines(view, figures, _LEADING, frame))
    if funnel is not None:
        parts += [GAP, f"漏斗（这段时间进来的） {funnel.said}"]
    parts += [GAP, *_lines(view, figures, _RESULTS, frame), *await _lost(view, frame.period)]
    parts += [GAP, *await _unfollowed(view)]
    chart = None
    if funnel is not None:
        chart = funnel_chart(
            f"{frame.title} · {view.scope}", [funnel.counts], subtitle=words.days(frame.period),
            note="这段时间新建的线索，到现在走到哪一步",
        )  # fmt: skip
    return Digest(text=_text(view, frame, parts), chart=chart)


async def monthly(view: View) -> Digest:
    """Last month, whole."""
    frame = _Frame("月报", spans.month(view.today, -1), "前一个月")
    against = spans.previous(frame.period)
    figures = await view.figures((*_LEADING, *_MONTH), period=frame.period, against=against)
    by = _PERSON if view.viewer.role is Role.MANAGER else _REGION
    ranked = await view.table(("won_amount",), by=(by,), period=frame.period, rank=Rank(Order.DESC))
    parts = [*_lines(view, figures, _LEADING, frame), GAP, *_lines(view, figures, _MONTH, frame)]
    parts += [GAP, *_ranking(view, ranked), *await _lost(view, frame.period)]
    chart = _bars(view, ranked, f"{frame.title} · 业绩排名", frame)
    return Digest(text=_text(view, frame, parts), chart=chart)


def worked_before(day: date, time: WorkingTime) -> date:
    """The last day before this one on which people were at work."""
    found = day - timedelta(days=1)
    while not time.spans_on(found):
        found -= timedelta(days=1)
    return found


def _text(view: View, frame: _Frame, parts: Sequence[str], *, is_sent: bool = True) -> str:
    head = f"{frame.title} · {view.scope} · {words.days(frame.period)}"
    told = (METRICS[one] for one in _EXPLAINED if any(part.startswith(METRICS[one].name) for part in parts))
    explained = "；".join(f"{one.name}＝{one.definition}" for one in told)
    stop = f"；「停掉{frame.title}」不再发" if is_sent else "；团队的日报、周报、月报到点自己会来"
    ending = [
        GAP,
        f"口径：{explained}。别的口径发「帮助 指标」。" if explained else "口径发「帮助 指标」。",
        f"{words.fresh(view.local)}。回复「未跟进」「逾期」看名单{stop}。",
    ]
    # Two gaps meet where nothing was to be said between them.
    told_parts = [part for at, part in enumerate(parts) if part != GAP or (at and parts[at - 1] != GAP)]
    return words.fitting([head, *told_parts], ending)


def _lines(view: View, figures: dict[str, Said], wanted: Sequence[str], frame: _Frame) -> Iterator[str]:
    for one in wanted:
        found = figures.get(one)
        # What is nought as it was, or stands on nothing, is no news; that nobody came is.
        if found is not None and (found.is_news or one == _LEADING[0]):
            yield words.line(found.metric, found.figure, found.before, view.currency, frame.than)


async def _unfollowed(view: View) -> list[str]:
    """How many of whom nobody followed up, and the hottest of them."""
    days = view.desk.company.response.stale_after_days
    found = await view.table(
        ("stale_leads",), by=(_PERSON,), where={"idle_days": (days,)}, rank=Rank(Order.DESC)
    )
    lines = _listed(view, found, (f"{days} 天没跟进的线索", "条"), f"没有 {days} 天没跟进的线索")
    until = view.desk.now - timedelta(days=days)
    first = await stale_leads(view.desk.tx, view.viewer, until=until, at_most=_LEADS)
    lines += [
        f"· {' '.join(part for part in (one.lead_id, one.name or one.company) if part)}（{one.owner_name}）"
        for one in first
    ]
    return lines


def _listed(view: View, found: Table, what: tuple[str, str], none: str) -> list[str]:
    counted = [
        (names.shown(_PERSON, row.key[0], view.lexicon), int(row.figures[0].value or 0))
        for row in found.rows
        if row.figures[0].value
    ]
    if not counted:
        return [none]
    total = sum(n for _, n in counted)
    name, unit = what
    return [f"{name} {total} {unit}：{words.counted(counted, most=_NAMED)}"]


async def _lost(view: View, period: Period) -> list[str]:
    """掉单与原因: how many by reason, and the largest of them."""
    found = await view.table(("lost_deals",), by=(_LOST_REASON,), period=period, rank=Rank(Order.DESC))
    counted = [
        (row.key[0] or "未填原因", int(row.figures[0].value or 0))
        for row in found.rows
        if row.figures[0].value
    ]
    if not counted:
        return ["掉单 0 单"]
    total = sum(n for _, n in counted)
    lines = [f"掉单 {total} 单：{words.counted(counted, most=_NAMED)}"]
    zone = view.desk.company.org.zone
    since, until = (datetime.combine(day, time(), tzinfo=zone) for day in (period.begins, period.ends))
    for one in await lost_deals(view.desk.tx, view.viewer, since=since, until=until, most=_DEALS):
        amount = "" if one.amount is None else f" {say_amount(one.amount, view.currency)}"
        about = "，".join(part for part in (one.owner_name, one.reason) if part)
        lines.append(f"· {' '.join(part for part in (one.id, one.name) if part)}{amount}（{about}）")
    return lines


def _ranking(view: View, found: Table) -> list[str]:
    rows = [row for row in found.rows if row.figures[0].value]
    if not rows:
        return ["业绩排名：没有赢单"]
    metric = found.metrics[0]
    said = [
        f"{place}. {names.shown(_by(view), row.key[0], view.lexicon)} "
        f"{wording.amount(metric, row.figures[0], view.currency)}"
        for place, row in enumerate(rows[:_NAMED], 1)
    ]
    return ["业绩排名：", *said]


def _by(view: View) -> str:
    return _PERSON if view.viewer.role is Role.MANAGER else _REGION


def _bars(view: View, found: Table, title: str, frame: _Frame) -> dict[str, object] | None:
    """The best of them as bars; none if all are nought."""
    by = _PERSON if found.metrics and found.metrics[0].id == "followed_leads" else _by(view)
    rows = [row for row in found.rows if row.key[0]][: _NAMED + 2]
    if not any(row.figures[0].value for row in rows):
        return None
    metric = found.metrics[0]
    return ranking_chart(
        title,
        [names.shown(by, row.key[0], view.lexicon) for row in rows],
        [number(metric.unit, row.figures[0]) for row in rows],
        unit=metric.unit,
        name=metric.name,
        subtitle=f"{view.scope} · {words.days(frame.period)}",
    )
