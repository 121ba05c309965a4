"""Short answers about taking down and correcting leads, and about customers in WeChat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.crm.lead import Lead

HOW_TO_ENTER = (
    "把姓名、手机、公司和备注发给我，顺序随意。例如：\n"
    "王伟 13812345678 云帆科技 想要报价\n"
    "不录了就发「取消」。"
)
HOW_TO_REACH = "还缺手机号或邮箱，请补上。"
ENTERED = "已录入，由你负责"
ENTERED_FOR_OTHERS = "已录入，按规则分给销售"
ALREADY_YOURS = "已经在你名下"
ALREADY_KNOWN = "系统里已有这位客户"
NOTHING_TO_ENTER = "系统里已有这位客户，不用再录。"
FIXED = "「{field}」记录的是客户怎么来的，不能改。可以改：{fields}。"
UNKNOWN_FIELD = "没有「{field}」这个字段。可以改：{fields}。"
NEEDED = "这是唯一的联系方式，不能清空。先补上手机或邮箱。"
TAKEN = "没有改：这个号码或邮箱已在 {lead_id}{owner}。"
CHANGED = "已改：{field} → {value}"
CLEARED = "已清空：{field}"
NOT_YOURS = "不是你的线索，改不了。"
ADDED_YOU = "{lead_id} {who} 加了你的微信，可以直接聊了。"
ADDED_COLLEAGUE = "{lead_id} {who} 加了{name}的微信。"
LEFT_YOU = "{lead_id} {who} 删除了你的微信。"
CONSENT_WECHAT = "客户主动添加企业微信"
BEHAVIOUR_WECHAT = "加了微信"


def wrong(errors: Iterable[tuple[str, str]]) -> str:
    """Fields and what to correct in them."""
    return "\n".join(f"{label}：{message}" for label, message in errors)


def same_firm(others: Sequence[tuple[Lead, str]]) -> str:
    """Other leads of the firm and whose they are; empty if there are none."""
    if not others:
        return ""
    said = "、".join(f"{lead.id}（{owner or '公海'}）" for lead, owner in others)
    return f"同公司还有 {said}"


def owned_by(name: str) -> str:
    """In brackets behind a lead's number; nothing if nobody owns it."""
    return f"（{name}负责）" if name else ""


def since(at: datetime, now: datetime) -> str:
    """A day, with its year if that is another one."""
    day = f"{at.month}月{at.day}日 {at:%H:%M}"
    return day if at.year == now.year else f"{at.year}年{day}"
