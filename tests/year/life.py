"""A year of a company in virtual time: its own journeys run, its customers live, the machine misbehaves.

The whole of it: what customers do is followed by the engine, planned by the planner, sent by the senders;
both loops run in two processes that die and stand still. Promises are held against the wire.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.crm.company import Company
from bot.crm.company.load import load
from bot.errors import StoreBusyError
from bot.journeys.simulate import Happening
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import consents, touch_windows
from bot.store.tables.journeys import journey_enrollments
from bot.touch.request import request_all
from bot.worker.journeys import JourneyKeeper
from bot.worker.touching import TouchSender
from tests.journeys.fleet import Fleet
from tests.touch import promises
from tests.touch.house import AGREES, MEI, STOPS, House, bench_of
from tests.touch.life import Channel, World
from tests.worlds.database import Disk, InlineStore
from tests.worlds.loop import Process, VirtualLoop, run

ROOT = Path(__file__).resolve().parents[2]
#: Seeds that were broken once.
SEEDS = Path(__file__).with_name("seeds.txt")
#: Before the two long holidays, and before clocks are put forward abroad.
BEGIN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
#: Most customers are at home; some live where clocks are changed, or far off.
ZONES = ("Asia/Shanghai",) * 6 + ("America/New_York", "Europe/London", "Pacific/Auckland", "Asia/Kolkata")
#: As the State Council announced for 2026, worked weekends left out: on these days marketing rests.
HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, first, last in (
        (1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7),
    )
    for day in range(first, last + 1)
)  # fmt: skip
CHANNELS = frozenset({"email", "sms", "wechat_service", "wechat_official", "mini_program"})
_DAY = 86_400.0
#: Seconds between looks: a year is long, and what is due an hour later is as good.
_POLL = 1800.0
#: What a customer does, and how often from the first day to the last, however many those are.
_HABITS = (("form", 3.0), ("page", 6.0), ("bought", 1.0), ("stops", 0.4), ("agrees", 0.4), ("writes", 1.0))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a year was like."""

    breaches: list[str]
    counts: Counter[str]


@cache
def company() -> Company:
    """The company that ships, with every journey running and every channel open that needs no colleague."""
    shipped = load(ROOT / "config")
    journeys = {key: one.model_copy(update={"live": True}) for key, one in shipped.journeys.items()}
    doors = replace(shipped.doors, channels=CHANNELS, base_url="https://crm.example.com")
    rules = shipped.touch.model_copy(update={"zone_field": "timezone", "pace_of": {}})
    return replace(shipped, journeys=journeys, doors=doors, touch=rules)


def _house(world: World, name: str) -> House:
    bench, _ = bench_of(
        InlineStore(world.disk), world.company, world.now, world.vault,
        seeded_random_bytes(world.chance.randrange(10**9)), name,
    )  # fmt: skip
    bench.channels = {one: Channel(world, one) for one in CHANNELS}
    bench.monotonic, bench.poll = world.loop.time, _POLL
    return House(bench.store, bench, world.now, {})


def _start(world: World, n: int) -> Process:
    process = Process(f"bot{n}")
    house = process.context.run(_house, world, process.name)
    process.start(_forever(TouchSender(house.bench).run))
    process.start(_forever(JourneyKeeper(house.bench, request_all).run))
    world.processes.append(process)
    return process


async def _forever(loop: object) -> None:
    while True:
        try:
            await loop()  # type: ignore[operator]
        except StoreBusyError:
            await asyncio.sleep(1)


async def _machine(world: World, until: float) -> None:
    """Now and then a process dies and comes again, or stands still for hours."""
    chance, n = world.chance, len(world.processes)
    while world.loop.time() < until:
        await asyncio.sleep(chance.uniform(0.2, 8) * _DAY)
        victim = chance.choice([one for one in world.processes if not one.is_dead])
        world.doubtful += promises.MOST_UNDER_WAY
        if chance.random() < 0.6:
            victim.kill()
            n += 1
            await asyncio.sleep(chance.uniform(1, 6 * 3600))
            _start(world, n)
        else:
            victim.freeze(chance.uniform(1, 6 * 3600))


async def _customer(world: World, house: House, n: int, until: float) -> None:
    """One comes at some time of the year and lives on."""
    chance = random.Random(f"{world.chance.random()}:{n}")
    lead_id = f"L{n + 1}"
    await asyncio.sleep(chance.uniform(0, until * 0.6))
    await _comes(world, house, lead_id, n, chance)
    in_all = sum(often for _, often in _HABITS)
    while (pause := chance.expovariate(in_all / until)) + world.loop.time() < until:
        await asyncio.sleep(pause)
        what = chance.choices([habit for habit, _ in _HABITS], [often for _, often in _HABITS])[0]
        try:
            await _does(world, house, lead_id, what, chance)
        except StoreBusyError:
            continue


