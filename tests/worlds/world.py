"""One world: a company, its platform and the bot from one seed; what became of it, and what was broken."""

from __future__ import annotations

import asyncio
import random
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from bot.kit.vault import Vault
from bot.simulator.wecom.customers import CustomerHands
from bot.simulator.wecom.people import MemberHands
from bot.simulator.wecom.staff import AdminHands
from bot.store import chats
from tests.worlds import check, house, logs
from tests.worlds.blend import WECOM, Blend, of_seed
from tests.worlds.courier import Courier, Door
from tests.worlds.database import Disk
from tests.worlds.dingtalk.courier import Courier as DingTalkCourier
from tests.worlds.dingtalk.life import Life as DingTalkLife
from tests.worlds.dingtalk.platform import GROUP, DingTalk
from tests.worlds.house import House, Parts
from tests.worlds.life import Life
from tests.worlds.loop import VirtualLoop, run
from tests.worlds.platform import Act, Platform
from tests.worlds.weather import Weather

#: A Wednesday, in working hours.
START = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(timezone.utc)
#: Virtual seconds of quiet after the last fault, in which everything has to come to rest: the longest
#: pause between two tries is five minutes, a lease thirty seconds, a duplicate may come after eleven hours.
_REST, _RESTS = 120.0, 60
_MINUTES = (20, 80)


@dataclass
class Result:
    """What became of one world."""

    seed: int
    breaches: list[str]
    digest: str = ""
    #: Virtual and real seconds.
    lived: float = 0.0
    took: float = 0.0
    facts: dict[str, int] = field(default_factory=dict)


@dataclass
class Hands:
    """Everybody's, over a courier in place of the postman."""

    members: MemberHands
    customers: CustomerHands
    admin: AdminHands


