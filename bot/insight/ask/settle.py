"""From a draft to a query: rights first, then one meaning for each name, then the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.crm.metrics.dimension import TIME_UNITS, Dimension, dimension_name
from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.crm.query import FUNNEL, Period, Query
from bot.crm.user import Role
from bot.insight.ask import rights, texts
from bot.insight.ask.draft import Draft
from bot.insight.ask.lexicon import Asker, Lexicon
from bot.insight.ask.meanings import Whose
from bot.insight.ask.said import SOME_DEAL_AMOUNT, SOME_DEALS, Spoken
from bot.insight.ask.settle_names import settle_names
from bot.insight.ask.times import spans
from bot.insight.ask.trouble import Option, Trouble, TroubleError

D = Dimension
UNITS = frozenset(unit.value for unit in TIME_UNITS)
LONG_UNITS = {D.MONTH.value, D.QUARTER.value, D.YEAR.value}
#: Lines over time in one answer: a year of days and a bit.
MOST_PARTS = 400
#: From the finest.
DAYS_OF = {D.DAY.value: 1, D.WEEK.value: 7, D.MONTH.value: 30, D.QUARTER.value: 91, D.YEAR.value: 365}
#: Days. Of a coming span at least so long, 业绩 may well mean the forecast.
SPAN_AHEAD = 28


@dataclass(frozen=True, slots=True)
class Settler:
    """Who asks, with which words, on which local day."""

    asker: Asker
    lexicon: Lexicon
    today: date

    def settle(self, draft: Draft) -> Query | Trouble:
        """A query that the asker may have, or why there is none."""
        try:
            return self._settle(draft)
        except TroubleError as error:
            return error.trouble

    def _settle(self, draft: Draft) -> Query:
        metrics = self._metrics(draft)
        where, metrics = settle_names(draft, metrics, self.asker, self.lexicon)
        by = self._by(draft, metrics)
        self._check_owner(where, by, draft.whose)
        where = self._scope(draft, metrics, where, by)
        period = self._period(draft, metrics, by)
        _check_span(draft, metrics, by, period)
        self._check_funnel(draft, metrics)
        return Query(
            metrics=tuple(metric.id for metric in metrics),
            by=by,
            where={
                **{key: tuple(sorted(values)) for key, values in sorted(where.items())},
                **_extras(draft, metrics),
            },
            period=period,
            compare=draft.compare,
            rank=draft.rank,
        )

    def _metrics(self, draft: Draft) -> tuple[Metric, ...]:
        chosen: list[Metric] = []
        for place, ids in enumerate(draft.metrics):
            known = [METRICS[_real(metric_id, draft)] for metric_id in ids]
            mine = list({one.id: one for one in known if one.open_to(self.asker.role)}.values())
            if not mine:
                raise TroubleError(Trouble.refused())
            # One id twice is still a question: the word is near that metric, not its name.
            if len(mine) > 1 or (len(known) > 1 and len(set(ids)) == 1):
                raise TroubleError(_which_metric(draft, place, mine))
            chosen += [metric for metric in mine if metric not in chosen]
        return tuple(chosen)

    def _by(self, draft: Draft, metrics: tuple[Metric, ...]) -> tuple[str, ...]:
        chosen: list[str] = []
        for place, keys in enumerate(draft.by):
            taken = [key for key in keys if all(metric.takes(key) for metric in metrics)]
            if not taken:
                raise TroubleError(_cannot_cut(draft, place, metrics, keys[0]))
            if len(taken) > 1:
                options = [Option(f"按{dimension_name(key)}", _with_by(draft, place, key)) for key in taken]
                raise TroubleError(Trouble(texts.WHICH_VALUE, tuple(options)))
            chosen += [key for key in taken if key not in chosen]
        if draft.rank and draft.rank.limit is not None and len(chosen) > 1:
            options = [Option(f"按{dimension_name(key)}", replace(draft, by=((key,),))) for key in chosen]
            raise TroubleError(Trouble(texts.TOP_OF_EACH, tuple(options)))
        units = [key for key in chosen if key in UNITS]
        if len(units) > 1:
            rest = [(key,) for key in chosen if key not in UNITS]
            options = [
                Option(f"按{dimension_name(key)}", replace(draft, by=(*rest, (key,)))) for key in units
            ]
            raise TroubleError(Trouble(texts.WHICH_VALUE, tuple(options)))
        return tuple(chosen)

    def _check_owner(self, where: rights.Where, by: tuple[str, ...], whose: Whose | None) -> None:
        touches_people = D.OWNER.value in where or D.OWNER.value in by or whose is Whose.MINE
        if self.asker.role is Role.MARKETER and touches_people:
            raise TroubleError(Trouble.refused())

    def _scope(
        self, draft: Draft, metrics: tuple[Metric, ...], where: rights.Where, by: tuple[str, ...]
    ) -> rights.Where:
        everyone_may = rights.is_open(metrics)
        some_open = any(rights.is_open((metric,)) for metric in metrics)
        if draft.whose is Whose.OUR_GROUP and self.asker.role not in {Role.REP, Role.MANAGER}:
            raise TroubleError(Trouble(texts.WHICH_TEAM, tuple(self._teams(draft))))
        limited = self.asker.role in {Role.MANAGER, Role.REP}
        if draft.whose is Whose.OUR_REGION and self.asker.role in {Role.EXECUTIVE, Role.DIRECTOR}:
            raise TroubleError(Trouble(texts.WHICH_REGION, tuple(self._regions(draft))))
        if limited and some_open and not everyone_may and not rights.names_somebody(where):
            raise TroubleError(Trouble(texts.NOT_TOGETHER_SCOPE))
        scoped = rights.scoped(self.asker, where, draft.whose, everyone_may=everyone_may)
        if scoped is None:
            raise TroubleError(Trouble.refused())
        if everyone_may and self.asker.role is Role.REP and D.OWNER.value in by:
            raise TroubleError(Trouble.refused())
        return scoped

    def _regions(self, draft: Draft) -> list[Option]:
        return [
            Option(one.region, replace(draft, whose=None, named=(*draft.named, _place(one.region))))
            for one in self.lexicon.departments
        ]

    def _teams(self, draft: Draft) -> list[Option]:
        return [
            Option(team, replace(draft, whose=None, named=(*draft.named, Spoken(((D.TEAM.value, team),)))))
            for one in self.lexicon.departments
            for team in one.teams
        ]

    def _period(self, draft: Draft, metrics: tuple[Metric, ...], by: tuple[str, ...]) -> Period | None:
        snapshots = [metric.is_snapshot for metric in metrics]
        if any(snapshots) and not all(snapshots):
            raise TroubleError(Trouble(texts.NOT_TOGETHER))
        if all(snapshots):
            if draft.period or draft.compare:
                now = replace(draft, period=None, compare=None)
                raise TroubleError(Trouble(texts.ONLY_NOW, (Option(texts.NOW_OPTION, now),)))
            return None
        if draft.period is None:
            return spans.year(self.today.year) if LONG_UNITS & set(by) else spans.month(self.today)
        if draft.period.begins > self.today and _asks_forecast(draft.period, metrics):
            forecast = replace(draft, metrics=(("forecast_amount",),))
            raise TroubleError(Trouble(texts.NOT_YET, (Option(METRICS["forecast_amount"].name, forecast),)))
        return draft.period

    def _check_funnel(self, draft: Draft, metrics: tuple[Metric, ...]) -> None:
        ids = {metric.id for metric in metrics}
        if FUNNEL in ids and (len(ids) > 1 or draft.rank):
            raise TroubleError(Trouble(texts.FUNNEL_ALONE))


def _check_span(
    draft: Draft, metrics: tuple[Metric, ...], by: tuple[str, ...], period: Period | None
) -> None:
    """近100年每天: more lines than anybody reads; coarser ones are offered."""
    unit = next((key for key in by if key in UNITS), None)
    if unit is None or period is None or _parts(period, unit) <= MOST_PARTS:
        return
    coarser = list(DAYS_OF)[list(DAYS_OF).index(unit) + 1 :]
    options = tuple(
        Option(
            f"按{dimension_name(key)}",
            replace(draft, by=tuple((key,) if keys == (unit,) else keys for keys in draft.by)),
        )
        for key in coarser
        if _parts(period, key) <= MOST_PARTS and all(metric.takes(key) for metric in metrics)
    )
    raise TroubleError(Trouble(texts.too_many_parts(dimension_name(unit), MOST_PARTS), options))


def _parts(period: Period, unit: str) -> int:
    """How many of these a period has, about."""
    return (period.ends - period.begins).days // DAYS_OF[unit]


def _asks_forecast(period: Period, metrics: tuple[Metric, ...]) -> bool:
    """下个月业绩: the result, which is still nothing, or what is expected?"""
    is_long = (period.ends - period.begins).days >= SPAN_AHEAD
    return is_long and {metric.id for metric in metrics} == {"won_amount"}


def _real(id: str, draft: Draft) -> str:
    """商机 alone: new ones with a period, open ones with a stage or without a period."""
    if id not in {SOME_DEALS, SOME_DEAL_AMOUNT}:
        return id
    in_stage = any(one.dimensions == {D.STAGE.value} for one in draft.named)
    timed = draft.period or draft.compare or any(keys[0] in UNITS for keys in draft.by)
    is_new = bool(timed) and not in_stage
    if id == SOME_DEALS:
        return "new_deals" if is_new else "open_deals"
    return "deal_amount" if is_new else "pipeline_amount"


def _which_metric(draft: Draft, place: int, offered: list[Metric]) -> Trouble:
    options = [
        Option(
            one.name, replace(draft, metrics=(*draft.metrics[:place], (one.id,), *draft.metrics[place + 1 :]))
        )
        for one in offered
    ]
    return Trouble(texts.WHICH_METRIC, tuple(options))


def _with_by(draft: Draft, place: int, key: str) -> Draft:
    return replace(draft, by=(*draft.by[:place], (key,), *draft.by[place + 1 :]))


def _cannot_cut(draft: Draft, place: int, metrics: tuple[Metric, ...], key: str) -> Trouble:
    """Offer what the metric can be cut by instead."""
    wrong = next(metric for metric in metrics if not metric.takes(key))
    offers = [
        one.value for one in (D.SOURCE, D.CHANNEL, D.REGION, D.TEAM, D.OWNER) if wrong.takes(one.value)
    ][:3]
    options = tuple(Option(f"按{dimension_name(one)}", _with_by(draft, place, one)) for one in offers)
    return Trouble(texts.cannot_cut(wrong.name, dimension_name(key)), options)


def _extras(draft: Draft, metrics: tuple[Metric, ...]) -> dict[str, tuple[str | int, ...]]:
    """Days without a follow-up, and the attribution unless it is the default."""
    ids = {metric.id for metric in metrics}
    extras: dict[str, tuple[str | int, ...]] = {}
    if draft.idle_days is not None and "stale_leads" in ids:
        extras["idle_days"] = (draft.idle_days,)
    if draft.attribution and "channel_roi" not in ids:
        raise TroubleError(Trouble(texts.ATTRIBUTION_ONLY_ROI))
    if draft.attribution and draft.attribution != "first":
        extras["attribution"] = (draft.attribution,)
    return extras


def _place(region: str) -> Spoken:
    return Spoken(((D.REGION.value, region),))
