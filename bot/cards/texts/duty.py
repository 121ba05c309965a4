"""Answers to 值班 and 请假, and what a cover hears."""

from __future__ import annotations

from datetime import datetime

ON = "好，新线索会推给你。"
OFF = "好，先不推新线索。回来后发「值班」。"
OFF_UNTIL = "好，{until} 前不推新线索，到时自动恢复。"
OFF_FROM = "好，{since} 到 {until} 不推新线索，到时自动恢复。"
WHEN = "没看懂到什么时候，例如：请假 到下周二，请假 明天到周五，或 请假 明天下午3点。"
UNTIL = "{month}月{day}日 {clock}"
COVER_NAMED = "这期间客户来找，由{cover}先回；没首次跟进的也先给{cover}，你回来后还给你。"
NO_COVER = "没有找到能代班的「{name}」，请写同事的全名，再发一次。"
COVER = "{owner}请假到 {until}，客户来找时由你先回，卡片会推给你；{owner}回来后还给他。"
COVERED = "{owner}请假，这条先由你回"
GIVEN_BACK = "你回来了，这条还给你"
#: Kept in histories; by the first one we know what was lent.
REASON_COVER, REASON_BACK = "请假代班", "代班结束"


def until(at: datetime) -> str:
    """11月19日 18:00, in the company's zone."""
    return UNTIL.format(month=at.month, day=at.day, clock=f"{at:%H:%M}")
