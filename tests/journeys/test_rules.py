"""Rules beside each other: what check says of them, and what bounds them when they run all the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.crm.company.journey_conflicts import circles, notices
from bot.crm.company.segments import Segments
from bot.journeys import engine, quarantine
from bot.journeys.admission import MOST_A_DAY
from bot.journeys.simulate import Happening
from bot.store import enrollments, journeys
from bot.store.tables.machinery import audit
from tests.intake.world import counted
from tests.journeys.fleet import journey
from tests.journeys.talking import LINA, MARY, OPS, heard, house, say, told
from tests.journeys.walking import DAY, ON_FORM, did, said


def files(**those):
    return {key: journey({"name": key, "again": "always", **text}) for key, text in those.items()}


RINGS = {
    "a tag": (
        {"enter": [{"tagged": "甲"}], "steps": [{"tag": "乙"}]},
        {"enter": [{"tagged": "乙"}], "steps": [{"tag": "甲"}]},
    ),
    "a status": (
        {"enter": [{"status": "recycled"}], "steps": [{"enter": "two"}]},
        {"enter": [{"manual": True}], "steps": [{"status": "recycled"}]},
    ),
    "a stage": (
        {"enter": [{"stage": "需求确认"}], "steps": [{"stage": "方案报价"}]},
        {"enter": [{"stage": "方案报价"}], "steps": [{"stage": "需求确认"}]},
    ),
    "a score": (
        {"enter": [{"changed": "score"}], "steps": [{"lifecycle": "考虑"}]},
        {"enter": [{"changed": "lifecycle"}], "steps": [{"score": 1, "reason": "x"}]},
    ),
    "a segment": (
        {"enter": [{"segment": "hot"}], "steps": [{"untag": "甲"}]},
        {"enter": [{"form": "event"}], "steps": [{"enter": "one"}]},
    ),
    "inside an approval": (
        {"enter": [{"tagged": "甲"}], "steps": [{"approve": "可以吗", "then": [{"tag": "乙"}]}]},
        {"enter": [{"tagged": "乙"}], "steps": [{"tag": "甲"}]},
    ),
}
SEGMENTS = Segments.model_validate_json(
    json.dumps(
        {"segments": [{"key": "hot", "name": "热", "when": {"field": "tags", "op": "in", "value": ["甲"]}}]}
    )
)


@pytest.mark.parametrize("kind", RINGS)
def test_rules_that_set_each_other_off_are_an_error(kind):
    """Whatever it is that one changes and the other waits for, also within a branch."""
    one, two = RINGS[kind]
    found = list(circles(files(one=one, two=two), SEGMENTS))

    assert found
    assert "会没完没了" in found[0][1]


@pytest.mark.parametrize("again", ["never", "30天"])
def test_a_ring_that_somebody_goes_round_once_is_none(again):
    one, two = RINGS["a tag"]

    assert list(circles(files(one=one, two={**two, "again": again}))) == []


def test_a_change_to_another_value_sets_nothing_off():
    one = {"enter": [{"changed": "employees", "to": 200}], "steps": [{"set": "employees", "to": 50}]}

    assert list(circles(files(one=one))) == []


def test_what_undoes_each_other_is_noticed_with_who_comes_last():
    """Higher priority first, then by key: the later one's word stands, and that is said."""
    low = {"enter": ON_FORM, "steps": [{"tag": "甲"}]}
    high = {
        "enter": ON_FORM,
        "priority": 5,
        "steps": [{"branch": [{"when": {"field": "city", "op": "filled"}, "steps": [{"untag": "甲"}]}]}],
    }
    other = {"enter": [{"form": "event"}], "steps": [{"untag": "甲"}]}

    (said_,) = notices(files(低=low, 高=high, 别=other))

    assert said_ == "“高”和“低”会因为同一件事开始，又各做各的（标签“甲”）：先走“高”，最后是“低”说了算"


def test_putting_in_and_taking_out_is_noticed():
    one = {"enter": ON_FORM, "steps": [{"enter": "goal"}]}
    two = {"enter": ON_FORM, "steps": [{"leave": "goal"}]}
    goal = {"enter": [{"manual": True}], "steps": [{"wait": "1天"}]}

    assert ["放进" in one for one in notices(files(一=one, 二=two, goal=goal))] == [True]


async def test_notices_are_said_in_the_list_and_before_publishing(lite, company):
    low = {"enter": ON_FORM, "steps": [{"tag": "看重功能"}]}
    high = {"enter": ON_FORM, "steps": [{"untag": "看重功能"}], "live": False}
    fleet = await house(lite, company, 甲=low, 乙=high)

    assert "提醒：“乙”和“甲”" in told(await say(fleet, "旅程"))
    assert "提醒：“乙”和“甲”" in told(await say(fleet, "发布旅程 乙"))


