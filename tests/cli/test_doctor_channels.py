"""Doctor on the ways to customers: each is asked, nothing is sent, and each trouble names its cure."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd import smtp

from bot.cli.diagnosis import channels
from bot.kit.clock import system_clock
from bot.settings import Settings
from bot.simulator.common.weixin_door import Door
from bot.simulator.common.weixin_push import Settings as Console
from bot.simulator.common.weixin_templates import Template
from bot.simulator.mini_program.api import MiniProgramApi
from bot.simulator.mini_program.program import MiniProgram
from bot.simulator.sms.api import SmsApi
from bot.simulator.sms.phones import Console as SmsConsole
from bot.simulator.sms.phones import Phones
from bot.simulator.wechat_official.account import OfficialAccount
from bot.simulator.wechat_official.api import OfficialApi
from tests.conftest import NOW

CONFIG = Path(__file__).resolve().parents[2] / "config"
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
SMS = {"key_id": "AK", "key_secret": "geheim", "sign": "客铃", "callback_secret": "s" * 20}


def settings(directory=CONFIG, *, wechat=None, **platforms) -> Settings:
    return Settings(config_dir=directory, wechat=wechat or {}, platforms=platforms)


async def examined(given: Settings):
    """What is said of the channels: text and cure, what is fine with an empty cure."""
    return [
        (one.text, one.cure) async for one in channels.look(given, system_clock) if "示例" not in one.text
    ]


@contextlib.asynccontextmanager
async def served(*routes):
    app = web.Application()
    app.add_routes(routes)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@contextlib.asynccontextmanager
async def official(fault: str = "", templates=(), notices=()):
    """An account, and the settings that reach it."""
    console = Console("wx1", "t", KEY, "", "geheim")
    door = Door("", console, clock=system_clock, rng=random.Random(1), wire=None)
    door.fault = fault
    account = OfficialAccount(console, clock=system_clock, rng=random.Random(2))
    account.templates |= {one: Template("报价", ("thing1",)) for one in templates}
    account.notices |= {one: Template("报价", ("thing1",)) for one in notices}
    async with served(*OfficialApi(account, door).routes()) as base:
        block = {"app_id": "wx1", "token": "t", "aes_key": KEY, "app_secret": "geheim", "api_base": base}
        yield account, block


def spelled(block, account="main"):
    return {f"{account}__{name}": value for name, value in block.items()}


@pytest.fixture
def contents(tmp_path):
    """The shipped files, with ids that could be real."""
    own = tmp_path / "config"
    shutil.copytree(CONFIG, own)
    for file in (own / "content").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        for name, real in {"TM_": "t", "SUB_": "s", "MP_": "m"}.items():
            text = text.replace(f"{name}QUOTE_SENT", real * 43)
        file.write_text(text, encoding="utf-8")
    return own


async def test_an_account_whose_templates_are_all_there(contents):
    """Token and both kinds of templates: nothing but good news, and nobody was written to."""
    async with official(templates=["t" * 43], notices=["s" * 43]) as (account, block):
        said = await examined(settings(contents, wechat=spelled(block)))

    assert [cure for _, cure in said] == ["", "", ""]
    assert "令牌有效" in said[0][0]
    assert account.people.by_id == {}


async def test_a_template_that_the_account_does_not_have_is_named_with_file_and_line(contents):
    """The other one is there."""
    async with official(templates=["t" * 43]) as (_, block):
        said = dict(await examined(settings(contents, wechat=spelled(block))))

    (lacking,) = [text for text, cure in said.items() if cure]
    assert "quote_follow_up.yaml:26" in lacking
    assert "s" * 43 in lacking
    assert "订阅通知" in said[lacking]


async def test_an_address_that_is_not_on_the_accounts_list(contents):
    """The platform's error names our address; the cure says where it belongs."""
    async with official(fault="ip") as (_, block):
        ((text, cure),) = await examined(settings(contents, wechat=spelled(block)))

    assert "40164" in text
    assert "203.0.113.7" in cure
    assert "IP 白名单" in cure


async def test_a_wrong_secret(contents):
    """Told apart from a platform that is not reached."""
    async with official() as (_, block):
        ((text, cure),) = await examined(settings(contents, wechat=spelled(block | {"app_secret": "x"})))
        gone = block | {"api_base": "http://127.0.0.1:9"}
        ((lost, reach),) = await examined(settings(contents, wechat=spelled(gone)))

    assert ("40125" in text, "APP_SECRET" in cure) == (True, True)
    assert ("连不上" in lost, "127.0.0.1:9" in reach) == (True, True)


