"""Why somebody got a lead, or did not: sentences, each from something that was written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

NOW, THEN = "{lead_id} 由{name}负责（{at} 起）", "{lead_id} 曾由{name}负责（{at} 起）"
ROUTED = "规则：「{rule}」，{why}"
UNFIT = "；前面的{listed}不适用"
INPUTS = "（{listed}）"
CLAIMED, SLOWER = "{at} 在公海先点领取", "没领到的：{listed}"
GIVEN: Mapping[str, str] = {
    "assigned": "{by}指定{why}",
    "transferred": "{by}转交{why}",
    "created": "自己录入",
}
BY_SYSTEM = "系统"
CHOSEN: Mapping[str, str] = {
    "owner": "这条规则指定的就是他",
    "round_robin": "轮到他",
    "weighted": "按比例轮到他",
    "least_busy": "他手上最少（当时 {figure} 条）",
    "sticky": "之前同一家公司或同一来源的也是他在跟",
    "response": "前一位超时未跟进，轮到他",
}
REVEALED: Mapping[str, str] = {
    "fewest_today": "揭晓：登记的人里他今天领得最少（{figure} 条）",
    "underserved": "揭晓：登记的人里他 30 天分到最少（{figure} 条）",
    "lot": "揭晓：抽签抽到他",
}
PASSED_OVER = "没选：{listed}"
WHY_PASSED: Mapping[str, str] = {
    "missing": "通讯录里没有或已离职",
    "off_duty": "当时不在班",
    "full": "手上已满",
    "beaten": "没轮到",
    "taken": "没轮到",
    "capped_day": "当天已领满",
    "capped_holding": "手上已满",
    "cooling": "退回过，冷却期内",
    "embargoed": "还没到可领时间",
    "not_yours": "不在他的公海",
    "gone": "已不能领",
}
ENDED: Mapping[str, str] = {
    "released": "{at} 退回公海{why}",
    "recycled": "{at} 被收回{why}",
    "transferred": "{at} 转交出去{why}",
    "reassigned": "{at} 被{by}改派{why}",
    "left": "{at} 离职交出",
    "invalid": "{at} 标为无效{why}",
}
VERSION, VERSION_OLD = "规则版本 {version}", "规则版本 {version}（现在的规则已经改过）"
HAS_IT, HAS_IT_ME = "{lead_id} 就是{name}的。", "{lead_id} 就是你的。"
NOT_HEAD, NOT_HEAD_ME = "{lead_id} 没给{name}：", "{lead_id} 没给你："
PASSED = "「{rule}」时{why}"
TRIED: Mapping[str, str] = {
    "taken": "点领取时已被别人领走",
    "capped_day": "点领取时当天已领满",
    "capped_holding": "点领取时手上已满",
    "cooling": "点领取时还在冷却期：以前有过这条",
    "embargoed": "点领取时还没到可领时间",
    "off_duty": "点领取时不在班",
    "not_yours": "不在能领的公海里",
    "gone": "点领取时已不能领",
}
HAD = "有过这条，{ended}"
TAPPED_LOST = "登记过，揭晓时没轮到"
SHOWN = "{at} 推过卡片，没有点领取"
OTHER_POOL = "它在{pool}，不在能领的公海里"
AWAY = "不在班，没有推"
NOT_NAMED, NOT_SHOWN = "规则「{rule}」没有把它推给这位", "还没有推过"
HOW_OWNER = "{name}是{how}得到的（{at}）{why}"
HOW: Mapping[str, str] = {"claimed": "领取", "assigned": "分配", "transferred": "转交", "created": "自己录入"}
_FIELDS: Mapping[str, str] = {
    "region": "区域", "province": "省份", "city": "城市", "industry": "行业", "source": "来源",
    "campaign": "活动", "score": "当时评分",
}  # fmt: skip


def head(lead_id: str, name: str, at: datetime, *, is_now: bool) -> str:
    """Whose it is, or was."""
    return (NOW if is_now else THEN).format(lead_id=lead_id, name=name, at=_at(at))


def routed(rule: str, why: str, pool: str, inputs: Mapping[str, Any], at: datetime | None) -> str:
    """Which rule, by what; the fields that it looked at as they were."""
    known = [f"{label}：{inputs[key]}" for key, label in _FIELDS.items() if inputs.get(key)]
    unfit = "、".join(f"「{one}」" for one in inputs.get("unfit", ()))
    said = ROUTED.format(rule=rule, why=why or pool)
    said += UNFIT.format(listed=unfit) if unfit else ""
    said += INPUTS.format(listed="，".join(known)) if known else ""
    return f"{_at(at)} {said}" if at else said


def claimed(lost: Sequence[tuple[str, str]], at: datetime) -> str:
    """He tapped first; who else did, for those who may know."""
    said = CLAIMED.format(at=_at(at))
    listed = "，".join(f"{name} {_tried(outcome)}" for name, outcome in lost)
    return "；".join((said, SLOWER.format(listed=listed))) if listed else said


def given(how: str, by: str, reason: str) -> str:
    """Somebody decided."""
    why = f"：{reason}" if reason and by not in reason else ""
    return GIVEN.get(how, GIVEN["assigned"]).format(by=by or BY_SYSTEM, why=why)


def chosen(mode: str, by: str, figure: int | None) -> str:
    """Why he and no other of those whom the rule names."""
    pattern = REVEALED.get(by, "") if mode == "reveal" else CHOSEN.get(mode, "")
    return pattern.format(figure=0 if figure is None else figure)


def passed_over(others: Sequence[tuple[str, str, int | None]]) -> str:
    """Each of the others with his reason."""
    said = [
        f"{name} {WHY_PASSED.get(why, why)}" + (f"（{figure} 条）" if figure is not None else "")
        for name, why, figure in others
    ]
    return PASSED_OVER.format(listed="，".join(said))


def ended(how: str, reason: str, at: datetime, *, by: str) -> str:
    """How his time with it came to an end."""
    why = f"：{reason}" if reason else ""
    return ENDED.get(how, "{at} 结束{why}").format(at=_at(at), why=why, by=by or BY_SYSTEM)


def version(version: str, *, is_now: bool) -> str:
    """By which rules."""
    return (VERSION if is_now else VERSION_OLD).format(version=version)


def has_it(lead_id: str, name: str, *, is_me: bool) -> str:
    """There is nothing to explain."""
    return (HAS_IT_ME if is_me else HAS_IT).format(lead_id=lead_id, name=name)


def not_head(lead_id: str, name: str, *, is_me: bool) -> str:
    """What is asked; who has it instead is said with the reasons."""
    return (NOT_HEAD_ME if is_me else NOT_HEAD).format(lead_id=lead_id, name=name)


def passed(rule: str, why: str) -> str:
    """A rule thought of him."""
    return PASSED.format(rule=rule, why=WHY_PASSED.get(why, why))


def tried(outcome: str) -> str:
    """He tapped."""
    return _tried(outcome)


def had(how: str, reason: str, at: datetime) -> str:
    """It was his before."""
    return HAD.format(ended=ended(how, reason, at, by=""))


def shown(at: datetime) -> str:
    """He had it before him."""
    return SHOWN.format(at=_at(at))


def how_owner(name: str, how: str, reason: str, at: datetime) -> str:
    """How the present owner got it."""
    why = f"：{reason}" if reason else ""
    return HOW_OWNER.format(name=name, how=HOW.get(how, how), at=_at(at), why=why)


def _tried(outcome: str) -> str:
    return TRIED.get(outcome, outcome)


def _at(at: datetime) -> str:
    return f"{at.month}月{at.day}日 {at:%H:%M:%S}"
