"""A thousand people tap at the same moment, half of them on each platform, some deliveries sent twice."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.assignment import faces, pool_groups
from bot.assignment.sheet import lead_sheet
from bot.chat.outbound import Notice
from bot.crm.pool import pool_of
from bot.crm.user import Role, User
from bot.simulator.dingtalk.driver import Driver
from bot.simulator.dingtalk.pushes import CALLBACK, CARD_TOPIC
from bot.store import chats, counters, inbox, lanes, leads, outbox
from bot.store.buttons import seal_buttons
from bot.store.tables.leads import claims
from bot.store.tables.machinery import cards as card_table
from bot.store.tables.people import logins, users
from tests.story.conftest import ShiftedClock, running
from tests.story.test_races import tap, worked

TAPS, LEADS = 1000, 5
GROUP = "cidTHEgroupOFthisRACE=="
LEAD = {"name": "王芳", "phone": "13912345678", "email": "w@x.cn", "city": "上海"}
WITHIN = 40.0
RUSH = str(Path(__file__).with_name("rush.py"))
_TRIES = 6


@pytest.fixture
async def quiet_world(database_url):
    """Everything but the sender: what would be sent stays to be looked at."""
    roles = ("web", "worker", "stream")
    async with running(database_url, clock=ShiftedClock(), roles=roles, dingtalk=True) as started:
        await Driver(started.simulator.dingtalk).until(
            lambda: started.simulator.dingtalk.gateway.connections, within=WITHIN
        )
        yield started


async def form(world, of: str, **fields) -> str:
    """Send a form until it is taken, as its page asks people to; the lead."""
    async with asyncio.timeout(WITHIN):
        while True:
            async with world.http.post(f"{world.base}/forms/{of}", json=fields) as response:
                if response.status == 200:
                    return (await response.json())["lead_id"]
            await asyncio.sleep(0.3)


async def hire(world, platform: str, many: int) -> list[str]:
    """Reps of one region who read there, straight into the store."""
    ids = [f"{platform}-rep{i}" for i in range(many)]

    async def some(tx, part):
        for one in part:
            row = {
                "id": one, "name": f"销售{one}", "role": "rep", "region": "华东大区", "team": "上海组",
                "position": "", "active": True, "on_duty": True, "platform": platform,
                "joined_at": world.clock(),
            }  # fmt: skip
            await tx.insert(users, row)
            await tx.insert(logins, {"platform": platform, "account": one, "user_id": one})

    for start in range(0, many, 50):
        await world.app.bench.store.write(lambda tx, p=ids[start : start + 50]: some(tx, p), within=20)
    return ids


async def offer(world, lead_id: str, platform: str, to: list[str]) -> dict[str, tuple[str, str]]:
    """Show each the card of the lead; user to card key and sealed 领取."""
    bench, found = world.app.bench, {}

    async def show(tx, part):
        desk = bench.desk(tx)
        lead = await leads.get(tx, lead_id)
        for one in part:
            viewer = User(
                id=one, name=one, role=Role.REP, region="华东大区", team="上海组", platform=platform
            )
            card = await faces.lead_face(desk, lead, viewer)
            await outbox.post(desk, Notice(to=one, key=f"race:{lead_id}:{one}", card=card, topic=lead.topic))
        rows = await tx.all(
            select(card_table).where(card_table.c.topic == lead.topic, card_table.c.user_id.in_(part))
        )
        for row in rows:
            found[row.user_id] = await claim_button(desk, row, f"{platform}:{row.user_id}")

    # A few at a time: a unit of work may not hold the writer for long, however slow the machine.
    for start in range(0, len(to), 5):
        await bench.store.write(lambda tx, p=to[start : start + 5]: show(tx, p), within=20)
    return found


async def claim_button(desk, row, audience: str) -> tuple[str, str]:
    card = await outbox.drawing(desk, row.card_key)
    at = next(i for i, b in enumerate(card.presses) if b.label == "领取")
    sealed = seal_buttons(desk.vault, card, card_key=row.card_key, audience=audience, version=row.version)
    return row.card_key, sealed[at]


async def ring_in_group(world, lead_id: str) -> tuple[str, str]:
    """The lead hangs before a group on DingTalk too; its card's key and 领取."""

    async def unit(tx):
        desk = world.app.bench.desk(tx)
        lead = await leads.get(tx, lead_id)
        pool = pool_of(desk.company, lead.pool_id).id
        await chats.bind(desk, platform="dingtalk", chat=GROUP, pool_id=pool, by="system")
        await pool_groups.ring(desk, lead, await lead_sheet(desk, lead, None))
        (row,) = await tx.all(select(card_table).where(card_table.c.chat == GROUP))
        return await claim_button(desk, row, f"dingtalk:{GROUP}")

    return await world.app.bench.store.write(unit, within=20)


