"""What somebody's next words mean after a question of ours."""

from __future__ import annotations

import pytest

from bot.crm.approval_commands import AnswerApproval
from bot.crm.commands import (
    Ask,
    CancelDialogue,
    ChangeDeal,
    ClaimLead,
    EnterLead,
    GiveFeedback,
    HandOverTask,
    ListMyLeads,
    LoseDeal,
    MarkInvalid,
    MoveStage,
    PlanTask,
    PostponeTask,
    QuoteDeal,
    ReassignLead,
    RecordFollowUp,
    RecordPayment,
    ReleaseLead,
    SearchLeads,
    ShowHelp,
    WinDeal,
)
from bot.crm.digest_commands import EditDayReport
from bot.crm.phrases import answer, menu
from bot.crm.phrases.answers import KINDS
from bot.crm.phrases.menu import COMMANDS

LEAD, TASK, DEAL = {"lead_id": "L7"}, {"task_id": "T5"}, {"opportunity_id": "D4"}
CASES = (
    ("follow_up", LEAD, "已电话，客户要报价", RecordFollowUp("L7", "已电话，客户要报价")),
    ("plan", LEAD, "明天下午3点", PlanTask("L7", "明天下午3点")),
    ("postpone", TASK, "明天", PostponeTask("T5", "明天")),
    ("hand_over", TASK, "李娜", HandOverTask("T5", "李娜")),
    ("quote", DEAL, "48000 九五折", QuoteDeal("D4", "48000.00", "5")),
    ("quote", DEAL, "还没想好要报多少钱合适", QuoteDeal("D4", "还没想好要报多少钱合适")),
    ("win", DEAL, "4.8万", WinDeal("D4", "48000.00")),
    ("lose", DEAL, "价格", LoseDeal("D4", "价格")),
    ("payment", DEAL, "2万 昨天", RecordPayment("D4", "20000.00", "昨天")),
    ("payment", DEAL, "一点点", RecordPayment("D4", "一点点")),
    ("stage", DEAL, "商务谈判", MoveStage("D4", "商务谈判")),
    ("day_report", {"day": "2026-11-18"}, "今天拜访云帆", EditDayReport("2026-11-18", "今天拜访云帆")),
    ("deal_field", {**DEAL, "field": "product"}, "专业版", ChangeDeal("D4", "product", "专业版")),
    ("feedback", {}, "按钮太小", GiveFeedback("按钮太小")),
    ("enter_lead", {}, "张三 13800138000", EnterLead("张三 13800138000")),
    ("search", {}, "张三", SearchLeads("张三")),
    ("reassign", LEAD, "李娜", ReassignLead("L7", "李娜")),
    ("release", LEAD, "忙不过来", ReleaseLead("L7", "忙不过来")),
    ("invalid", LEAD, "空号", MarkInvalid("L7", "空号")),
    ("approval", {"approval_id": "P3"}, "折扣太深", AnswerApproval("P3", "refused", "折扣太深")),
)


@pytest.mark.parametrize(("kind", "state", "said", "command"), CASES)
def test_words_answer_the_open_question(kind: str, state: dict[str, str], said: str, command: object):
    assert answer(kind, state, said) == command


def test_every_kind_of_question_is_tried():
    assert {case[0] for case in CASES} == KINDS


@pytest.mark.parametrize(
    ("said", "command"),
    [("取消", CancelDialogue()), ("我的线索", ListMyLeads()), ("领取 L9", ClaimLead("L9"))],
)
def test_another_command_comes_before_the_answer(said: str, command: object):
    assert answer("follow_up", LEAD, said) == command


def test_a_question_of_an_older_program_is_no_trap():
    assert answer("long_gone", {}, "本月业绩") == Ask("本月业绩")


def test_the_menu_leads_to_commands():
    from bot.cards.menu import MENU

    keys = [entry.key for top in MENU for entry in top.entries]

    assert {*keys} == {*COMMANDS}
    assert menu("leads.mine") == ListMyLeads()
    assert menu("gone") == ShowHelp()
    assert len(MENU) <= 3
    assert all(len(top.entries) <= 5 and len(top.label) <= 4 for top in MENU)
    assert all(len(entry.label) <= 8 for top in MENU for entry in top.entries)
