"""A tap whose answer is the changed card: decided in the unit that keeps it, in its lane's order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.chat.card import Button, Card
from bot.chat.inbound import Accepted, Message, Tap
from bot.chat.outbound import Notice, Outgoing, Reply, SendCard, SendText, Sent
from bot.crm.commands import Ask, ClaimLead, ListMyLeads
from bot.errors import PlatformRejectedError
from bot.store import inbox, incidents, lanes, leases, outbox
from bot.worker.express import Express
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender
from tests.fakes import FakeAdapter

OFFER = Card(
    kind="offer", title="新线索", buttons=(Button("领取", ClaimLead("L7")), Button("清单", ListMyLeads()))
)


class Robot(FakeAdapter):
    """Its cards change in answer to a tap, or never: sending one gives no code."""

    async def send(self, outgoing: Outgoing) -> Sent:
        return replace(await super().send(outgoing), data={})


@pytest.fixture
def platform() -> FakeAdapter:
    return Robot()


@pytest.fixture
def claimed(bench) -> list[str]:
    """What was carried out, in order; `boom` fails."""
    done: list[str] = []

    @bench.router.on(ClaimLead)
    async def on_claim(command, scope):
        if command.lead_id == "boom":
            raise RuntimeError
        done.append(command.lead_id)
        return Reply(card=Card(kind="taken", title=f"已领取 {len(done)}"))

    @bench.router.on(Ask)
    async def on_ask(command, scope):
        done.append(command.text)
        return Reply()

    @bench.router.on(ListMyLeads, reads=True)
    async def on_list(command, scope):
        done.append("list")
        return Reply(card=Card(kind="list", title="清单"))

    return done


@pytest.fixture
async def express(bench, mei, claimed, unit, platform):
    """The card hangs in her chat; tap it."""
    await unit(lambda desk: outbox.post(desk, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    sender = Sender(bench)
    while await sender.step():
        pass
    return Express(bench, LaneWorker(bench), sender)


def tap(
    platform, *, n: int = 1, button: int = 0, code: str = "", key: str = "", sealed: str = ""
) -> Accepted:
    card = next(w for w in platform.wire if isinstance(w, SendCard))
    body = f"tap {n} {code}".encode()
    platform.inbound[body] = Tap(
        platform="wecom", user_id="mei", button=sealed or card.buttons[button], card_key=card.card_key,
        update_code=code or f"code {n}", code_life=timedelta(seconds=5),
    )  # fmt: skip
    return Accepted("wecom", key or f"t{n}", "wecom:user:mei", body, waits=True)


async def pushed(express: Express) -> None:
    while express._pushing:
        await next(iter(express._pushing))


async def work(bench, clock, rounds: int = 6) -> None:
    worker, sender = LaneWorker(bench), Sender(bench)
    for _ in range(rounds):
        while await worker.step():
            pass
        while await sender.step():
            pass
        clock.push(timedelta(seconds=2))


async def states(bench) -> dict[str, int]:
    return await bench.store.write(inbox.counts)


async def test_it_is_carried_out_before_it_returns_and_answered_under_its_own_code(
    bench, express, claimed, platform
):
    await express(tap(platform))

    assert claimed == ["L7"]
    assert await states(bench) == {"done": 1}
    await pushed(express)
    assert [(u.code, u.card.title) for u in platform.updates()] == [("code 1", "已领取 1")]


async def test_what_came_before_it_is_carried_out_before_it(bench, express, claimed, platform, clock, vault):
    platform.inbound[b"words"] = Message(platform="wecom", user_id="mei", text="天气")
    words = Accepted("wecom", "m1", "wecom:user:mei", b"words")
    await bench.store.write(lambda tx: inbox.receive(tx, vault, words, now=clock()))

    await express(tap(platform))
    assert claimed == []
    await work(bench, clock, rounds=1)

    assert claimed == ["天气", "L7"]
    assert [u.code for u in platform.updates()] == ["code 1"]


async def test_a_lane_that_is_being_worked_is_left_to_its_worker(
    bench, express, claimed, platform, clock, vault
):
    other = Accepted("wecom", "m1", "wecom:user:mei", b"words")
    platform.inbound[b"words"] = Message(platform="wecom", user_id="mei", text="天气")
    await bench.store.write(lambda tx: inbox.receive(tx, vault, other, now=clock()))
    (lane,) = await bench.store.write(lambda tx: lanes.take(tx, by="somebody", now=clock(), most=1))
    await express(tap(platform))
    assert claimed == []

    await bench.store.write(lambda tx: lanes.release(tx, lane, now=clock()))
    await work(bench, clock, rounds=1)

    assert claimed == ["天气", "L7"]


async def test_a_repeat_has_one_effect_and_is_answered_again(bench, express, claimed, platform):
    """The connection broke before the answer was out; the same tap comes under another code."""
    await express(tap(platform, code="first"))
    await pushed(express)
    await express(tap(platform, code="second"))
    await pushed(express)

    assert claimed == ["L7"]
    assert [(u.code, u.card.title) for u in platform.updates()] == [
        ("first", "已领取 1"),
        ("second", "已领取 1"),
    ]


async def test_a_forged_tap_is_refused_and_changes_nothing(bench, express, claimed, platform):
    await express(tap(platform, sealed="lead.claim L9~1~AAAA"))
    await pushed(express)

    assert claimed == []
    assert await states(bench) == {"refused": 1}
    assert platform.updates() == []


async def test_one_that_fails_is_kept_and_tried_by_its_lane(
    bench, express, claimed, platform, clock, unit, mei
):
    boom = Card(kind="offer", title="坏", buttons=(Button("领取", ClaimLead("boom")),))
    platform.wire.clear()
    await unit(lambda desk: outbox.post(desk, Notice(to=mei, key="boom", card=boom)))
    await Sender(bench).step()

    await express(tap(platform))
    assert await states(bench) == {"pending": 1}
    for _ in range(8):
        await work(bench, clock, rounds=20)

    assert await states(bench) == {"quarantined": 1}


async def test_one_that_only_reads_is_done_beside_the_writer(bench, express, claimed, platform, clock):
    await express(tap(platform, button=1))
    assert claimed == []
    await work(bench, clock, rounds=1)

    assert claimed == ["list"]
    assert await states(bench) == {"done": 1}


async def test_too_late_to_change_the_card_a_new_one_is_shown(bench, express, claimed, platform, clock):
    """Whoever tapped waits for something."""
    accepted = tap(platform)
    platform.faults = [PlatformRejectedError("wecom", "late", "five seconds are over")]
    await express(accepted)
    await pushed(express)
    await work(bench, clock, rounds=2)

    assert [card.card.title for card in platform.cards()] == ["新线索", "已领取 1"]


async def test_a_code_is_gone_after_its_seconds(bench, express, claimed, platform, clock, vault):
    other = Accepted("wecom", "m1", "wecom:user:mei", b"words")
    platform.inbound[b"words"] = Message(platform="wecom", user_id="mei", text="天气")
    await bench.store.write(lambda tx: inbox.receive(tx, vault, other, now=clock()))
    await express(tap(platform))
    worker = LaneWorker(bench)
    while await worker.step():
        pass
    clock.push(timedelta(seconds=6))
    while await Sender(bench).step():
        pass

    assert platform.updates() == []
    assert (await bench.store.write(incidents.totals))["send.skipped", "no_code"] == 1
    assert [card.card.title for card in platform.cards()] == ["新线索", "已领取 2"]


@dataclass
class Connected:
    """A platform that is spoken to over a connection; its fake keeps what it was told under `fake.wire`."""

    fake: FakeAdapter

    def __getattr__(self, name: str):
        return getattr(self.fake, name)

    def streams(self):
        return ()

    def wire(self, outgoing: Outgoing) -> str:
        return "robot"


async def test_what_goes_over_a_connection_is_sent_by_whoever_holds_it(bench, platform, mei, unit, clock):
    ours = replace(bench, adapters={"wecom": Connected(platform)}, name="ours")
    theirs = replace(ours, name="theirs")
    await bench.store.write(
        lambda tx: leases.hold(tx, "robot", by="theirs", now=clock(), for_=timedelta(minutes=5))
    )
    await unit(lambda desk: outbox.post(desk, Notice(to=mei, key="a", text="第一句")))
    await unit(lambda desk: outbox.post(desk, Notice(to=mei, key="b", text="第二句")))

    for _ in range(5):
        await Sender(ours).step()
    assert platform.texts() == []

    for _ in range(5):
        await Sender(theirs, calls=False).step()
    assert platform.texts() == ["第一句", "第二句"]


async def test_whoever_only_holds_a_connection_makes_no_other_calls(bench, platform, mei, unit):
    await unit(lambda desk: outbox.post(desk, Notice(to=mei, key="a", text="第一句")))

    assert await Sender(bench, calls=False).step() == 0
    assert await Sender(bench).step() == 1
    assert platform.texts() == ["第一句"]
    assert isinstance(platform.wire[0], SendText)
