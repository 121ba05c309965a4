"""Words about tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TAGGED, UNTAGGED = "已打标签：{tag}", "已去掉标签：{tag}"
INSTEAD = "，换掉了{others}"
BY_HAND = "手动"
UNKNOWN = "没有“{tag}”这个标签{meant}。\n能打的标签：\n{known}"
MEANT = "，是不是“{tag}”？"
WHICH = "打哪个标签？例如：打标签 {lead_id} {example}\n能打的标签：\n{known}"
NOT_YOURS = "“{tag}”只能由主管或规则来打"
THERE, NOT_THERE = "已经有“{tag}”了", "没有打过“{tag}”"
GROUP = "· {label}：{tags}"


def tagged(tag: str, instead_of: Sequence[str]) -> str:
    """It is there, and what had to go for it."""
    others = INSTEAD.format(others="、".join(instead_of)) if instead_of else ""
    return TAGGED.format(tag=tag) + others


def known(groups: Iterable[tuple[str, Sequence[str]]]) -> str:
    """All that can be set, a group a line."""
    return "\n".join(GROUP.format(label=label, tags="、".join(tags)) for label, tags in groups)
