"""What people say to see a journey before it runs: one person's way, a crowd's, the past's."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("journey.simulate")
@dataclass(frozen=True, slots=True)
class SimulateJourney:
    """How would it go for this customer, day by day (模拟 旅程 欢迎 L12); without one: for anybody at all."""

    name: str
    lead_id: str = ""


@wire("journey.try")
@dataclass(frozen=True, slots=True)
class TryJourney:
    """Whom would it concern now, how many messages a day, whose work (试算 旅程 唤醒 分群 老客户).

    `days` is a number, or empty for the usual span.
    """

    name: str
    segment: str = ""
    days: str = ""


@wire("journey.backtest")
@dataclass(frozen=True, slots=True)
class BacktestJourney:
    """What if it had run in the past days (回测 旅程 唤醒 60天)?"""

    name: str
    days: str = ""
