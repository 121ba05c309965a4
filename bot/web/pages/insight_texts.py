"""Words of the pages with numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.crm.query import Period
from bot.insight.ask.echo import period_words
from bot.insight.boards.board import Span

UNKNOWN = "链接无效或已过期，请在聊天里发「看板」，或再问一次"
ELSEWHERE = "这个链接已在另一个浏览器里打开。请在聊天里重新要一个"
GONE = "这个链接已经失效"
TOO_OFTEN, BUSY = "打开得太频繁了，请过一分钟再试", "系统正忙，请稍后再试"
NOT_ALLOWED = "这些数字现在不归你看"
NO_NUMBERS = "管理员看不到业务数字。看配置发「配置」，看接入发「接入情况」，看数据质量发「数据质量」。"
NO_REGION = "你还没有所属大区，看不了数字。请管理员在通讯录里把你放进一个大区。"
SPANS: Mapping[Span, str] = {
    Span.WEEK: "本周", Span.MONTH: "本月", Span.QUARTER: "本季度", Span.YEAR: "今年",
}  # fmt: skip
BEFORE: Mapping[Span, str] = {
    Span.WEEK: "上周同期", Span.MONTH: "上月同期", Span.QUARTER: "上季同期", Span.YEAR: "去年同期",
}  # fmt: skip
BOARD = "看板"
#: What a link opens, told before it is.
OPENS_BOARD, OPENS_ROWS = "{name}的看板", "数字的明细"
OPENS_RESULTS, OPENS_TRIALS = "旅程「{journey}」的结果", "模拟旅程「{journey}」"
NO_RECORDS = "没有符合条件的记录。"
NOT_LISTED = "这个数字由别的数字算出，没有逐条的记录。"
TOO_MANY = "一次最多导出 {most} 行，请先加条件缩小范围。"
NOTHING_TO_EXPORT = "没有可以导出的记录。"
EXPORTS_FULL = "导出得太频繁了，请过一小时再试。"
EXPORT_NAME = "明细-{metric}-{day}"


def as_of(now: datetime) -> str:
    """How fresh it is; local time."""
    return f"数据截至 {now.month}月{now.day}日 {now:%H:%M}"


def days(period: Period, today: date) -> str:
    """A period by its name and, while it runs, up to which day it is known."""
    said = period_words(period)
    return said if period.ends <= today else f"{said}（到 {today.month}月{today.day}日）"


def dates(period: Period) -> str:
    """From day to day."""
    first, last = period.begins, period.ends - timedelta(days=1)
    said = f"{first.month}月{first.day}日"
    return said if first == last else f"{said}-{last.month}月{last.day}日"