RING = {
    "one": {"enter": [{"tagged": "看重功能"}], "again": "always", "steps": [{"untag": "看重服务"}, {"tag": "看重服务"}]},
    "two": {"enter": [{"tagged": "看重服务"}], "again": "always", "steps": [{"untag": "看重功能"}, {"tag": "看重功能"}]},
}  # fmt: skip


async def test_a_ring_at_run_is_told_to_those_who_keep_it(lite, company):
    """One customer goes round: he is kept out for the day, and admin and marketing hear it once."""
    fleet = await house(lite, company, **RING)
    await did(fleet, "tag", "看重功能")
    await did(fleet, "untag", "看重功能")
    await did(fleet, "tag", "看重功能")

    for who in (OPS, MARY):
        texts = await heard(fleet, who)
        assert len(texts) == 1
        assert f"L1 进了 {MOST_A_DAY} 次" in texts[0]
    assert await heard(fleet, LINA) == []
    async with fleet.store.read() as tx:
        assert {one.state for one in (await journeys.states(tx)).values()} == {"live"}


async def test_a_ring_that_befalls_many_rests_by_itself(lite, company):
    """Ten customers: both rules rest, that is in the audit, and a message says how to go on."""
    fleet = await house(lite, company, **RING)
    for n in range(2, quarantine.MOST + 3):
        await fleet.lead(f"L{n}", external_id=f"e{n}")
        await fleet.happen(Happening(fleet.now, "tag", "看重功能"), f"L{n}")
    await fleet.settle()

    async with fleet.store.read() as tx:
        states = await journeys.states(tx)
        rows = await tx.all(select(audit).where(audit.c.action == "journey.paused"))
    paused = [key for key, one in states.items() if one.state == "paused"]
    assert paused
    assert sorted(row.object for row in rows) == [f"journey:{key}" for key in sorted(paused)]
    assert any("已经自动暂停" in one for one in await heard(fleet, OPS))
    assert "已恢复" in told(await say(fleet, f"恢复旅程 {paused[0]}"))


async def test_a_step_that_fails_is_told_and_stops_nobody_else(lite, company):
    """He is out, admin hears of it, the next one goes on; ten in a day and the journey rests."""
    fleet = await house(lite, company, 一={"enter": ON_FORM, "steps": [{"wait": "1天"}, {"touch": "a"}]})
    ways = []
    for n in range(2, quarantine.MOST + 3):
        await fleet.lead(f"L{n}", external_id=f"e{n}")
        await did(fleet, "form", "whitepaper", f"L{n}")
        async with fleet.store.read() as tx:
            ways += [row.id for row in await enrollments.of_leads(tx, [f"L{n}"])]

    await fleet.do(lambda desk: engine.set_aside(desk, fleet.shelf, ways[0], "ValueError"))
    (text,) = await heard(fleet, OPS)
    assert "L2 的一步怎么试都出错" in text
    for way in ways[1:-1]:
        await fleet.do(lambda desk, way=way: engine.set_aside(desk, fleet.shelf, way, "ValueError"))

    assert (await states(fleet))["一"].state == "paused"
    assert "出错，已经自动暂停" in (await heard(fleet, OPS))[-1]
    assert await fleet.do(lambda desk: counted(desk, "journey.quarantined")) == {"一:failed": 1}
    await fleet.pass_until(fleet.now + 2 * DAY)
    assert said(fleet) == []


async def states(fleet):
    async with fleet.store.read() as tx:
        return await journeys.states(tx)


async def test_any_segment_may_begin_a_journey(company):
    """It is kept up to date because the journey waits for it, whatever its own line says."""
    cold = replace(company, segments=SEGMENTS)
    assert cold.segments.live == ()

    warm = replace(cold, journeys=files(一={"enter": [{"segment": "hot"}], "steps": [{"tag": "x"}]}))
    waits = [{"wait_for": {"segment": "hot"}, "within": "3天"}]
    inner = replace(cold, journeys=files(一={"enter": ON_FORM, "steps": waits}))

    assert [one.key for one in warm.segments.live] == ["hot"]
    assert [one.key for one in inner.segments.live] == ["hot"]


async def test_publishing_says_that_a_segment_is_kept_up_to_date(lite, company):
    by_segment = {
        "enter": [{"segment": company.segments.segments[0].key}],
        "steps": [{"wait": "1天"}],
        "live": False,
    }
    fleet = await house(lite, company, 一=by_segment)

    assert f"分群“{company.segments.segments[0].name}”随时更新" in told(await say(fleet, "发布旅程 一"))
