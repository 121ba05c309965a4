"""`leadbell webhooks list|replay|enable`: what other systems were told, and tell it once more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli import exits

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.desk import Desk

NAME = "webhooks"
HELP = "向别的系统的通知：看发得怎样，重发，恢复停掉的地址。"
T = TypeVar("T")


def show(
    most: Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="最近多少条")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
) -> None:
    """最近的通知：发给谁、第几次、结果、下次什么时候再试。"""
    import asyncio
    import dataclasses

    import orjson

    from bot.settings import read_settings
    from bot.store import webhooks

    with exits.explained():
        found = asyncio.run(_with_desk(read_settings(), lambda desk: webhooks.recent(desk.tx, most=most)))
    if as_json:
        typer.echo(orjson.dumps([dataclasses.asdict(one) for one in found]).decode())
        return
    for one in found:
        when = f"，{one.due_at:%m-%d %H:%M} UTC 再试" if one.state == "pending" else ""
        how = f"{one.state}，第 {one.attempts} 次 {one.last}{when}"
        typer.echo(f"{one.message_id} {one.type} → {one.endpoint}：{how}")
    if not found:
        typer.echo("还没有通知。")


def replay(
    message_id: Annotated[str, typer.Argument(metavar="MSG", help="通知的编号，msg_ 开头")],
) -> None:
    """把一条通知再发一遍，编号不变，对方认得出是同一条。"""
    import asyncio

    from bot.settings import read_settings
    from bot.store import webhooks

    with exits.explained():
        try:
            told = asyncio.run(_with_desk(read_settings(), lambda desk: webhooks.replay(desk, message_id)))
        except KeyError:
            typer.echo(f"没有 {message_id} 这条通知。", err=True)
            raise typer.Exit(exits.BAD_INPUT) from None
    typer.echo(f"会再发给：{'、'.join(told)}。")


def enable(
    key: Annotated[str, typer.Argument(metavar="名字", help="config/webhooks.yaml 里的 key")],
) -> None:
    """对方回过 410、已停掉的地址，重新开始发。"""
    import asyncio

    from bot.app.parts import build_company
    from bot.settings import read_settings
    from bot.store import webhooks

    with exits.explained():
        settings = read_settings()
        endpoint = build_company(settings).webhooks.endpoint(key)
        if endpoint is None:
            typer.echo(f"config/webhooks.yaml 里没有 {key}。", err=True)
            raise typer.Exit(exits.BAD_INPUT)
        asyncio.run(_with_desk(settings, lambda desk: webhooks.enable(desk, endpoint)))
    typer.echo(f"{key} 已恢复。")


COMMANDS = {"list": show, "replay": replay, "enable": enable}


async def _with_desk(settings: Settings, work: Callable[[Desk], Awaitable[T]]) -> T:
    """One unit on the database; it must not be held by a running process if it is SQLite."""
    from bot.app.parts import build_company, build_vault
    from bot.kit.clock import system_clock
    from bot.kit.ids import system_random_bytes
    from bot.store import Tx, open_store
    from bot.store.desk import Desk
    from bot.store.ready import prove_ready

    vault, company = build_vault(settings, system_random_bytes), build_company(settings)
    prove_ready(settings.database_url, vault)
    store = open_store(settings.database_url)

    async def unit(tx: Tx) -> Any:  # noqa: ANN401 - the work's own
        desk = Desk(tx=tx, company=company, now=system_clock(), vault=vault, random_bytes=system_random_bytes)
        return await work(desk)

    try:
        result: T = await store.write(unit, within=10)
        return result
    finally:
        await store.close()
