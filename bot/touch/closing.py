"""Nothing more is written to where a message went; whoever has another address by now keeps that one."""

from __future__ import annotations

from bot.rules.dead_address import closes
from bot.store import incidents, touch_texts
from bot.store.desk import Desk
from bot.store.touch_suppressions import suppress
from bot.store.touch_texts import Said


async def close(desk: Desk, said: Said, *, reason: str, by: str, detail: str) -> bool:
    """Write no more to where a touch went; False if that was so before, or nobody knows where it went."""
    if said.key is None:
        # It went by a span that he had opened himself, or by hand, or before addresses were kept with it.
        await incidents.count(desk.tx, "touch.not_closed", f"{said.channel}:{reason}", desk.now)
        return False
    return await suppress(desk, said.key, channel=said.channel, reason=reason, by=by, detail=detail)


async def refused(desk: Desk, touch_id: str, code: str) -> bool:
    """The channel refused it for good; a code that says that nobody is there closes the address."""
    reason = closes(code)
    said = await touch_texts.said(desk.tx, touch_id) if reason else None
    if said is None:
        return False
    return await close(desk, said, reason=reason, by="system", detail=code)
