"""Changes of the rules, to choose the one of which before and after are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.card import Button, Card, Field
from bot.crm.digest_commands import CompareChange

KIND = "rule_changes"
TITLE, NONE = "看哪次修改的前后对比？", "还没有在聊天里改过规则"
NONE_HINT = "管理员用一句话改的规则会记在这里，例如「首响提醒改成20分钟」。改了几个工作日后再来看。"
ALL_EARLY, EARLY = "改了还没几天，过几天才能比", "（{since} 起能比）"
WHY_EARLY = "改完至少过 3 个工作日才有得比。"
AT_MOST = 6


def card(changes: Sequence[tuple[int, str, str]]) -> Card:
    """The newest first: number, what was changed when, and from when on it can be compared if not yet."""
    if not changes:
        return Card(kind=KIND, title=NONE, text=NONE_HINT)
    shown = changes[:AT_MOST]
    ready = [number for number, _, since in shown if not since]
    return Card(
        kind=KIND,
        title=TITLE if ready else ALL_EARLY,
        fields=tuple(
            Field(f"#{number}", said + (EARLY.format(since=since) if since else ""))
            for number, said, since in shown
        ),
        text="" if len(ready) == len(shown) else WHY_EARLY,
        buttons=tuple(Button(f"#{number}", CompareChange(str(number))) for number in ready),
    )
