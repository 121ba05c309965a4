"""Buttons of others, forged, spliced, of older cards, pressed by strangers: through the worker, to the end."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.card import Button, Card
from bot.chat.inbound import PRIVATE, Accepted, Inbound, MenuPressed, Message, Tap
from bot.crm import commands as c
from bot.store import Store, inbox, incidents
from bot.store.buttons import seal_buttons
from bot.store.tables.machinery import audit, outbox
from bot.store.tables.machinery import inbox as inbox_table
from bot.worker.bench import Bench
from bot.worker.lanes import LaneWorker
from tests.fakes import FakeAdapter
from tests.handlers.workday import ROUTER
from tests.rights.house import SECRETS, House, contents
from tests.rights.tries import TRIES

_CARD = "card-of-gao"


@dataclass
class Desk:
    """A worker, a platform that brings what it is told, and buttons as we seal them."""

    house: House
    bench: Bench
    platform: FakeAdapter
    n: itertools.count[int] = field(default_factory=itertools.count)

    def button(
        self,
        command: object,
        *,
        card: str = _CARD,
        account: str = "wx-gao",
        version: int = 1,
        chat: str = PRIVATE,
    ) -> str:
        """As it lies on this card of this receiver."""
        drawn = Card(kind="any", title="x", buttons=(Button(label="x", command=command),))
        audience = f"wecom:{account if chat == PRIVATE else chat}"
        (sealed,) = seal_buttons(self.bench.vault, drawn, card_key=card, audience=audience, version=version)
        return sealed

    async def brings(self, *those: Inbound) -> list[Any]:
        """Each comes in as a delivery of its own and is carried out; what became of them."""
        keys = []
        for one in those:
            body = f"delivery {next(self.n)}".encode()
            self.platform.inbound[body] = one
            keys.append(body.decode())
            accepted = Accepted("wecom", keys[-1], f"wecom:user:{getattr(one, 'user_id', '')}", body)
            await self.bench.store.write(
                lambda tx, a=accepted: inbox.receive(tx, self.bench.vault, a, now=self.bench.clock()),
                within=30,
            )
        worker = LaneWorker(self.bench)
        while await worker.step():
            pass
        rows = await self.rows(
            select(inbox_table).where(inbox_table.c.key.in_(keys)).order_by(inbox_table.c.id)
        )
        assert [row.failures for row in rows] == [0] * len(those)
        return rows

    async def rows(self, statement: Any) -> list[Any]:
        async with self.bench.store.read() as tx:
            return list(await tx.all(statement))

    async def is_untouched(self) -> bool:
        return bool(await self.house.day.unit(contents) == self.house.before)


@pytest.fixture
async def desk(house: House, lite: Store, company: Any, vault: Any, clock: Any, random_bytes: Any) -> Desk:
    platform = FakeAdapter()
    bench = Bench(
        store=lite, adapters={"wecom": platform}, router=ROUTER, company=company, vault=vault, clock=clock,
        random_bytes=random_bytes, name="test",
    )  # fmt: skip
    return Desk(house, bench, platform)


def press(account: str, button: str, *, card: str = _CARD, chat: str = PRIVATE) -> Tap[object]:
    return Tap(platform="wecom", user_id=account, button=button, card_key=card, update_code="rc", chat=chat)


def bent(button: str) -> dict[str, str]:
    """A genuine button of Gao Feng's, L3, changed in one place."""
    packed, version, mac = button.rsplit("~", 2)
    raw = base64.urlsafe_b64decode(mac + "=" * (-len(mac) % 4))
    flipped = base64.urlsafe_b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode().rstrip("=")
    return {
        "another lead": button.replace("L3", "L1"),
        "another command": button.replace("lead.claim", "lead.reveal"),
        "another version": f"{packed}~2~{mac}",
        "version spelled otherwise": f"{packed}~01~{mac}",
        "version full-width": f"{packed}~１~{mac}",
        "no seal": f"{packed}~{version}~",
        "only the command": packed,
        "half a seal": f"{packed}~{version}~{mac[:20]}",
        "a bit": f"{packed}~{version}~{flipped}",
        "seal in upper case": f"{packed}~{version}~{mac.upper()}",
        "zeros": f"{packed}~{version}~{'A' * len(mac)}",
        "a field more": button.replace("lead_id=L3", "lead_id=L3&to=gao"),
        "encoded otherwise": button.replace("L3", "%4C3"),
        "twice the field": button.replace("lead_id=L3", "lead_id=L3&lead_id=L1"),
        "no such command": button.replace("lead.claim", "lead.steal"),
        "full-width number": button.replace("L3", "L３"),
        "zero width": button.replace("L3", "L3\u200b"),
        "right to left": "\u202e" + button,
        "very long": button.replace("L3", "L3" * 2000),
        "empty": "~",
        "code": "__import__('os')~1~" + mac,
    }


