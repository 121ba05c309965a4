"""Every sentence about a forecast, Chinese, in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.crm.query import Period
from bot.insight.forecast.backtest import Trial, weighted_error
from bot.insight.forecast.model import LEAST_CLOSED, LEAST_DAYS, LEAST_WON, Model, TooThin
from bot.insight.forecast.outlook import Outlook

_QUARTER, _MONTH = "季度", "个月"
_QUARTERS_MONTHS = 3
TOO_FAR = "只预测一年以内的业绩，再远历史就说明不了什么了。"
IS_OVER = "这段时间已经过完，这就是实际赢单金额。"
DONE, OPEN, COMING = "已赢单", "在跟商机预计", "新商机预计"
FORECAST, TARGET, TOTAL = "预测", "目标", "合计"
UNTRIED = "还没有足够的历史检验它准不准，区间偏宽。"
Say = Callable[[float], str]


def too_thin(found: TooThin) -> str:
    """What is missing before anything can be said, and what to ask in the meantime."""
    return (
        f"历史还不够，先不预测：至少要 {LEAST_CLOSED} 个已关闭的商机（其中赢单 {LEAST_WON} 个）、"
        f"{LEAST_DAYS} 天的历史，"
        f"现在是 {found.closed} 个（赢单 {found.won} 个）、{found.days} 天。可以先看「在跟商机金额」。"
    )


def parts(one: Outlook, say: Say) -> str:
    """What it is made of."""
    named = ((DONE, one.won), (OPEN, one.open), (COMING, one.coming))
    return " + ".join(f"{name} {say(cents)}" for name, cents in named)


def interval(low: float, high: float, say: Say) -> str:
    """Where it lies four times in five."""
    return f"八成把握在 {say(low)} 到 {say(high)} 之间"


def whole(amount: str, within: tuple[float, float], say: Say, *, name: str) -> str:
    """All lines together, and how sure that is where anything is still open."""
    low, high = within
    sure = f"，{interval(low, high, say)}" if low < high else ""
    return f"{TOTAL}：{name}{' ' if name else ''}{amount}{sure}"


def basis(model: Model) -> str:
    """What it stands on."""
    return f"依据：全公司 {model.closed:,} 个已关闭的商机"


def past(trials: Sequence[Trial], *, is_long: bool) -> str:
    """How far off it would have been, beside what is simpler."""
    ours = weighted_error((one.outlook.mean, one.actual) for one in trials)
    if ours is None:
        return UNTRIED
    naive = weighted_error((one.naive, one.actual) for one in trials)
    staged = weighted_error((one.staged, one.actual) for one in trials)
    unit = _QUARTER if is_long else _MONTH
    return (
        f"过去 {len(trials)} {_spaced(unit)}，期初预测平均偏差 {_percent(ours)}"
        f"（照上季度的日均推 {_percent(naive)}，只按阶段赢单率 {_percent(staged)}）"
    )


def is_month_or_quarter(period: Period) -> bool:
    """Whether promises are made for such a period."""
    return _months(period) in {1, _QUARTERS_MONTHS}


def dates(period: Period) -> str:
    """A month or a quarter by its name, else its days."""
    begins, months = period.begins, _months(period)
    if months == 1:
        return f"{begins.year}年{begins.month}月"
    if months == _QUARTERS_MONTHS:
        return f"{begins.year}年第{(begins.month + 2) // 3}季度"
    return f"{begins.isoformat()} 至 {period.last.isoformat()}"


def _months(period: Period) -> int:
    """How many months it is: one, a quarter's three, or nought for everything else."""
    begins, ends = period.begins, period.ends
    if not begins.day == ends.day == 1:
        return 0
    months = (ends.year - begins.year) * 12 + ends.month - begins.month
    is_quarter = months == _QUARTERS_MONTHS and begins.month % _QUARTERS_MONTHS == 1
    return months if months == 1 or is_quarter else 0


def _spaced(unit: str) -> str:
    return f"个{unit}" if unit == _QUARTER else unit


def _percent(share: float | None) -> str:
    return "算不出" if share is None else f"{share:.0%}"
