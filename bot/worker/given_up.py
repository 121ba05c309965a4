"""A delivery that was set aside after its tries: whoever pressed or wrote hears that nothing came of it."""

from __future__ import annotations

import structlog

from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.errors import StoreBusyError
from bot.store import Tx
from bot.store.inbox import Kept
from bot.worker.answering import answer
from bot.worker.bench import Bench
from bot.worker.reading import Request, read

log = structlog.get_logger()


async def tell(bench: Bench, kept: Kept) -> None:
    """Answer in his own chat, and draw the pressed card again so that it can be pressed once more.

    In a unit of its own: whatever fails here, the delivery stays set aside.
    """

    async def unit(tx: Tx) -> None:
        desk = bench.desk(tx)
        asked = await read(desk, bench.decode(kept.platform, kept.body))
        if isinstance(asked, Request) and asked.account:
            key, platform = f"{kept.platform}:{kept.key}", asked.platform or kept.platform
            await answer(
                desk, asked, Reply(text=work.GIVEN_UP), platform=platform, key=key, reply_to=kept.key
            )

    try:
        await bench.store.write(unit, within=5)
    except StoreBusyError:
        log.warning("delivery.not_told", id=kept.id, reason="store_busy")
    except Exception as exc:  # noqa: BLE001 - what failed five times may fail here as well
        log.warning("delivery.not_told", id=kept.id, reason=type(exc).__name__)
    else:
        bench.wake()
