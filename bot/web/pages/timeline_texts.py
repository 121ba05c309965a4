"""Words of the page with a customer's history."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.crm.lead import Lead
from bot.crm.user import User

UNKNOWN = "链接无效或已过期，请在聊天里发「时间线」加编号，重新打开"
ELSEWHERE = "这个链接已在另一个浏览器里打开。请在聊天里重新要一个"
NOT_YOURS = "这位客户现在不归你负责，看不到了"
CALLED, CALLED_CONSENT = "{lead_id} 的时间线", "{lead_id} 的同意记录"
TOO_OFTEN, BUSY = "打开得太频繁了，请过一分钟再试", "系统正忙，请稍后再试"


def day(at: datetime, now: datetime) -> str:
    """今天, 昨天, else the day, with its year if that is another one."""
    behind = (now.date() - at.date()).days
    if behind in (0, 1):
        return ("今天", "昨天")[behind]
    said = f"{at.month}月{at.day}日"
    return said if at.year == now.year else f"{at.year}年{said}"


def profile(lead: Lead, *, owner: User | None, status: str, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    """What is known of him; numbers masked."""
    came = lead.created_at.astimezone(zone)
    pairs = (
        ("负责人", owner.name if owner else "公海"),
        ("状态", status),
        ("公司", lead.company),
        ("职位", lead.title),
        ("电话", lead.phone_masked),
        ("邮箱", lead.email_masked),
        ("地区", " ".join(dict.fromkeys(part for part in (lead.province, lead.city) if part))),
        ("行业", lead.industry),
        ("首次来源", " · ".join(part for part in (lead.source, lead.campaign) if part)),
        ("录入时间", f"{came.year}年{came.month}月{came.day}日 {came:%H:%M}"),
        ("评分", f"{lead.score} 分"),
        ("生命周期", lead.lifecycle),
    )
    return tuple(pair for pair in pairs if pair[1])
