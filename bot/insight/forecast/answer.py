"""What an answer says of a forecast beside the number: how sure, made of what, how it did so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.crm.amount import say_amount
from bot.insight import charts, names
from bot.insight.ask.lexicon import Lexicon
from bot.insight.forecast import forecasting
from bot.insight.forecast import words as forecast_words
from bot.insight.forecast.forecasting import METRIC, Learned
from bot.insight.forecast.model import TooThin
from bot.insight.forecast.outlook import Outlook, interval
from bot.store.metrics.guard import Permit
from bot.store.metrics.registry import OVERLAPPING
from bot.store.metrics.sums import Key
from bot.store.tx import Tx

#: Rows of a picture.
_MOST_ROWS = 10
_LONG = 45
_CENTS = 100


@dataclass(frozen=True, slots=True)
class Said:
    """Nothing at all, if it was not asked for."""

    known: Learned | None = None
    #: Beside a single number, or below all that it is made of.
    notes: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    #: In place of a number.
    refusal: str = ""
    chart: dict[str, Any] | None = None

    def speaks_of(self, metric_id: str) -> bool:
        """Whether this is the forecast, and there is one."""
        return metric_id == METRIC and self.known is not None and not self.refusal


async def said(tx: Tx, permit: Permit, lexicon: Lexicon, *, title: str, subtitle: str, now: datetime) -> Said:
    """Everything around the number; the picture is called so."""
    period = permit.query.period
    if METRIC not in permit.query.metrics or period is None:
        return Said()
    today = now.astimezone(permit.company.org.zone).date()
    if period.ends <= today:
        won = await forecasting.won_so_far(tx, permit, period, now=now) if permit.query.by else {}
        return Said(forecasting.NOTHING_NEEDED, _whole(won, 0, permit), (forecast_words.IS_OVER,))
    known = await forecasting.learned(tx, permit.company, now)
    model = known.model
    if isinstance(model, TooThin) or not forecasting.speaks(known, period, today):
        why = forecast_words.too_thin(model) if isinstance(model, TooThin) else forecast_words.TOO_FAR
        return Said(known, refusal=why)
    found = await forecasting.outlooks(tx, permit, known, period, now=now)
    is_long = (period.ends - period.begins).days > _LONG
    past = forecast_words.past(known.trials(period), is_long=is_long)
    error = forecasting.error_of(known, period)
    made_of = () if permit.query.by else (forecast_words.parts(found[()], _say(permit)),)
    return Said(
        known,
        notes=_whole(found, error, permit) if permit.query.by else (_sure(found[()], error, permit),),
        # A card has room for one line beside the number; what that is made of stands below.
        footnotes=(*made_of, past, forecast_words.basis(model)),
        chart=_chart(found, error, permit, lexicon, title=title, subtitle=subtitle, note=past),
    )


def _sure(one: Outlook, error: float, permit: Permit) -> str:
    return forecast_words.interval(*interval(one, error), _say(permit))


def _whole(found: Mapping[Key, Outlook], error: float, permit: Permit) -> tuple[str, ...]:
    """What the lines come to: the very number of the question that is not split."""
    query = permit.query
    is_all = query.rank is None or query.rank.limit is None
    if len(found) < 2 or not is_all or OVERLAPPING & set(query.by):  # noqa: PLR2004 - one line is its own sum
        return ()
    whole = sum(found.values(), Outlook())
    if _is_time(query.by):
        # One deal stands in several months, so what chance does to each does not add up.
        error, whole = 0, replace(whole, variance=0)
    name = forecast_words.FORECAST if len(query.metrics) > 1 else ""
    amount = say_amount(forecasting.amount_of(whole), permit.company.org.currency)
    return (forecast_words.whole(amount, interval(whole, error), _say(permit), name=name),)


def _say(permit: Permit) -> Callable[[float], str]:
    return lambda cents: say_amount(Decimal(round(cents / _CENTS)), permit.company.org.currency)


def _chart(
    found: Mapping[Key, Outlook],
    error: float,
    permit: Permit,
    lexicon: Lexicon,
    *,
    title: str,
    subtitle: str,
    note: str,
) -> dict[str, Any] | None:
    by = permit.query.by
    ordered = sorted(found.items(), key=lambda row: row[0] if _is_time(by) else (-row[1].mean, row[0]))
    shown = ordered[:_MOST_ROWS]
    if not shown or len(permit.query.metrics) > 1:
        return None
    query = permit.query
    dates = forecast_words.dates(query.period) if query.period else ""
    bands = [interval(one, error) for _, one in shown]
    return charts.interval_chart(
        title,
        [
            "·".join(names.shown(d, v, lexicon) for d, v in zip(by, key, strict=True)) or dates
            for key, _ in shown
        ],
        [_yuan(one.mean) for _, one in shown],
        [_band(low, high) for low, high in bands],
        done=[_yuan(one.won) for _, one in shown],
        subtitle=subtitle,
        note=note,
    )


def _is_time(by: tuple[str, ...]) -> bool:
    return any(key in forecasting.UNITS for key in by)


def _band(low: float, high: float) -> tuple[int | None, int | None]:
    """Nothing where nothing is open any more."""
    return (None, None) if low == high else (_yuan(low), _yuan(high))


def _yuan(cents: float) -> int:
    return round(cents / _CENTS)
