"""What people write, and what is sent to them, lies sealed: a stolen file tells nothing."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.card import Card, Field
from bot.chat.inbound import Accepted
from bot.chat.outbound import Notice
from bot.store import inbox, outbox
from bot.store.tables.machinery import cards
from bot.store.tables.machinery import inbox as inbox_table
from bot.store.tables.machinery import outbox as outbox_table
from tests.assignment.conftest import TEAM, hire

CANARY = "客户电话 13812345678"


def words(row: object) -> bytes:
    """A row as its bytes lie in the file."""
    return b"|".join(part if isinstance(part, bytes) else str(part).encode() for part in row)  # type: ignore[attr-defined]


async def test_what_comes_in_is_sealed_and_comes_back_whole(store, vault, now):
    """One at a time or many in one unit."""
    one, two, three = (
        Accepted("wecom", f"m{n}", "wecom:user:mei", f"{CANARY}{n}".encode()) for n in range(3)
    )

    await store.write(lambda tx: inbox.receive(tx, vault, one, now=now))
    await store.write(lambda tx: inbox.receive_all(tx, vault, [two, three], now=now))

    rows = await store.write(lambda tx: tx.all(select(inbox_table)))
    assert len(rows) == 3
    assert not any(CANARY.encode() in words(row) or b"13812345678" in words(row) for row in rows)
    kept = await store.write(lambda tx: inbox.waiting(tx, vault, "wecom:user:mei", most=9))
    assert [one.body for one in kept] == [f"{CANARY}{n}".encode() for n in range(3)]


async def test_what_goes_out_is_sealed(unit):
    """Texts, cards, and the one line that stands in a digest."""
    card = Card(kind="contact", title="L7 电话", fields=(Field("电话", CANARY),))

    async def post(desk):
        await hire(desk, *TEAM)
        assert await outbox.post(desk, Notice(to="lisi", key="t", text=CANARY))
        assert await outbox.post(desk, Notice(to="lisi", key="c", card=card, topic="lead:L7"))
        return [*await desk.tx.all(select(outbox_table)), *await desk.tx.all(select(cards))]

    rows = await unit(post)

    assert len(rows) == 3
    assert not any(CANARY.encode() in words(row) or b"13812345678" in words(row) for row in rows)