async def test_the_mini_program(contents):
    """Its own list of templates."""
    console = Console("wx2", "t", KEY, "", "geheim")
    door = Door("", console, clock=system_clock, rng=random.Random(1), wire=None)
    program = MiniProgram(console, clock=system_clock, rng=random.Random(2))
    async with served(*MiniProgramApi(program, door).routes()) as base:
        block = {"app_id": "wx2", "app_secret": "geheim", "token": "t", "aes_key": KEY, "api_base": base}
        lacking = await examined(settings(contents, mini_program=block))
        program.templates["m" * 43] = Template("报价", ("thing1",))
        whole = await examined(settings(contents, mini_program=block))

    assert [bool(cure) for _, cure in lacking] == [False, True]
    assert "quote_follow_up.yaml:31" in lacking[1][0]
    assert [cure for _, cure in whole] == ["", ""]


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
async def test_sms(provider, tmp_path):
    """Key, signature and templates of both providers; no phone gets anything."""
    ids = {
        "SMS_100000001": "SMS_270000001",
        "SMS_100000002": "SMS_270000002",
        "SMS_100000003": "SMS_270000003",
    }
    if provider == "tencent":
        ids = {one: found.removeprefix("SMS_") for one, found in ids.items()}
    own = tmp_path / "config"
    shutil.copytree(CONFIG, own)
    for file in (own / "content").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        for old, new in ids.items():
            text = text.replace(f"template: {old}", f"template: '{new}'")
        file.write_text(text, encoding="utf-8")
    approved = dict.fromkeys(list(ids.values())[:2], "您好")
    phones = Phones(
        SmsConsole("AK", "geheim", "客铃", "1400", provider, approved), lambda: NOW, lambda _event: None
    )
    async with served(web.post("/", SmsApi(phones).send)) as base:
        block = {**SMS, "provider": provider, "app_id": "1400", "api_base": base}
        said = await examined(settings(own, sms=block))
        locked = await examined(settings(own, sms=block | {"key_secret": "x"}))
        unsigned = await examined(settings(own, sms=block | {"sign": "别人"}))

    assert [bool(cure) for _, cure in said] == [False, True]
    assert "quote_follow_up.yaml:15" in said[1][0]
    assert [("KEY_SECRET" in cure) for _, cure in locked] == [True]
    assert "别人" in unsigned[0][0]
    assert bool(unsigned[0][1]) is (provider == "aliyun")
    assert phones.messages == []


class Letters:
    """Takes whatever comes, and counts it."""

    def __init__(self) -> None:
        self.mails = 0

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802 - the library's hook
        self.mails += 1
        envelope.mail_from = address
        return "250 OK"


async def test_outgoing_mail():
    """Greeted and let in; not let in; nobody there. No mail is begun."""
    letters = Letters()

    def prove(_server, _session, _envelope, _mechanism, data):
        return smtp.AuthResult(success=data.password == b"right", handled=False)

    def met():
        return smtp.SMTP(
            letters, hostname="mx.example.com", authenticator=prove, auth_require_tls=False
        )  # fmt: skip

    server = await asyncio.get_running_loop().create_server(met, "127.0.0.1", 0)
    port = str(server.sockets[0].getsockname()[1])
    block = {"host": "127.0.0.1", "port": port, "tls": "none", "sender": "a@firm.example", "user": "a"}
    fine = await examined(settings(email=block | {"password": "right"}))
    locked = await examined(settings(email=block | {"password": "wrong"}))
    server.close()
    gone = await examined(settings(email=block | {"port": "9"}))

    assert [cure for _, cure in fine] == [""]
    assert "授权码" in locked[0][1]
    assert "连不上" in gone[0][0]
    assert letters.mails == 0


async def test_a_mailbox_that_lets_nobody_in():
    """Said with the names of its settings."""
    mailbox = {"host": "127.0.0.1", "port": "9", "tls": "none", "user": "a@firm.example", "password": "x"}
    said = await examined(Settings(config_dir=CONFIG, mailbox=mailbox))

    assert "询盘邮箱：打不开" in said[0][0]
    assert "LEADBELL_MAILBOX__HOST" in said[0][1]


async def test_examples_in_channels_that_are_not_set_up_are_worth_a_look():
    """Six of the shipped ones, each with its line."""
    (one,) = [one async for one in channels.look(Settings(config_dir=CONFIG), system_clock)]

    assert "6 个示例模板编号" in one.text
    assert "content/welcome.yaml:19" in one.text
