"""A tap whose answer is the changed card: decided in the unit that keeps it, and sent before all else."""

from __future__ import annotations

import asyncio

import structlog

from bot.chat.inbound import Accepted
from bot.errors import StoreBusyError
from bot.worker.bench import Bench
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender

log = structlog.get_logger()


class Express:
    """Keeps such taps; what cannot be decided at once goes the way of everything else."""

    def __init__(self, bench: Bench, lanes: LaneWorker, sender: Sender) -> None:
        self._bench = bench
        self._lanes = lanes
        self._sender = sender
        self._pushing: set[asyncio.Task[None]] = set()

    async def __call__(self, accepted: Accepted) -> None:
        """Return once the tap is durable; its answer is then on its way."""
        receiver = await self._lanes.at_once(accepted)
        self._bench.wake()
        if receiver is not None:
            task = asyncio.create_task(self._push(receiver))
            self._pushing.add(task)
            task.add_done_callback(self._pushing.discard)

    async def _push(self, receiver: str) -> None:
        try:
            await self._sender.push(receiver)
        except StoreBusyError:
            # It waits in the outbox: the sender's next round takes it first.
            log.warning("answer.not_pushed")
