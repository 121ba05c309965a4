"""How each moment of a customer's history is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.cards.texts import quality
from bot.cards.texts import touch as touch_texts
from bot.crm.company import Company
from bot.crm.follow_up import KIND_LABELS
from bot.crm.lead import LEAD_STATUS_LABELS
from bot.crm.timeline import Moment
from bot.crm.touching import Purpose, TouchState
from bot.crm.user import SYSTEM

BY_RULE = "系统"
#: The behaviour whose object is a form.
_FORM = "form_submitted"
_STATES: Mapping[str, str] = {"open": "待办", "done": "已完成", "cancelled": "已取消"}
_SENT: Mapping[str, str] = {
    "sent": "已发送",
    "pending": "待发送",
    "leased": "待发送",
    "sending": "发送中",
    "failed": "发送失败",
    "skipped": "没有发送",
    "unknown": "不知是否送达",
}
_MESSAGES: Mapping[str, str] = {"welcome": "欢迎语", "mail": "邮件", "sms": "短信", "wechat": "微信消息"}
_CHANNELS: Mapping[str, str] = {
    "web": "网页",
    "app": "应用",
    "mail": "邮件",
    "form": "表单",
    "wechat": "微信",
    "import": "导入",
    "api": "接口",
}
_ENDED: Mapping[str, str] = {
    "released": "退回公海",
    "recycled": "收回公海",
    "transferred": "转交出去",
    "reassigned": "被改派",
    "left": "离职",
    "invalid": "标为无效",
    "merged": "随合并转走",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history: what happened, more of it, and who did it."""

    title: str
    detail: str = ""
    by: str = ""


def told(moment: Moment, company: Company, names: Mapping[str, str]) -> Told:
    """Say it; a sort that has no words of its own is called by its name."""
    say = _SAY.get(moment.what)
    found = say(moment, company) if say else Told(moment.what)
    by = "" if moment.by == SYSTEM.id else moment.by
    return Told(found.title, found.detail, names.get(by, by))


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _follow_up(moment: Moment, company: Company) -> Told:
    del company
    labels = {kind.value: label for kind, label in KIND_LABELS.items()}
    return Told(f"跟进（{labels.get(moment.facts['kind'], moment.facts['kind'])}）", moment.facts["text"])


def _task(moment: Moment, company: Company) -> Told:
    due = datetime.fromisoformat(moment.facts["due_at"]).astimezone(company.org.zone)
    state = _STATES.get(moment.facts["state"], moment.facts["state"])
    title = f"任务 {moment.facts['id']} {state}"
    return Told(title, _join(moment.facts["title"], f"截止 {due.month}月{due.day}日 {due:%H:%M}"))


def _stage(moment: Moment, company: Company) -> Told:
    del company
    facts = moment.facts
    moved = f"{facts['before']} → {facts['after']}" if facts["before"] else facts["after"]
    return Told(f"商机 {facts['opportunity_id']}：{moved}", _spoken(facts["reason"]))


def _amount(label: str) -> Callable[[Moment, Company], Told]:
    def say(moment: Moment, company: Company) -> Told:
        del company
        facts = moment.facts
        off = f"优惠 {facts['discount']}%" if facts.get("discount") not in (None, "", "0", "0.00") else ""
        return Told(
            f"{label} {facts['amount']} 元",
            _join(facts.get("opportunity_id", ""), facts.get("product", ""), off),
        )

    return say


def _behaviour(moment: Moment, company: Company) -> Told:
    event = moment.facts["event"]
    channel = _CHANNELS.get(moment.facts["channel"], moment.facts["channel"])
    form = company.form(moment.facts["object"]) if event == _FORM else None
    return Told(
        company.scoring.events.get(event, event),
        _join(form.name if form else moment.facts["object"], channel),
    )


def _submission(moment: Moment, company: Company) -> Told:
    form = company.form(moment.facts["form"])
    title = "再次咨询" if moment.facts["kind"] == "re_enquiry" else "提交表单"
    return Told(
        title,
        _join(form.name if form else moment.facts["form"], moment.facts["source"], moment.facts["campaign"]),
    )


def _touch_point(moment: Moment, company: Company) -> Told:
    del company
    facts = moment.facts
    return Told(
        f"来自{facts['source'] or '直接访问'}",
        _join(facts["medium"], facts["campaign"], facts["term"], facts["page"]),
    )


