"""Lines that say why a lead's card comes now, and reasons that are kept with its history."""

from __future__ import annotations

from collections.abc import Sequence

#: Names the group of those who lead.
MANAGERS = "管理群"
AGAIN = "还没人领，再推一次"
WIDER = "还没人领，已推给所有区域"
UNCLAIMED = "{minutes} 分钟（工作时间）没人领，请改派"
NOBODY_ON_DUTY = "没有值班的人可推，请改派"
NOBODY_ANSWERS = "{owner}超时未跟进，又没有别人值班，请改派"
LEFT_BEHIND = "{owner}已离职，这条线索转给你"
AWAY_UNCOVERED = "{owner}请假，没有人代班，客户在等，请改派"
YOURS_BY_RULE = "按规则分给你"
YOURS_BY = "{by}分给你"
HANDED_BY = "{by}转交给你"
WHY = "{said}（{why}）"
WROTE_AGAIN = "客户又来了：{text}"
WROTE_AGAIN_SILENT = "客户又来咨询了"
TOGETHER, DEALS, TASKS = "连同{what}", "商机 {ids}", "{count} 个任务"
GOT_HOT = "评分到 {score}，趁热联系"

#: Kept in histories and shown on the card of whoever had the lead before.
REASON_UNANSWERED = "超时未跟进"
REASON_UNPROTECTED = "保护期内没有有效跟进"
REASON_LEFT = "{owner}离职"
REASON_WROTE_AGAIN = "客户再次咨询"
REASON_RULE = "规则：{rule}"
REASON_BY, REASON_BY_WHY = "{by}指定", "{by}指定：{why}"

FIRST_TASK = "首次联系 {who}"
LEAVER_SUMMARY = "{owner}已离职：{pooled} 条线索回公海，{kept} 条由你接手，剩下的任务和商机也转给你了。"
WELCOME = "客铃已就绪。新线索会推到这里，点「领取」就是你的。发「帮助」看能说什么。"
IN_GROUP, IN_POOL = "{lead_id}{pool}：{note}", "（{pool}）"


def together(deal_ids: Sequence[str], tasks: int) -> str:
    """Say what goes with a lead; empty if nothing does."""
    parts = [DEALS.format(ids="、".join(deal_ids))] if deal_ids else []
    parts += [TASKS.format(count=tasks)] if tasks else []
    what = "、".join(parts)
    # A number stands apart from the word before it.
    return TOGETHER.format(what=what if deal_ids else f" {what}") if parts else ""


def unclaimed_in_group(lead_id: str, pool: str, note: str) -> str:
    """Say before the managers that a lead needs them, without a word of whose it is."""
    return IN_GROUP.format(lead_id=lead_id, pool=IN_POOL.format(pool=pool) if pool else "", note=note)
