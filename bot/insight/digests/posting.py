"""A digest as the answer to whoever asked for it: words first, buttons below."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.insight.digests.digest import Digest
from bot.store import outbox, users
from bot.store.desk import Desk


async def shown(desk: Desk, user_id: str, platform: str, digest: Digest) -> Reply:
    """The words are queued before the card that is the answer, where he is now."""
    words = digest.before(user_id, f"digest_shown:{desk.new_id()}")
    if words is not None:
        if platform:
            await users.seen_on(desk.tx, user_id, platform)
        await outbox.post(desk, words)
    return digest.reply()
