"""Why somebody does not get what he asked for, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.pool import Refusal

CLAIM: Mapping[Refusal, str] = {
    Refusal.TAKEN: "已被别人领取",
    Refusal.CAPPED_DAY: "今日已领 {cap}/{cap}，明天再来",
    Refusal.CAPPED_HOLDING: "手上已有 {cap}/{cap} 条，先退回或转商机",
    Refusal.COOLING: "你有过这条线索，{days} 天内留给别人",
    Refusal.EMBARGOED: "还没到可以领取的时间",
    Refusal.OFF_DUTY: "你在请假，发「值班」后再领",
    Refusal.NOT_YOURS: "没有这条线索",
    Refusal.GONE: "没有这条线索",
}
ONLY_IN_PRIVATE = "电话只在和我的私聊里给看。"
NOT_OWNER = "不是你的线索，看不了联系方式"
NO_CONTACT = "这条线索没有留电话和邮箱"
TOO_LATE = "刚刚有变化，请看最新的卡片"
NOBODY_NAMED = "没有找到“{to}”，请选一位"
SEVERAL_NAMED = "有几位叫“{to}”，请选一位"
IS_OWNER = "已经由这位负责"
CLOSED = "这条线索已关闭，不能再转"


def claim(why: Refusal, *, cap: int = 0, days: int = 0) -> str:
    """The line for a claim that was not granted."""
    return CLAIM[why].format(cap=cap, days=days)
