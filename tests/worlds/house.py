"""The whole bot as one process of a world: put together by `bot.app`, beside the world's database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from bot.app import parts as program
from bot.app import process as putting
from bot.app import serving
from bot.chat.adapter import Adapter, Means
from bot.chat.router import Router
from bot.crm.company import Company
from bot.crm.company.load import load
from bot.handlers import Scope
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.settings import Settings
from bot.simulator.dingtalk.company import OUR_TEMPLATE
from bot.worker import directory
from bot.worker.bench import Bench
from tests.worlds.blend import WECOM, Blend
from tests.worlds.courier import Door
from tests.worlds.database import Disk, InlineStore
from tests.worlds.dingtalk import platform as dingtalk
from tests.worlds.loop import Process
from tests.worlds.platform import BASE, SECRETS, Session

CONFIG = Path(__file__).resolve().parents[2] / "config"
SECRET = "a secret of these worlds that is long enough"
#: Seconds. Nobody looks for nothing: `Alarm` wakes whoever has something to do, when half a second's
#: polling would have found it.
_POLL, _GRAIN = 600.0, 0.5


@cache
def company() -> Company:
    """The company that ships in config/."""
    return load(CONFIG)


@cache
def router() -> Router[Scope]:
    """Every handler in its folder."""
    return program.build_router()


@cache
def settings(blend: Blend) -> Settings:
    wecom = {
        "corp_id": SECRETS.corp_id, "agent_id": str(SECRETS.agent_id), "secret": SECRETS.secret,
        "token": SECRETS.token, "aes_key": SECRETS.aes_key, "api_base": BASE,
    }  # fmt: skip
    ding = dingtalk.SECRETS
    other = {
        "client_id": ding.ding_client_id, "client_secret": ding.ding_client_secret,
        "corp_id": ding.ding_corp_id, "agent_id": str(ding.ding_agent_id), "mode": blend.dingtalk or "http",
        "event_token": ding.ding_event_token, "event_aes_key": ding.ding_event_aes_key,
        "card_template_id": OUR_TEMPLATE if blend.template else "",
        "api_base": dingtalk.BASE, "oapi_base": dingtalk.BASE,
    }  # fmt: skip
    platforms = ({"wecom": wecom} if blend.wecom else {}) | ({"dingtalk": other} if blend.dingtalk else {})
    return Settings(
        database_url="sqlite+aiosqlite:///nowhere.db", public_url="https://bot.invalid", config_dir=CONFIG,
        secret_key=SecretStr(SECRET), platforms=platforms,
    )  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """What the bot is built of; a planted bug takes the place of one part."""

    name: str = "as it is"
    store: Callable[[Disk], InlineStore] = InlineStore
    adapter: Callable[[Adapter], Adapter] = lambda adapter: adapter
    router: Callable[[Router[Scope]], Router[Scope]] = lambda router: router
    #: Where the process is killed, three times in each world: the suite cannot wait for chance alone.
    kills_at: str = ""
    #: The platforms on which such a world plays, whatever its seed says.
    blend: Blend | None = None
    #: By name what runs for ever, in place of the program's own.
    loops: dict[str, Callable[[Bench], Callable[[], Awaitable[None]]]] = field(default_factory=dict)


@dataclass
class House:
    """One process, from its start to its death."""

    process: Process
    bench: Bench
    door: Door
    alarm: Alarm

    def kill(self) -> None:
        """SIGKILL: nothing is cleaned up; what was committed stays."""
        self.process.kill()
        self.alarm.off()


def start(
    *, disk: Disk, open_session: Callable[[], Session], clock: Callable[[], datetime], name: str, seed: int,
    parts: Parts, blend: Blend = WECOM, ding: dingtalk.DingTalk | None = None,
) -> House:  # fmt: skip
    """Start one process; `seed` must be another one after each start."""
    process = Process(name)
    means = Means(
        clock, asyncio.get_running_loop().time, seeded_random_bytes(seed), open_session,
        ding.opens(process) if ding is not None else None,
    )  # fmt: skip
    return process.context.run(_built, process, disk, means, parts, settings(blend))


def _built(process: Process, disk: Disk, means: Means, parts: Parts, given: Settings) -> House:
    random_bytes, clock, monotonic = means.random_bytes, means.clock, means.monotonic
    adapters = program.build_adapters(given, means)
    bench = Bench(
        store=parts.store(disk), adapters={key: parts.adapter(one) for key, one in adapters.items()},
        router=parts.router(router()), company=company(), vault=Vault([SECRET], random_bytes), clock=clock,
        random_bytes=random_bytes, name=process.name, poll=_POLL, monotonic=monotonic,
    )  # fmt: skip
    app = putting.assemble(given, bench, monotonic)
    roles = frozenset(serving.ROLES)
    running = serving.loops(app, roles) | {name: made(bench) for name, made in parts.loops.items()}
    # It measures how late the real loop is; this one never is.
    del running["lag"]
    for name, run in running.items():
        process.start(serving._forever(name, run))
    process.start(directory.set_menus(bench))
    alarm = Alarm(disk, bench, clock, process)
    return House(process, bench, Door(process, app.web), alarm)


_NEXT = (
    "SELECT min(at) FROM (SELECT max(due_at, coalesce(lease_until, '')) AS at FROM lanes"
    " WHERE due_at IS NOT NULL UNION ALL SELECT max(due_at, coalesce(lease_until, '')) FROM outbox"
    " WHERE state IN ('pending', 'leased', 'sending'))"
)


class Alarm:
    """Looks after each commit when the next thing falls due, and wakes the process then: a poll that
    would find nothing is left out.
    """

    def __init__(self, disk: Disk, bench: Bench, clock: Callable[[], datetime], process: Process) -> None:
        self._disk, self._bench, self._clock, self._process = disk, bench, clock, process
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._is_off = False
        disk.committed.append(self.set)

    def set(self) -> None:
        """Work out when to ring."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        (at,) = self._disk.db.execute(_NEXT).fetchone()
        if at is not None and not self._is_off:
            wait = (datetime.fromisoformat(at) - self._clock()).total_seconds()
            wait = max(_GRAIN, min(wait + 0.01, _POLL))
            self._timer = self._loop.call_later(wait, self._ring, context=self._process.context)

    def _ring(self) -> None:
        self._bench.wake()
        self.set()

    def off(self) -> None:
        """Its process is dead."""
        self._is_off = True
        self._disk.committed.remove(self.set)
        if self._timer is not None:
            self._timer.cancel()