def pressed(world, userid: str, card_key: str, button: str, chat: str = "") -> str:
    """A press as DingTalk frames it."""
    content = {"cardPrivateData": {"actionIds": ["press"], "params": {"button": button, "chat": chat}}}
    return json.dumps(
        {"type": "actionCallback", "outTrackId": card_key, "userId": userid, "userIdType": 1,
         "corpId": world.simulator.dingtalk.world.app.corp_id, "spaceType": "IM_GROUP" if chat else "IM",
         "spaceId": chat or userid, "extension": "{}", "content": json.dumps(content)}
    )  # fmt: skip


async def rush_by_stream(world, presses: list[str]) -> None:
    """All at once on the one connection; one in five twice, under another messageId."""
    gateway = world.simulator.dingtalk.gateway
    connection = gateway.chosen(CALLBACK, CARD_TOPIC)
    for press in (*presses, *presses[::5]) if connection is not None else ():
        headers = {"topic": CARD_TOPIC, "messageId": gateway.message_id()}
        # One that breaks under way is asked again, like a delivery that was not taken.
        await gateway.send(connection, CALLBACK, headers, press)


async def rush_by_http(world, deliveries, tmp_path) -> None:
    """All at once from another process; what was not taken comes again, as the platform does it."""
    for n in range(_TRIES):
        file = tmp_path / f"deliveries{n}"
        lines = [json.dumps([query, body.decode()]) for query, body in deliveries]
        file.write_text("\n".join(lines), encoding="utf-8")
        sender = await asyncio.create_subprocess_exec(
            sys.executable, RUSH, f"{world.base}/callback/wecom", str(file), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await sender.communicate()
        answers = zip(deliveries, json.loads(said), strict=True)
        deliveries = [delivery for delivery, (status, _) in answers if status != 200]
        if not deliveries:
            return
    pytest.fail(f"{len(deliveries)} deliveries were never taken")


async def arrived(world, many: int, presses: list[str]) -> None:
    """Wait until every press has come in; those on DingTalk come again while some are missing."""
    async with asyncio.timeout(120):
        for n in itertools.count(1):
            async with world.app.bench.store.read() as tx:
                if sum((await inbox.counts(tx)).values()) >= many:
                    return
            await asyncio.sleep(0.05)
            if n % 200 == 0:
                await rush_by_stream(world, presses)


async def drawn(world) -> None:
    """Wait until no lane has anything to do: cards that nobody pressed are drawn again beside all else."""
    async with asyncio.timeout(120):
        while True:
            async with world.app.bench.store.read() as tx:
                due = await lanes.oldest_due(tx)
            if due is None or due > world.clock():
                return
            await asyncio.sleep(0.05)


async def test_half_of_a_thousand_tap_on_each_platform(quiet_world, tmp_path):
    """One winner; every other is told who it was, wherever he reads; the group's card offers it no more."""
    world = quiet_world
    half = TAPS // 2
    on_wecom, on_dingtalk = await hire(world, "wecom", half), await hire(world, "dingtalk", half)
    lead_id = await form(world, "whitepaper", **LEAD)
    there = await offer(world, lead_id, "wecom", on_wecom)
    here = await offer(world, lead_id, "dingtalk", on_dingtalk)
    in_group = await ring_in_group(world, lead_id)
    deliveries = [tap(world, one, *there[one], "first") for one in on_wecom]
    deliveries += [tap(world, one, *there[one], "again") for one in on_wecom[::5]]
    # One in ten presses where all see it.
    presses = [
        pressed(world, one, *in_group, GROUP) if n % 10 == 0 else pressed(world, one, *here[one])
        for n, one in enumerate(on_dingtalk)
    ]

    await asyncio.gather(rush_by_http(world, deliveries, tmp_path), rush_by_stream(world, presses))
    await arrived(world, TAPS, presses)
    await worked(world)
    await drawn(world)

    async with world.app.bench.store.read() as tx:
        desk = world.app.bench.desk(tx)
        lead = await leads.get(tx, lead_id)
        rows = await tx.all(select(claims.c.user_id, claims.c.outcome))
        looks = {
            row.user_id: row.kind
            for row in await tx.all(select(card_table).where(card_table.c.user_id.in_([*there, *here])))
        }
        public = await outbox.drawing(desk, in_group[0])
        winner = await tx.first(select(users.c.name).where(users.c.id == lead.owner_id))
        held = await counters.read(tx, f"holding:{lead.owner_id}")
    assert Counter(row.outcome for row in rows) == {"won": 1, "taken": TAPS - 1}
    assert {row.user_id for row in rows} == {*on_wecom, *on_dingtalk}
    assert looks.pop(lead.owner_id) == "lead_owned"
    assert set(looks.values()) == {"lead_taken"}
    assert len(looks) == TAPS - 1
    assert winner.name in public.note
    assert not public.presses
    assert held == 1


async def test_many_leads_and_both_platforms_over_the_wire(database_url):
    """People of both press each lead as it rings; what hangs before them says the same in the end."""
    async with running(database_url, clock=ShiftedClock(), dingtalk=True) as world:
        ding = Driver(world.simulator.dingtalk)
        await ding.until(lambda: ding.world.connections, within=WITHIN)
        made = [
            await form(world, "website", **{**LEAD, "phone": f"1391234567{n}", "email": f"w{n}@x.cn"})
            for n in range(LEADS)
        ]
        await world.quiet(within=WITHIN)
        await ding.settled()

        taps = [press_all_there(world, one) for one in sorted(world.simulator.world.people)]
        taps += [press_all_here(ding, one) for one in sorted(ding.world.people)]
        pressed_there, pressed_here = 0, 0
        for n, count in enumerate(await asyncio.gather(*taps)):
            pressed_there += count if n < len(world.simulator.world.people) else 0
            pressed_here += count if n >= len(world.simulator.world.people) else 0
        await world.quiet(within=WITHIN)
        await ding.settled()
        await world.quiet(within=WITHIN)

        async with world.app.bench.store.read() as tx:
            won = [row.lead_id for row in await tx.all(select(claims)) if row.outcome == "won"]
            owners = {one: (await leads.get(tx, one)).owner_id for one in made}
        assert sorted(won) == sorted(made)
        assert all(owners.values())
        assert min(pressed_there, pressed_here) >= LEADS
        assert still_offered(world, ding) == []


async def press_all_there(world, userid: str) -> int:
    """Press 领取 on every card of his on WeCom that has it."""
    hands = world.simulator.hands.members
    taps = [
        hands.tap(userid, message.id, button["key"], {})
        for message in list(world.people.messages(userid))
        for button in (message.card or {}).get("button_list") or []
        if button["text"] == "领取"
    ]
    await asyncio.gather(*taps)
    return len(taps)


async def press_all_here(ding: Driver, userid: str) -> int:
    """The same on DingTalk."""
    taps = [
        ding.hands.members.tap(userid, entry["id"], button["id"])
        for entry in ding.entries(userid)
        if entry["kind"] == "card"
        for button in entry["card"]["buttons"]
        if button["text"] == "领取"
    ]
    await asyncio.gather(*taps)
    return len(taps)


def still_offered(world, ding: Driver) -> list[str]:
    """Whose card offers a lead that has an owner."""
    there = [
        userid
        for userid in world.simulator.world.people
        for message in world.people.messages(userid)
        if any(one["text"] == "领取" for one in (message.card or {}).get("button_list") or [])
        and not (message.card or {}).get("replace_text")
    ]
    here = [
        userid
        for userid in ding.world.people
        for card in ding.cards(userid)
        if any(one["text"] == "领取" for one in card["buttons"])
    ]
    return there + here