async def test_a_button_works_for_its_receiver_on_its_card_alone(desk: Desk):
    """Sealed for Gao on his card: pressed by others, on another card, or bent, it is refused and noted."""
    button = desk.button(c.ClaimLead("L3"))
    presses = {
        **{name: press("wx-gao", said) for name, said in bent(button).items()},
        **{
            f"by {who}": press(f"wx-{who}", button)
            for who in ("lina", "chen", "wang", "zhou", "boss", "itops")
        },
        "by somebody unknown": press("wx-stranger", button),
        "on another card": press("wx-gao", button, card="card-of-lina"),
        "by another in a group": press("wx-lina", button, chat="group-1"),
    }
    rows = await desk.brings(*presses.values())
    noted = await desk.rows(select(audit).where(audit.c.action == "press.refused"))

    assert [
        name
        for name, row in zip(presses, rows, strict=True)
        if (row.state, row.reason) != ("refused", "forged")
    ] == []
    assert await desk.is_untouched()
    assert len(noted) == len(presses)
    assert await desk.rows(select(outbox)) == []
    async with desk.bench.store.read() as tx:
        assert (await incidents.totals(tx))["delivery.refused", "button:forged"] == len(presses)


async def test_what_a_group_shows_to_one_alone_is_answered_to_him_alone(desk: Desk):
    """Where a platform shows a card in a group to one person, his press is as in his own chat."""
    (row,) = await desk.brings(press("wx-gao", desk.button(c.ShowLead("L5")), chat="group-1"))
    queued = await desk.rows(select(outbox))

    assert row.state == "done"
    assert {one.recipient for one in queued} <= {"wx-gao"}


async def test_the_genuine_press_works_once(desk: Desk):
    """What all those tried in vain: one owner, and the second press changes nothing."""
    button = desk.button(c.ClaimLead("L3"))
    (first,) = await desk.brings(press("wx-gao", button))
    taken = await desk.house.day.unit(contents)
    (second,) = await desk.brings(press("wx-gao", button))

    assert (first.state, second.state) == ("done", "done")
    assert (await desk.house.day.get("L3")).owner_id == "gao"
    assert await desk.house.day.unit(contents) == taken


async def test_a_button_of_an_older_card_does_what_its_owner_may_do_now(desk: Desk):
    """He got it while the lead was his or free; by now it is somebody else's: nothing happens, nothing is told."""
    sealed = {
        name: desk.button(command)
        for name, command in TRIES.items()
        if not isinstance(command, c.EnterLead | c.Ask)
    }
    others = {name for name in sealed if name.endswith((" L1", " T1", " D1"))}
    rows = await desk.brings(
        *(press("wx-chen", desk.button(TRIES[name], account="wx-chen")) for name in sorted(others))
    )
    queued = await desk.rows(select(outbox))

    assert len(others) > 20
    assert {row.state for row in rows} == {"done"}
    assert await desk.is_untouched()
    told = "\n".join(
        desk.bench.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}").decode() for row in queued
    )
    secret = SECRETS["L1"]
    assert [one for one in (*secret.words(), *secret.numbers(), *SECRETS["L2"].words()) if one in told] == []


@pytest.mark.parametrize(
    "account", ["wx-stranger", "", "WX-LINA", "wx-lina ", "lina", "../wx-lina", "wx-lina\u200b", "sys"]
)
async def test_who_is_not_in_the_address_book_gets_no_answer(desk: Desk, account: str):
    """By word, by menu and by a button sealed for that very account: refused, counted, noted, silent."""
    said = ("帮助", "我的线索", "查 欧阳金鸣", "领取 L3", "L1 改派 高峰", "本月新增线索")
    messages = [
        Message(platform="wecom", user_id=account, text=words, chat=chat)
        for words in said
        for chat in (PRIVATE, "group-1")
    ]
    button = press(account, desk.button(c.ClaimLead("L3"), account=account))
    rows = await desk.brings(
        *messages, MenuPressed(platform="wecom", user_id=account, key="leads.mine"), button
    )

    assert {(row.state, row.reason) for row in rows} == {("refused", "not_a_member")}
    assert await desk.is_untouched()
    assert await desk.rows(select(outbox)) == []
    assert desk.bench.directory_changed.is_set()


async def test_who_has_left_is_a_stranger(desk: Desk):
    """From the moment that we know of it: his cards, his words, his menu."""
    assert await works(
        lambda: desk.brings(press("wx-lina", desk.button(c.ShowLead("L1"), account="wx-lina")))
    )
    before = len(await desk.rows(select(outbox)))
    await desk.house.day.unit(_gone)
    left = await desk.house.day.unit(contents)
    button = desk.button(c.RevealContact("L1"), account="wx-lina")
    rows = await desk.brings(
        press("wx-lina", button),
        Message(platform="wecom", user_id="wx-lina", text="L1 电话"),
        Message(platform="wecom", user_id="wx-lina", text="我的线索"),
        MenuPressed(platform="wecom", user_id="wx-lina", key="leads.mine"),
    )

    assert {(row.state, row.reason) for row in rows} == {("refused", "not_a_member")}
    assert len(await desk.rows(select(outbox))) == before
    assert await desk.house.day.unit(contents) == left


async def works(brought: Callable[[], Awaitable[list[Any]]]) -> bool:
    return {row.state for row in await brought()} == {"done"}


async def _gone(desk: Any) -> None:
    from bot.store.tables.people import users

    await desk.tx.run(users.update().where(users.c.id == "lina").values(active=False))
