"""`leadbell ask`: a question to the numbers, from a terminal or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import exits
from bot.cli.ask_room import Room, refuse, room_of

if TYPE_CHECKING:
    from bot.insight.ask.answer import Understood

NAME = "ask"
#: Seconds of silence before and between reports on a long file.
_REPORT_EVERY = 2.0


def command(  # noqa: PLR0917 - the parameters of a command line
    text: Annotated[
        str | None, typer.Argument(help="问题，例如：本月新增多少线索", show_default=False)
    ] = None,
    user: Annotated[str, typer.Option("--as", metavar="USERID", help="以谁的身份提问（成员 id）")] = "",
    now: Annotated[str, typer.Option(metavar="ISO8601", help="把这个时刻当作现在；默认现在")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
    batch: Annotated[
        Path | None, typer.Option(metavar="FILE", help="逐行读取 JSON：{id, turns, as}", show_default=False)
    ] = None,
    org: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="人员和说法取自这个文件，不读数据库，也不算数字", show_default=False
        ),
    ] = None,
) -> None:
    """用中文问数字：本月新增多少线索、上月华东赢单率、本季度业绩排名。只读，机器人运行时也能用。"""
    import asyncio

    with exits.explained():
        if batch is not None:
            _no_text(text, user)
            asyncio.run(_batch(batch, org=org, at=now))
            return
        if not text or not user:
            refuse('请写出问题，并用 --as 指明提问人，例如：leadbell ask "本月新增线索" --as zhangsan')
        asyncio.run(_one(text, user, org=org, at=now, as_json=as_json))


def _no_text(text: str | None, user: str) -> None:
    if text or user:
        refuse("--batch 的问题和提问人都写在文件里，不要再写问题或 --as。")


async def _one(text: str, user: str, *, org: Path | None, at: str, as_json: bool) -> None:
    import json

    from bot.insight.ask import texts
    from bot.insight.ask.answer import Refused, Understood
    from bot.insight.ask.batch import as_json as plainly

    async with room_of(org, at) as room:
        asker = room.lexicon.asker(user)
        found = Refused(texts.STRANGER) if asker is None else await room.listener.answer([text], asker)
        shown = {**plainly(found), "rows": [], "chart": None}
        if isinstance(found, Understood) and room.tx is not None:
            shown |= await _numbers(room, found, user)
    ordered = {key: shown[key] for key in ("status", "query", "reply", "rows", "chart", "options")}
    typer.echo(json.dumps(ordered, ensure_ascii=False) if as_json else _readable(ordered))


def _readable(shown: dict[str, Any]) -> str:
    options = (f"{place}. {option}" for place, option in enumerate(shown["options"], 1))
    return "\n".join((shown["reply"], *options))


async def _numbers(room: Room, found: Understood, user: str) -> dict[str, Any]:
    from bot.insight.answers.answer_question import answer_question
    from bot.insight.ask import texts
    from bot.insight.ask.answer import Refused
    from bot.insight.ask.batch import as_json as plainly
    from bot.store import users
    from bot.store.metrics.guard import NotPermittedError

    assert room.tx is not None  # noqa: S101 - asked by the caller
    assert room.company is not None  # noqa: S101 - they come together
    try:
        answered = await answer_question(
            room.tx,
            found.query,
            asker=await users.get(room.tx, user),
            company=room.company,
            lexicon=room.lexicon,
            words=found.words,
            now=room.now,
        )
    except NotPermittedError:
        return plainly(Refused(texts.STRANGER))
    return {"reply": answered.reply, "rows": list(answered.rows), "chart": answered.chart}


async def _batch(file: Path, *, org: Path | None, at: str) -> None:
    """One line of JSON for each line read; a line that cannot be read is named and ends in exit 2."""
    import json

    from bot.kit.clock import system_monotonic

    wrong, said_at = 0, system_monotonic()
    async with room_of(org, at) as room:
        listener = room.listener
        for number, line in _lines(file):
            try:
                shown = await listener.line(_object(line))
            except (KeyError, ValueError) as exc:
                typer.echo(f'{file}:{number}: 不是 {{"id", "turns", "as"}}：{exc}', err=True)
                wrong += 1
                continue
            typer.echo(json.dumps(shown, ensure_ascii=False))
            if system_monotonic() - said_at > _REPORT_EVERY:
                typer.echo(f"已回答到第 {number} 行", err=True)
                said_at = system_monotonic()
    if wrong:
        refuse(f"{file}：{wrong} 行没有回答。")


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        refuse(f"读不到文件 {file}：{exc}")
    yield from ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def _object(line: str) -> dict[str, Any]:
    import json

    found = json.loads(line)
    if not isinstance(found, dict) or not isinstance(found["turns"], list) or not found["turns"]:
        msg = "turns"
        raise ValueError(msg)
    if not all(isinstance(turn, str) for turn in found["turns"]):
        msg = "turns"
        raise ValueError(msg)
    return found
