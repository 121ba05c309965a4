"""Some days of a few customers in virtual time: journeys want, people stop, processes die, channels fail.

What is checked is read off the wire, with the time at which it was there, and never off our own rows.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.chat.channel import CustomerMessage
from bot.crm.company import Company
from bot.crm.company.load import load
from bot.crm.company.touch import Caps, Touch
from bot.crm.touching import Intent, Purpose
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError, StoreBusyError
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import consents, touch_windows
from bot.touch.request import request
from bot.worker.touching import TouchSender
from tests.touch import promises
from tests.touch.house import AGREES, CHANNELS, MEI, STOPS, House, bench_of, company_of
from tests.touch.promises import MOST_UNDER_WAY
from tests.worlds.database import Disk, InlineStore
from tests.worlds.loop import Process, VirtualLoop, run

ROOT = Path(__file__).resolve().parents[2]
#: Seeds that were broken once.
SEEDS = Path(__file__).with_name("seeds.txt")
BEGIN = datetime(2026, 2, 12, 1, 0, tzinfo=UTC)
#: Zones of the customers: two have clocks that are put forward within these days of March.
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Shanghai")
RULES = Touch(
    caps=Caps(per_day=1, per_week=3, per_month=6), caps_of={"sms": Caps(per_week=1)},
    zone_field="timezone", put_off_days=4, pace_of={},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnWire:
    """One message as the channel got it."""

    at: datetime
    channel: str
    message: CustomerMessage


@dataclass
class World:
    """What outlives every process, and what was seen."""

    chance: random.Random
    disk: Disk
    company: Company
    vault: Vault
    loop: VirtualLoop
    wire: list[OnWire] = field(default_factory=list)
    #: By customer: (when, whether he agrees), as committed.
    said: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)
    #: By customer: when he wrote to us.
    wrote: dict[str, list[datetime]] = field(default_factory=dict)
    #: Answers that were lost, and processes that died or stood still.
    doubtful: int = 0
    processes: list[Process] = field(default_factory=list)
    keys: int = 0
    #: How often the machine misbehaves; 0: never.
    weather: float = 1.0
    #: By customer: his time zone.
    zones: dict[str, ZoneInfo] = field(default_factory=dict)
    begin: datetime = BEGIN

    def now(self) -> datetime:
        return self.begin + timedelta(seconds=self.loop.time())


class Channel:
    """A provider that is busy, refuses, is slow, or loses its answer, having acted or not."""

    is_keyed = False

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name

    async def deliver(self, message: CustomerMessage) -> str:
        world, chance = self.world, self.world.chance
        dice = chance.random() / (world.weather or 1e-9)
        if dice < 0.04:
            raise PlatformBusyError(self.name, timedelta(seconds=chance.randrange(1, 600)))
        if dice < 0.06:
            raise PlatformRejectedError(self.name, 550, "no")
        if dice < 0.08:
            world.doubtful += 1
            raise AnswerLostError(self.name, "before it acted")
        world.wire.append(OnWire(world.now(), self.name, message))
        await asyncio.sleep(chance.choice((0.01, 0.3, 3.0)))
        if dice < 0.11:
            world.doubtful += 1
            raise AnswerLostError(self.name, "after it acted")
        if dice < 0.12:
            world.doubtful += 1
            await asyncio.sleep(60)
        return f"p{len(world.wire)}"

    async def close(self) -> None:
        """Nothing to close."""


def _house(world: World, name: str) -> House:
    bench, _ = bench_of(
        InlineStore(world.disk), world.company, world.now, world.vault,
        seeded_random_bytes(world.chance.randrange(10**9)), name,
    )  # fmt: skip
    bench.channels = {one: Channel(world, one) for one in CHANNELS}
    bench.monotonic = world.loop.time
    bench.poll = 150.0
    return House(bench.store, bench, world.now, {})


async def _start(world: World, n: int) -> Process:
    process = Process(f"sender{n}")
    house = process.context.run(_house, world, process.name)
    process.start(_forever(house))
    world.processes.append(process)
    return process


async def _forever(house: House) -> None:
    sender = TouchSender(house.bench)
    while True:
        try:
            await sender.run()
        except StoreBusyError:
            await asyncio.sleep(1)


async def _machine(world: World, until: float) -> None:
    """Processes die and come again, or stand still for a while."""
    n = len(world.processes)
    while world.loop.time() < until:
        await asyncio.sleep(world.chance.uniform(600, 30_000))
        if not world.weather:
            continue
        victim = world.chance.choice([one for one in world.processes if not one.is_dead])
        world.doubtful += MOST_UNDER_WAY
        if world.chance.random() < 0.5:
            victim.kill()
            n += 1
            await asyncio.sleep(world.chance.uniform(1, 900))
            await _start(world, n)
        else:
            victim.freeze(world.chance.uniform(1, 7200))


async def _life(world: World, house: House, lead_id: str, until: float) -> None:
    """What one customer does, and what journeys want of him."""
    chance = world.chance
    while world.loop.time() < until:
        await asyncio.sleep(chance.uniform(60, 20_000))
        try:
            await _moment(world, house, lead_id, chance.random())
        except StoreBusyError:
            continue


async def _moment(world: World, house: House, lead_id: str, dice: float) -> None:
    if dice < 0.06:
        await _say(world, house, lead_id, agrees=False)
    elif dice < 0.12:
        await _say(world, house, lead_id, agrees=True)
    elif dice < 0.22:
        await _write(world, house, lead_id)
    else:
        world.keys += 1
        wanted = _intent(world, lead_id, f"j{world.keys}")
        times = world.chance.choice((1, 1, 2, 3))
        await asyncio.gather(
            *(house.unit(lambda desk: request(desk, wanted)) for _ in range(times)), return_exceptions=True
        )


async def _say(world: World, house: House, lead_id: str, *, agrees: bool) -> None:
    await house.unit(lambda desk: consents.record(desk, lead_id, AGREES if agrees else STOPS))
    world.said.setdefault(lead_id, []).append((world.now(), agrees))


async def _write(world: World, house: House, lead_id: str) -> None:
    at = world.now()

    async def opened(desk: object) -> None:
        await touch_windows.open_window(
            desk, lead_id, way="wechat_service.message", kind="message", address=f"kf|{lead_id}"
        )  # type: ignore[arg-type]

    await house.unit(opened)
    world.wrote.setdefault(lead_id, []).append(at)


def _intent(world: World, lead_id: str, key: str) -> Intent:
    chance = world.chance
    purpose = chance.choice((Purpose.MARKETING, Purpose.MARKETING, Purpose.TRANSACTIONAL, Purpose.REPLY))
    content = {Purpose.TRANSACTIONAL: "notice", Purpose.REPLY: "answer"}.get(
        purpose, f"news{chance.randrange(12)}"
    )
    ways = {
        Purpose.REPLY: (("wechat_service", "email"), ("wechat_service",)),
        Purpose.TRANSACTIONAL: (("sms", "email"), ("email",)),
        Purpose.MARKETING: (("email", "sms"), ("sms", "email"), ("email",)),
    }[purpose]
    until = world.now() + timedelta(hours=chance.randrange(1, 100)) if chance.random() < 0.5 else None
    return Intent(
        key=key, lead_id=lead_id, purpose=purpose, content=content, channels=chance.choice(ways),
        priority=chance.randrange(3), not_after=until, journey="j",
    )  # fmt: skip


async def _play(loop: VirtualLoop, seed: int | str, days: float, weather: float) -> tuple[World, list[str]]:
    chance = random.Random(f"touch:{seed}")
    disk = Disk(chance, slow=0.02 * weather)
    vault = Vault(["a secret that is long enough for tests"], seeded_random_bytes(7))
    world = World(chance, disk, company_of(load(ROOT / "config"), RULES), vault, loop, weather=weather)
    house = _house(world, "asks")
    await house.hire(MEI)
    names = [f"L{n + 1}" for n in range(len(ZONES))]
    for n, name in enumerate(names):
        await house.lead(name, n=n + 1, timezone=ZONES[n])
        world.said[name] = [(world.now(), True)]
        world.zones[name] = ZoneInfo(ZONES[n])
    for n in range(2):
        await _start(world, n)
    until = days * 86_400
    lives = [asyncio.ensure_future(_life(world, house, name, until)) for name in names]
    chaos = asyncio.ensure_future(_machine(world, until))
    await asyncio.gather(*lives)
    chaos.cancel()
    await asyncio.sleep(2 * 86_400)
    broken = promises.broken(world, await house.rows())
    for process in world.processes:
        process.kill()
    disk.close()
    return world, broken


def play(seed: int | str, *, days: float = 10, weather: float = 1.0) -> tuple[World, list[str]]:
    """One world to its end; what was seen, and what is wrong with it."""
    found: tuple[World, list[str]] = run(f"touch:{seed}", lambda loop: _play(loop, seed, days, weather))
    return found
