"""The product's own keeper of journeys over a store of the bench, at the bench's moment."""

from __future__ import annotations

from bench.journeys_engine import NOW, company, planned
from bot.app.warming import warm_up
from bot.chat.router import Router
from bot.handlers import Scope
from bot.kit.ids import seeded_random_bytes, system_random_bytes
from bot.kit.vault import Vault
from bot.store import Store
from bot.worker.bench import Bench
from bot.worker.journeys import JourneyKeeper


def keeper(store: Store) -> JourneyKeeper:
    warm_up(company(), NOW)
    vault = Vault(["a secret that is long enough for this"], seeded_random_bytes(1))
    router: Router[Scope] = Router()
    bench = Bench(
        store=store, adapters={}, router=router, company=company(), vault=vault, clock=lambda: NOW,
        random_bytes=system_random_bytes, name="bench",
    )  # fmt: skip
    return JourneyKeeper(bench, planned)
