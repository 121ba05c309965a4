"""Write confirmed changes into config/, and let this process go by what stands there now."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from bot.cards.texts import settings as texts
from bot.chat.outbound import Notice
from bot.crm.company import Company
from bot.crm.company.load import ConfigErrors
from bot.crm.knobs import Change
from bot.errors import BotError
from bot.kit.yaml import parse
from bot.kit.yaml_edit import UneditableError, get, with_value, without
from bot.store import Tx, outbox, setting_changes
from bot.store.setting_changes import Kept
from bot.worker.bench import Bench

log = structlog.get_logger()

#: A look at what others wrote comes once in so many polls.
_POLLS = 4
_MOST_ERRORS = 3


class ConfigKeeper:
    """One process's eye on config/."""

    def __init__(
        self,
        bench: Bench,
        directory: Path,
        *,
        build: Callable[[Path], Company],
        adopt: Callable[[Company], None],
        writes: bool,
    ) -> None:
        self._bench = bench
        self._directory = directory
        self._build = build
        self._adopt = adopt
        #: Whether this process writes what was confirmed; each one reads it.
        self._writes = writes
        self._seen: int | None = None
        #: How the files stood when they were read last.
        self._stood: tuple[tuple[str, int, int], ...] | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(_POLLS * self._bench.poll)

    async def step(self) -> None:
        """Write what was confirmed; read again what anybody wrote."""
        async with self._bench.store.read() as tx:
            waiting = await setting_changes.waiting(tx) if self._writes else []
            newest = await setting_changes.newest(tx)
        if self._seen is None:
            self._seen, self._stood = newest, await asyncio.to_thread(self._stands)
        for kept in waiting:
            why = await asyncio.to_thread(self._write, kept.change)
            await self._settle(kept, why)
            newest = max(newest, kept.id if not why else 0)
        stands = await asyncio.to_thread(self._stands)
        # Whoever writes by hand leaves no row: his files tell.
        if newest > self._seen or stands != self._stood:
            await self._read_again()
            self._seen, self._stood = newest, stands

    def _stands(self) -> tuple[tuple[str, int, int], ...]:
        """Path, time of writing and size of each file, those in folders too; taken before they are read."""
        files = sorted((*self._directory.glob("*.yaml"), *self._directory.glob("*/*.yaml")))
        found = ((str(file.relative_to(self._directory)), file.stat()) for file in files if file.exists())
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)

    async def _read_again(self) -> None:
        try:
            company = await asyncio.to_thread(self._build, self._directory)
        except BotError as exc:
            # Somebody is writing by hand; what was good goes on, and whoever publishes is told.
            log.warning("config.not_read", error=str(exc))
            self._bench.unread = self._said(exc)
            return
        self._bench.unread = ""
        self._adopt(company)
        self._bench.directory_changed.set()
        log.info("config.adopted")

    def _said(self, exc: BotError) -> str:
        """The first mistakes, with files as whoever writes them knows them."""
        lines = str(exc).replace(f"{self._directory}/", "config/").splitlines()
        return "\n".join(lines[:_MOST_ERRORS])

    async def _settle(self, kept: Kept, why: str) -> None:
        bench, change = self._bench, kept.change
        said = texts.REFUSED if why else texts.APPLIED
        text = said.format(
            number=kept.id, name=change.name, before=change.told_before, after=change.told_after,
            file=change.file, why=why,
        )  # fmt: skip

        async def unit(tx: Tx) -> None:
            desk = bench.desk(tx)
            if await setting_changes.settle(tx, kept.id, applied=not why, reason=why, now=desk.now):
                await outbox.post(desk, Notice(to=kept.by, key=f"setting:{kept.id}", text=text))

        await bench.store.write(unit, lane_key="settings", within=5)
        bench.wake()
        log.info("config.changed", number=kept.id, file=change.file, applied=not why)

    def _write(self, change: Change) -> str:
        """Empty when it stands in the file; else why it does not. The same again changes nothing."""
        # Where a link leads, so that the link stays one.
        file = (self._directory / f"{change.file}.yaml").resolve()
        try:
            text = file.read_text(encoding="utf-8")
            found = _at(text, change)
            if found == change.after:
                return ""
            if found != change.before:
                return texts.OTHERS_CHANGED.format(value=found)
            changed = (
                without(text, _path(change))
                if change.after is None
                else with_value(text, _path(change), change.after)
            )
            if errors := self._errors(change.file, changed):
                return "\n".join(errors[:_MOST_ERRORS])
            _replace(file, changed)
        except UneditableError:
            return texts.UNEDITABLE.format(file=change.file)
        except (OSError, ValueError) as exc:
            return texts.UNWRITABLE.format(file=change.file, why=exc)
        return ""

    def _errors(self, name: str, text: str) -> list[str]:
        """What the whole configuration would say to it."""
        with tempfile.TemporaryDirectory() as folder:
            trial = Path(folder) / "config"
            shutil.copytree(self._directory, trial, ignore=shutil.ignore_patterns(".*"))
            (trial / f"{name}.yaml").write_text(text, encoding="utf-8")
            try:
                self._build(trial)
            except ConfigErrors as exc:
                return [error.message for error in exc.errors]
            except BotError as exc:
                return [str(exc)]
        return []


def _path(change: Change) -> tuple[Any, ...]:
    """A target that goes, goes whole: its amount alone would leave half an entry."""
    if change.file == "targets" and change.after is None:
        return change.place[:-1]
    return change.place


def _at(text: str, change: Change) -> Any:  # noqa: ANN401 - YAML may hold anything
    try:
        return get(parse(text, file=change.file).data, change.place)
    except KeyError:
        return None


def _replace(file: Path, text: str) -> None:
    """Whole or not at all, also when the power goes."""
    new = file.with_name(f".{file.name}.new")
    try:
        with new.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        shutil.copymode(file, new)
        new.replace(file)
    except OSError:
        # On a full disk half a file is nobody's.
        new.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
