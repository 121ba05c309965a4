from __future__ import annotations

from datetime import timedelta

import pytest

from bot.simulator.common.refusal import NotPossibleError


async def make_way(sim, *users, **parts):
    body = {"type": 1 if len(users) == 1 else 2, "scene": 2, "user": list(users), "state": "lead:42"} | parts
    answer = await sim.call("externalcontact/add_contact_way", body)
    assert answer["errcode"] == 0, answer
    return answer


async def welcome(sim, code, **parts):
    body = {"welcome_code": code, "text": {"content": "您好"}} | parts
    return (await sim.call("externalcontact/send_welcome_msg", body))["errcode"]


async def added(sim, way, *, name="林女士", userid=None):
    """A customer scans; the event that tells of it."""
    customer = sim.driver.meet(name)
    sim.driver.scan(customer, way["config_id"], userid=userid)
    await sim.driver.settled()
    return customer, sim.app.deliveries[-1].xml


async def test_scanning_a_code_adds_its_member_with_our_state(sim):
    """add_external_contact carries UserID, ExternalUserID, State and WelcomeCode, and no AgentID."""
    customer, xml = await added(sim, await make_way(sim, "zhangsan"))

    assert xml["FromUserName"] == "sys"
    assert (xml["Event"], xml["ChangeType"]) == ("change_external_contact", "add_external_contact")
    assert (xml["UserID"], xml["ExternalUserID"], xml["State"]) == ("zhangsan", customer.id, "lead:42")
    assert xml["WelcomeCode"]
    assert "AgentID" not in xml

    answer = await sim.call("externalcontact/get", external_userid=customer.id)
    assert answer["external_contact"]["name"] == "林女士"
    assert answer["follow_user"][0]["state"] == "lead:42"
    assert (await sim.call("externalcontact/list", userid="zhangsan"))["external_userid"] == [customer.id]


async def test_a_code_of_several_members_picks_one(sim):
    """type 2 spreads customers over its members."""
    way = await make_way(sim, "zhangsan", "lina", "gaofeng")

    picked = {(await added(sim, way, name=f"客{n}"))[1]["UserID"] for n in range(20)}

    assert picked == {"zhangsan", "lina", "gaofeng"}


async def test_scanning_again_changes_nothing(sim):
    """Friends stay friends: no second event."""
    way = await make_way(sim, "zhangsan")
    customer, _ = await added(sim, way)

    sim.driver.scan(customer, way["config_id"])
    await sim.driver.settled()

    assert len(sim.app.deliveries) == 1


async def test_a_welcome_works_once_within_20_seconds(sim):
    """Once is shown, twice is 41051, an unknown code 41050."""
    customer, xml = await added(sim, await make_way(sim, "zhangsan"))
    sim.world.pass_time(timedelta(seconds=19))

    assert await welcome(sim, xml["WelcomeCode"]) == 0
    assert await welcome(sim, xml["WelcomeCode"]) == 41051
    assert await welcome(sim, "nonsense") == 41050
    assert [m.text for m in sim.driver.customer_messages(customer)] == ["您好"]


async def test_a_late_welcome_is_refused(sim):
    """At 20 s it is over."""
    customer, xml = await added(sim, await make_way(sim, "zhangsan"))
    sim.world.pass_time(timedelta(seconds=20))

    assert await welcome(sim, xml["WelcomeCode"]) == 41050
    assert sim.driver.customer_messages(customer) == []


async def test_no_welcome_after_the_customer_has_spoken(sim):
    """41051 once the chat has begun."""
    customer, xml = await added(sim, await make_way(sim, "zhangsan"))
    sim.driver.hands.customers.say(customer.id, "zhangsan", "在吗")

    assert await welcome(sim, xml["WelcomeCode"]) == 41051


async def test_another_app_may_be_welcoming(sim):
    """41096 may be tried again."""
    _, xml = await added(sim, await make_way(sim, "zhangsan"))
    sim.world.faults.turn_on("welcome_sending", times=1)

    assert await welcome(sim, xml["WelcomeCode"]) == 41096
    assert await welcome(sim, xml["WelcomeCode"]) == 0


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"text": {"content": "好" * 1334}}, 45002),
        ({"text": {"content": ""}}, 40063),
        ({"attachments": [{"msgtype": "link"}] * 10}, 40058),
        ({"attachments": [{"msgtype": "poem"}]}, 40058),
    ],
)
async def test_a_broken_welcome_does_not_use_up_the_code(sim, parts, code):
    """4000 bytes, nine attachments, something at all."""
    _, xml = await added(sim, await make_way(sim, "zhangsan"))

    assert await welcome(sim, xml["WelcomeCode"], **parts) == code
    assert await welcome(sim, xml["WelcomeCode"]) == 0


async def test_events_may_miss_state_or_code(sim):
    """Either may be absent, and the app must cope."""
    way = await make_way(sim, "zhangsan")
    sim.world.faults.set_from({"state_missing": 1, "welcome_code_missing": {"times": 1}})

    _, xml = await added(sim, way)

    assert "State" not in xml
    assert "WelcomeCode" not in xml


async def test_a_half_added_customer_is_confirmed_later(sim):
    """add_half first; the later add event has no code if it was used."""
    way, customer = await make_way(sim, "zhangsan"), sim.driver.meet("周先生")
    sim.driver.hands.customers.scan(customer.id, sim.world.ways[way["config_id"]], half=True)
    await sim.driver.settled()
    half = sim.app.deliveries[-1].xml
    assert half["ChangeType"] == "add_half_external_contact"
    assert (await sim.call("externalcontact/get", external_userid=customer.id))["errcode"] == 84061

    assert await welcome(sim, half["WelcomeCode"]) == 0
    sim.driver.hands.customers.confirm(customer.id, "zhangsan")
    await sim.driver.settled()

    full = sim.app.deliveries[-1].xml
    assert full["ChangeType"] == "add_external_contact"
    assert "WelcomeCode" not in full


