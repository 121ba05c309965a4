"""Many leads given at once: asked for, refused, done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_WHY: Mapping[str, str] = {
    "missing": "没有这条或不归你管",
    "closed": "已关闭",
    "is_owner": "本来就是他的",
    "changed": "刚刚有变化",
}
LEADS, DEALS, TASKS = "{n} 条线索", "{n} 个商机", "{n} 个任务"
NOTHING = "没有可以转的。"
SKIPPED, SKIPPED_SOME = "没转 {n} 条：{listed}", "{listed} 等"
DONE, DONE_OF = "已转给{to}：{what}。", "{of}的已转给{to}：{what}。"
RECEIVED, RECEIVED_OF = (
    "{by}把{what}转给了你。发「我的线索」看。",
    "{by}把{of}的{what}转给了你。发「我的线索」看。",
)
TAKEN_OVER = "{by}把你的{what}转给了{to}。"
TOO_MANY = "一次最多 {most} 条。要转一个人的全部，发「改派 李四 的全部线索 给 张三」。"
NOT_LEADING = "只能转自己的，或自己大区的同事的线索。"
NOBODY, SEVERAL = "没有找到能接手的「{name}」。", "叫「{name}」的不止一位，请写成员 id：{among}。"
SAME = "转出和转入是同一个人。"
BEGUN = "正在转，完成后告诉你。"
_LISTED = 5


def what(*, leads: int, deals: int, tasks: int) -> str:
    """Count what goes; empty if nothing does."""
    parts = [LEADS.format(n=leads)] if leads else []
    parts += [DEALS.format(n=deals)] if deals else []
    parts += [TASKS.format(n=tasks)] if tasks else []
    return "、".join(parts)


def skipped(found: Sequence[tuple[str, str]]) -> str:
    """Which were not moved, and why; empty if none."""
    if not found:
        return ""
    listed = "，".join(f"{lead_id} {_WHY.get(why, why)}" for lead_id, why in found[:_LISTED])
    listed = SKIPPED_SOME.format(listed=listed) if len(found) > _LISTED else listed
    return SKIPPED.format(n=len(found), listed=listed)


def done(*, to: str, of: str, skipped: Sequence[tuple[str, str]], leads: int, deals: int, tasks: int) -> str:
    """For whoever asked for it."""
    moved = what(leads=leads, deals=deals, tasks=tasks)
    said = (DONE_OF if of else DONE).format(of=of, to=to, what=moved) if moved else NOTHING
    return "\n".join(part for part in (said, _skipped(skipped)) if part)


_skipped = skipped


def received(*, by: str, of: str, leads: int, deals: int, tasks: int) -> str:
    """For whoever has them now."""
    moved = what(leads=leads, deals=deals, tasks=tasks)
    return (RECEIVED_OF if of else RECEIVED).format(by=by, of=of, what=moved)


def taken_over(*, by: str, to: str, leads: int, deals: int, tasks: int) -> str:
    """For whoever had them."""
    return TAKEN_OVER.format(by=by, to=to, what=what(leads=leads, deals=deals, tasks=tasks) or "工作")
