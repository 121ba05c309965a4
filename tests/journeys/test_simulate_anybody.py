"""Somebody made up goes the way that he would go: by his consent, his channels, and the segments he comes into."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.crm.company.segments import Segments
from bot.journeys import simulated
from bot.journeys.person import Person
from bot.journeys.simulate import Happening
from bot.journeys.simulate_anybody import anybody, made_up
from bot.journeys.simulate_known import Anybody
from tests.conftest import NOW
from tests.journeys.agree import CONTENTS
from tests.journeys.fleet import with_journeys

SAYS = {"enter": [{"manual": True}], "steps": [{"touch": "a"}]}
KEEN = {"key": "keen", "name": "想买的", "when": {"field": "tags", "op": "contains", "value": "决策人"}}
QUIET = {"key": "quiet", "name": "安静的", "when": {"since": "last_behaviour_at", "over_days": 10}}
TAGS = {"enter": [{"manual": True}], "steps": [{"enter": "third"}, {"wait": "1天"}, {"tag": "决策人"}]}


@pytest.fixture
def house(company):
    segments = Segments.model_validate_json(json.dumps({"segments": [KEEN, QUIET]}))
    return replace(company, content=CONTENTS, segments=segments)


async def walked(house, journeys, *happenings, key="one", **him):
    own = with_journeys(house, journeys)
    person = Person("somebody", own, {"created_at": NOW, "status": "new"})
    first = Happening(NOW, "put", key)
    way = await made_up(
        Anybody(own, NOW, **him), key, own.journeys, person, [first, *happenings],
        until=NOW + timedelta(days=60),
    )  # fmt: skip
    return way, "\n".join(
        [*simulated.remarks(way), *simulated.told(way, own.journeys[key], own, who="他").days]
    )


@pytest.mark.parametrize(
    ("him", "says"),
    [
        pytest.param({}, "发「资讯1」 → 发企业微信群发", id="agrees to everything"),
        pytest.param({"agrees": ("email",)}, "发「资讯1」 → 发营销邮件", id="to mail alone"),
        pytest.param({"agrees": ()}, "给负责人建任务，由他联系", id="to nothing"),
        pytest.param({"agrees": (), "has_owner": False}, "不发：", id="to nothing, and nobody has him"),
        pytest.param({"reached": ("email",)}, "发「资讯1」 → 发营销邮件", id="has but a mail address"),
    ],
)
async def test_the_planner_decides_of_what_he_is_said_to_have(house, him, says):
    """Another consent, another address, another decision."""
    assert says in (await walked(house, {"one": SAYS}, **him))[1]


async def test_what_is_taken_for_granted_is_said(house):
    """Where he is reached, to what he agrees, whether anybody has him."""
    text = (await walked(house, {"one": SAYS}, reached=("email", "sms"), agrees=(), has_owner=False))[1]

    assert "收得到的渠道 邮件、短信；同意营销的渠道 没有；没有负责人" in text
    assert "按上面的假设" in text


async def test_nothing_that_runs_is_touched_by_anybody(house):
    """The chat's short form says that he agrees to everything and does nothing."""
    own = with_journeys(house, {"one": SAYS})
    way = await anybody(own, "one", own.journeys["one"], NOW)

    assert "什么都同意" in simulated.remarks(way)[0]


async def test_a_simulated_tag_brings_him_into_a_segment_and_its_journey(house):
    """The tag of the one lets the other begin, and the text says into what he came."""
    other = {"enter": [{"segment": "keen"}], "steps": [{"touch": "b"}]}
    waits = {"wait_for": {"segment": "keen"}, "within": "2天", "then": [{"touch": "c"}]}
    third = {"enter": [{"manual": True}], "steps": [waits]}
    way, text = await walked(house, {"one": TAGS, "other": other, "third": third})

    assert way.came_into == ((NOW + timedelta(days=1), "keen"),)
    assert "进了分群「想买的」" in text
    assert "后面的条件和分群都算上了" in text
    said = {one.journey: one.at - NOW for one in way.lines if one.kind == "touch"}
    assert said == {"other": timedelta(days=1), "third": timedelta(days=1)}


async def test_time_alone_brings_him_into_a_segment(house):
    """Ten days after the last thing that he did, to the moment; and again after the next ten."""
    one = {"enter": [{"segment": "quiet"}], "again": "always", "steps": [{"touch": "b"}]}
    did = [Happening(NOW + timedelta(days=day), "event", "mail_opened") for day in (2, 20)]
    way, _ = await walked(house, {"one": one}, *did)

    assert [at - NOW for at, _ in way.came_into] == [timedelta(days=12), timedelta(days=30)]
    assert [line.at - NOW for line in way.lines] == [timedelta(0), timedelta(days=12), timedelta(days=30)]


async def test_who_was_in_it_already_enters_nothing(house):
    """It begins by coming in, not by being there."""
    one = {
        "enter": [{"segment": "keen"}],
        "again": "always",
        "steps": [{"untag": "决策人"}, {"tag": "决策人"}],
    }
    own = with_journeys(house, {"one": one})
    person = Person("somebody", own, {"created_at": NOW, "status": "new"}, {"决策人"})
    way = await made_up(Anybody(own, NOW), "one", own.journeys, person, [], until=NOW + timedelta(days=60))

    assert way.lines == ()


async def test_whoever_it_is_enters_at_the_hour_at_which_time_lets_people_in(house):
    """His birthday is not known: it is the next morning on which it might be."""
    by_day = {"enter": [{"date": "birthday", "yearly": True, "at": "09:30"}], "steps": [{"touch": "a"}]}
    own = with_journeys(house, {"one": by_day})

    way = await anybody(own, "one", own.journeys["one"], NOW)

    local = way.lines[0].at.astimezone(own.org.zone)
    assert (local.hour, local.minute) == (9, 30)
    assert way.refused == ()


async def test_why_colleagues_send_it_later_is_the_hour_at_which_they_are_asked(house):
    """Nothing was sent before: no cap is full."""
    policy = house.touch.model_copy(update={"ask_at": "10:00"})
    early = NOW.replace(hour=1)
    own = with_journeys(replace(house, touch=policy), {"one": SAYS})
    way = await anybody(own, "one", own.journeys["one"], early)
    text = "\n".join(simulated.told(way, own.journeys["one"], own, who="他").days)

    assert "改到 10:00 发企业微信群发（同事确认）（每天 10:00 一起请同事发）" in text
