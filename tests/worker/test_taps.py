"""Who pressed is the platform's word; what was pressed is ours, for that card, that receiver, that version."""

from __future__ import annotations

import pytest

from bot.chat.card import Button, Card
from bot.chat.inbound import PRIVATE, Accepted, Tap
from bot.chat.outbound import Notice, Reply
from bot.crm.commands import ClaimLead
from bot.handlers import Scope
from bot.store import inbox, incidents, outbox
from bot.store.buttons import open_button
from bot.store.tables.people import logins, users
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender

OFFER = Card(kind="lead_offered", title="新线索", buttons=(Button("领取", ClaimLead("L7")),))


@pytest.fixture
def pressed(bench) -> list[tuple[str, str]]:
    """Who asked for which lead, as it reached the handler."""
    heard: list[tuple[str, str]] = []

    @bench.router.on(ClaimLead)
    async def on_claim(command: ClaimLead, scope: Scope) -> Reply:
        heard.append((scope.actor.id, command.lead_id))
        return Reply(text="好")

    return heard


@pytest.fixture
async def team(unit, mei):
    """Mei; Jun, who works beside her; and Bo, who has left."""

    async def hire(desk):
        for one, active in (("jun", True), ("bo", False)):
            row = {
                "id": one, "name": one, "role": "rep", "region": "华东大区", "team": "上海组", "position": "",
                "active": active, "on_duty": True, "platform": "wecom", "joined_at": desk.now,
            }  # fmt: skip
            await desk.tx.insert(users, row)
            await desk.tx.insert(logins, {"platform": "wecom", "account": one, "user_id": one})

    await unit(hire)


@pytest.fixture
async def card(bench, unit, platform, team):
    """What Mei was sent."""
    await unit(lambda d: outbox.post(d, Notice(to="mei", key="offer", card=OFFER, topic="lead:L7")))
    await Sender(bench).step()
    return platform.cards()[0]


@pytest.fixture
def taps(bench, platform, store, vault, clock):
    """Somebody presses; the platform says who it was."""

    async def tap(who: str, button: str, card_key: str, chat: str = PRIVATE) -> dict[str, int]:
        body = f"{who} {button} {card_key} {chat}".encode()
        platform.inbound[body] = Tap(
            platform="wecom", user_id=who, button=button, card_key=card_key, chat=chat
        )  # fmt: skip
        accepted = Accepted("wecom", body.hex(), f"wecom:user:{who}", body)
        await store.write(lambda tx: inbox.receive(tx, vault, accepted, now=clock()))
        while await LaneWorker(bench).step():
            pass
        return await store.write(inbox.counts)

    return tap


async def test_the_receiver_may_press(taps, card, pressed):
    assert await taps("mei", card.buttons[0], card.card_key) == {"done": 1}
    assert pressed == [("mei", "L7")]


async def test_a_card_that_was_passed_on_does_nothing_for_another(taps, card, pressed, store):
    """Forwarded, or pressed on her unlocked phone's copy: not his card, and not done in her name either."""
    assert await taps("jun", card.buttons[0], card.card_key) == {"refused": 1}
    assert pressed == []
    assert (await store.write(incidents.totals))["delivery.refused", "button:forged"] == 1


async def test_in_a_group_the_one_who_pressed_is_the_one_who_asked(bench, vault, taps, unit, pressed, card):
    """The card is everybody's there: the platform alone says who pressed."""
    from bot.store.buttons import seal_buttons

    (button,) = seal_buttons(vault, OFFER, card_key="g1", audience="wecom:room", version=1)

    await taps("jun", button, "g1", chat="room")

    assert pressed == [("jun", "L7")]


@pytest.mark.parametrize("who", ["bo", "stranger"])
async def test_who_is_gone_or_was_never_here_presses_in_vain(taps, vault, pressed, team, store, who):
    """His old cards still hang in his chat, genuine to the last letter."""
    from bot.store.buttons import seal_buttons

    (button,) = seal_buttons(vault, OFFER, card_key="c1", audience=f"wecom:{who}", version=1)

    assert await taps(who, button, "c1") == {"refused": 1}
    assert pressed == []
    assert (await store.write(incidents.totals))["delivery.refused", "button:not_a_member"] == 1


@pytest.mark.parametrize("part", ["command", "version", "code", "card", "none"])
async def test_every_part_of_a_button_is_under_its_code(vault, card, taps, pressed, part):
    """A letter changed anywhere, and it is not ours."""
    packed, version, code = card.buttons[0].rsplit("~", 2)
    bent = {
        "command": f"{packed.replace('L7', 'L8')}~{version}~{code}",
        "version": f"{packed}~{int(version) + 1}~{code}",
        "code": f"{packed}~{version}~{'A' if code[0] != 'A' else 'B'}{code[1:]}",
        "card": card.buttons[0],
        "none": packed,
    }[part]
    key = "another" if part == "card" else card.card_key

    assert open_button(vault, bent, card_key=key, audience="wecom:mei") is None
    assert await taps("mei", bent, key) == {"refused": 1}
    assert pressed == []
