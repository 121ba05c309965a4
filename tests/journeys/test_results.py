"""What a journey brought, as it is told in a chat: who counts, until when, in which arm, and to whom it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from bot.chat.outbound import Reply
from bot.crm.lead import LeadStatus
from bot.crm.phrases import parse
from bot.crm.result_commands import ShowResults
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.insight.results.report import Report, report
from bot.journeys.outline import ALL, outline_of
from bot.journeys.simulate import Happening
from bot.journeys.step import chance
from bot.store import journeys
from bot.store.enrollments import of_leads
from bot.store.reads.journey_nodes import Whom, node_counts
from bot.store.tables.journeys import journey_enrollments
from bot.store.tables.leads import leads
from bot.worker import journey_results
from tests.conftest import NOW
from tests.handlers.workday import GAO, LINA, ROUTER, WANG
from tests.intake.world import hire
from tests.journeys.fleet import Fleet, with_journeys
from tests.touch.house import bench_of

MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="", platform="wecom")
DAY = timedelta(days=1)
N = 30
WELCOME = {
    "enter": [{"form": "whitepaper"}],
    "goal": {"field": "order_count", "op": ">=", "value": 1},
    "goal_days": 10,
    "steps": [
        {
            "split": "首封",
            "arms": [
                {"name": "短", "percent": 40, "steps": [{"touch": "a"}]},
                {"name": "长", "percent": 30, "steps": [{"touch": "b"}]},
            ],
            "hold_out": 30,
        },
        {"wait": "3天"},
        {"touch": "c"},
    ],
}


@pytest.fixture
async def fleet(store, company) -> Fleet:
    """One journey with an experiment, thirty people in it, half of them in each of two regions."""
    found = Fleet(store, with_journeys(company, {"欢迎": WELCOME}), NOW)
    await found.do(lambda desk: hire(desk, MARY, LINA, WANG, GAO))
    for n in range(N):
        await found.lead(f"L{n}", external_id=f"e{n}", region=WANG.region if n % 2 else "华南大区")
    await found.define()
    for n in range(N):
        await found.happen(Happening(NOW, "form", "whitepaper"), f"L{n}")
    await found.settle()
    return found


async def say(fleet: Fleet, words: str | object, actor: User = MARY, chat: str = "private") -> Reply:
    command = parse(words) if isinstance(words, str) else words
    route = ROUTER.route(command)
    return await fleet.do(lambda desk: route.handler(command, Scope(desk=desk, actor=actor, chat=chat)))


def told(reply: Reply) -> str:
    card = reply.card
    if card is None:
        return reply.text
    fields = [f"{one.label} {one.value}" for one in card.fields]
    buttons = [one.label for one in card.buttons]
    return "\n".join((card.title, card.note, *fields, card.text, reply.text, *buttons))


async def found_of(fleet: Fleet, version: str = "", region: str = "") -> Report:
    async def work(desk) -> Report:
        outline = await outline_of(desk.tx, desk.company, "欢迎", version, region=region)
        return await report(desk.tx, outline, now=desk.now)

    return await fleet.do(work)


def arms(found: Report) -> dict[str, tuple[int, int, int, float]]:
    """By arm: people, reached, bought, money."""
    return {one.name: (one.n, one.successes, one.bought, one.money.total) for one in found.trials[0].lines}


def arm_of(n: int) -> str:
    """By who he is, reckoned anew."""
    drawn = chance(f"L{n}", "首封") * 100
    return "短" if drawn < 40 else "长" if drawn < 70 else "hold_out"


OF = {name: [n for n in range(N) if arm_of(n) == name] for name in ("短", "长", "hold_out")}


async def buys(fleet: Fleet, n: int, amount: int = 500, *, at=None) -> None:
    happening = Happening(at or fleet.now, "order", "基础版", value=Decimal(amount))
    await fleet.happen(happening, f"L{n}")


async def night(fleet: Fleet, vault, random_bytes) -> None:
    bench, _ = bench_of(fleet.store, fleet.company, lambda: fleet.now, vault, random_bytes)
    await journey_results.nightly(bench)


async def test_who_asks_is_told_what_came_of_it(fleet):
    """Arms beside the control, steps with people, and no conclusion from thirty people."""
    for n in (OF["短"][0], OF["短"][1], OF["hold_out"][0]):
        await buys(fleet, n)
    await fleet.pass_until(NOW + 4 * DAY)

    said = told(await say(fleet, "旅程 欢迎 结果"))

    assert "旅程结果：欢迎" in said
    assert "第 1 版 · 进入后 10 天内算数" in said
    assert "进入 30 人，现在里面 0" in said
    assert "已结束 走完 27、达成目标 3" in said
    assert "达成目标 3 人，10.0%（3.5%～25.6%）" in said
    assert "成交 3 人，10.0%（3.5%～25.6%），共 ¥1,500" in said
    short = len(OF["短"])
    assert f"短：{short} 人，达成目标 2（{200 / short:.1f}%），人均 ¥{1000 / short:.0f}" in said.replace(
        ".00", ""
    )
    assert said.count("人还少，先别下结论") == 3
    assert "还看不出差别" not in said
    assert "4. 等 3天：到达 30，达成目标 3" in said


@pytest.mark.parametrize(
    ("words", "version"),
    [
        ("旅程 欢迎 结果", ""), ("效果 旅程 欢迎", ""), ("旅程结果 欢迎", ""), ("欢迎旅程效果怎么样", ""),
        ("看看旅程欢迎的效果", ""), ("旅程 欢迎 结果 第 2 版", "2"), ("旅程 欢迎 结果 全部版本", "all"),
    ],
)  # fmt: skip
def test_it_is_asked_for_in_several_ways(words, version):
    assert parse(words) == ShowResults("欢迎", version)


async def test_arms_are_those_that_were_given(fleet):
    """By the hash of who somebody is: the same as reckoned anew, and nothing sent in the hold-out."""
    found = await found_of(fleet)

    assert {name: n for name, (n, *_) in arms(found).items()} == {k: len(v) for k, v in OF.items()}
    assert [one.content for one in fleet.asked].count("a") == len(OF["短"])
    assert len(fleet.asked) == len(OF["短"]) + len(OF["长"])


async def test_whoever_was_held_out_counts_though_nothing_was_sent(fleet, vault, random_bytes):
    """He makes no step in which his goal could be found: a night's look finds it."""
    one = OF["hold_out"][0]
    await fleet.pass_until(NOW + 4 * DAY)
    await buys(fleet, one)
    assert arms(await found_of(fleet))["hold_out"] == (len(OF["hold_out"]), 0, 1, 500.0)

    await night(fleet, vault, random_bytes)
    await night(fleet, vault, random_bytes)

    assert arms(await found_of(fleet))["hold_out"] == (len(OF["hold_out"]), 1, 1, 500.0)


