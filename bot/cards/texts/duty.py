"""Answers to 值班 and 请假."""

from __future__ import annotations

ON = "好，新线索会推给你。"
OFF = "好，先不推新线索。回来后发「值班」。"
OFF_UNTIL = "好，{until} 前不推新线索，到时自动恢复。"
WHEN = "没看懂到什么时候，例如：请假 到下周二，或 请假 明天下午3点。"
UNTIL = "{month}月{day}日 {clock}"
