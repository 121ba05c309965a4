"""What differs from its own history, and most likely why; told to those who may see the number.

Yesterday is the last day on which people worked. It is set against the same weekdays of the weeks
before, as far as they were worked, and must lie beyond all of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from bot.cards import digest_alert
from bot.crm.company.digests import Alert
from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Period
from bot.crm.spoken import say_day
from bot.crm.user import Role
from bot.insight import names, wording
from bot.insight.ask.times import spans
from bot.insight.digests.baseline import Usual, has_fallen, has_risen, usual
from bot.insight.digests.digest import Digest
from bot.insight.digests.recap import worked_before
from bot.insight.digests.view import View
from bot.store import digest_readings
from bot.store.metrics.registry import is_recorded
from bot.store.metrics.sums import Figure

#: Why nothing is told.
QUIET, THIN, UNRECORDED = "quiet", "thin", "unrecorded"
_TITLES: Mapping[str, str] = {
    "response_up": "首响变慢了", "unsubscribes_up": "退订率升高了", "forecast_drop": "本月预测下降了",
    "source_dry": "新线索断了",
}  # fmt: skip
_WEEK = timedelta(days=7)
#: So many who left are no chance.
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class _Case:
    """Something to be looked at: of which day, by which settings."""

    view: View
    alert: Alert
    #: The last day people worked.
    day: date
    #: The same weekdays before it that were worked.
    before: tuple[date, ...]
    subscription: str

    def told(
        self, now: str, was: Usual, was_said: str, reason: str, *, of: str, ask: str, title: str = ""
    ) -> Digest:
        """The card of a day that is over."""
        when = say_day(self.day, self.view.today)
        span = f"过去 {was.days} 个{when[-2:]}的中位数"
        lines = [(when.split()[0], now), ("往常", was_said)]
        return self.card(title or _TITLES[self.alert.kind], lines, reason, of=of, ask=ask, span=span)

    def card(
        self, title: str, lines: list[tuple[str, str]], reason: str, *, of: str, ask: str, span: str
    ) -> Digest:
        """What it is, what it was and by which measure, and why."""
        card = digest_alert.card(
            title, [*lines, ("可能原因", reason)],
            note=f"{self.view.scope} · {METRICS[of].name}", text=f"往常＝{span}；{METRICS[of].definition}",
            subscription=self.subscription, ask=ask,
        )  # fmt: skip
        return Digest(card=card, topic=f"alert:{self.alert.kind}:{self.view.viewer.id}")


async def look(view: View, kind: str, *, subscription: str) -> Digest:
    """One of them; silent if nothing is unusual."""
    settings = view.desk.company.digests.alerts
    alert = settings.alert(kind)
    if alert is None:
        return Digest(silent=UNRECORDED)
    time = view.desk.company.working_time
    day = worked_before(view.today, time)
    before = tuple(on for n in range(1, settings.weeks + 1) if time.spans_on(on := day - n * _WEEK))
    return await _LOOKS[kind](_Case(view, alert, day, before, subscription))


async def _response_up(case: _Case) -> Digest:
    by_day, of = await _by_day(case, "first_response_minutes"), "first_response_minutes"
    now, was = _against(case, by_day)
    if now is None or was is None:
        return Digest(silent=THIN)
    if not has_risen(_value(now), was, by_percent=case.alert.by_percent):
        return Digest(silent=QUIET)
    by = Dimension.OWNER.value if case.view.viewer.role is Role.MANAGER else Dimension.REGION.value
    reason = await _mean_reason(case, of, by)
    return case.told(_said(case, of, now), was, _said(case, of, Figure(was.middle)), reason, of=of,
                     ask=f"{case.day.month}月{case.day.day}日各人首次响应时长")  # fmt: skip


async def _unsubscribes_up(case: _Case) -> Digest:
    of = "unsubscribe_rate"
    if not is_recorded(of):
        return Digest(silent=UNRECORDED)
    now, was = _against(case, await _by_day(case, of))
    if now is None or was is None:
        return Digest(silent=THIN)
    # Where nobody ever left, the first who does is beyond all that was, and still no alarm.
    is_few = _value(now) * Fraction(now.base or 0) < _FEWEST
    if is_few or not has_risen(_value(now), was, by_percent=case.alert.by_percent):
        return Digest(silent=QUIET)
    reason = await _mean_reason(case, of, Dimension.CHANNEL.value)
    return case.told(_said(case, of, now), was, _said(case, of, Figure(was.middle)), reason, of=of,
                     ask=f"{case.day.month}月{case.day.day}日各渠道退订率")  # fmt: skip


async def _source_dry(case: _Case) -> Digest:
    of, source = "new_leads", Dimension.SOURCE.value
    found = await case.view.table(
        (of,), by=(source, Dimension.DAY.value), period=Period(case.before[-1], case.day + timedelta(days=1))
    ) if case.before else None  # fmt: skip
    counts = {row.key: _value(row.figures[0]) for row in found.rows} if found else {}
    worst: tuple[Fraction, str, Usual, Fraction] | None = None
    for name in sorted({key[0] for key in counts if key[0]}):
        past = [counts.get((name, on.isoformat()), Fraction(0)) for on in case.before]
        # A source that is new has no history before its first lead.
        while past and not past[-1]:
            past.pop()
        was, now = usual(past), counts.get((name, case.day.isoformat()), Fraction(0))
        if was is None or was.middle < case.alert.least:
            continue
        lost = was.middle - now
        if has_fallen(now, was, by_percent=case.alert.by_percent) and (worst is None or lost > worst[0]):
            worst = (lost, name, was, now)
    if worst is None:
        return Digest(silent=QUIET)
    _, name, was, now = worst
    all_now = sum(value for key, value in counts.items() if key[1] == case.day.isoformat())
    others = "别的来源照常" if all_now > now else "别的来源也没有，先查表单和接入"
    return case.told(
        _said(case, of, Figure(int(now))), was, _said(case, of, Figure(was.middle)), f"{name}：{others}",
        of=of, ask=f"最近30天{name}新增线索按天", title=f"{name}的{_TITLES['source_dry']}",
    )  # fmt: skip


async def _forecast_drop(case: _Case) -> Digest:
    """This month's forecast against the middle of the last days: nothing else remembers it."""
    of, view = "forecast_amount", case.view
    scope = view.viewer.region if view.viewer.role is Role.MANAGER else "all"
    figure = (await view.figures((of,), period=spans.month(view.today)))[of].figure
    if figure.value is None:
        return Digest(silent=THIN)
    past = await digest_readings.of_month(view.desk.tx, of, scope, before=view.today)
    was = usual([Fraction(value) for value in past[-case.alert.least * 2 :]])
    if was is None or len(past) < case.alert.least:
        return Digest(silent=THIN)
    if not has_fallen(_value(figure), was, by_percent=case.alert.by_percent):
        return Digest(silent=QUIET)
    by = Dimension.OWNER.value if view.viewer.role is Role.MANAGER else Dimension.REGION.value
    lost = await view.table(("lost_deals",), by=(by,), period=Period(view.today - _WEEK, view.today))
    worst = max(lost.rows, key=lambda row: _value(row.figures[0]), default=None)
    reason = "近 7 天没有掉单，多半是金额改小或时间推迟"
    if worst is not None and worst.figures[0].value:
        reason = f"{names.shown(by, worst.key[0], view.lexicon)}近 7 天掉了 {worst.figures[0].value} 单"
    lines = [("现在", _said(case, of, figure)), ("往常", _said(case, of, Figure(Decimal(round(was.middle)))))]
    return case.card(
        _TITLES[case.alert.kind], lines, reason, of=of, ask="本月销售预测",
        span=f"本月最近 {was.days} 次记录的中位数（每晚记一次）",
    )  # fmt: skip


