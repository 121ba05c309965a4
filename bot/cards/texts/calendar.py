"""What an admin hears of a calendar that is not certain."""

from __future__ import annotations

PRESUMED = (
    "{notice}。跨年的到期时间可能要改。通知公布后，升级程序，或把它抄进 config/calendar.yaml 的 notices。"
)


def presumed(notice: str) -> str:
    """What is presumed, and what to do once it is known."""
    return PRESUMED.format(notice=notice)
