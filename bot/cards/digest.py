"""Many notices at once, said in one text."""

from __future__ import annotations

from collections.abc import Sequence


def text(lines: Sequence[str], *, is_group: bool = False) -> str:
    """Say each in a line, and where to find them; in a group the first line of each says enough."""
    listed = "\n".join(f"· {line.splitlines()[0] if line else line}" for line in lines)
    if is_group:
        return f"还有 {len(lines)} 条：\n{listed}"
    return f"你还有 {len(lines)} 条提醒：\n{listed}\n回复「我的线索」「公海」或「我的任务」查看。"
