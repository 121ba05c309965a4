"""Short answers about follow-ups, tasks and lists."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.follow_up_quality import Verdict

NOT_YOURS = "没有找到你负责的「{said}」。发「我的线索」看看编号，线索没领取的请先领取。"
SEVERAL = "叫「{said}」的线索有 {count} 条：{among}。请用编号再发一次，例如「跟进 {first} 已电话」。"
CLOSED_LEAD = "{lead_id} 已标为无效，不能再写跟进。"
GIVEN_UP = "这一步没办成：试了几次都出错，什么也没改。已经记下来，管理员看得到；请过一会儿再试一次。"
FOLLOW_UP_PROMPT = (
    "记录 {who}（{lead_id}）的跟进：直接回复一句话就行，"
    "例如「已电话，客户要报价，下周二回访」。发「取消」放弃。"
)
_KEPT = "已记下，不过{why}，不延长保护期。补一句客户怎么说就行。"
NOT_EXTENDED: Mapping[Verdict, str] = {
    Verdict.TOO_SHORT: _KEPT.format(why="太短"),
    Verdict.SAYS_NOTHING: _KEPT.format(why="没写清做了什么"),
    Verdict.COPIED: _KEPT.format(why="和上次一样"),
}
FOLLOW_UP_EMPTY = "跟进内容是空的，请写一句话。"
IN_GROUP_SENT = "详情已发到你的私聊。"
IN_GROUP_RECORDED = "已记录 {said} 的跟进，详情发到了你的私聊。"
ONLY_PRIVATE = "涉及客户信息，请在和我的私聊里查看。"
ONLY_OWN_REASON = "只能问和自己有关的，例如「为什么 L7 没给我」；别人的请问大区经理。"
TASK_NOT_YOURS = "没有找到你的任务「{task_id}」。发「我的任务」看看编号。"
TASK_ENDED = "{task_id} 已经{how}了。"
ENDED = {"done": "完成", "cancelled": "取消"}
POSTPONE_PROMPT = "{task_id} 推迟到什么时候？直接回复，例如「明天下午3点」「下周一」。发「取消」放弃。"
POSTPONE_UNCLEAR = "没看懂「{said}」是什么时候。换个说法，例如「明天下午3点」「3天后」「下周一」。"
PLAN_PROMPT = "什么时候做什么？直接回复，例如「明天下午3点 发合同」。发「取消」放弃。"
HAND_OVER_NOBODY = "没有叫「{to}」的同事。"
HAND_OVER_SEVERAL = "叫「{to}」的同事不止一位，请在下面选。"
HAND_OVER_SELF = "这个任务本来就是 {name} 的。"
HANDED_BY = "{name} 转交给你"
CANCELLED = "好的，不问了。"
FEEDBACK_PROMPT = "请直接回复你的意见或建议，会转给管理员。发「取消」放弃。"
FEEDBACK_THANKS = "收到，已转给管理员。谢谢。"
FEEDBACK_NOTICE = "{name} 的反馈：{text}"
SEARCH_PROMPT = "查谁？直接回复姓名、手机号或公司。"


def several(said: str, lead_ids: tuple[str, ...]) -> str:
    """Ask which of them is meant."""
    among = "、".join(lead_ids[:5])
    return SEVERAL.format(said=said, count=len(lead_ids), among=among, first=lead_ids[0])


def task_ended(task_id: str, state: str) -> str:
    """Say that nothing can be done with a task any more."""
    return TASK_ENDED.format(task_id=task_id, how=ENDED.get(state, "结束"))
