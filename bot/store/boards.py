"""Draw again what hangs in chats."""

from __future__ import annotations

from collections.abc import Callable

from bot.chat.card import Card
from bot.store import outbox
from bot.store.desk import Desk
from bot.store.outbox import ShownCard


async def redraw_all(desk: Desk, topic: str, draw: Callable[[ShownCard], Card]) -> None:
    """Bring every card about `topic` up to date; `draw` says what its reader gets."""
    for shown in await outbox.on_topic(desk, topic):
        await outbox.redraw(desk, shown, draw(shown))