def _consent(moment: Moment, company: Company) -> Told:
    version = moment.facts["version"]
    return Told(
        touch_texts.SAID_YES if moment.facts["given"] else f"{touch_texts.SAID_NO}{touch_texts.SAID_YES}",
        _join(
            touch_texts.purpose(company, moment.facts["purpose"]),
            touch_texts.VERSION.format(version=version) if version else "",
        ),
    )


def _fixed(title: str) -> Callable[[Moment, Company], Told]:
    return lambda _moment, _company: Told(title)


def _touch(moment: Moment, company: Company) -> Told:
    del company
    sent = _SENT.get(moment.facts["state"], moment.facts["state"])
    return Told(f"{_MESSAGES.get(moment.facts['kind'], moment.facts['kind'])}{sent}", moment.facts["reason"])


def _message(moment: Moment, company: Company) -> Told:
    facts = moment.facts
    library = company.content.get(facts["content"])
    names = {one.key: one.name for one in company.channels.channels}
    by = names.get(facts["channel"], facts["channel"]) or touch_texts.PURPOSES[Purpose(facts["purpose"])]
    state = touch_texts.STATES[TouchState(facts["state"])]
    return Told(f"{by}{state}", library.name if library else facts["content"])


def _points(moment: Moment, company: Company) -> Told:
    del company
    return Told(f"评分 {int(moment.facts['points']):+d}，共 {moment.facts['score']}", moment.facts["reason"])


def _tag(moment: Moment, company: Company) -> Told:
    del company
    return Told(
        f"{'加' if moment.facts['given'] else '去掉'}标签 {moment.facts['tag']}", moment.facts["reason"]
    )


def _owned(moment: Moment, company: Company) -> Told:
    del company
    return Told(
        f"开始负责（{quality.TENURES.get(moment.facts['how'], moment.facts['how'])}）", moment.facts["reason"]
    )


def _ended(moment: Moment, company: Company) -> Told:
    del company
    how = moment.facts["ended_how"]
    return Told(f"不再负责（{_ENDED.get(how, how)}）", moment.facts["ended_reason"])


def _collision(moment: Moment, company: Company) -> Told:
    del company
    matched = quality.MATCHED.get(moment.facts["matched"], moment.facts["matched"])
    return Told(f"撞单：{quality.HOW.get(moment.facts['how'], '')}这位客户", f"{matched}相同")


def _spoken(reason: str) -> str:
    """A reason in people's words; the program's own words are left out."""
    return "" if reason.isascii() else reason


def _status(moment: Moment, company: Company) -> Told:
    del company
    labels = {status.value: label for status, label in LEAD_STATUS_LABELS.items()}
    before, after = (labels.get(moment.facts[one], moment.facts[one]) for one in ("before", "after"))
    reason = moment.facts["reason"]
    return Told(f"状态 {before} → {after}" if before else f"状态 {after}", _spoken(reason))


def _lifecycle(moment: Moment, company: Company) -> Told:
    del company
    before, after = moment.facts["before"], moment.facts["after"]
    return Told(f"生命周期 {before} → {after}" if before else f"生命周期 {after}")


def _field(moment: Moment, company: Company) -> Told:
    facts = moment.facts
    field = company.fields.get(facts["field"])
    if field is not None and field.personal:
        return Told(f"改了{field.label}")
    label = company.label_of(facts["field"])
    return Told(f"改了{label}", f"{facts['before'] or '空'} → {facts['after'] or '空'}")


def _merge(said: str) -> Callable[[Moment, Company], Told]:
    return lambda moment, _: Told(said.format(gone=moment.facts["gone"], kept=moment.facts["kept"]))


_SAY: Mapping[str, Callable[[Moment, Company], Told]] = {
    "follow_up": _follow_up,
    "task": _task,
    "stage": _stage,
    "quote": _amount("报价"),
    "payment": _amount("回款"),
    "order": _amount("订单"),
    "behaviour": _behaviour,
    "submission": _submission,
    "touch_point": _touch_point,
    "consent": _consent,
    "wechat": _fixed("加了微信"),
    "wechat_ended": _fixed("删了微信"),
    "touch": _touch,
    "message": _message,
    "points": _points,
    "tag": _tag,
    "owned": _owned,
    "ended": _ended,
    "collision": _collision,
    "status": _status,
    "lifecycle": _lifecycle,
    "field": _field,
    "merged": _merge("{gone} 并入 {kept}"),
    "unmerged": _merge("撤销合并：{gone} 与 {kept} 分开"),
}
#: Every sort that has words: a test holds it against what is read.
SORTS = frozenset(_SAY)
