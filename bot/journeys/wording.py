"""A step in the words of a marketer: 等待 3天, 触达「欢迎」."""

from __future__ import annotations

from typing import Any

from bot.crm.company import Company
from bot.crm.company import journey_steps as s
from bot.crm.company import journey_triggers as t
from bot.crm.company.journeys import ALWAYS, NEVER, Journey
from bot.crm.lead import LEAD_STATUS_LABELS, LeadStatus
from bot.rules.chinese import describe

_WHOM = {
    "owner": "负责人", "manager": "主管", "director": "总监", "executive": "老板", "marketer": "市场",
    "admin": "管理员", "manager_group": "主管群", "pool_group": "公海群",
}  # fmt: skip
_MOST = 40


def step(config: Any, company: Company) -> str:  # noqa: ANN401, C901, PLR0911, PLR0912 - one case a kind
    """What is done here."""
    match config:
        case s.Touch():
            return f"发「{_content(company, config.touch)}」"
        case s.Survey():
            return f"发问卷「{_content(company, config.survey)}」"
        case s.Coupon():
            return f"给券「{config.coupon}」"
        case s.Wait():
            return f"等 {config.wait}"
        case s.WaitUntil():
            offset = "" if config.offset == "0天" else f" {config.offset}"
            return f"等到{company.label_of(config.wait_until)}{offset} {config.at}"
        case s.WaitFor():
            return f"等{happening(config.wait_for, company)}，最多 {config.within}"
        case s.Branch():
            return f"看条件，{len(config.branch)} 条路"
        case s.Split():
            arms = "、".join(f"{arm.name} {arm.percent}%" for arm in config.arms)
            return f"分组「{config.split}」：{arms}" + (
                f"、对照 {config.hold_out}%" if config.hold_out else ""
            )
        case s.Loop():
            return f"循环，最多 {config.times} 次"
        case s.GiveTag():
            return f"打标签 {config.tag}"
        case s.TakeTag():
            return f"去标签 {config.untag}"
        case s.Score():
            return f"评分 {config.score:+d}"
        case s.SetField():
            return f"{company.label_of(config.set)}改成 {config.to}"
        case s.Lifecycle():
            return f"生命周期到 {config.lifecycle}"
        case s.SetStatus() | s.SetStage() | s.Approve():
            return _sales(config)
        case s.Assign():
            return "交给销售"
        case s.GiveTask():
            return f"建任务：{_cut(config.task)}"
        case s.Notify():
            return f"告诉{_WHOM[config.notify]}：{_cut(config.text)}"
        case s.Webhook():
            return f"通知外部系统 {config.webhook}"
        case s.EnterJourney() | s.LeaveJourney():
            return _joins(config, company)
        case _:
            return _ends(config, company)


def _joins(config: s.EnterJourney | s.LeaveJourney, company: Company) -> str:
    if isinstance(config, s.EnterJourney):
        return f"进入旅程「{_journey(company, config.enter)}」"
    return f"离开旅程「{_journey(company, config.leave)}」"


def _sales(config: s.SetStatus | s.SetStage | s.Approve) -> str:
    if isinstance(config, s.SetStatus):
        return f"线索状态改成 {LEAD_STATUS_LABELS[LeadStatus(config.status)]}"
    if isinstance(config, s.SetStage):
        return f"商机推进到 {config.stage}"
    return f"请{_WHOM[config.by]}审批：{_cut(config.approve)}，最多 {config.within}"


def _ends(config: Any, company: Company) -> str:  # noqa: ANN401 - goal or exit
    if isinstance(config, s.Goal):
        return f"目标：{describe(config.goal, company.registry)}"
    return f"结束：{config.exit}"


def happening(trigger: Any, company: Company) -> str:  # noqa: ANN401, PLR0911 - one case a kind
    """What begins a journey, or is waited for."""
    match trigger:
        case t.Event():
            said = company.scoring.events.get(trigger.event, trigger.event)
            where = f"（{trigger.object}）" if trigger.object else ""
            return f"第 {trigger.nth} 次{said}{where}" if trigger.nth else f"{said}{where}"
        case t.Submitted():
            form = company.form(trigger.form)
            return f"填了「{form.name if form else trigger.form}」"
        case t.Created():
            return "新线索"
        case t.Changed():
            to = "" if trigger.to is None else f"成 {trigger.to}"
            return f"{company.label_of(trigger.changed)}改{to or '了'}"
        case t.Status():
            return f"线索状态到 {LEAD_STATUS_LABELS[LeadStatus(trigger.status)]}"
        case t.Stage():
            return f"商机到 {trigger.stage}"
        case t.Quoted():
            over = trigger.discount_over
            return "报价" if over is None else f"报价折扣超过 {over}%"
        case t.Bought():
            return "下单" if trigger.bought == t.ANYTHING else f"买了{trigger.bought}"
        case t.Tagged():
            return f"打上标签 {trigger.tagged}"
        case _:
            return _other(trigger, company)


def _other(trigger: Any, company: Company) -> str:  # noqa: ANN401 - any kind
    match trigger:
        case t.Entered():
            segment = company.segments.meant(trigger.segment)
            return f"进入分群「{segment.name if segment else trigger.segment}」"
        case t.OnDate():
            offset = "" if trigger.offset == "0天" else f" {trigger.offset}"
            yearly = "每年" if trigger.yearly else ""
            return f"{yearly}{company.label_of(trigger.date)}{offset} {trigger.at}"
        case t.Scheduled():
            return str(trigger.schedule)
        case t.Manual():
            return "手工加入"
        case _:
            return "接口加入"


def entry(journey: Journey, company: Company) -> str:
    """Who enters, and how often."""
    begins = "，或".join(happening(one, company) for one in journey.enter)
    again = {NEVER: "一人一次", ALWAYS: "每次都进"}.get(journey.again, "")
    again = again or (
        f"每个 {journey.business_key} 一次" if journey.business_key else f"隔 {journey.again} 可再进"
    )
    only = f"；只给：{describe(journey.only, company.registry)}" if journey.only is not None else ""
    return f"{begins}（{again}）{only}"


def _content(company: Company, key: str) -> str:
    found = company.content.get(key)
    return found.name if found is not None else key


def _journey(company: Company, key: str) -> str:
    found = company.journeys.get(key)
    return found.name if found is not None else key


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
