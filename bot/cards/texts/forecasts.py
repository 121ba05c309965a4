"""Promises beside forecast and target, reviews and indicators: every line that people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

NOT_HERE = "数字只能私聊问我。"
NOT_YOURS = "你的角色不看销售数字。"
#: To a marketer, who sees totals and nobody's own word.
NOT_FOR_MARKETERS = "承诺是销售各自报的，市场只看总数。可以问：本季度销售预测、本季度业绩、输单分析。"
NOT_ALLOWED = "这个数字不在你的查看范围内。"
NOT_SELLING = "承诺由销售自己说，你的角色不用说。"
HOW_TO_COMMIT = "承诺按月或按季度说，比如：承诺 本月 50万，或 承诺 下季度 200万。"
NO_AMOUNT = "没看懂金额，比如：承诺 本月 50万。"
IS_OVER = "{when}已经过完，不能再改承诺了。"
SAID = "已记下：{when}承诺 {amount}"
CHANGED = "（之前 {before}）"
TAKEN_BACK = "已收回{when}的承诺。"
NEVER_SAID = "{when}你还没有承诺过。"
ASK_AGAIN = "看汇总"
NONE = "—"
PROMISED, FORECAST, WON, TARGET = "承诺", "预测", "已赢单", "目标"
HISTORY = "改过 {times} 次：{steps}"
NOT_SAID_BY = "还没承诺：{names}"
TOTAL = "合计"
NOBODY_HERE = "这个范围里没有销售。"
#: Under the picture.
BAND = "浅色的一段是八成把握的范围。"
TITLE = "{when} 承诺和预测"
HOW = "口径：承诺由本人说、可改；预测按公司历史推算；已赢单到此刻；目标按月设。"
DEALS_TITLE = {"lost": "{words}：输单 {count}", "won": "{words}：赢单 {count}"}
NO_DEALS = "没有符合的商机。"
ALL_ROWS, MORE = "看明细", "更多"
NOT_A_PERIOD = "没看懂是哪段时间。比如：{example}"
KPI_TITLE = "KPI：{scope}{period}"
KPI_NOTE = "对比期是上一期同样天数。数据截至 {at:%Y-%m-%d %H:%M}"
KPI_MISSING = "还没有数据：{names}"
KPI_EXAMPLE = "KPI 本季度"


@dataclass(frozen=True, slots=True)
class Line:
    """One person's numbers, as text; NONE where there is none."""

    name: str
    promised: str
    forecast: str
    won: str
    target: str


def said(when: str, amount: str, before: str) -> str:
    """What was written down."""
    return SAID.format(when=when, amount=amount) + (CHANGED.format(before=before) if before else "")


def line(one: Line) -> str:
    """李娜：承诺 ¥500,000 · 预测 ¥420,000 · 已赢单 ¥200,000 · 目标 ¥600,000."""
    named = ((PROMISED, one.promised), (FORECAST, one.forecast), (WON, one.won), (TARGET, one.target))
    return f"{one.name}：" + " · ".join(f"{label} {value}" for label, value in named)


def table(title: str, lines: Sequence[Line], total: Line | None, notes: Sequence[str]) -> str:
    """The whole list."""
    shown = [line(one) for one in lines] + ([line(total)] if total else [])
    return "\n".join((title, *shown, *notes))


def history(steps: Sequence[tuple[datetime, str]]) -> str:
    """When he said what, the latest last; local times."""
    return HISTORY.format(
        times=len(steps) - 1, steps=" → ".join(f"{at:%m-%d} {amount}" for at, amount in steps)
    )