async def test_only_what_comes_within_the_window_counts(fleet, vault, random_bytes):
    """Ten days from his entry, to the second for what was bought; a night later for what a night's look sees."""
    early, last, late = OF["短"][:3]
    await buys(fleet, early, at=NOW - DAY)
    await buys(fleet, last, at=NOW + 10 * DAY)
    await buys(fleet, late, at=NOW + 10 * DAY + timedelta(seconds=1))

    assert arms(await found_of(fleet))["短"][2:] == (1, 500.0)

    # The same of goals: two ways on, one in time.
    other = OF["长"][:2]
    await fleet.pass_until(NOW + 4 * DAY)
    fleet.now = NOW + 9 * DAY
    await buys(fleet, other[0])
    await night(fleet, vault, random_bytes)
    fleet.now = NOW + 12 * DAY
    await buys(fleet, other[1])
    await night(fleet, vault, random_bytes)
    assert arms(await found_of(fleet))["长"][1] == 1


async def test_a_goal_that_was_there_before_is_no_success(store, company):
    """He had bought long before: he leaves at once, counts nowhere as reached, and is in no arm."""
    fleet = Fleet(store, with_journeys(company, {"欢迎": WELCOME}), NOW)
    for lead_id in ("L1", "L2"):
        await fleet.lead(lead_id, external_id=lead_id)
    await fleet.define()
    await fleet.happen(Happening(NOW - 90 * DAY, "order", "基础版", value=Decimal(10)), "L1")
    for lead_id in ("L1", "L2"):
        await fleet.happen(Happening(NOW, "form", "whitepaper"), lead_id)
    await fleet.settle()

    found = await found_of(fleet)

    assert (found.totals.entered, found.totals.already) == (2, 1)
    assert (found.people.people, found.people.reached, found.people.bought) == (1, 0, 0)
    assert sum(n for n, *_ in arms(found).values()) == 1


async def test_tests_and_who_is_gone_do_not_count(fleet):
    short = len(OF["短"])
    await fleet.happen(Happening(fleet.now, "tag", "测试"), f"L{OF['短'][0]}")
    erased = update(leads).where(leads.c.id == f"L{OF['短'][1]}").values(status=LeadStatus.ERASED.value)
    await fleet.do(lambda desk: desk.tx.run(erased))

    found = await found_of(fleet)

    assert found.totals.entered == N - 2
    assert arms(found)["短"][0] == short - 2
    assert found.nodes[0].count.reached == N - 2


