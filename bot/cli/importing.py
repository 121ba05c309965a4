"""What `leadbell import` does and says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeAlias

import typer

from bot.cli.ask_room import refuse
from bot.cli.progress import Progress
from bot.errors import ImportFileError
from bot.intake.imports import engine, job, map_file, mapping, report, say, table, texts
from bot.intake.imports.columns import ImportKind
from bot.intake.imports.engine import Tools
from bot.intake.imports.mapping import ColumnMap
from bot.intake.imports.report import Line
from bot.intake.imports.table import Table
from bot.intake.imports.undo import undo
from bot.store import import_batches
from bot.store.import_batches import Batch, Counts

Opened: TypeAlias = Callable[[], AbstractAsyncContextManager[Tools]]
#: Rows that were not taken and are shown at once.
_SHOWN, _IN_JSON = 10, 1_000
_PAGE = 5_000


async def bring_in(
    opened: Opened, file: Path, kind: str, *, map_: Path | None, dry_run: bool, report: Path | None,
    again: bool, as_json: bool,
) -> None:  # fmt: skip
    """Map, try or take, and tell."""
    try:
        wanted = _kind(kind)
        async with opened() as tools:
            opened_table = table.open_table(file, file.name)
            found, is_written = _mapping(tools, wanted, opened_table, map_)
            opened_table = opened_table.reopened()
            if not as_json:
                _show_mapping(found, opened_table, map_ if is_written else None)
            if dry_run:
                await _try(tools, opened_table, found, report, as_json=as_json)
            else:
                await _take(tools, opened_table, found, report, again=again, as_json=as_json)
    except ImportFileError as exc:
        refuse(str(exc))


def _kind(said: str) -> ImportKind:
    if said not in list(ImportKind):
        refuse(f"请用 --kind 说明文件里是什么：{'、'.join(ImportKind)}")
    return ImportKind(said)


def _mapping(tools: Tools, kind: ImportKind, opened: Table, map_: Path | None) -> tuple[ColumnMap, bool]:
    """The map of the file, or a guess, which is put down there for next time."""
    is_there = map_ is not None and map_.exists()
    if map_ is not None and is_there:
        found = map_file.read(map_, kind)
    else:
        sample = engine.sample(opened, mapping.LOOKED_AT)
        found = mapping.guess(tools.company, kind, opened.header, sample)
    mapping.check(tools.company, found, opened.header)
    if map_ is not None and not is_there:
        map_file.write(map_, found)
    return found, map_ is not None and not is_there


def _show_mapping(found: ColumnMap, opened: Table, written: Path | None) -> None:
    typer.echo(f"{opened.name}（{opened.form}）")
    for key, name in found.columns.items():
        typer.echo(f"  {name} → {key}")
    for key, value in found.constants.items():
        typer.echo(f"  （每行都是 {value}）→ {key}")
    spare = mapping.unmapped(found, opened.header)
    if spare:
        typer.echo(f"  没有对应、只随行保存的列：{'、'.join(spare)}")
    if written is not None:
        typer.echo(f"对应表写在 {written}，可以改了再来。")


async def _try(tools: Tools, opened: Table, found: ColumnMap, into: Path | None, *, as_json: bool) -> None:
    lines: list[Line] = []
    progress = Progress("已试 {n} 行")

    def heard(written: Sequence[Any]) -> None:
        progress.more(len(written))
        fates = [report.line_of(one) for one in written]
        lines.extend(fates if into is not None else report.problems(fates, _IN_JSON - len(lines)))

    counts = await engine.run(tools, opened, found, batch=None, heard=heard)
    _write_report(into, lines)
    said = say.trial(found.kind.value, counts)
    _tell(said, counts, lines, found, None, as_json=as_json)


async def _take(
    tools: Tools, opened: Table, found: ColumnMap, into: Path | None, *, again: bool, as_json: bool
) -> None:
    begun = await job.begin(tools, opened, found, by="cli", again=again)
    if isinstance(begun, job.Already):
        refuse(f"{say.already(begun.batch)}要再导入一次请加 --again。")
    if begun.done_through and not as_json:
        typer.echo(f"接着批次 {begun.id} 上次中断的地方（第 {begun.done_through:,} 行之后）。", err=True)
    done = await job.carry_out(tools, opened, found, begun, told=Progress("已导入 {n} 行").more)
    lines = await _lines(tools, done, all_of_them=into is not None)
    _write_report(into, lines)
    _tell(say.done(done), done.counts, lines, found, done, as_json=as_json)


async def _lines(tools: Tools, batch: Batch, *, all_of_them: bool) -> list[Line]:
    if not all_of_them and not batch.counts.rejected:
        return []
    lines: list[Line] = []
    after = 0
    async with tools.store.read() as tx:
        while rows := await import_batches.rows_after(tx, batch.id, after, most=_PAGE):
            after = rows[-1].row
            fates = [report.line_of(row) for row in rows]
            lines += fates if all_of_them else report.problems(fates, _IN_JSON - len(lines))
    return lines


def _write_report(into: Path | None, lines: Sequence[Line]) -> None:
    if into is None:
        return
    try:
        into.write_bytes(report.as_json(lines) if into.suffix == ".json" else report.as_csv(lines))
    except OSError as exc:
        raise ImportFileError(texts.unreadable(into.name, exc.strerror or "")) from exc


def _tell(
    said: str, counts: Counts, lines: Sequence[Line], found: ColumnMap, batch: Batch | None, *, as_json: bool
) -> None:  # fmt: skip
    if as_json:
        shown = {
            "batch": batch.id if batch else None, "kind": found.kind.value, "dry_run": batch is None,
            "rows": counts.rows, "created": counts.created, "merged": counts.merged,
            "unchanged": counts.unchanged, "rejected": counts.rejected, "mapping": found.as_document(),
            "problems": [one.as_document() for one in report.problems(lines, _IN_JSON)],
        }  # fmt: skip
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(said)
    shown_lines = report.problems(lines, _SHOWN)
    for one in shown_lines:
        typer.echo(f"  第 {one.row} 行：{one.reason}")
    if counts.rejected > len(shown_lines):
        typer.echo("  …… 全部原因用 --report 文件.csv 查看。")
    if batch is not None:
        typer.echo(f"要撤销：leadbell import --undo {batch.id}")


async def take_back(opened: Opened, batch_id: str, *, as_json: bool) -> None:
    """Undo a batch."""
    async with opened() as tools:
        batch = await tools.store.write(lambda tx: _undoing(tools, tx, batch_id), within=60)
        done = await undo(tools, batch, told=Progress("已撤销 {n} 行").reached)
        lines = await _lines(tools, done, all_of_them=True) if done.kept else []
    if as_json:
        shown = {
            "batch": done.id, "state": done.state, "kept": done.kept,
            "problems": [one.as_document() for one in lines[:_IN_JSON]],
        }  # fmt: skip
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    typer.echo(say.undone(done))
    for one in lines[:_SHOWN]:
        typer.echo(f"  第 {one.row} 行（{one.entity_id}）：{one.reason}")


async def _undoing(tools: Tools, tx: Any, batch_id: str) -> Batch:  # noqa: ANN401 - a Tx
    found = await job.undoing(tools.desk(tx), batch_id)
    if isinstance(found, str):
        refuse(found)
    return found
