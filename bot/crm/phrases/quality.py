"""Words about records: 合并 L7 L9, 撤销合并 L9, 疑似重复, 查重 138…, 撞单 L7, 时间线 L7, 数据质量."""

from __future__ import annotations

import re

from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words
from bot.crm.quality_commands import (
    CheckDuplicate,
    KeepApart,
    ListLookalikes,
    MergeLeads,
    ShowCollisions,
    ShowQuality,
    ShowTimeline,
    UnmergeLeads,
)

_L = r"(?:线索|客户)?\s*(?<![A-Za-z0-9])[Ll](?P<{name}>\d{{1,9}})(?![A-Za-z0-9])"
_ONE, _OTHER = _L.format(name="one"), _L.format(name="other")
_INTO = words("并入", "并到", "合并到")
_TWO = rf"{_ONE}\s*(?:和|跟|与|到|,|、|\+)?\s*{_OTHER}"
_MERGE = (
    whole(rf"(?:把|将)?\s*{words('合并', '并', '合并线索', '合并客户')}{GAP}{_TWO}"),
    whole(rf"(?:把|将)?\s*{_TWO}\s*(?:合并|并一下|合并一下|是同一个|是同一个人|是同一人)(?:成一条|成一个)?"),
    whole(rf"(?:把|将)?\s*{_ONE}\s*{_INTO}\s*{_OTHER}"),
)
_APART = whole(rf"{_TWO}\s*(?:不是同一个人?|不是同一人|不是一个人)")
_UNDO = whole(
    rf"{words('撤销合并', '取消合并', '撤回合并', '还原合并', '拆开', '拆分')}{GAP}"
    r"(?P<said>(?:线索|客户)?\s*[LlMm]\d{1,9})"
)
_TIMELINE = words("时间线", "时间轴", "历史", "历史记录", "全部记录", "全景", "来龙去脉", "360")
_TIMELINES = (whole(rf"{_TIMELINE}{GAP}{LEAD}"), whole(rf"{LEAD}{GAP}的?\s*{_TIMELINE}"))
_COLLISION = words("撞单", "撞单证据", "谁先", "谁先报备的", "归属证据", "撞单记录")
_COLLISIONS = (whole(rf"{_COLLISION}{GAP}{LEAD}"), whole(rf"{LEAD}{GAP}的?\s*{_COLLISION}"))
_CHECK = whole(
    r"(?:帮我|请)?(?:查重|撞单|查撞单|查一下重复)(?:客户|线索|公司)?[\s:,]*(?P<text>[^,。;!?\n]{2,40})"
)
_LISTS = frozenset(("疑似重复", "重复线索", "疑似重复线索", "查看疑似重复", "重复客户", "有哪些重复"))
_QUALITY = whole(r"(?:线索)?数据质量(?:报告|周报)?[\s:,]*(?P<what>[^\s,。]{0,6})")
#: What people say for each figure of the report.
FIGURES = {
    "incomplete": ("不完整", "缺资料", "缺失", "完整"),
    "invalid": ("不合格", "无效", "格式", "有效"),
    "stale": ("过期", "陈旧", "没更新", "及时"),
    "duplicate": ("重复", "疑似重复"),
}
_BY_WORD = {word: figure for figure, said in FIGURES.items() for word in said}


def _merged(text: Said) -> object | None:
    if found := _APART.fullmatch(text.plain):
        return KeepApart(f"L{int(found['one'])}", f"L{int(found['other'])}")
    for pattern in _MERGE:
        if found := pattern.fullmatch(text.plain):
            return MergeLeads(f"L{int(found['one'])}", f"L{int(found['other'])}")
    return None


def _undone(text: Said) -> object | None:
    found = _UNDO.fullmatch(text.plain)
    if found is None:
        return None
    number = re.sub(r"[^LlMm\d]", "", found["said"]).upper()
    return UnmergeLeads(f"{number[0]}{int(number[1:])}")


def _shown(text: Said) -> object | None:
    for patterns, command in ((_TIMELINES, ShowTimeline), (_COLLISIONS, ShowCollisions)):
        for pattern in patterns:
            if found := pattern.fullmatch(text.plain):
                return command(lead_id(found))
    return None


def _listed(text: Said) -> object | None:
    if text.tight in _LISTS:
        return ListLookalikes()
    if found := _QUALITY.fullmatch(text.plain):
        what = found["what"]
        return ShowQuality(_BY_WORD[what]) if what in _BY_WORD else (None if what else ShowQuality())
    found = _CHECK.fullmatch(text.plain)
    return CheckDuplicate(text.part(found, "text")) if found and not text.is_question else None


RULES: tuple[Rule, ...] = (_merged, _undone, _shown, _listed)
