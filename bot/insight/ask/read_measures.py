"""From measures to metrics: 金额, 平均, 多久 beside what is counted."""

from __future__ import annotations

from bot.crm.metrics.registry import METRICS
from bot.insight.ask import meanings as m
from bot.insight.ask import texts
from bot.insight.ask.counting import Reading, measured, owner_of
from bot.insight.ask.meanings import Measure
from bot.insight.ask.quick import is_time
from bot.insight.ask.said import SOME_DEAL_AMOUNT, SOME_DEALS, Problem, Way

#: Means and shares: 平均 before them adds nothing.
MEANS = {"minutes", "days", "mark", "percent", "ratio"}
AVERAGED = {"avg_deal_amount", "cost_per_lead"}
WITH_AMOUNT = {
    "new_deals": "deal_amount",
    "won_deals": "won_amount",
    "open_deals": "pipeline_amount",
    SOME_DEALS: SOME_DEAL_AMOUNT,
}
WITH_COUNT = {value: key for key, value in WITH_AMOUNT.items()}


def read_measures(reading: Reading) -> None:
    """Amounts turn the metric before them; averages must meet a mean."""
    amount = m.Measured(Measure.AMOUNT)
    # 多少钱的单子: the noun of the amount.
    counts = [at for at in measured(reading, Measure.COUNT) if reading.line.meaning(at - 1) != amount]
    counted = {owner_of(reading, at) for at in counts}
    for at in measured(reading, Measure.AMOUNT):
        if at in reading.found:
            continue
        owner = owner_of(reading, at)
        ids = reading.found.get(owner, ()) if owner is not None else ()
        if _is_money(ids) or SOME_DEAL_AMOUNT in ids:
            continue
        if owner is not None and len(ids) == 1 and ids[0] in WITH_AMOUNT and _counted_too(reading, owner, at):
            reading.found[at] = (WITH_AMOUNT[ids[0]],)
            continue
        if len(ids) != 1 or ids[0] not in WITH_AMOUNT:
            reading.problems.append(
                Problem(texts.amount_of_what(reading.line.tokens[at].text), ways=(Way.WITHOUT,))
            )
        elif owner in counted and owner is not None:
            reading.found[at] = (WITH_AMOUNT[ids[0]],)
        elif owner is not None:
            reading.found[owner] = (WITH_AMOUNT[ids[0]],)
            _count_beside(reading, owner, at)
    if measured(reading, Measure.AVERAGE) and not all(map(_is_mean, reading.ids())):
        reading.problems.append(Problem(texts.NO_MEAN, ways=(Way.WITHOUT, Way.PARTED)))


def read_lengths(reading: Reading) -> None:
    """赢单要多久: the time behind a number, never the number itself."""
    if not measured(reading, Measure.LENGTH):
        return
    for at, ids in reading.found.items():
        if ids == ("won_deals",):
            reading.found[at] = ("sales_cycle_days",)
        elif not any(map(is_time, ids)):
            ways = (Way.IDLE,) if "stale_leads" in ids else (Way.AS_TIME,)
            reading.problems.append(Problem(texts.HOW_LONG, ways=ways))


def _counted_too(reading: Reading, owner: int, at: int) -> bool:
    """商机数和金额: both."""
    said = reading.line.tokens[owner].text.endswith(("数", "数量", "量"))
    said = said or reading.line.meaning(at - 2) == m.Measured(Measure.COUNT)
    return said and owner < at and isinstance(reading.line.meaning(at - 1), m.Link)


def _count_beside(reading: Reading, owner: int, at: int) -> None:
    """商机金额和数量: both."""
    for count in measured(reading, Measure.COUNT):
        if count > at and isinstance(reading.line.meaning(count - 1), m.Link):
            reading.found[count] = (WITH_COUNT[reading.found[owner][0]],)


def _is_money(ids: tuple[str, ...]) -> bool:
    return bool(ids) and all(
        metric_id in METRICS and METRICS[metric_id].unit.value == "money" for metric_id in ids
    )


def _is_mean(id: str) -> bool:
    return id in AVERAGED or (id in METRICS and METRICS[id].unit.value in MEANS)
