"""What a platform does not take for a colleague goes to where else he reads."""

from __future__ import annotations

import structlog

from bot.chat.outbound import Image, Notice, SendCard, SendPicture, SendText
from bot.store import Tx, incidents, logins, outbox, sending, users
from bot.store.outbox import Address
from bot.store.sending import Leased
from bot.worker.bench import Bench

log = structlog.get_logger()


async def elsewhere(bench: Bench, tx: Tx, leased: Leased) -> bool:
    """Say it on his other platform instead, and say there what follows, until he acts here again.

    False if it was no message to one colleague, or he has no other login on a platform that is on.
    """
    user_id = await sending.reader(tx, leased.lane_key)
    notice = None if user_id is None else _notice(leased, user_id)
    if notice is None or user_id is None:
        return False
    for platform, account in await logins.of_user(tx, user_id):
        if platform == leased.platform or platform not in bench.adapters:
            continue
        desk = bench.desk(tx)
        # The same occasion: if he was told of it there before, once is enough.
        if not await outbox.post_at(desk, notice, Address(platform, account)):
            return False
        await users.seen_on(tx, user_id, platform)
        await incidents.count(tx, "notice.rerouted", f"{leased.platform}:{platform}", desk.now)
        log.info("notice.rerouted", user=user_id, refused_by=leased.platform, goes_to=platform)
        return True
    return False


def _notice(leased: Leased, to: str) -> Notice | None:
    about = {"to": to, "key": leased.key, "topic": leased.topic}
    rest = {"expires_at": leased.expires_at, "answers": leased.rank == 0}
    match leased.outgoing:
        case SendText(group=False, text=text):
            return Notice(**about, **rest, text=text)  # type: ignore[arg-type]
        case SendCard(group=False, card=card):
            return Notice(**about, **rest, card=card)  # type: ignore[arg-type]
        case SendPicture(group=False, data=data, url=url, chart=chart, instead=instead):
            # Drawn anew there: what waits stays small.
            image = Image(chart=chart) if chart else Image(data=data, url=url)
            return Notice(**about, **rest, image=image, text=instead)  # type: ignore[arg-type]
        case _:
            return None
