"""`leadbell demo`: the bot with simulated chat platforms, one address for the browser, nothing to set up."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import exits, logs

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from bot.crm.company.content import Content
    from bot.settings import Settings
    from bot.simulator.server import DemoSecrets, RunningSimulator

NAME = "demo"
_HOST = "127.0.0.1"
#: Of the simulated company: may change the demo's settings by message, which no shipped role may.
_NO_ADMIN, _ADMIN = "also_admins: []", "also_admins: [zhoumin]"
#: Sources of the shipped tracking.yaml that get a write key.
_TRACKED = ("website",)
#: As the shipped contents name the company's own website.
_WEBSITE = "https://example.com/"
#: How our SMS are signed.
_SIGN = "客铃"
#: Tried one after the other until one is free.
_PORTS = range(8700, 8760)


def command(
    port: Annotated[int, typer.Option(help="浏览器打开的端口；被占用时自动换下一个")] = 8700,
    data: Annotated[Path, typer.Option(help="演示数据放在哪里，每次启动重新开始")] = Path("data/demo"),
    config: Annotated[Path, typer.Option(help="公司配置目录")] = Path("config"),
    verbose: Annotated[bool, typer.Option("--verbose", help="显示运行日志")] = False,
) -> None:
    """启动演示：机器人和模拟的企业微信、钉钉，不需要账号、密钥和服务器。"""
    import asyncio

    logs.set_up(pretty=True, level="info" if verbose else "warning")
    with exits.explained():
        asyncio.run(run(port=port, data=data, config=config, stop=None, ready=_say))


async def run(
    *, port: int, data: Path, config: Path, stop: asyncio.Event | None, ready: Callable[[str, Settings], None]
) -> None:
    """Run both until `stop` (by default a signal); `ready` gets the address of the page and the settings."""
    from bot.app.process import opened
    from bot.app.serving import ROLES, serve
    from bot.cli.demo_why import explain
    from bot.kit.ids import system_random_bytes
    from bot.simulator.server import DemoSecrets
    from bot.simulator.site import PATH as WEBSITE
    from bot.store.migrate import migrate

    secrets = DemoSecrets.invent(system_random_bytes)
    bot_port = _free_port(beside=port)
    simulator = await _simulator(port, secrets, bot_port)
    try:
        _fresh(data)
        own = _own_config(data, config, website=simulator.base_url + WEBSITE)
        _approve(simulator, own)
        settings = _settings(simulator, secrets, bot_port, data=data, config=own)
        migrate(settings.database_url)
        async with opened(settings) as app:
            simulator.world.explain = partial(explain, app)
            await serve(
                app,
                roles=frozenset(ROLES),
                stop=exits.stopped_by_signal() if stop is None else stop,
                ready=lambda: ready(simulator.base_url, settings),
            )  # fmt: skip
    finally:
        await simulator.stop()


async def _simulator(port: int, secrets: DemoSecrets, bot_port: int) -> RunningSimulator:
    import random

    from bot.errors import SettingsError
    from bot.kit.clock import system_clock, system_monotonic
    from bot.simulator.server import start_simulator
    from bot.simulator.sms.phones import Console

    chance = random.Random()  # noqa: S311 - a simulated world's luck
    for candidate in (port, *(p for p in _PORTS if p not in {port, bot_port})):
        try:
            return await start_simulator(
                host=_HOST, port=candidate, clock=system_clock, monotonic=system_monotonic,
                rng=chance, secrets=secrets,
                callback_url=f"http://{_HOST}:{bot_port}/callback/wecom",
                form_url=f"http://{_HOST}:{bot_port}/l/website",
                wechat_url=f"http://{_HOST}:{bot_port}/callback/wechat/main",
                mini_url=f"http://{_HOST}:{bot_port}/callback/mini_program",
                mini_open_url=f"http://{_HOST}:{bot_port}/mini_program/open",
                sms=Console(
                    secrets.sms_key_id, secrets.sms_key_secret, _SIGN,
                    callback_url=f"http://{_HOST}:{bot_port}/callback/sms/aliyun/{secrets.sms_callback}",
                ),
            )  # fmt: skip
        except OSError:
            continue
    msg = f"端口 {_PORTS.start} 到 {_PORTS.stop - 1} 都被占用，请用 --port 换一个。"
    raise SettingsError(msg)


def _settings(
    simulator: RunningSimulator, secrets: DemoSecrets, bot_port: int, *, data: Path, config: Path
) -> Settings:
    from pydantic import SecretStr

    from bot.kit.ids import system_random_bytes
    from bot.settings import Settings
    from bot.simulator.wechat_official.api import PREFIX as OFFICIAL

    return Settings(
        database_url=f"sqlite+aiosqlite:///{data}/leadbell.db",
        listen=f"{_HOST}:{bot_port}",
        config_dir=config,
        secret_key=SecretStr(system_random_bytes(32).hex()),
        api_token=SecretStr(system_random_bytes(16).hex()),
        tracking={source: system_random_bytes(16).hex() for source in _TRACKED},
        platforms=_platforms(simulator, secrets),
        wechat={
            "main__app_id": secrets.wechat_app_id,
            "main__token": secrets.wechat_token,
            "main__aes_key": secrets.wechat_aes_key,
            "main__app_secret": secrets.wechat_secret,
            "main__api_base": f"{simulator.base_url}{OFFICIAL}",
        },
    )


def _platforms(simulator: RunningSimulator, secrets: DemoSecrets) -> dict[str, dict[str, str]]:
    """What an admin would copy from both consoles; only platforms that there is an adapter for."""
    import bot.adapters
    from bot.kit.discover import discover

    base, template = simulator.base_url, simulator.dingtalk_template
    blocks = {
        "wecom": {
            "corp_id": secrets.corp_id, "agent_id": str(secrets.agent_id), "secret": secrets.secret,
            "token": secrets.token, "aes_key": secrets.aes_key, "api_base": base,
            "bot_id": secrets.bot_id, "bot_secret": secrets.bot_secret, "bot_url": simulator.robot_url,
            "customer_contact": "on", "customer_service": "on",
        },
        "dingtalk": {
            "client_id": secrets.ding_client_id, "client_secret": secrets.ding_client_secret,
            "agent_id": str(secrets.ding_agent_id), "corp_id": secrets.ding_corp_id,
            "card_template_id": template, "api_base": base, "oapi_base": base,
        },
    }  # fmt: skip
    found = discover(bot.adapters, "ADAPTER")
    return {name: block for name, block in blocks.items() if name in found} | _channels(simulator, secrets)


def _channels(simulator: RunningSimulator, secrets: DemoSecrets) -> dict[str, dict[str, str]]:
    """Ways to customers, as the mail server's and the provider's consoles show them."""
    from bot.simulator.mini_program.api import PREFIX

    return {
        "mini_program": {
            "app_id": secrets.mini_app_id, "app_secret": secrets.mini_secret, "token": secrets.mini_token,
            "aes_key": secrets.mini_aes_key, "api_base": f"{simulator.base_url}{PREFIX}",
        },
        "email": {
            "host": _HOST, "port": str(simulator.smtp_port), "tls": "none", "sender": "hi@yunfan.example",
            "sender_name": "云帆软件", "bounce": "bounce@yunfan.example",
        },
        "sms": {
            "provider": "aliyun", "key_id": secrets.sms_key_id, "key_secret": secrets.sms_key_secret,
            "sign": _SIGN, "callback_secret": secrets.sms_callback, "api_base": simulator.base_url,
        },
    }  # fmt: skip


def _approve(simulator: RunningSimulator, config: Path) -> None:
    """Have the platforms know the templates of our contents, as if somebody had entered them there."""
    from bot.crm.company.load import ConfigErrors, load

    try:
        contents = load(config).content.values()
    except ConfigErrors:
        return  # whoever reads it next says what is wrong
    templates = {}
    for version in (one.channels.sms for one in contents if one.channels.sms is not None):
        text = version.text
        for name, source in version.params.items():
            text = text.replace(source, f"${{{name}}}")
        templates[version.template] = text
    simulator.phones.console.templates = templates
    for one in contents:
        approve_wechat(simulator, one)


def approve_wechat(simulator: RunningSimulator, content: Content) -> None:
    """The templates of its versions, as if somebody had chosen them in the accounts' consoles."""
    from bot.simulator.common.weixin_templates import Template

    official, mini = content.channels.wechat_official, content.channels.mini_program
    if official is not None and official.template:
        simulator.wechat.templates[official.template] = Template(content.name, tuple(official.params))
    if official is not None and official.subscribe is not None:
        notice = official.subscribe
        simulator.wechat.notices[notice.template] = Template(content.name, tuple(notice.params))
    if mini is not None and mini.template:
        simulator.mini.templates[mini.template] = Template(content.name, tuple(mini.params))


