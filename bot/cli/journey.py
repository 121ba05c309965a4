"""`leadbell journey`: a journey before it runs, for a customer, a segment, the past; nothing is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli import exits

if TYPE_CHECKING:
    from bot.crm.company.journeys import Journey
    from bot.journeys.crowd import Trial
    from bot.store.desk import Desk

NAME = "journey"
HELP = "旅程上线前：模拟一位客户、试算一个分群、用过去回测、画流程图。只读，机器人运行时也能用。"
UNKNOWN = "没有“{name}”这个旅程。现有的：{known}"
NO_LEAD = "没有 {lead} 这位客户。"
NO_SEGMENT = "没有“{name}”这个分群。现有的：{known}"
DRAWN = "已写入 {path}"
_Name = Annotated[str, typer.Argument(help="旅程的编号或名称", show_default=False)]
_Json = Annotated[bool, typer.Option("--json", help="只打印 JSON")]


def simulate(
    journey: _Name,
    lead: Annotated[str, typer.Argument(metavar="L7", help="客户编号", show_default=False)],
    days: Annotated[int, typer.Option(min=1, max=400, help="看多少天")] = 90,
    as_json: _Json = False,
) -> None:
    """一位客户一天一天会怎样：哪天发什么，不发是为什么。"""
    _run(lambda desk, key, one: _simulated(desk, key, one, lead, days, as_json=as_json), journey)


def attempt(
    journey: _Name,
    segment: Annotated[str, typer.Option(metavar="分群", help="给哪个分群；不写按旅程自己的")] = "",
    days: Annotated[int, typer.Option(min=1, max=90, help="往后多少天")] = 30,
    as_json: _Json = False,
) -> None:
    """试算：谁会进、每天发几条、多少发不了、多几个任务。"""
    _run(lambda desk, key, one: _tried(desk, key, one, segment, days, as_json=as_json), journey)


def backtest(
    journey: _Name,
    days: Annotated[int, typer.Option(min=1, max=180, help="往前多少天")] = 30,
    as_json: _Json = False,
) -> None:
    """回测：如果过去这些天就有它，会怎样。"""
    _run(lambda desk, key, one: _tested(desk, key, one, days, as_json=as_json), journey)


def draw(
    journey: _Name,
    out: Annotated[Path, typer.Option(metavar="FILE", help="写到哪个 .svg 文件")] = Path("journey.svg"),
) -> None:
    """画流程图，带现在的人数。"""
    svg: list[str] = []
    _run(lambda desk, key, one: _drawn(desk, key, one, svg), journey)
    out.write_text(svg[0], encoding="utf-8")
    typer.echo(DRAWN.format(path=out))


COMMANDS = {"simulate": simulate, "try": attempt, "backtest": backtest, "draw": draw}


def _run(work: Any, name: str) -> None:  # noqa: ANN401 - a function of a desk, a key and a journey
    import asyncio

    async def within() -> None:
        from bot.journeys import publishing

        async with _desk() as desk:
            found = await publishing.definitions(desk.tx, desk.company)
            key = await publishing.meant(desk.tx, desk.company, name)
            if key is None:
                known = "、".join(one.name for one in found.values())
                _refuse(UNKNOWN.format(name=name, known=known))
            await work(desk, key, found[key])

    with exits.explained():
        asyncio.run(within())


@asynccontextmanager
async def _desk() -> AsyncIterator[Desk]:
    """To read with, beside whoever runs the bot."""
    from bot.app.parts import build_company, build_vault
    from bot.kit.clock import system_clock
    from bot.kit.ids import system_random_bytes
    from bot.settings import read_settings
    from bot.store.desk import Desk
    from bot.store.reader import open_reader
    from bot.store.ready import prove_ready

    settings = read_settings()
    vault = build_vault(settings, system_random_bytes)
    prove_ready(settings.database_url, vault)
    reader = open_reader(settings.database_url)
    try:
        async with reader.read() as tx:
            yield Desk(
                tx=tx, company=build_company(settings), now=system_clock(), vault=vault,
                random_bytes=system_random_bytes,
            )  # fmt: skip
    finally:
        await reader.close()


async def _simulated(desk: Desk, key: str, one: Journey, lead: str, days: int, *, as_json: bool) -> None:
    import json

    from bot.journeys import simulated, telling
    from bot.journeys.simulate_lead import one_lead

    way = await one_lead(desk, key, one, lead.strip().upper(), days=days)
    if way is None:
        _refuse(NO_LEAD.format(lead=lead))
    if as_json:
        shown = telling.as_document(key, way.lines, way.refused, desk.company.org.zone)
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    told = simulated.told(way, one, desk.company, who=way.lead_id)
    for line in (told.title, *told.remarks, *told.days):
        typer.echo(line)


async def _tried(desk: Desk, key: str, one: Journey, segment: str, days: int, *, as_json: bool) -> None:
    from bot.cards.texts import journey_trials as texts
    from bot.journeys.dry_run import dry_run

    meant = desk.company.segments.meant(segment) if segment else None
    if segment and meant is None:
        known = "、".join(found.name for found in desk.company.segments.segments)
        _refuse(NO_SEGMENT.format(name=segment, known=known))
    trial = await dry_run(desk, key, one, segment=meant, days=days)
    if trial.is_unknown:
        _refuse(texts.UNKNOWN_WHOM.format(name=one.name))
    _show(desk, trial, is_past=False, as_json=as_json)


async def _tested(desk: Desk, key: str, one: Journey, days: int, *, as_json: bool) -> None:
    from bot.cards.texts import journey_trials as texts
    from bot.journeys import backtest as testing

    trial = await testing.backtest(desk, key, one, days=days)
    if trial.is_unknown:
        _refuse(texts.BY_HAND.format(name=one.name))
    _show(desk, trial, is_past=True, as_json=as_json)


def _show(desk: Desk, trial: Trial, *, is_past: bool, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    from bot.cards import journey_trial
    from bot.chat.card import plain
    from bot.journeys.trial_told import tried

    found = tried(trial, desk.company, None, is_past=is_past)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, default=str))
        return
    typer.echo(plain(journey_trial.card(found)))
    for day, n in found.per_day:
        if n:
            typer.echo(f"{day.isoformat()}  {n:,}")


async def _drawn(desk: Desk, key: str, one: Journey, svg: list[str]) -> None:
    from bot.insight.pictures import draw as picture
    from bot.journeys import seen

    svg.append(picture(await seen.chart(desk.tx, desk.company, key, one)))


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(exits.BAD_INPUT)
