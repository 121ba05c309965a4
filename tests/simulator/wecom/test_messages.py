from __future__ import annotations

from datetime import timedelta

import pytest


async def test_a_text_reaches_each_receiver(sim):
    """touser is joined by |, ids are matched without regard to capitals."""
    answer = await sim.send("zhangsan|LINA", content="早上好 🌞")

    assert answer["errcode"] == 0
    assert answer["msgid"]
    assert "invaliduser" not in answer
    assert sim.driver.texts("zhangsan") == ["早上好 🌞"]
    assert sim.driver.texts("lina") == ["早上好 🌞"]


async def test_partial_failure_is_still_ok_and_names_the_invalid_in_lower_case(sim):
    """Unknown receivers come back lower-cased in one string; the others get the message."""
    answer = await sim.send("zhangsan|Nobody|NoOne")

    assert answer["errcode"] == 0
    assert answer["invaliduser"] == "nobody|noone"
    assert len(sim.driver.messages("zhangsan")) == 1


async def test_nobody_valid_and_nobody_at_all_are_refused(sim):
    """81013 when every receiver is invalid, 82001 when none is given."""
    agent = sim.app.secrets.agent_id
    text = {"msgtype": "text", "text": {"content": "x"}, "agentid": agent}

    assert (await sim.send("ghost"))["errcode"] == 81013
    assert (await sim.call("message/send", text))["errcode"] == 82001
    assert (await sim.call("message/send", text | {"touser": ["zhangsan"]}))["errcode"] == 40058
    assert (await sim.call("message/send", text | {"touser": "|".join(map(str, range(1001)))}))[
        "errcode"
    ] == 40032


async def test_a_department_gets_its_people(sim):
    """toparty reaches the members of the departments under it too."""
    east = next(d.id for d in sim.world.departments.values() if d.name == "华东大区")

    answer = await sim.send("", toparty=f"{east}|999")

    assert answer["invalidparty"] == "999"
    reached = {p.userid for p in sim.world.people.values() if p.messages}
    assert reached == {"wanglei", "zhangsan", "lina", "wangwei1", "gaofeng"}


async def test_the_agent_must_be_the_tokens_own(sim):
    """A missing or senseless agentid is refused as such, another app's is 301002."""
    body = {"touser": "zhangsan", "msgtype": "text", "text": {"content": "x"}}

    assert (await sim.call("message/send", body))["errcode"] == 41011
    assert (await sim.call("message/send", body | {"agentid": "x"}))["errcode"] == 40056
    assert (await sim.call("message/send", body | {"agentid": 1}))["errcode"] == 301002
    assert sim.driver.messages("zhangsan") == []


async def test_somebody_outside_the_visible_range_is_invalid(sim):
    """The app reaches only members in its visible range."""
    sim.world.app.visible_departments = [2]

    answer = await sim.send("zhangsan|linxy")

    assert answer["invaliduser"] == "linxy"


@pytest.mark.parametrize(
    ("msgtype", "parts", "code"),
    [
        ("text", {"content": ""}, 44004),
        ("markdown", {"markdown": {"content": "好" * 700}}, 45002),
        ("carrier_pigeon", {}, 40008),
        ("news", {"news": {"articles": []}}, 45008),
        ("news", {"news": {"articles": [{"title": "t"}] * 9}}, 45008),
        ("news", {"news": {"articles": [{"url": "http://a"}]}}, 41016),
        ("textcard", {"textcard": {"title": "t", "url": "http://a"}}, 40063),
        ("image", {"image": {"media_id": "none"}}, 40007),
    ],
)
async def test_a_broken_message_is_refused(sim, msgtype, parts, code):
    """Each kind of message has its rules."""
    assert (await sim.send("zhangsan", msgtype, **parts))["errcode"] == code
    assert sim.driver.messages("zhangsan") == []


async def test_an_overlong_text_is_cut_not_refused(sim):
    """text.content keeps 2048 bytes and never half a character."""
    await sim.send("zhangsan", content="好" * 700)

    assert sim.driver.texts("zhangsan") == ["好" * 682]


async def test_news_and_text_cards_are_shown(sim):
    """Both arrive as articles, cut as the platform cuts them."""
    await sim.send(
        "lina", "news", news={"articles": [{"title": "手册", "url": "http://a", "picurl": "http://b"}]}
    )
    card = {"title": "通知", "description": "d" * 600, "url": "http://a", "btntxt": "马上去看看"}
    await sim.send("lina", "textcard", textcard=card)

    news, textcard = sim.driver.messages("lina")
    assert news.card["articles"][0]["title"] == "手册"
    assert len(textcard.card["articles"][0]["description"]) == 512
    assert textcard.card["articles"][0]["btntxt"] == "马上去看"


async def test_the_31st_message_of_a_minute_is_dropped_in_silence(sim):
    """Over 30 a minute per member: errcode 0, nothing shown; the next minute works again."""
    answers = [await sim.send("zhangsan", content=f"{n}") for n in range(32)]
    other = await sim.send("lina", content="other")
    sim.world.pass_time(timedelta(seconds=61))
    await sim.send("zhangsan", content="later")

    assert {answer["errcode"] for answer in answers} == {0}
    assert other["errcode"] == 0
    assert sim.driver.texts("zhangsan") == [*map(str, range(30)), "later"]
    assert sim.driver.texts("lina") == ["other"]
    notes = [entry.note for entry in sim.world.wire.after(0) if "dropped for zhangsan" in entry.note]
    assert len(notes) == 2


async def test_a_repeat_within_the_interval_is_not_delivered_twice(sim):
    """enable_duplicate_check swallows the same request JSON for 1800 s, or as asked."""
    first = await sim.send("zhangsan", enable_duplicate_check=1)
    repeat = await sim.send("zhangsan", enable_duplicate_check=1)
    another = await sim.send("zhangsan", enable_duplicate_check=1, content="别的")
    sim.world.pass_time(timedelta(seconds=1801))
    later = await sim.send("zhangsan", enable_duplicate_check=1)

    assert repeat == first
    assert another["msgid"] != first["msgid"]
    assert later["msgid"] != first["msgid"]
    assert sim.driver.texts("zhangsan") == ["你好", "别的", "你好"]


async def test_without_the_check_a_repeat_is_a_second_message(sim):
    """The check is off by default."""
    await sim.send("zhangsan")
    await sim.send("zhangsan")

    assert len(sim.driver.messages("zhangsan")) == 2


async def test_a_message_can_be_taken_back_for_a_day(sim):
    """message/recall works for 24 h, and for known messages."""
    first, second = await sim.send("zhangsan"), await sim.send("lina")

    assert (await sim.call("message/recall", {"msgid": first["msgid"]}))["errcode"] == 0
    assert sim.driver.messages("zhangsan")[0].kind == "event"
    assert (await sim.call("message/recall", {"msgid": "none"}))["errcode"] == 40058
    sim.world.pass_time(timedelta(hours=1, minutes=59))
    sim.world.pass_time(timedelta(hours=22, minutes=2))
    sim.token = ""
    assert (await sim.call("message/recall", {"msgid": second["msgid"]}))["errcode"] == 40058
    assert sim.driver.texts("lina") == ["你好"]