async def test_two_that_are_one_count_once(fleet):
    """The second of two ways is the same person's: he counts in the arm that he was given first."""
    one, two = OF["短"][0], OF["长"][0]
    await fleet.pass_until(NOW + 4 * DAY)

    async def merge(desk) -> None:
        await desk.tx.run(
            update(journey_enrollments)
            .where(journey_enrollments.c.lead_id == f"L{two}")
            .values(lead_id=f"L{one}", entered_at=NOW + timedelta(hours=1))
        )
        await desk.tx.run(update(leads).where(leads.c.id == f"L{two}").values(merged_into=f"L{one}"))

    await fleet.do(merge)
    await buys(fleet, one)
    found = await found_of(fleet)

    assert found.totals.entered == N - 1
    assert arms(found)["短"][0] == len(OF["短"])
    assert arms(found)["长"][0] == len(OF["长"]) - 1
    assert found.people.bought == 1


async def test_versions_are_apart_until_they_are_asked_for_together(fleet):
    """The next version has other shares: its own people alone, or all with what each share should be."""
    text = {**WELCOME, "steps": [{**WELCOME["steps"][0], "hold_out": 0, "arms": [
        {"name": "短", "percent": 100, "steps": [{"touch": "a"}]}]}, *WELCOME["steps"][1:]]}  # fmt: skip
    fleet.company = with_journeys(fleet.company, {"欢迎": text})
    await fleet.do(lambda desk: journeys.publish(desk, "欢迎", desk.company.journeys["欢迎"], by="mary"))
    for n in range(N, N + 4):
        await fleet.lead(f"L{n}", external_id=f"e{n}", region=WANG.region)
        await fleet.happen(Happening(fleet.now, "form", "whitepaper"), f"L{n}")
    await fleet.settle()

    new, old, both = await found_of(fleet), await found_of(fleet, "1"), await found_of(fleet, ALL)

    assert (new.totals.entered, old.totals.entered, both.totals.entered) == (4, N, N + 4)
    assert {name: n for name, (n, *_) in arms(both).items()} == {
        "短": len(OF["短"]) + 4, "长": len(OF["长"]), "hold_out": len(OF["hold_out"]),
    }  # fmt: skip
    assert both.trials[0].due["短"] == pytest.approx(0.4 * N + 4)
    said = told(await say(fleet, "旅程 欢迎 结果"))
    assert "第 2 版（其他版本另有 30 人次，没算进来）" in said
    assert "全部版本" in said
    assert "2 个版本合计" in told(await say(fleet, "旅程 欢迎 结果 全部版本"))
    assert "没有第 7 版，有：第 1 版、第 2 版" in told(await say(fleet, "旅程 欢迎 结果 第 7 版"))


async def test_a_manager_sees_his_region_alone_a_rep_nothing(fleet):
    """Marketing and the top see all of it; no group does."""
    await buys(fleet, 1)
    await buys(fleet, 2)

    said = told(await say(fleet, "旅程 欢迎 结果", WANG))

    assert f"只算{WANG.region}" in said
    assert "进入 15 人" in said
    assert "成交 1 人" in said
    assert "给市场、经理和总监看" in told(await say(fleet, "旅程 欢迎 结果", LINA))
    assert "没有所属大区" in told(await say(fleet, "旅程 欢迎 结果", replace(WANG, region="")))
    assert "只能私聊" in told(await say(fleet, "旅程 欢迎 结果", MARY, chat="group"))


async def test_an_unknown_name_leads_to_those_there_are(fleet):
    assert "现有的：欢迎" in told(await say(fleet, "旅程 换迎 结果"))


async def test_whoever_is_taken_out_left_where_he_waited(fleet):
    """No step says so: his way ended while he waited there."""

    async def end(desk) -> None:
        row = (await of_leads(desk.tx, ["L0"]))[0]
        await desk.tx.run(
            update(journey_enrollments)
            .where(journey_enrollments.c.id == row.id)
            .values(state="done", place=None, due_at=None, ended_at=desk.now, ended_how="left")
        )

    await fleet.do(end)
    counts = await fleet.do(lambda desk: node_counts(desk.tx, Whom(journey="欢迎", version=1)))

    wait = counts["wait"]
    assert (wait.reached, wait.waiting, wait.left) == (N, N - 1, {"left": 1})
