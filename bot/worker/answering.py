"""Bring a handler's answer to whoever tapped or wrote."""

from __future__ import annotations

from bot.cards.texts import work
from bot.chat.inbound import PRIVATE
from bot.chat.outbound import Notice, Reply
from bot.store import audit, dialogues, outbox, users
from bot.store.desk import Desk
from bot.worker.reading import Request


async def answer(desk: Desk, request: Request, reply: Reply, *, platform: str, key: str) -> None:
    """Queue the answer, in the unit that carried the command out; `key` names the occasion.

    A pressed card is always drawn again, even unchanged: it waits for us.
    """
    if not request.account:
        return
    if request.actor.platform != platform:
        await users.seen_on(desk.tx, request.actor.id, platform)
    if request.card_key:
        await _draw(desk, request, reply)
    text = reply.text
    if reply.card is not None and (reply.fresh or not request.card_key):
        # A card tells names: whoever asked before others gets it alone.
        card = Notice(to=request.actor.id, key=f"card:{key}", card=reply.card, topic=reply.topic)
        await outbox.post(desk, card)
        text = text if request.chat == PRIVATE else work.IN_GROUP_SENT
    if text:
        await _post(desk, request, platform, Notice(to=request.actor.id, key=f"text:{key}", text=text))
    if reply.audit:
        await audit.note(desk, actor=request.actor.id, action=reply.audit, of="numbers")
    if reply.memory is not None:
        memory = reply.memory
        await dialogues.keep(desk, request.actor.id, memory.kind, memory.state, for_=memory.lasts)


async def _draw(desk: Desk, request: Request, reply: Reply) -> None:
    shown = await outbox.shown(desk.tx, request.card_key, request.account)
    if shown is None:
        return
    keeps = reply.card is None or reply.fresh
    card = await outbox.drawing(desk, request.card_key) if keeps else reply.card
    if card is not None:
        await outbox.redraw(desk, shown, card, force=True, topic="" if keeps else reply.topic)


async def _post(desk: Desk, request: Request, platform: str, notice: Notice) -> None:
    if request.chat == PRIVATE:
        await outbox.post(desk, notice)
        return
    group = Notice(to=f"{platform}:{request.chat}", key=notice.key, text=notice.text, group=True)
    await outbox.post(desk, group)
