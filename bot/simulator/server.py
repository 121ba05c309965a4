"""Runs the simulated WeCom with its page on one port."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.kit.clock import Clock, Monotonic
from bot.kit.ids import RandomBytes
from bot.simulator.wecom.build import HANDS, build_wecom
from bot.simulator.wecom.company import DEFAULT, read_company, settle
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import App
from bot.simulator.wecom.postman import Patience
from bot.simulator.wecom.world import World

_STATIC = Path(__file__).parent / "static"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_AGENT_ID = 1000002


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """What a real corp's admin would copy from the console into the bot's settings."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)

    @classmethod
    def invent(cls, random_bytes: RandomBytes) -> DemoSecrets:
        """Fresh ones, in the shapes that the platform gives them."""
        return cls(
            corp_id="ww" + random_bytes(8).hex(),
            agent_id=_AGENT_ID,
            secret=_letters(random_bytes, 43),
            token=_letters(random_bytes, 24),
            # 43 letters and digits; the spare bits of the last one mean nothing.
            aes_key=_letters(random_bytes, 43),
        )


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """A simulator that listens."""

    base_url: str
    world: World
    hands: Hands
    _runner: web.AppRunner

    async def stop(self) -> None:
        """Let everybody go and free the port."""
        await self._runner.cleanup()


def make_world(
    *, clock: Clock, rng: random.Random, secrets: DemoSecrets, app_name: str = "客铃", company: Path = DEFAULT
) -> World:
    """A world of the shipped company, or of the one in another file."""
    settings = read_company(company)
    app = App(
        corp_id=secrets.corp_id,
        agent_id=secrets.agent_id,
        name=app_name,
        secret=secrets.secret,
        token=secrets.token,
        aes_key=secrets.aes_key,
    )
    world = World(company=settings.company, app=app, clock=clock, rng=rng)
    settle(world, settings)
    return world


async def start_simulator(
    *,
    host: str,
    port: int,
    clock: Clock,
    monotonic: Monotonic,
    rng: random.Random,
    secrets: DemoSecrets,
    callback_url: str = "",
    form_url: str = "",
    patience: Patience | None = None,
) -> RunningSimulator:
    """Listen on `port` (0: any free one); OSError if it is busy.

    `callback_url` is taken without the check, so that the simulator may start before the
    bot does; `hands.set_callback` saves one with the check, as an admin would.
    """
    world = make_world(clock=clock, rng=rng, secrets=secrets)
    world.app.callback_url = callback_url
    world.form_url = form_url
    app = build_wecom(world, monotonic=monotonic, patience=patience)
    hands = app[HANDS]
    _add_page(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    world.base_url = f"http://{host}:{runner.addresses[0][1]}"
    return RunningSimulator(world.base_url, world, hands, runner)


def _add_page(app: web.Application) -> None:
    async def page(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    app.router.add_get("/", page)
    app.router.add_static("/static", _STATIC)


def _letters(random_bytes: RandomBytes, count: int) -> str:
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in random_bytes(count))
