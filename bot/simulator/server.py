"""Runs the simulated WeCom, and the simulated DingTalk if asked for, with their page on one port."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.kit.clock import Clock, Monotonic
from bot.kit.ids import RandomBytes
from bot.simulator import site
from bot.simulator.common.company import DEFAULT, read_company
from bot.simulator.common.weixin_door import Door
from bot.simulator.common.weixin_push import Settings as WeChatSettings
from bot.simulator.dingtalk import company as dingtalk_company
from bot.simulator.dingtalk import model as dingtalk_model
from bot.simulator.dingtalk.build import add_dingtalk
from bot.simulator.dingtalk.hands import Hands as DingTalkHands
from bot.simulator.dingtalk.patience import Patience as DingTalkPatience
from bot.simulator.dingtalk.world import World as DingTalkWorld
from bot.simulator.mail.box import Box
from bot.simulator.mail.panel import MailActs
from bot.simulator.mail.server import MailServer
from bot.simulator.mini_program import api as mini_api
from bot.simulator.mini_program.panel import MiniProgramActs
from bot.simulator.mini_program.program import MiniProgram
from bot.simulator.sms.api import SmsApi
from bot.simulator.sms.panel import SmsActs
from bot.simulator.sms.phones import Console, Phones
from bot.simulator.wechat_official import api as official_api
from bot.simulator.wechat_official.account import OfficialAccount
from bot.simulator.wechat_official.panel import FollowerActs
from bot.simulator.wecom.build import HANDS, build_wecom
from bot.simulator.wecom.company import settle
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import App
from bot.simulator.wecom.postman import Patience
from bot.simulator.wecom.robot import socket
from bot.simulator.wecom.robot_model import Robot
from bot.simulator.wecom.world import World

_STATIC = Path(__file__).parent / "static"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_AGENT_ID, _DINGTALK_AGENT_ID = 1000002, 2873456101


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """What a real corp's admin would copy from the console into the bot's settings."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    #: Of the smart robot; without them nobody can subscribe.
    bot_id: str = ""
    bot_secret: str = field(default="", repr=False)
    #: Of the internal app on DingTalk; without them there is no DingTalk.
    ding_client_id: str = ""
    ding_client_secret: str = field(default="", repr=False)
    ding_corp_id: str = ""
    ding_event_token: str = field(default="", repr=False)
    ding_event_aes_key: str = field(default="", repr=False)
    #: Of the official account; without them nobody follows it.
    wechat_app_id: str = ""
    wechat_token: str = field(default="", repr=False)
    wechat_aes_key: str = field(default="", repr=False)
    wechat_secret: str = field(default="", repr=False)
    #: Of the mini-program; without them nobody is told what people do there.
    mini_app_id: str = ""
    mini_token: str = field(default="", repr=False)
    mini_aes_key: str = field(default="", repr=False)
    mini_secret: str = field(default="", repr=False)
    #: Of the account at 阿里云; without them no SMS is taken.
    sms_key_id: str = ""
    sms_key_secret: str = field(default="", repr=False)
    sms_callback: str = field(default="", repr=False)

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
            bot_id="aib" + _letters(random_bytes, 33),
            bot_secret=_letters(random_bytes, 43),
            ding_client_id="ding" + _letters(random_bytes, 16).lower(),
            ding_client_secret=_letters(random_bytes, 64),
            ding_corp_id="ding" + random_bytes(16).hex(),
            ding_event_token=_letters(random_bytes, 24),
            ding_event_aes_key=_letters(random_bytes, 43),
            wechat_app_id="wx" + random_bytes(8).hex(),
            wechat_token=_letters(random_bytes, 24),
            wechat_aes_key=_letters(random_bytes, 43),
            wechat_secret=random_bytes(16).hex(),
            mini_app_id="wx" + random_bytes(8).hex(),
            mini_token=_letters(random_bytes, 24),
            mini_aes_key=_letters(random_bytes, 43),
            mini_secret=random_bytes(16).hex(),
            sms_key_id="LTAI" + _letters(random_bytes, 20),
            sms_key_secret=_letters(random_bytes, 30),
            sms_callback=_letters(random_bytes, 32),
        )

    @property
    def ding_agent_id(self) -> int:
        """Of the internal app on DingTalk."""
        return _DINGTALK_AGENT_ID


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """A simulator that listens."""

    base_url: str
    world: World
    hands: Hands
    dingtalk: DingTalkHands
    wechat: OfficialAccount
    wechat_door: Door
    mini: MiniProgram
    mini_door: Door
    #: Customers' mailboxes and phones.
    mail: Box
    phones: Phones
    #: Where mail is taken.
    smtp_port: int
    _runner: web.AppRunner
    _mail_server: MailServer

    @property
    def robot_url(self) -> str:
        """Where the robot's program connects."""
        return self.base_url.replace("http", "ws", 1) + socket.PATH

    @property
    def dingtalk_template(self) -> str:
        """The id of our card template, as its maker would copy it from the card builder."""
        return dingtalk_company.OUR_TEMPLATE

    async def stop(self) -> None:
        """Let everybody go and free the ports."""
        await self.wechat.stop()
        await self.mini.stop()
        await self.phones.stop()
        await self._mail_server.stop()
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
    robot = Robot(bot_id=secrets.bot_id, secret=secrets.bot_secret)
    world = World(company=settings.company, app=app, clock=clock, rng=rng, robot=robot)
    settle(world, settings)
    return world


