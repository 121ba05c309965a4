"""Changes of the rules, to choose the one of which before and after are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.card import Button, Card, Field
from bot.crm.digest_commands import CompareChange

KIND = "rule_changes"
TITLE, NONE = "看哪次修改的前后对比？", "还没有在聊天里改过规则"
NONE_HINT = "管理员用一句话改的规则会记在这里，例如「首响提醒改成20分钟」。改了几个工作日后再来看。"
AT_MOST = 6


def card(changes: Sequence[tuple[int, str]]) -> Card:
    """The newest first: number, and what was changed when."""
    if not changes:
        return Card(kind=KIND, title=NONE, text=NONE_HINT)
    return Card(
        kind=KIND,
        title=TITLE,
        fields=tuple(Field(f"#{number}", said) for number, said in changes[:AT_MOST]),
        buttons=tuple(Button(f"#{number}", CompareChange(str(number))) for number, _ in changes[:AT_MOST]),
    )
