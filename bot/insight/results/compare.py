"""Arms of an experiment beside each other: rates, differences to the control, what may be said of them."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.insight.results.outline import HOLD_OUT, Trial
from bot.kit.statistics import Interval, Sample, chi_square, newcombe, welch, wilson
from bot.store.reads.journey_arms import Arm

#: Shares this unlikely by chance are a defect of the parting, not chance.
ALARM: Final = 0.001
#: Fewer people in an arm, or fewer successes in both together, say nothing yet.
FEWEST: Final = 100
FEWEST_SUCCESSES: Final = 10


class Verdict(enum.StrEnum):
    """What may be said of an arm beside the control."""

    CONTROL = "control"
    #: The shares are wrong: nothing may be concluded.
    BROKEN = "broken"
    FEW = "few"
    UNCLEAR = "unclear"
    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One arm."""

    name: str
    n: int
    #: Whose window is still open.
    open: int
    #: Who did what the journey is for: reached its goal, or bought if it names none.
    successes: int
    rate: Interval
    #: To the control; None for itself.
    difference: Interval | None
    bought: int
    bought_rate: Interval
    money: Sample
    #: Per person, to the control; None where nothing can be said.
    money_difference: Interval | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One experiment."""

    trial: Trial
    #: In the order of the file; the control among them.
    lines: tuple[Line, ...]
    #: How likely shares like these are by chance.
    p: float
    #: Everybody who was not held out, beside those who were; None without a hold-out.
    uplift: Line | None = None
    #: Expected people by arm, as the shares have it.
    due: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_broken(self) -> bool:
        """Whether people fell into arms otherwise than the file says."""
        return self.p < ALARM


def compared(trial: Trial, arms: Iterable[Arm], *, has_goal: bool) -> Compared:
    """Everything of one experiment; arms nobody fell into are there with nought."""
    rows = list(arms)
    whole = {name: _added(name, [row for row in rows if row.name == name]) for name in trial.arms}
    due = _due(trial, rows)
    p = chi_square([whole[name].n for name in trial.arms], [due[name] for name in trial.arms])
    control, is_broken = whole[trial.control], p < ALARM
    lines = tuple(_line(whole[name], control, has_goal=has_goal, is_broken=is_broken) for name in trial.arms)
    treated = _added("", [whole[name] for name in trial.arms if name != HOLD_OUT])
    uplift = (
        _line(treated, control, has_goal=has_goal, is_broken=is_broken)
        if trial.control == HOLD_OUT
        else None
    )  # fmt: skip
    return Compared(trial=trial, lines=lines, p=p, uplift=uplift, due=due)


def _due(trial: Trial, rows: Sequence[Arm]) -> dict[str, float]:
    """People each arm should have: the shares of each version, of those who fell into its arms."""
    found = dict.fromkeys(trial.arms, 0.0)
    for version, shares in trial.shares:
        n = sum(row.n for row in rows if row.version == version)
        for name, percent in shares:
            found[name] += n * percent / 100
    return found


def _added(name: str, rows: Iterable[Arm]) -> Arm:
    parts = list(rows)
    return Arm(
        name, 0, sum(one.n for one in parts), sum(one.open for one in parts),
        sum(one.reached for one in parts), sum(one.bought for one in parts),
        sum(one.money for one in parts), sum(one.squares for one in parts),
    )  # fmt: skip


def _line(arm: Arm, control: Arm, *, has_goal: bool, is_broken: bool) -> Line:
    is_control = arm.name == control.name
    mine, theirs = (one.reached if has_goal else one.bought for one in (arm, control))
    money, other = (Sample(one.n, one.money, one.squares) for one in (arm, control))
    difference = None if is_control else newcombe(mine, arm.n, theirs, control.n)
    enough = min(arm.n, control.n) >= FEWEST and mine + theirs >= FEWEST_SUCCESSES
    return Line(
        name=arm.name, n=arm.n, open=arm.open, successes=mine, rate=wilson(mine, arm.n),
        difference=difference, bought=arm.bought, bought_rate=wilson(arm.bought, arm.n), money=money,
        money_difference=None if is_control else welch(money, other),
        verdict=_verdict(difference, is_broken=is_broken, enough=enough),
    )  # fmt: skip


def _verdict(difference: Interval | None, *, is_broken: bool, enough: bool) -> Verdict:
    if is_broken:
        return Verdict.BROKEN
    if difference is None:
        return Verdict.CONTROL
    if not enough:
        return Verdict.FEW
    if difference.has_zero:
        return Verdict.UNCLEAR
    return Verdict.BETTER if difference.value > 0 else Verdict.WORSE
