"""Words about tags, hand-over and segments: 打标签 L7 价格敏感, 接受 L7, 退回市场 L7, 分群 潜客."""

from __future__ import annotations

from bot.crm.marketing_commands import (
    AcceptLead,
    ListSegments,
    RejectLead,
    ShowSegment,
    TagLead,
    UntagLead,
)
from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words

_TAG = words("打标签", "加标签", "贴标签", "打上标签", "标签", "标记为标签", "加上标签")
_UNTAG = words("去掉标签", "去标签", "删标签", "删除标签", "取消标签", "摘掉标签", "移除标签", "去除标签")
_ACCEPT = words("接受", "接受线索", "认可", "认可线索")
_REJECT = words("退回市场", "退回给市场", "退回市场部", "退给市场", "不接受")
_REST = r"[:是为]?\s*(?P<rest>[^\s,。;]{0,40})"
_WHY = r"(?:[(:]|原因|因为|理由)?\s*(?P<rest>[^,。;)]{0,20})\)?"
_TAGGED = (
    whole(rf"(?:给)?\s*{_TAG}{GAP}{LEAD}{GAP}{_REST}"),
    whole(rf"(?:给)?\s*{LEAD}{GAP}{_TAG}{GAP}{_REST}"),
)
_UNTAGGED = (whole(rf"{_UNTAG}{GAP}{LEAD}{GAP}{_REST}"), whole(rf"{LEAD}{GAP}{_UNTAG}{GAP}{_REST}"))
_ACCEPTED = (whole(rf"{_ACCEPT}{GAP}{LEAD}"), whole(rf"{LEAD}{GAP}{_ACCEPT}"))
_REJECTED = (whole(rf"{_REJECT}{GAP}{LEAD}{GAP}{_WHY}"), whole(rf"{LEAD}{GAP}{_REJECT}{GAP}{_WHY}"))
_SEGMENTS = whole(r"(?:看|看看|查看|所有|全部)?\s*(?:分群|人群|客户分群|分群列表|所有分群)")
_SEGMENT = whole(rf"(?:看|看看|查看)?\s*(?:分群|人群){GAP}(?P<rest>[^,。;!?\n]{{1,40}})")


def _tagged(text: Said) -> object | None:
    for pattern in _UNTAGGED:
        found = pattern.fullmatch(text.plain)
        if found and text.part(found, "rest"):
            return UntagLead(lead_id(found), text.part(found, "rest"))
    for pattern in _TAGGED:
        if found := pattern.fullmatch(text.plain):
            return TagLead(lead_id(found), text.part(found, "rest"))
    return None


def _answered(text: Said) -> object | None:
    for pattern in _ACCEPTED:
        if found := pattern.fullmatch(text.plain):
            return AcceptLead(lead_id(found))
    for pattern in _REJECTED:
        if found := pattern.fullmatch(text.plain):
            return RejectLead(lead_id(found), text.part(found, "rest"))
    return None


def _segments(text: Said) -> object | None:
    if _SEGMENTS.fullmatch(text.plain):
        return ListSegments()
    found = _SEGMENT.fullmatch(text.plain)
    return ShowSegment(text.part(found, "rest")) if found else None


RULES: tuple[Rule, ...] = (_tagged, _answered, _segments)