async def test_without_skip_verify_the_member_must_accept(sim):
    """Nothing is told before the member confirms."""
    way, customer = await make_way(sim, "zhangsan", skip_verify=False), sim.driver.meet("周先生")
    sim.driver.scan(customer, way["config_id"])
    await sim.driver.settled()
    assert sim.app.deliveries == []

    sim.driver.hands.customers.confirm(customer.id, "zhangsan")
    await sim.driver.settled()

    assert sim.app.deliveries[0].xml["WelcomeCode"]


async def test_parting_is_told_with_who_left_whom(sim):
    """del_follow_user by the customer, del_external_contact by the member, edit by a remark."""
    way = await make_way(sim, "zhangsan")
    first, _ = await added(sim, way)
    second, _ = await added(sim, way, name="周先生")
    hands = sim.driver.hands.customers

    hands.remarked_by_member(first.id, "zhangsan", "大客户")
    hands.leave(first.id, "zhangsan")
    hands.removed_by_member(second.id, "zhangsan")
    await sim.driver.settled()

    changes = sorted(d.xml["ChangeType"] for d in sim.app.deliveries[2:])
    assert changes == ["del_external_contact", "del_follow_user", "edit_external_contact"]
    with pytest.raises(NotPossibleError):
        hands.leave(first.id, "zhangsan")


async def test_changes_by_the_api_fire_no_event(sim):
    """remark and mark_tag are seen by get, and told to nobody."""
    customer, _ = await added(sim, await make_way(sim, "zhangsan"))
    who = {"userid": "zhangsan", "external_userid": customer.id}

    assert (await sim.call("externalcontact/remark", who | {"remark": "VIP", "remark_mobiles": ["1"]}))[
        "errcode"
    ] == 0
    assert (await sim.call("externalcontact/mark_tag", who | {"add_tag": ["t1", "t2"]}))["errcode"] == 0
    assert (await sim.call("externalcontact/mark_tag", who | {"remove_tag": ["t1"]}))["errcode"] == 0
    assert (await sim.call("externalcontact/mark_tag", who))["errcode"] == 40063
    await sim.driver.settled()

    follow = (await sim.call("externalcontact/get", external_userid=customer.id))["follow_user"][0]
    assert (follow["remark"], [t["tag_id"] for t in follow["tags"]]) == ("VIP", ["t2"])
    assert len(sim.app.deliveries) == 1


async def test_strangers_and_unknown_ids_are_told_apart(sim):
    """40096 for an unknown customer, 84061 without a relation, 60111 for an unknown member."""
    stranger = sim.driver.meet("路人")
    remark = {"userid": "zhangsan", "external_userid": stranger.id, "remark": "x"}

    assert (await sim.call("externalcontact/get", external_userid="wmNOBODY"))["errcode"] == 40096
    assert (await sim.call("externalcontact/remark", remark))["errcode"] == 84061
    assert (await sim.call("externalcontact/list", userid="lina"))["errcode"] == 84061
    assert (await sim.call("externalcontact/list", userid="ghost"))["errcode"] == 60111
    assert "zhangsan" in (await sim.call("externalcontact/get_follow_user_list"))["follow_user"]


async def test_a_contact_way_can_be_read_changed_and_deleted(sim):
    """Only the config_id finds it again."""
    way = await make_way(sim, "zhangsan")
    identity = {"config_id": way["config_id"]}

    await sim.call(
        "externalcontact/update_contact_way", identity | {"state": "region:east", "user": ["lina"]}
    )
    read = (await sim.call("externalcontact/get_contact_way", identity))["contact_way"]
    await sim.call("externalcontact/del_contact_way", identity)

    assert (read["state"], read["user"], read["qr_code"]) == ("region:east", ["lina"], way["qr_code"])
    assert (await sim.call("externalcontact/get_contact_way", identity))["errcode"] == 40058


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"state": "s" * 31}, 40058),
        ({"type": 3}, 40058),
        ({"user": []}, 40063),
        ({"user": ["zhangsan", "lina"]}, 40058),
        ({"user": ["ghost"]}, 60111),
    ],
)
async def test_a_broken_contact_way_is_refused(sim, parts, code):
    """The state has 30 characters at most; a single code has one member."""
    body = {"type": 1, "scene": 2, "user": ["zhangsan"], "state": "s" * 30} | parts

    assert (await sim.call("externalcontact/add_contact_way", body))["errcode"] == code


async def test_the_qr_code_is_a_picture_that_leads_back(sim):
    """qr_code is a PNG served by the simulator itself."""
    way = await make_way(sim, "zhangsan")

    async with sim.http.get(way["qr_code"]) as response:
        picture = await response.read()

    assert response.content_type == "image/png"
    assert picture.startswith(b"\x89PNG")


async def test_without_the_customer_contact_right_nothing_works(sim):
    """84074 when the app is not listed for 客户联系."""
    sim.world.app.customer_contact = False

    assert (await sim.call("externalcontact/get_follow_user_list"))["errcode"] == 84074
    assert (await sim.call("externalcontact/get_contact_way", {"config_id": "x"}))["errcode"] == 84074