class Clock:
    """The bot's wall clock: true time, and what somebody did to it."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.skew = timedelta()

    def true(self) -> datetime:
        return START + timedelta(seconds=self._loop.time())

    def __call__(self) -> datetime:
        return self.true() + self.skew


class World:
    """Everything in one loop."""

    def __init__(self, seed: int, loop: VirtualLoop, parts: Parts) -> None:
        self.seed, self.loop, self.parts = seed, loop, parts
        self.chance = random.Random(f"world:{seed}")
        self.weather = Weather(seed)
        if parts.kills_at:
            self.weather.counts["kill"] = 3
        self.clock = Clock(loop)
        minutes = self.chance.uniform(*_MINUTES)
        # One in twelve goes on for days: reminders, recycling, the nightly reading.
        self.until = minutes * 60 if self.chance.random() < 0.92 else self.chance.uniform(1, 3) * 86_400
        self.blend = parts.blend or of_seed(seed, is_long=self.until > minutes * 60)
        image = settled(self.blend.founding)
        self.disk = Disk(random.Random(f"disk:{seed}"), slow=self.weather.slow_disk, image=image)
        self.platform = Platform(seed, self.weather, self.clock.true)
        self.ding = _dingtalk(seed, self.blend, self.platform, self.clock)
        #: Opens what the bot sealed, as whoever has its secret can.
        self.vault = Vault([house.SECRET], random.Random(0).randbytes)
        self.houses: list[House] = []
        self.started = 0
        courier = Courier(self.platform, self.doors)
        self.courier = courier
        world = self.platform.world
        self.hands = Hands(
            MemberHands(world, courier),
            CustomerHands(world, courier),
            AdminHands(world, courier),  # type: ignore[arg-type]
        )
        self.life = Life(
            seed,
            self.platform,
            self.hands,
            lambda: self.houses,
            minutes * 60,
            has_wecom=self.blend.wecom,  # type: ignore[arg-type]
        )
        self.ding_courier = DingTalkCourier(self.ding, self.doors) if self.ding else None
        self.ding_life = DingTalkLife(seed, self.ding, self.ding_courier, self.life) if self.ding else None  # type: ignore[arg-type]

    def doors(self) -> list[Door]:
        """Where deliveries can be brought now."""
        return [one.door for one in self.houses]

    def start(self) -> House:
        """Start one process."""
        self.started += 1
        one = house.start(
            disk=self.disk, open_session=self.platform.open_session, clock=self.clock,
            name=f"bot-{self.started}", seed=self.seed * 100 + self.started, parts=self.parts, blend=self.blend,
            ding=self.ding,
        )  # fmt: skip
        self.houses.append(one)
        return one

    async def live(self) -> None:
        """From the first start until nothing is left to do."""
        for _ in range(1 if self.chance.random() < 0.6 else 2):
            self.start()
        self.disk.slow = self.weather.slow_disk
        disasters = [self.platform.process.start(one) for one in self._disasters()]
        lives = self.life.begin()
        if self.ding_life is not None:
            lives += self.ding_life.begin()
        for task in (*lives, *disasters):
            await asyncio.wait({task})
            task.result()
        await asyncio.sleep(max(0.0, self.until - self.loop.time()))
        self._clear_up()
        await self._rest()
        for path in ("/readyz", "/metrics"):
            answer = await self.houses[0].door.ask("GET", path, remote="127.0.0.1")
            assert answer is not None, path
            assert answer.status == 200, path
            self.life.strangers.append(answer.body if isinstance(answer.body, bytes) else b"")

    def _disasters(self) -> list[asyncio.coroutines.Coroutine[None, None, None]]:
        counts = self.weather.counts
        kinds: dict[str, Callable[[], object]] = {
            "kill": self._kill, "freeze": self._freeze, "clock": self._clock_jump, "busy": self._busy
        }  # fmt: skip
        return [self._at_some_time(kind, kinds[kind]) for kind in sorted(counts) for _ in range(counts[kind])]

    async def _at_some_time(self, kind: str, befalls: Callable[[], object]) -> None:
        await asyncio.sleep(self.chance.uniform(5, self.life.until))
        # Not at any moment: while something is under way.
        if kind in {"kill", "freeze"}:
            await self._aimed()
        self.weather.count(kind)
        befall = befalls()
        if asyncio.iscoroutine(befall):
            await befall

    async def _aimed(self) -> None:
        """Wait for a moment that matters: just after a commit, or between an act of the platform and its answer."""
        aims = (self.parts.kills_at,) if self.parts.kills_at else ("commit", "call", "group", "group")
        aim, n = self.chance.choice(aims), [self.chance.randint(1, 12)]
        reached = asyncio.Event()

        def passed(*_: object) -> None:
            n[0] -= 1
            if n[0] <= 0:
                reached.set()

        def called(act: Act) -> None:
            if act.what == aim == "answered":
                passed()
            if act.what == "call" and (aim == "call" or act.facts["path"] == "appchat/send"):
                n[0] = n[0] if aim == "call" else 0
                passed()

        where: list[object] = self.disk.committed if aim == "commit" else self.platform.wire.watchers  # type: ignore[assignment]
        watcher = passed if aim == "commit" else called
        where.append(watcher)
        try:
            async with asyncio.timeout(self.life.until / 3):
                await reached.wait()
            await asyncio.sleep(self.chance.choice((0.0, 0.0, self.chance.uniform(0, 0.2))))
        except TimeoutError:
            return
        finally:
            where.remove(watcher)

    async def _kill(self) -> None:
        if not self.houses:
            return
        victim = self.chance.choice(self.houses)
        victim.kill()
        self.houses.remove(victim)
        if self.ding is not None:
            self.ding.died(victim.process)
        self.platform.wire.write("killed", process=victim.process.name)
        await asyncio.sleep(self.chance.uniform(0.5, 90))
        self.start()

    def _freeze(self) -> None:
        if self.houses:
            span = self.chance.choice((self.chance.uniform(1, 20), self.chance.uniform(20, 600)))
            self.chance.choice(self.houses).process.freeze(span)
            self.platform.wire.write("frozen", seconds=round(span, 3))

    async def _clock_jump(self) -> None:
        chance = self.chance
        jump = chance.choice((chance.uniform(-240, 240), chance.uniform(-3600, 3600), 86_400.0))
        self._skew(jump)
        await asyncio.sleep(chance.uniform(10, 1800))
        self._skew(0.0)

    def _skew(self, seconds: float) -> None:
        self.clock.skew = timedelta(seconds=seconds)
        self.platform.wire.write("clock", skew=round(seconds, 3))
        for one in self.houses:
            one.alarm.set()

    async def _busy(self) -> None:
        self.disk.busy = 1.0
        await asyncio.sleep(self.chance.uniform(0.1, 20))
        self.disk.busy = 0.0

    def _clear_up(self) -> None:
        """No more faults: what was begun has to come to an end now."""
        self.weather.is_calm = True
        self.disk.slow = self.disk.busy = 0.0
        self._skew(0.0)
        if not self.houses:
            self.start()

    async def _rest(self) -> None:
        for _ in range(_RESTS):
            # What a clock that was a day ahead made due is due in a day.
            await asyncio.sleep(max(_REST, check.last_due(self.disk, self.clock())))
            is_frozen = any(one.process.is_frozen for one in self.houses)
            under_way = self.courier.under_way + (self.ding_courier.under_way if self.ding_courier else 0)
            if not (is_frozen or under_way or check.is_busy(self.disk, self.clock())):
                return


def _dingtalk(seed: int, blend: Blend, beside: Platform, clock: Clock) -> DingTalk | None:
    if not blend.dingtalk:
        return None
    ding = DingTalk(seed, mode=blend.dingtalk, beside=beside, clock=clock.true)
    beside.other = ding
    return ding


@cache
def settled(blend: Blend = WECOM) -> bytes:
    """A database in which the address books have been read, by the bot itself; made once for each blend."""

    async def first_day(loop: VirtualLoop) -> bytes:
        weather = Weather(0)
        weather.is_calm = True
        clock = Clock(loop)
        disk = Disk(random.Random(0))
        platform = Platform(0, weather, clock.true)
        ding = _dingtalk(0, blend, platform, clock)
        one = house.start(
            disk=disk, open_session=platform.open_session, clock=clock, name="first", seed=1, parts=Parts(),
            blend=blend, ding=ding,
        )  # fmt: skip
        await asyncio.sleep(30)
        if ding is not None:
            await one.bench.store.write(
                lambda tx: chats.bind(
                    one.bench.desk(tx), platform="dingtalk", chat=GROUP, pool_id="east", by="wanglei"
                )
            )
        one.kill()
        return disk.db.serialize()

    with logs.kept():
        image: bytes = run("settled", first_day)
    return image


def play(seed: int, parts: Parts | None = None) -> Result:
    """Play one world to its end and check it."""
    began = time.perf_counter()
    # In a loop of its own, so before there is another.
    settled((parts.blend if parts and parts.blend else of_seed(seed, is_long=False)).founding)

    async def main(loop: VirtualLoop) -> Result:
        world = World(seed, loop, parts or Parts())
        await world.live()
        breaches = check.breaches(world, lines)
        facts = check.facts(world) | {"steps": loop.steps}
        digest = world.platform.wire.digest()
        lived = loop.time()
        world.disk.close()
        return Result(seed, breaches, digest, lived, facts=facts)

    try:
        # Around the loop's end too: what is thrown away there may complain, to nobody.
        with logs.kept() as lines:
            result: Result = run(seed, main)
    except Exception as exc:  # noqa: BLE001 - a world that breaks down is told of like any other
        where = traceback.extract_tb(exc.__traceback__)[-1]
        found = f"broken down: {type(exc).__name__}: {exc} at {where.filename}:{where.lineno}"
        result = Result(seed, [found])
    result.took = time.perf_counter() - began
    return result
