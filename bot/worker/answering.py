"""Bring a handler's answer to whoever tapped or wrote."""

from __future__ import annotations

from dataclasses import replace

from bot.assignment import pool_groups
from bot.cards.texts import work
from bot.chat.inbound import PRIVATE
from bot.chat.outbound import Image, Notice, Reply
from bot.crm.commands import BindAccount
from bot.store import audit, dialogues, on_screen, outbox, users
from bot.store.desk import Desk
from bot.worker.reading import Request

#: Kinds of card that tell a loser no more than the group's card tells everybody.
_SAID_BY_THE_GROUPS_CARD = frozenset({"lead_taken"})
#: Kinds of card that his own card of the same thing turns into.
_BECOMES_HIS = frozenset({"lead_owned"})


async def answer(
    desk: Desk,
    request: Request,
    reply: Reply,
    *,
    platform: str,
    key: str,
    reply_to: str = "",
    on_page: bool = False,
) -> None:
    """Queue the answer, in the unit that carried the command out; `key` names the occasion.

    A pressed card is always drawn again, even unchanged: it waits for us. `on_page`: it was pressed
    on a page, which shows by itself what became of it.
    """
    if not request.account:
        return
    request = await _as_he_is_now(desk, request, platform)
    if request.actor.platform != platform:
        await users.seen_on(desk.tx, request.actor.id, platform)
    if request.card_key and await _in_group(desk, request, reply, key):
        return
    # Shown as the answer to his words only where he said them.
    here = reply_to if request.chat == PRIVATE else ""
    if request.card_key:
        await _draw(desk, request, reply, on_page=on_page)
    text, chart = reply.text, _chart(reply)
    if reply.card is not None and (reply.fresh or not request.card_key):
        # A card tells names: whoever asked before others gets it alone, and its chart with it. Else that
        # follows the words that say the same.
        beside, chart = (None, chart) if text and request.chat == PRIVATE else (chart, None)
        card = Notice(
            to=request.actor.id, key=f"card:{key}", card=reply.card, topic=reply.topic, answers=True,
            reply_to=here, image=beside,
        )  # fmt: skip
        await outbox.post(desk, card)
        text = text if request.chat == PRIVATE else work.IN_GROUP_SENT
    if reply.image is not None and reply.image.chart is None:
        # A picture may show whose it is: before others it goes to whoever asked alone.
        image = Notice(to=request.actor.id, key=f"image:{key}", image=reply.image, text=text, answers=True,
                       reply_to=here)  # fmt: skip
        await outbox.post(desk, image)
        text = "" if request.chat == PRIVATE else work.IN_GROUP_SENT
    if text or chart is not None:
        # A chart shows what the words say, so it goes where they go.
        said = Notice(to=request.actor.id, key=f"text:{key}", text=text, image=chart, answers=True,
                      reply_to=reply_to)  # fmt: skip
        await _post(desk, request, platform, said)
    await _remember(desk, request, reply)


async def _remember(desk: Desk, request: Request, reply: Reply) -> None:
    """What the answer leaves in the audit, and what the next words may refer to."""
    if reply.audit:
        await audit.note(desk, actor=request.actor.id, action=reply.audit, of="numbers")
    if reply.memory is not None:
        memory = reply.memory
        await dialogues.keep(desk, request.actor.id, memory.kind, memory.state, for_=memory.lasts)


def _chart(reply: Reply) -> Image | None:
    """A picture of what the card or the text says; any other picture stands for the text."""
    return None if reply.image is None or reply.image.chart is None else reply.image


async def _as_he_is_now(desk: Desk, request: Request, platform: str) -> Request:
    """Whoever just bound two accounts may have another id by now."""
    if not isinstance(request.command, BindAccount):
        return request
    now_is = await users.by_login(desk.tx, platform, request.account)
    return request if now_is is None else replace(request, actor=now_is)


async def draw_again(desk: Desk, request: Request) -> None:
    """Show the pressed card as it stands: the answer to an earlier delivery of this press was lost."""
    if not await _in_group(desk, request, Reply(), ""):
        await _draw(desk, request, Reply())


async def _in_group(desk: Desk, request: Request, reply: Reply, key: str) -> bool:
    """Answer a press on a card that hangs before a group: what it shows is everybody's, the rest is his.

    False if the card is somebody's own.
    """
    shown = await outbox.shown(desk.tx, request.card_key, request.account)
    if shown is None or not shown.chat:
        return False
    if not await pool_groups.answer(desk, shown, to=request.account):
        hanging = await outbox.drawing(desk, request.card_key)
        if hanging is not None:
            await outbox.redraw(desk, shown, hanging, force=True)
    is_told = reply.card is None or reply.card.kind in _SAID_BY_THE_GROUPS_CARD
    if not is_told and not await _is_before_him(desk, request, reply, shown.platform):
        await outbox.post(desk, Notice(
            to=request.actor.id, key=f"card:{key}", card=reply.card, topic=reply.topic, answers=True
        ))  # fmt: skip
    if reply.text:
        said = Notice(
            to=request.actor.id, key=f"text:{key}", text=reply.text, image=_chart(reply), answers=True
        )
        await outbox.post(desk, said)
    return True


async def _is_before_him(desk: Desk, request: Request, reply: Reply, platform: str) -> bool:
    """Show what became his on the card of it that hangs in his own chat; False if none does."""
    if reply.card is None or reply.card.kind not in _BECOMES_HIS:
        return False
    key = await on_screen.newest(desk.tx, reply.topic, user_id=request.actor.id, platform=platform)
    own = None if key is None else await outbox.shown(desk.tx, key, request.account)
    # Where it cannot be changed he gets it anew.
    return own is not None and await outbox.redraw(desk, own, reply.card, force=True)


async def _draw(desk: Desk, request: Request, reply: Reply, *, on_page: bool = False) -> None:
    shown = await outbox.shown(desk.tx, request.card_key, request.account)
    if shown is None:
        return
    keeps = reply.card is None or reply.fresh
    card = await outbox.drawing(desk, request.card_key) if keeps else reply.card
    if card is not None:
        # A card on which nothing can be done is worth no message of its own to whoever has just read it.
        anew = not on_page or bool(card.presses)
        await outbox.redraw(desk, shown, card, force=True, topic="" if keeps else reply.topic, anew=anew)


async def _post(desk: Desk, request: Request, platform: str, notice: Notice) -> None:
    if request.chat == PRIVATE:
        await outbox.post(desk, notice)
        return
    await outbox.post(desk, replace(notice, to=f"{platform}:{request.chat}", group=True))
