"""The bot, put together as the program does it, with a watched store and the platform outside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import bot.handlers
from bot.chat.adapter import Answering
from bot.chat.outbound import Notice
from bot.chat.router import Router
from bot.crm.company import Company
from bot.handlers import Scope
from bot.intake import contact_way
from bot.kit.discover import discover
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import Store, inbox, leads, outbox, sending
from bot.web.callbacks import Callbacks
from bot.web.forms import Forms
from bot.web.site import Site
from bot.worker.bench import Bench
from bot.worker.express import Express
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender
from tests.conftest import HandClock
from tests.kill.hooks import Watch, open_watched
from tests.kill.wire import Platform, Wire

SECRET = "a secret that is long enough for tests"
GROUP = "wins"
#: More than any plot needs.
_STEPS = 500


@cache
def _found() -> tuple[Router[Scope], ...]:
    """Looked up once: the folder is read from the disk each time."""
    return tuple(discover(bot.handlers, "router").values())  # type: ignore[arg-type]


def handlers(_bench: Callable[[], Bench]) -> Router[Scope]:
    """Every handler in its folder."""
    return Router(*_found())


@dataclass(frozen=True)
class Plan:
    """What the bot is built of; a planted bug takes the place of one part."""

    name: str = "as it is"
    callbacks: type[Callbacks] = Callbacks
    sender: type[Sender] = Sender
    platform: type[Platform] = Platform
    router: Callable[[Callable[[], Bench]], Router[Scope]] = handlers


@dataclass
class House:
    """One process: door, worker and sender over one store."""

    store: Store
    wire: Wire
    clock: HandClock
    bench: Bench
    callbacks: Callbacks
    forms: Forms
    worker: LaneWorker
    sender: Sender

    async def step(self) -> int:
        """One round of worker and sender side by side; what they took."""
        return sum(await asyncio.gather(self.worker.step(), self.sender.step()))

    async def drain(self) -> int:
        """Work and send until nothing is ready; how much it was."""
        worked = 0
        for _ in range(_STEPS):
            taken = await self.step()
            if not taken:
                return worked
            worked += taken
        msg = "worker and sender never come to rest"
        raise RuntimeError(msg)

    async def is_busy(self) -> bool:
        """Whether anything waits to be carried out or sent, be it later."""

        async def look(tx: Any) -> bool:
            kept, sends = await inbox.counts(tx), await sending.counts(tx)
            return bool(kept.get("pending") or sum(sends.get(s, 0) for s in ("pending", "leased", "sending")))

        return await self.store.write(look)

    async def cheer(self, text: str) -> None:
        """Ask for a word to the whole team; a group has no key, so it must never be said twice."""
        (platform,) = self.bench.adapters
        notice = Notice(to=f"{platform}:{GROUP}", key="cheer", text=text, group=True)
        await self.store.write(lambda tx: outbox.post(self.bench.desk(tx), notice))

    async def show_code(self, lead_id: str) -> None:
        """Ask for the QR code of a lead, as its thank-you page does."""

        async def unit(tx: Any) -> None:
            lead = await leads.lock(tx, lead_id)
            await contact_way.ask_for(self.bench.desk(tx), lead, "wecom")

        await self.store.write(unit, lane_key=f"lead:{lead_id}")

    async def close(self) -> None:
        await self.store.close()
        self.wire.close()


def build(
    url: str, wire: Wire, watch: Watch, clock: HandClock, company: Company, plan: Plan, seed: int
) -> House:
    """Put one process together inside a running loop; `seed` must be another one after each start."""
    random_bytes = seeded_random_bytes(seed)
    vault = Vault([SECRET], random_bytes)
    store = open_watched(url, watch)
    adapter = plan.platform(wire, watch)
    bench = Bench(
        store=store, adapters={adapter.name: adapter}, router=plan.router(lambda: bench), company=company,
        vault=vault, clock=clock, random_bytes=random_bytes, name=f"process-{seed}",
    )  # fmt: skip
    worker, sender = LaneWorker(bench), plan.sender(bench)
    express = Express(bench, worker, sender) if isinstance(adapter, Answering) else None
    site = Site(store, company, vault, clock, random_bytes, bench.wake)
    return House(
        store=store,
        wire=wire,
        clock=clock,
        bench=bench,
        callbacks=plan.callbacks(
            adapter=adapter, store=store, vault=vault, clock=clock, wake=bench.wake, at_once=express
        ),
        forms=Forms(site, monotonic=lambda: 0.0),
        worker=worker,
        sender=sender,
    )
