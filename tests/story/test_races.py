"""A thousand people tap at the same moment, each delivery sent twice, over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.assignment import faces
from bot.chat.outbound import Notice
from bot.crm.lead import LeadStatus
from bot.crm.user import Role, User
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render
from bot.store import counters, inbox, leads, outbox
from bot.store.buttons import seal_buttons
from bot.store.tables.leads import claims
from bot.store.tables.leads import leads as lead_table
from bot.store.tables.machinery import cards as card_table
from bot.store.tables.people import logins, users
from tests.story.conftest import ShiftedClock, running

TAPS = 1000


@pytest.fixture
async def quiet_world(database_url):
    """Everything but the sender: what would be sent stays to be looked at."""
    async with running(database_url, clock=ShiftedClock(), roles=("web", "worker")) as started:
        yield started


async def hire(world, many: int) -> list[str]:
    """Reps of one region, straight into the store."""
    ids = [f"rep{i}" for i in range(many)]

    async def some(tx, part):
        for one in part:
            row = {
                "id": one, "name": f"销售{one}", "role": "rep", "region": "华东大区", "team": "上海组",
                "position": "", "active": True, "on_duty": True, "platform": "wecom",
                "joined_at": world.clock(),
            }  # fmt: skip
            await tx.insert(users, row)
            await tx.insert(logins, {"platform": "wecom", "account": one, "user_id": one})

    for start in range(0, many, 100):
        part = ids[start : start + 100]
        await world.app.bench.store.write(lambda tx, p=part: some(tx, p), within=20)
    return ids


async def offer(world, lead_id: str, to: list[str]) -> dict[str, tuple[str, str]]:
    """Show each the card of the lead; user to card key and sealed 领取."""
    bench = world.app.bench
    found: dict[str, tuple[str, str]] = {}

    async def show(tx, part):
        desk = bench.desk(tx)
        lead = await leads.get(tx, lead_id)
        for one in part:
            viewer = User(id=one, name=one, role=Role.REP, region="华东大区", team="上海组", platform="wecom")
            card = await faces.lead_face(desk, lead, viewer)
            await outbox.post(desk, Notice(to=one, key=f"race:{lead_id}:{one}", card=card, topic=lead.topic))
        rows = await tx.all(
            select(card_table).where(card_table.c.topic == lead.topic, card_table.c.user_id.in_(part))
        )
        for row in rows:
            card = await outbox.drawing(desk, row.card_key)
            at = next(i for i, b in enumerate(card.buttons) if b.label == "领取")
            sealed = seal_buttons(
                bench.vault, card, card_key=row.card_key, audience=f"wecom:{row.user_id}", version=row.version
            )
            found[row.user_id] = (row.card_key, sealed[at])

    for start in range(0, len(to), 20):
        part = to[start : start + 20]
        await bench.store.write(lambda tx, p=part: show(tx, p), within=20)
    return found


def tap(world, userid: str, card_key: str, button: str, nonce: str) -> tuple[dict[str, str], bytes]:
    """A tap as WeCom delivers it: the same text under a fresh nonce when it is repeated."""
    app = world.simulator.world.app
    stamp = str(int(world.clock().timestamp()))
    inner = render(
        {"ToUserName": app.corp_id, "FromUserName": userid, "CreateTime": "1795253400", "MsgType": "event",
         "Event": "template_card_event", "EventKey": button, "TaskId": card_key,
         "CardType": "button_interaction", "ResponseCode": f"rc-{card_key}", "AgentID": str(app.agent_id)}
    )  # fmt: skip
    box = WeComBox(app.token, app.aes_key, app.corp_id)
    sealed = box.seal(inner, timestamp=stamp, nonce=nonce, random16=b"0123456789abcdef")
    query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": nonce}
    body = render({"ToUserName": app.corp_id, "AgentID": str(app.agent_id), "Encrypt": sealed.encrypted})
    return query, body


async def rush(world, deliveries, tmp_path) -> list[float]:
    """Send all at once, from another process; how long each waited for its answer."""
    file = tmp_path / "deliveries"
    file.write_text(
        "\n".join(json.dumps([query, body.decode()]) for query, body in deliveries), encoding="utf-8"
    )
    sender = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("rush.py")), f"{world.base}/callback/wecom", str(file),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await sender.communicate()
    answers = json.loads(said)
    assert Counter(status for status, _ in answers) == {200: len(deliveries)}
    return [seconds for _, seconds in answers]


async def worked(world, within: float = 120) -> None:
    """Wait until every delivery has been carried out."""
    async with asyncio.timeout(within):
        while True:
            async with world.app.bench.store.read() as tx:
                counts = await inbox.counts(tx)
            if not counts.get("pending"):
                assert set(counts) == {"done"}, counts
                return
            await asyncio.sleep(0.05)


async def test_a_thousand_tap_one_lead(quiet_world, tmp_path):
    """One winner, by the store; everybody else is told who it was."""
    world = quiet_world
    reps = await hire(world, TAPS)
    lead_id = (await world.form("whitepaper", name="王芳", phone="13912345678", email="w@x.cn", city="上海"))[
        "lead_id"
    ]
    offered = await offer(world, lead_id, reps)
    deliveries = [tap(world, one, *offered[one], nonce) for nonce in ("first", "again") for one in reps]

    waits = await rush(world, deliveries, tmp_path)
    await worked(world)

    async with world.app.bench.store.read() as tx:
        lead = await leads.get(tx, lead_id)
        tries = Counter(row.outcome for row in await tx.all(select(claims.c.outcome)))
        looks = Counter(
            row.kind for row in await tx.all(select(card_table.c.kind).where(card_table.c.user_id.in_(reps)))
        )
        sample = await tx.first(select(card_table.c.card_key).where(card_table.c.kind == "lead_taken"))
        told = await outbox.drawing(world.app.bench.desk(tx), sample.card_key)
        winner = await tx.first(select(users.c.name).where(users.c.id == lead.owner_id))
        held = await counters.read(tx, f"holding:{lead.owner_id}")
    assert (tries["won"], tries["taken"]) == (1, TAPS - 1)
    assert looks == {"lead_owned": 1, "lead_taken": TAPS - 1}
    assert winner.name in f"{told.title}{told.note}"
    assert held == 1
    print(f"\n1 lead, {len(waits)} deliveries: slowest answer {max(waits):.2f} s")  # noqa: T201 - a figure


async def test_a_thousand_tap_a_thousand_leads(quiet_world, tmp_path):
    """Each gets his own; nobody is above a cap, and the ledger says what the counters say."""
    world = quiet_world
    reps = await hire(world, 200)
    bench = world.app.bench

    async def make(tx, numbers):
        desk = bench.desk(tx)
        for number in numbers:
            await tx.insert(lead_table, _lead(desk, f"R{number}"))

    for start in range(0, TAPS, 50):
        await bench.store.write(lambda tx, s=start: make(tx, range(s, s + 50)), within=20)
    deliveries = []
    for number in range(TAPS):
        one = reps[number % len(reps)]
        card = (await offer(world, f"R{number}", [one]))[one]
        deliveries += [tap(world, one, *card, nonce) for nonce in ("first", "again")]

    waits = await rush(world, deliveries, tmp_path)
    await worked(world)

    async with bench.store.read() as tx:
        owned = await tx.all(
            select(lead_table.c.owner_id, func.count().label("n")).group_by(lead_table.c.owner_id)
        )
        won = await tx.all(
            select(claims.c.user_id, func.count().label("n"))
            .where(claims.c.outcome == "won")
            .group_by(claims.c.user_id)
        )
        held = {one: await counters.read(tx, f"holding:{one}") for one in reps}
    by_owner = {row.owner_id: row.n for row in owned}
    assert by_owner == {row.user_id: row.n for row in won} == held
    assert sum(held.values()) == TAPS
    assert max(held.values()) <= world.app.bench.company.pools.terms.daily_claims
    print(f"\n{TAPS} leads, {len(waits)} deliveries: slowest answer {max(waits):.2f} s")  # noqa: T201 - a figure


def _lead(desk, lead_id: str) -> dict:
    empty = dict.fromkeys(
        ("name", "company", "company_key", "title", "phone_masked", "email_masked", "province", "industry",
         "source", "campaign", "form", "tier", "lifecycle", "last_behaviour"), ""
    )  # fmt: skip
    return {
        **empty, "id": lead_id, "status": LeadStatus.OFFERED.value, "city": "上海", "region": "华东大区",
        "custom": {}, "score": 0, "pool_id": "east", "epoch": 0, "created_at": desk.now,
        "changed_at": desk.now,
    }  # fmt: skip