async def _comes(world: World, house: House, lead_id: str, n: int, chance: random.Random) -> None:
    zone = ZONES[n % len(ZONES)]
    world.zones[lead_id] = ZoneInfo(zone)
    agrees = chance.random() < 0.8
    world.said[lead_id] = [(world.now(), agrees)]
    birthday = date(1985, chance.randint(1, 12), chance.randint(1, 28)).isoformat()
    ends = (world.now() + timedelta(days=chance.randint(40, 300))).date().isoformat()
    delivered = (world.now() + timedelta(days=chance.randint(-200, 60))).date().isoformat()
    while True:
        try:
            await house.lead(lead_id, n=n + 1, agrees=agrees, timezone=zone, birthday=birthday,
                             contract_end=ends, delivered_on=delivered)  # fmt: skip
        except StoreBusyError:
            await asyncio.sleep(1)
        else:
            return


async def _does(world: World, house: House, lead_id: str, what: str, chance: random.Random) -> None:
    if what in {"stops", "agrees"}:
        said = AGREES if what == "agrees" else STOPS
        await house.unit(lambda desk: consents.record(desk, lead_id, said))
        world.said[lead_id].append((world.now(), what == "agrees"))
    elif what == "writes":
        at = world.now()
        way = {"way": "wechat_service.message", "kind": "message", "address": f"kf|{lead_id}"}
        await house.unit(lambda desk: touch_windows.open_window(desk, lead_id, **way))
        world.wrote.setdefault(lead_id, []).append(at)
    else:
        fleet = Fleet(house.store, world.company, world.now(), vault=world.vault)
        world.keys += 1
        fleet._n = world.keys * 10
        for one in _happenings(fleet.now, what, chance):
            await fleet.happen(one, lead_id)
    house.bench.wake()


def _happenings(now: datetime, what: str, chance: random.Random) -> list[Happening]:
    match what:
        case "form":
            return [Happening(now, "form", chance.choice(("website", "trial", "whitepaper", "checkin")))]
        case "page":
            page = chance.choice(("pricing_page_viewed", "key_page_viewed", "mail_opened", "event_attended"))
            return [Happening(now, "event", page) for _ in range(chance.randint(1, 4))]
        case _:
            return [
                Happening(
                    now,
                    "order",
                    chance.choice(("基础版", "专业版")),
                    value=Decimal(chance.randint(1, 90) * 100),
                )
            ]


async def _play(loop: VirtualLoop, seed: int, people: int, days: float) -> Seen:
    chance = random.Random(f"year:{seed}")
    disk = Disk(chance, slow=0.002)
    vault = Vault(["a secret that is long enough for tests"], seeded_random_bytes(7))
    world = World(chance, disk, company(), vault, loop, begin=BEGIN)
    house = _house(world, "customers")
    await house.hire(MEI)
    for n in range(2):
        _start(world, n)
    until = days * _DAY
    chaos = asyncio.ensure_future(_machine(world, until))
    await asyncio.gather(*(_customer(world, house, n, until) for n in range(people)))
    await asyncio.sleep(max(0.0, until - loop.time()))
    chaos.cancel()
    world.weather = 0.0
    await asyncio.sleep(5 * _DAY)
    plans = await house.rows()
    breaches = promises.broken(world, plans, HOLIDAYS) + await _ways(world, house)
    counts = Counter({"customers": people, "days": round(days), "on the wire": len(world.wire)})
    counts.update(f"touch {one.state.value}" for one in plans)
    counts["stops"] = sum(not agrees for said in world.said.values() for _, agrees in said)
    counts["processes"] = len(world.processes)
    counts += await _counted(house)
    for process in world.processes:
        process.kill()
    disk.close()
    return Seen(breaches, counts)


async def _ways(world: World, house: House) -> list[str]:
    """Nobody stands still on his way: whoever runs has a moment at which he goes on, or waits for something."""
    async with house.store.read() as tx:
        rows = await tx.all(select(journey_enrollments))
    late = world.now() - timedelta(days=1)
    return [
        f"{row.lead_id} stands still in {row.journey} since {row.due_at}"
        for row in rows
        if row.state == "running" and row.due_at is not None and row.due_at < late
    ] + [f"{row.lead_id} failed in {row.journey}" for row in rows if row.state == "failed"]


async def _counted(house: House) -> Counter[str]:
    async with house.store.read() as tx:
        rows = await tx.all(select(journey_enrollments))
    return Counter({"ways": len(rows)}) + Counter(f"journey {row.journey}" for row in rows)


def play(seed: int, *, people: int, days: float) -> Seen:
    """One year to its end; what was seen, and what is wrong with it."""
    found: Seen = run(f"year:{seed}", lambda loop: _play(loop, seed, people, days))
    return found
