"""Everybody tries everything on what is not his: nothing changes, nothing is told, and it leaves a row."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.card import plain
from bot.chat.inbound import PRIVATE
from bot.chat.outbound import Notice
from bot.crm import approval_commands as p
from bot.crm import assigning as a
from bot.crm import capture_commands as d
from bot.crm import commands as c
from bot.crm import content_commands as t
from bot.crm import digest_commands as g
from bot.crm import forecast_commands as f
from bot.crm import import_commands as i
from bot.crm import insight_commands as n
from bot.crm import journey_commands as j
from bot.crm import marketing_commands as m
from bot.crm import outreach_commands as u
from bot.crm import privacy_commands as v
from bot.crm import quality_commands as q
from bot.crm import result_commands as w
from bot.crm import touch_commands as o
from bot.crm import trial_commands as x
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.store import outbox
from bot.store.tables.meta import METADATA
from bot.worker.answering import answer
from bot.worker.reading import Request
from tests.handlers.workday import CHEN, GAO, LINA, LIU, ROUTER, TEAM, WANG, Day, told
from tests.intake.world import hire

MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="", platform="wecom")
ROOT = User(id="root", name="管理员", role=Role.ADMIN, region="", team="", platform="wecom")
GONE = User(id="gone", name="离职者", role=Role.REP, region=LINA.region, team="上海组", platform="wecom")
LEFT = replace(GONE, active=False)
STRANGERS = {"colleague": GAO, "elsewhere": CHEN, "other_manager": LIU, "marketer": MARY, "admin": ROOT}

NAME, COMPANY, PHONE, EMAIL, NOTE = (
    "欧阳金鸣",
    "金丝雀科技",
    "+8613912340077",
    "canary@jinsi.cn",
    "预算要保密",
)
TELLING = (NAME, "欧阳", COMPANY, "金丝雀", "13912340077", "139****0077", EMAIL, NOTE, "48000", "48,000")
#: Where refused tries may leave a trace.
TRACES = {"audit", "audit_head", "claims", "dialogues", "incidents", "outbox", "cards", "lanes", "counters"}

#: What an admin may do who sees no customers: prove consent, give somebody his data, take them away.
ADMINS_OWN = (o.ShowConsent, v.ExportPerson, v.ErasePerson)
#: Every command about something that has an owner, with L1, T1 and D1 put in.
ON_OTHERS = (
    c.ShowLead("L1"),
    c.RevealContact("L1"),
    c.ShowContactWay("L1"),
    c.ChangeLead("L1", "公司", "我的公司"),
    c.ChangeLead("L1", "电话", "13800000001"),
    c.ReleaseLead("L1"),
    c.ReleaseLead("L1", "无法联系"),
    c.MarkInvalid("L1"),
    c.MarkInvalid("L1", "空号"),
    c.ReassignLead("L1"),
    c.ReassignLead("L1", "gao"),
    c.ReassignLead("L1", "高峰"),
    q.MergeLeads("L1", "L2"),
    q.MergeLeads("L1", "L2", "yes"),
    q.KeepApart("L1", "L2"),
    q.UnmergeLeads("L1"),
    q.ShowCollisions("L1"),
    q.ShowTimeline("L1"),
    o.ExplainTouches("L1"),
    u.ServeCustomer("L1"),
    u.CheckGroupMessage("nobodys"),
    u.DeclineGroupMessage("nobodys"),
    o.ShowTouches("L1"),
    o.ShowConsent("L1"),
    o.StopMessages("L1", "", "不想收"),
    o.ResumeMessages("L1", "email", "又想收了"),
    v.ExportPerson("L1"),
    v.ErasePerson("L1", "本人要求"),
    v.ErasePerson("L1", "本人要求", "yes"),
    t.PreviewContent("新线索欢迎", "L1"),
    t.ShareContent("报价后说明", "L1"),
    t.ShareContent("价目表", "L1"),
    p.ShowApproval("P1"),
    p.AnswerApproval("P1", "approved"),
    p.AnswerApproval("P1", "refused", "不行"),
    j.JoinJourney("L1", "3个月未购买唤醒"),
    j.QuitJourney("L1", "3个月未购买唤醒"),
    j.QuitJourney("L1"),
    x.SimulateJourney("新线索欢迎", "L1"),
    f.ShowChance("L1"),
    a.GiveLeads("L1", "gao"),
    a.GiveLeads("L1", "gao", "yes"),
    a.LockLead("L1"),
    a.LockLead("L1", "off"),
    a.WhyAssigned("L1"),
    a.WhyAssigned("L1", "me", "no"),
    c.ConvertLead("L1"),
    c.ConvertLead("L1", "专业版", "5万", "月底"),
    m.TagLead("L1", "价格敏感"),
    m.UntagLead("L1", "价格敏感"),
    m.AcceptLead("L1"),
    m.RejectLead("L1", "没有需求"),
    c.BeginFollowUp("L1"),
    c.RecordFollowUp("L1", "已电话,下周二回访"),
    c.PlanTask("L1", "明天下午3点发合同"),
    c.BeginFollowUp("D1"),
    c.RecordFollowUp("D1", "已电话"),
    c.PlanTask("D1", "明天发合同"),
    c.ConvertLead("L2"),
    c.ConvertLead("D1"),
    c.ShowTask("T1"),
    c.CompleteTask("T1"),
    c.PostponeTask("T1"),
    c.PostponeTask("T1", "明天"),
    c.HandOverTask("T1"),
    c.HandOverTask("T1", "chen"),
    c.ShowDeal("D1"),
    c.ShowDeal("L2"),
    c.MoveStage("D1"),
    c.MoveStage("D1", "需求确认"),
    c.ChangeDeal("D1", "amount", "9万"),
    c.ChangeDeal("L2", "name", "我的"),
    c.QuoteDeal("D1"),
    c.QuoteDeal("D1", "9万", "5%"),
    c.WinDeal("D1"),
    c.WinDeal("D1", "9万"),
    c.LoseDeal("D1"),
    c.LoseDeal("D1", "价格"),
    c.RecordPayment("D1", "2万"),
)
#: Commands about nobody's or one's own things: what they show of others is tried below.
ON_ONES_OWN = (
    c.ListMyLeads(),
    c.ListMyTasks(),
    c.ListMyDeals(),
    c.ListStale("1"),
    c.ListOverdue(),
    c.SearchLeads(NAME),
    c.SearchLeads("金丝雀"),
    c.SearchLeads(PHONE),
    c.SearchLeads(EMAIL),
    c.SearchLeads("%"),
    c.SearchLeads("_"),
    c.ListPool(),
    p.ListApprovals(),
    u.ShowGroupMessages(),
    c.ClaimLead("L1"),
    a.GiveAllLeads("lina", "gao"),
    a.GiveAllLeads("lina", "gao", "all", "yes"),
    q.ListLookalikes(),
    q.ShowQuality(),
    q.ShowQuality("incomplete"),
    a.PreviewRecycling(),
    a.PreviewRecycling("1/1/1"),
    a.ShowFairness(),
    n.OpenDashboard(),
    g.ListSubscriptions(),
    g.ChangeSubscription("S1", "周二"),
    g.StopSubscription("S1"),
    g.PauseSubscription("S1", "7"),
    g.SendNow("S1"),
    g.SendDayReport("2026-11-18"),
    g.EditDayReport("2026-11-18", "今天拜访了客户"),
    g.LeaveDayReport("2026-11-18"),
    g.CompareChange(),
    g.CompareChange("1"),
    f.ShowCommitments(),
    f.ShowReview("lost"),
    f.ListReviewed("lost"),
)
#: These say something of oneself alone, or of the group in which they are said (see tests/rights).
HARMLESS = {
    v.KeepPerson,
    f.Commit,
    f.ShowChanceModel,
    f.ShowKpi,
    i.ImportFile,
    i.ConfirmImport,
    i.CancelImport,
    i.UndoImport,
    i.ListImports,
    q.CheckDuplicate,
    j.ListJourneys,
    j.ShowJourney,
    w.ShowResults,
    j.SetJourney,
    j.PublishJourney,
    j.RollBackJourney,
    j.StockCoupons,
    x.TryJourney,
    x.BacktestJourney,
    m.ListSegments,
    m.ShowSegment,
    t.ListContents,
    t.PullAsset,
    d.ShowDoors,
    d.RetryArrivals,
    d.ShowStandingWay,
    g.Subscribe,
    g.ShowDigest,
    c.SetDuty,
    c.GiveFeedback,
    c.CancelDialogue,
    c.EnterLead,
    c.Ask,
    c.ShowHelp,
    c.BindGroup,
    c.FreeGroup,
    c.AskBindingCode,
    c.BindAccount,
}


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    """Li Na has L1 with task T1, and L2 that has become D1; three days later all of it is late."""

    async def begin(desk: Any) -> None:
        await hire(desk, *TEAM, MARY, ROOT, GONE)

    await unit(begin)
    day = Day(unit, clock)
    for phone in (PHONE, "+8613912340078"):
        await day.lead(name=NAME, company=COMPANY, phone=phone)
    await day.says(LINA, "改 L1 邮箱 canary@jinsi.cn")
    await day.says(LINA, f"提醒 L1 今天下午5点问{NOTE}")
    await day.says(LINA, "L2 转商机 专业版 48000")
    day.push(days=3)
    return day


async def contents(unit: Any) -> dict[str, list[Any]]:
    """Every row that a try must not touch."""
    tables = [table for name, table in METADATA.tables.items() if name not in TRACES]

    async def look(desk: Any) -> dict[str, list[Any]]:
        return {table.name: sorted(map(str, await desk.tx.all(select(table)))) for table in tables}

    return await unit(look)


async def tries(day: Day, who: User, command: object, *, tapped: bool = False, chat: str = PRIVATE) -> Any:
    """As the worker would carry it out."""
    scope = {"tapped": tapped, "chat": chat}

    def work(desk: Any) -> Any:
        return ROUTER.route(command).handler(command, Scope(desk, who, **scope))

    return await day.unit(work)


def test_every_command_is_tried_here():
    """A new command makes somebody decide what others may do with it."""
    persons = {
        getattr(module, name)
        for module in (a, c, d, f, g, i, j, m, n, o, p, q, t, u, v, w, x)
        for name in vars(module)
        if isinstance(getattr(module, name), type)
    }
    commands = {one for one in ROUTER.commands() if one in persons}

    assert commands == {type(one) for one in (*ON_OTHERS, *ON_ONES_OWN)} | HARMLESS


@pytest.mark.parametrize("stranger", [*STRANGERS, "left"])
async def test_a_stranger_changes_nothing_learns_nothing_and_leaves_a_row(day: Day, unit: Any, stranger: str):
    """By button and by word, alone and in a group, whoever he is."""
    who = STRANGERS.get(stranger, LEFT)
    before, told_of = await contents(unit), []
    tried = [one for one in ON_OTHERS if stranger != "admin" or not isinstance(one, ADMINS_OWN)]
    for command, tapped in itertools.product(tried, (False, True)):
        refused = len(await day.rows(METADATA.tables["audit"]))
        reply = await tries(day, who, command, tapped=tapped)
        told_of += [(command, word) for word in TELLING if word in told(reply)]
        if not ROUTER.route(command).reads:
            assert len(await day.rows(METADATA.tables["audit"])) == refused + 1, command

    assert told_of == []
    assert await contents(unit) == before


@pytest.mark.parametrize("stranger", list(STRANGERS))
async def test_lists_and_searches_show_nobody_elses(day: Day, stranger: str):
    """Who knows a phone learns whose it is, never whose name it bears."""
    for command in ON_ONES_OWN:
        reply = await tries(day, STRANGERS[stranger], command)
        said = told(reply)
        for echoed in ("找到 1 条：", "没有找到："):
            said = said.replace(f"{echoed}{getattr(command, 'text', '')[:16]}", "")
        assert [word for word in TELLING if word in said] == [], command


@pytest.mark.parametrize("command", [*ON_OTHERS, *ON_ONES_OWN], ids=repr)
async def test_in_a_group_not_even_the_owner_makes_us_tell(day: Day, command: object):
    """Names, notes and numbers are for him alone."""
    for who in (LINA, WANG):
        request = Request(command=command, actor=who, account=who.id, chat="group-1")

        async def work(desk: Any, request: Request = request) -> None:
            scope = Scope(desk, request.actor, chat=request.chat)
            reply = await ROUTER.route(request.command).handler(request.command, scope)
            await answer(desk, request, reply, platform="wecom", key=f"try:{request.actor.id}")

        await day.unit(work)
    said = "\n".join(await day.texts_to("group-1"))
    assert [word for word in (NAME, PHONE[3:], EMAIL, NOTE) if word in said] == []
    assert said


async def test_what_does_not_exist_and_what_is_not_his_sound_the_same(day: Day):
    """Otherwise numbers could be tried one after the other."""
    for command in ON_OTHERS:
        field = next(iter(command.__dataclass_fields__))
        number = getattr(command, field)
        other = replace(command, **{field: f"{number[0]}987"})
        own, none = await tries(day, CHEN, command), await tries(day, CHEN, other)
        assert told(own).replace(number, "#") == told(none).replace(f"{number[0]}987", "#"), command


async def test_who_had_a_deal_reads_no_more_of_it(day: Day):
    """His card stays in his chat; what his successor quotes is not drawn on it."""
    shown = (await day.says(LINA, "D1")).card

    async def hang(desk: Any) -> None:
        await outbox.post(desk, Notice(to="lina", key="d1", card=shown, topic="deal:D1"))
        await outbox.post(desk, Notice(to="wang", key="d1", card=shown, topic="deal:D1"))

    await day.unit(hang)
    await day.says(WANG, "L2 改派 高峰")
    await day.says(GAO, "报价 D1 39999")

    (hers,), (his,) = await day.cards_of(LINA, "deal:D1"), await day.cards_of(WANG, "deal:D1")
    assert (hers.note, hers.buttons, hers.fields) == ("已由高峰负责", (), ())
    assert "39,999" in plain(his)


async def test_a_task_of_a_customer_is_not_handed_to_whoever_sells_nothing(day: Day):
    """Marketing and administration see no person's rows, so nobody can give them one."""
    for name in ("周婷", "mary", "管理员", "root"):
        await day.says(LINA, f"T1 转交 {name}")
        await tries(day, LINA, c.HandOverTask("T1", name))
        assert (await day.task("T1")).owner_id == "lina"
