"""Many notices at once, said in one text."""

from __future__ import annotations

from collections.abc import Sequence


def text(lines: Sequence[str]) -> str:
    """Say each in a line, and where to find them."""
    listed = "\n".join(f"· {line}" for line in lines)
    return f"你还有 {len(lines)} 条提醒：\n{listed}\n回复「我的线索」「公海」或「我的任务」查看。"