def make_dingtalk(beside: World, *, secrets: DemoSecrets, company: Path = DEFAULT) -> DingTalkWorld:
    """A DingTalk of the same company: it shares clock, live events and wire log with the WeCom."""
    settings = read_company(company)
    app = dingtalk_model.App(
        corp_id=secrets.ding_corp_id,
        agent_id=secrets.ding_agent_id,
        name=beside.app.name,
        client_id=secrets.ding_client_id,
        client_secret=secrets.ding_client_secret,
        event_token=secrets.ding_event_token,
        event_aes_key=secrets.ding_event_aes_key,
    )
    # Luck of its own: what happens here changes nothing there. The seed differs as the id does.
    rng = random.Random(secrets.ding_client_id)  # noqa: S311 - a simulated world's luck
    world = DingTalkWorld(
        company=settings.company, app=app, clock=beside.now, rng=rng, bus=beside.bus, wire=beside.wire
    )
    dingtalk_company.settle(world, settings)
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
    wechat_url: str = "",
    mini_url: str = "",
    mini_open_url: str = "",
    sms: Console | None = None,
    patience: Patience | None = None,
    dingtalk_patience: DingTalkPatience | None = None,
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
    ding_world = make_dingtalk(world, secrets=secrets)
    dingtalk = add_dingtalk(app, ding_world, monotonic=monotonic, patience=dingtalk_patience)
    wechat, wechat_door = _add_official(app, world, secrets, wechat_url)
    mini, mini_door = _add_mini_program(app, world, secrets, mini_url, mini_open_url)
    mail, phones = Box(clock, world.bus.publish), Phones(sms or Console(), clock, world.bus.publish)
    app.add_routes([*MailActs(mail).routes(), *SmsActs(phones).routes(), *site.routes()])
    app.router.add_post("/", SmsApi(phones).send)
    mail_server = MailServer(mail)
    _add_page(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    world.base_url = f"http://{host}:{runner.addresses[0][1]}"
    ding_world.base_url = world.base_url
    smtp_port = await mail_server.start(host)
    return RunningSimulator(
        world.base_url, world, hands, dingtalk, wechat, wechat_door, mini, mini_door, mail, phones, smtp_port,
        runner, mail_server,
    )  # fmt: skip


def _add_official(
    app: web.Application, world: World, secrets: DemoSecrets, callback_url: str
) -> tuple[OfficialAccount, Door]:
    settings = WeChatSettings(
        secrets.wechat_app_id, secrets.wechat_token, secrets.wechat_aes_key, callback_url,
        secrets.wechat_secret,
    )  # fmt: skip
    rng = random.Random(secrets.wechat_app_id)  # noqa: S311 - a simulated world's luck
    account = OfficialAccount(settings, clock=world.now, rng=rng, publish=world.bus.publish)
    door = Door(official_api.PREFIX, settings, clock=world.now, rng=rng, wire=world.wire)
    app.add_routes([*FollowerActs(account, door).routes(), *official_api.OfficialApi(account, door).routes()])
    return account, door


def _add_mini_program(
    app: web.Application, world: World, secrets: DemoSecrets, callback_url: str, open_url: str
) -> tuple[MiniProgram, Door]:
    settings = WeChatSettings(
        secrets.mini_app_id, secrets.mini_token, secrets.mini_aes_key, callback_url, secrets.mini_secret
    )
    rng = random.Random(secrets.mini_app_id)  # noqa: S311 - a simulated world's luck
    program = MiniProgram(settings, clock=world.now, rng=rng, publish=world.bus.publish)
    door = Door(mini_api.PREFIX, settings, clock=world.now, rng=rng, wire=world.wire)
    acts = MiniProgramActs(program, open_url)
    app.add_routes([*acts.routes(), *mini_api.MiniProgramApi(program, door).routes()])
    return program, door


def _add_page(app: web.Application) -> None:
    async def page(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    app.router.add_get("/", page)
    app.router.add_static("/static", _STATIC)


def _letters(random_bytes: RandomBytes, count: int) -> str:
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in random_bytes(count))