async def remember(view: View) -> tuple[str, str, date, str] | None:
    """What the forecast of this month is today, to be kept; None where there is none."""
    of = "forecast_amount"
    scope = view.viewer.region if view.viewer.role is Role.MANAGER else "all"
    found = (await view.figures((of,), period=spans.month(view.today)))[of].figure.value
    return None if found is None else (of, scope, view.today, str(Decimal(round(Fraction(found)))))


async def _by_day(case: _Case, metric: str) -> dict[date, Figure]:
    if not case.before:
        return {}
    period = Period(case.before[-1], case.day + timedelta(days=1))
    found = await case.view.table((metric,), by=(Dimension.DAY.value,), period=period)
    return {date.fromisoformat(row.key[0]): row.figures[0] for row in found.rows}


def _against(case: _Case, by_day: Mapping[date, Figure]) -> tuple[Figure | None, Usual | None]:
    """Yesterday's number and what is usual, of days that stand on enough."""

    def stands(found: Figure | None) -> bool:
        return found is not None and found.value is not None and (found.base or 0) >= case.alert.least

    now = by_day.get(case.day)
    past = [_value(by_day[on]) for on in case.before if stands(by_day.get(on))]
    return (now if stands(now) else None), usual(past)


async def _mean_reason(case: _Case, metric: str, by: str) -> str:
    """Whose part drove it: the one that is far off with most."""
    view = case.view
    found = await view.table((metric,), by=(by,), period=spans.day(case.day))
    usual_of = await view.table((metric,), by=(by,), period=Period(case.day - 4 * _WEEK, case.day))
    before = {row.key: row.figures[0] for row in usual_of.rows}
    drove = None
    for row in found.rows:
        figure, was = row.figures[0], before.get(row.key)
        if figure.value is None or was is None or was.value is None or not row.key[0]:
            continue
        weight = (_value(figure) - _value(was)) * Fraction(figure.base or 1)
        if weight > 0 and (drove is None or weight > drove[0]):
            drove = (weight, row.key[0], figure, was)
    if drove is None:
        return "各处都慢一点，没有集中在谁身上" if metric == "first_response_minutes" else "没有集中在哪一处"
    _, key, figure, was = drove
    name = names.shown(by, key, view.lexicon)
    return f"{name} {_said(case, metric, figure)}，近 4 周 {_said(case, metric, was)}"


def _said(case: _Case, metric: str, figure: Figure) -> str:
    said = wording.amount(METRICS[metric], figure, case.view.currency)
    based = wording.base(METRICS[metric], figure, case.view.currency)
    return f"{said}（{based}）" if based else said


def _value(figure: Figure) -> Fraction:
    return Fraction(figure.value or 0)


_LOOKS: Mapping[str, Callable[[_Case], Awaitable[Digest]]] = {
    "response_up": _response_up,
    "unsubscribes_up": _unsubscribes_up,
    "forecast_drop": _forecast_drop,
    "source_dry": _source_dry,
}
ORDER = tuple(_LOOKS)
KINDS = frozenset(ORDER)
