"""A model and its trials as plain JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.insight.forecast.backtest import Trial
from bot.insight.forecast.chances import Chances, Pace
from bot.insight.forecast.incidence import Curve
from bot.insight.forecast.model import Model
from bot.insight.forecast.outlook import Outlook
from bot.insight.forecast.worth import Worth

_PLACES = 6


def spell(model: Model) -> dict[str, Any]:
    """The model as plain JSON."""
    chances, worth = model.chances, model.worth
    return {
        "today": model.today,
        "counts": [model.closed, model.won, model.days],
        "pace": [chances.pace.won, chances.pace.lost],
        "created": _curve(chances.created),
        "stages": {stage: [_curve(one) for one in curves] for stage, curves in chances.stages.items()},
        "worth": {"mean": worth.mean, "square": worth.square, "products": dict(worth.products)},
    }


def read(shape: Mapping[str, Any]) -> Model:
    """The model of plain JSON."""
    closed, won, days = shape["counts"]
    worth = shape["worth"]
    return Model(
        today=shape["today"],
        chances=Chances(
            pace=Pace(*shape["pace"]),
            stages={stage: tuple(map(_curve_of, curves)) for stage, curves in shape["stages"].items()},
            created=_curve_of(shape["created"]),
        ),
        worth=Worth(worth["mean"], worth["square"], worth["products"]),
        closed=closed,
        won=won,
        days=days,
    )


def spell_trial(trial: Trial) -> dict[str, Any]:
    """One trial as plain JSON."""
    outlook = trial.outlook
    return {
        "days": [trial.origin, trial.begins, trial.ends],
        "outlook": [outlook.won, outlook.open, outlook.coming, outlook.variance],
        "naive": trial.naive,
        "staged": trial.staged,
        "actual": trial.actual,
    }


def read_trial(shape: Mapping[str, Any]) -> Trial:
    """One trial of plain JSON."""
    origin, begins, ends = shape["days"]
    return Trial(
        origin=origin,
        begins=begins,
        ends=ends,
        outlook=Outlook(*shape["outlook"]),
        naive=shape["naive"],
        staged=shape["staged"],
        actual=shape["actual"],
    )


def _curve(one: Curve) -> list[list[float]]:
    return [[round(value, _PLACES) for value in line] for line in (one.won, one.open, one.watched)]


def _curve_of(lines: Sequence[Sequence[float]]) -> Curve:
    won, still_open, watched = map(tuple, lines)
    return Curve(won, still_open, watched)
