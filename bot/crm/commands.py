"""Everything a person can ask for: one frozen dataclass each. All fields are text; empty means not said."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("lead.claim")
@dataclass(frozen=True, slots=True)
class ClaimLead:
    """Make me the owner of this lead (领取)."""

    lead_id: str
    #: The page of the pool's list on which it was pressed: the list stays for the next one.
    page: str = ""


@wire("lead.show")
@dataclass(frozen=True, slots=True)
class ShowLead:
    """Show me this lead as it stands now."""

    lead_id: str


@wire("lead.reveal")
@dataclass(frozen=True, slots=True)
class RevealContact:
    """Give me the phone number and e-mail of my lead (看电话)."""

    lead_id: str


@wire("lead.contact_way")
@dataclass(frozen=True, slots=True)
class ShowContactWay:
    """Give me the QR code by which this customer adds me on WeChat (加微码)."""

    lead_id: str


@wire("lead.enter")
@dataclass(frozen=True, slots=True)
class EnterLead:
    """Take down a lead that I met myself (录线索): the text as it was written."""

    text: str = ""


@wire("lead.change")
@dataclass(frozen=True, slots=True)
class ChangeLead:
    """Correct a field of my lead (改 L7 公司 云帆)."""

    lead_id: str
    field: str
    value: str


@wire("lead.release")
@dataclass(frozen=True, slots=True)
class ReleaseLead:
    """Give my lead back to its pool (退回); without a reason, ask me for one."""

    lead_id: str
    reason: str = ""


@wire("lead.invalid")
@dataclass(frozen=True, slots=True)
class MarkInvalid:
    """Mark my lead as worthless (无效); without a reason, ask me for one."""

    lead_id: str
    reason: str = ""


@wire("lead.reassign")
@dataclass(frozen=True, slots=True)
class ReassignLead:
    """Give this lead to somebody (改派, 转交); without a name, ask me for one."""

    lead_id: str
    to: str = ""


@wire("lead.convert")
@dataclass(frozen=True, slots=True)
class ConvertLead:
    """Make an account and an opportunity of my lead (转商机)."""

    lead_id: str
    product: str = ""
    amount: str = ""
    expected_close_on: str = ""


@wire("lead.search")
@dataclass(frozen=True, slots=True)
class SearchLeads:
    """Find leads by name, phone or company (查)."""

    text: str


@wire("leads.mine")
@dataclass(frozen=True, slots=True)
class ListMyLeads:
    """The leads I work on, the hot ones first (我的线索)."""

    page: str = ""


@wire("leads.pool")
@dataclass(frozen=True, slots=True)
class ListPool:
    """What lies in the pools that I may take from (公海)."""

    page: str = ""


@wire("leads.stale")
@dataclass(frozen=True, slots=True)
class ListStale:
    """Leads that nobody followed up for some days, with names (未跟进)."""

    days: str = ""
    page: str = ""


@wire("follow_up.begin")
@dataclass(frozen=True, slots=True)
class BeginFollowUp:
    """I am about to write down what I did with this lead (跟进 on a card)."""

    lead_id: str


@wire("follow_up.record")
@dataclass(frozen=True, slots=True)
class RecordFollowUp:
    """Write down what I did (跟进 L7 已电话,客户要报价,下周二回访)."""

    lead_id: str
    text: str


@wire("tasks.mine")
@dataclass(frozen=True, slots=True)
class ListMyTasks:
    """What I have to do, overdue first (我的任务)."""

    page: str = ""


@wire("tasks.overdue")
@dataclass(frozen=True, slots=True)
class ListOverdue:
    """Overdue tasks of my people, with names (逾期)."""

    page: str = ""


@wire("task.show")
@dataclass(frozen=True, slots=True)
class ShowTask:
    """Show me this task."""

    task_id: str


@wire("task.complete")
@dataclass(frozen=True, slots=True)
class CompleteTask:
    """I have done it (完成)."""

    task_id: str


@wire("task.postpone")
@dataclass(frozen=True, slots=True)
class PostponeTask:
    """Later (推迟): `until` as it was said or chosen; without it, ask me."""

    task_id: str
    until: str = ""


@wire("task.hand_over")
@dataclass(frozen=True, slots=True)
class HandOverTask:
    """Somebody else shall do it (转交); without a name, ask me for one."""

    task_id: str
    to: str = ""


@wire("deal.show")
@dataclass(frozen=True, slots=True)
class ShowDeal:
    """Show me this opportunity."""

    opportunity_id: str


@wire("deals.mine")
@dataclass(frozen=True, slots=True)
class ListMyDeals:
    """The opportunities I work on (我的商机)."""

    page: str = ""


@wire("deal.stage")
@dataclass(frozen=True, slots=True)
class MoveStage:
    """Move my opportunity to a stage; without one, ask me."""

    opportunity_id: str
    stage: str = ""


@wire("deal.change")
@dataclass(frozen=True, slots=True)
class ChangeDeal:
    """Set product, amount or expected close (商机 D4 金额 50000)."""

    opportunity_id: str
    field: str
    value: str


@wire("deal.quote")
@dataclass(frozen=True, slots=True)
class QuoteDeal:
    """I quoted this amount, with this discount in per cent off (报价 D4 48000 折扣5%)."""

    opportunity_id: str
    amount: str = ""
    discount: str = ""


@wire("deal.win")
@dataclass(frozen=True, slots=True)
class WinDeal:
    """Won (赢单); the amount if it differs."""

    opportunity_id: str
    amount: str = ""


@wire("deal.lose")
@dataclass(frozen=True, slots=True)
class LoseDeal:
    """Lost (输单); without a reason, ask me for one."""

    opportunity_id: str
    reason: str = ""


@wire("deal.payment")
@dataclass(frozen=True, slots=True)
class RecordPayment:
    """Money came in (回款 D4 20000)."""

    opportunity_id: str
    amount: str
    on: str = ""


@wire("duty.set")
@dataclass(frozen=True, slots=True)
class SetDuty:
    """I take new leads from now on (`on`), or not (`off`), `until` as it was said (值班, 请假)."""

    state: str
    until: str = ""
    #: From when he is away; empty: from now on.
    since: str = ""
    #: The name of who answers for him.
    cover: str = ""


@wire("group.bind")
@dataclass(frozen=True, slots=True)
class BindGroup:
    """Ring a pool's leads in this group from now on (绑定本群 华东); without a name, my own region's."""

    pool: str = ""


@wire("group.free")
@dataclass(frozen=True, slots=True)
class FreeGroup:
    """Ring here no more (解绑本群)."""


@wire("account.code")
@dataclass(frozen=True, slots=True)
class AskBindingCode:
    """Give me a code by which I say in my other chat app that I am the same person (绑定)."""


@wire("account.bind")
@dataclass(frozen=True, slots=True)
class BindAccount:
    """I am the one who got this code in his other chat app (绑定 AB12CD)."""

    code: str


@wire("help")
@dataclass(frozen=True, slots=True)
class ShowHelp:
    """What can I say here? (帮助)"""

    topic: str = ""


@wire("feedback")
@dataclass(frozen=True, slots=True)
class GiveFeedback:
    """Tell the makers of this installation something (反馈)."""

    text: str = ""


@wire("cancel")
@dataclass(frozen=True, slots=True)
class CancelDialogue:
    """Forget what you were asking me (取消)."""


@wire("ask")
@dataclass(frozen=True, slots=True)
class Ask:
    """A question about the pipeline, or words that nothing else understood."""

    text: str


@wire("task.plan")
@dataclass(frozen=True, slots=True)
class PlanTask:
    """Remind me of something (提醒 L7 明天下午3点发合同); `lead_id` may be empty."""

    lead_id: str
    text: str
