"""Columns of the records behind a number, as their readers see them."""

from __future__ import annotations

from collections.abc import Mapping

WHEN, ID, WHO, PHONE, OWNER = "时间", "编号", "客户", "电话", "现负责人"
LEAD, DEAL, NAME, BY, HOW = "线索", "商机", "名称", "跟进人", "方式"
SOURCE, STATUS, SCORE, REGION, INDUSTRY = "来源", "状态", "评分", "大区", "行业"
STAGE, AMOUNT, PRODUCT, REASON, DUE = "阶段", "金额", "产品", "原因", "应完成"
FORM, CAMPAIGN, CITY, CHANNEL, MARK = "表单", "活动", "城市", "触达渠道", "评分"
STEP = "走到"
YES, NO = "是", "否"
NOT_YOURS = "现在不归你看"
OPEN, CLOSED = "处理中", "已关闭"
#: Who it is about and whose it is; a marketer gets none of it.
OF_PEOPLE = frozenset({WHO, PHONE, OWNER, NAME, BY})
#: Kinds whose ids people say.
SAID_ALOUD = frozenset({"leads", "opportunities", "tasks", "accounts"})
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "leads": (ID, WHO, PHONE, SOURCE, STATUS, SCORE, REGION, INDUSTRY, OWNER),
    "opportunities": (ID, NAME, WHO, STAGE, AMOUNT, PRODUCT, SOURCE, REASON, OWNER),
    "follow_ups": (LEAD, WHO, HOW, BY, SOURCE, OWNER),
    "tasks": (ID, NAME, LEAD, WHO, STATUS, OWNER),
    "payments": (DEAL, NAME, AMOUNT, OWNER),
    "submissions": (LEAD, WHO, FORM, SOURCE, CAMPAIGN, OWNER),
    "accounts": (ID, WHO, INDUSTRY, CITY, OWNER),
    "costs": (SOURCE, CAMPAIGN, AMOUNT),
    "touches": (LEAD, WHO, CHANNEL, CAMPAIGN, STATUS, OWNER),
    "surveys": (LEAD, WHO, PRODUCT, OWNER),
    "complaints": (LEAD, WHO, REASON, PRODUCT, STATUS, OWNER),
}
#: What a record put into a number of this unit.
OWN: Mapping[str, str] = {
    "percent": "算在内", "minutes": "工作分钟", "days": "天数", "money": "金额", "mark": "评分",
}  # fmt: skip
TASK_STATES: Mapping[str, str] = {"open": "未完成", "done": "已完成", "cancelled": "已取消"}
#: By the column whose moment says it; the furthest first.
TOUCH_STATES: Mapping[str, str] = {
    "failed_at": "失败", "bounced_at": "退回", "unsubscribed_at": "已退订", "clicked_at": "已点击",
    "opened_at": "已打开", "delivered_at": "已送达", "sent_at": "已发送",
}  # fmt: skip
#: Of what the records are, for «共 12 …».
NOUNS: Mapping[str, str] = {
    "leads": "条线索", "opportunities": "个商机", "follow_ups": "条跟进", "tasks": "个任务",
    "payments": "笔回款", "submissions": "次提交", "accounts": "家客户", "costs": "笔花费",
    "touches": "次触达", "surveys": "份问卷", "complaints": "个投诉",
}  # fmt: skip