def _fresh(data: Path) -> None:
    """The simulated world starts anew each time, so the bot's memory of it does too."""
    data.mkdir(parents=True, exist_ok=True)
    for name in ("leadbell.db", "leadbell.db-wal", "leadbell.db-shm"):
        (data / name).unlink(missing_ok=True)


def _own_config(data: Path, config: Path, *, website: str = _WEBSITE) -> Path:
    """A copy that may be changed by message: the company's own files stay as they are.

    Links to the company's `website` lead to a page that is there.
    """
    import shutil

    if not config.is_dir():
        return config  # whoever reads it says so, with this name
    own = data / "config"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(config, own)
    org = own / "org.yaml"
    if org.is_file():
        org.write_text(org.read_text(encoding="utf-8").replace(_NO_ADMIN, _ADMIN), encoding="utf-8")
    for content in sorted((own / "content").glob("*.yaml")):
        text = content.read_text(encoding="utf-8")
        content.write_text(text.replace(_WEBSITE, website), encoding="utf-8")
    tracking = own / "tracking.yaml"
    if tracking.is_file():
        text = _beside(tracking.read_text(encoding="utf-8"), website.removesuffix("/"))
        tracking.write_text(text, encoding="utf-8")
    return own


def _beside(text: str, website: str) -> str:
    """The pages of the company's website mean the same where the demo shows them."""
    import re
    from urllib.parse import urlsplit

    below = urlsplit(website).path

    def both(found: re.Match[str]) -> str:
        paths = found[2].split(", ")
        return found[1] + ", ".join([*paths, *(below + path for path in paths)])

    return re.sub(r"(paths: \[)([^\]]+)", both, text)


def _free_port(*, beside: int) -> int:
    """One beside the page's, so that two demos do not both find the same one free."""
    import socket

    for port in (beside, *_PORTS):
        with socket.socket() as probe:
            try:
                probe.bind((_HOST, port + 40))
            except (OSError, OverflowError):
                continue
            return int(port + 40)
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _say(page: str, settings: Settings) -> None:
    typer.echo(f"\n  客铃演示已就绪，请用浏览器打开：\n\n      {page}\n")
    typer.echo("  管理员是周敏：在页面上加一部她的手机，发「配置」。")
    typer.echo(f"  配置用的是副本 {settings.config_dir}，改这里的文件几秒生效；每次启动重新复制。\n")
    typer.echo(f"  机器人在 {settings.base_url}，按 Ctrl+C 结束。")
    token, key = settings.api_token.get_secret_value(), settings.tracking["website"]
    typer.echo(f"  接口令牌 {token}，行为采集的写入密钥 {key}。\n")
