"""Bring a backup back, into either database: whole or not at all, and so that nothing is sent twice."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from bot.errors import BackupError, SettingsError
from bot.kit.clock import system_monotonic
from bot.kit.vault import Vault
from bot.store import key_check, restore_carried, restore_erased
from bot.store.address import NO_DRIVER, address, sqlite_path
from bot.store.audit_chain import instant
from bot.store.audit_verify import Verdict, verify
from bot.store.backup_format import Manifest, opened, prove, read_rows
from bot.store.connection import Connection, UnitTx
from bot.store.migrate import migrate, newest, revision
from bot.store.restore_settle import MayGo, Settled, settle
from bot.store.sqlite import FileLock, SqliteConnection
from bot.store.tables import METADATA

#: Rows inserted in one go.
_AT_ONCE = 1000
#: Rows that every new database has by itself.
_BORN_WITH = frozenset({"instance", "audit_head", "numbers"})
#: Written by triggers while other tables come: comes last, and alone.
_BY_TRIGGERS = "rollup_marks"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and what was done so that it can go on."""

    manifest: Manifest
    settled: Settled
    verdict: Verdict
    #: Where the database that was there before lies now; None if there was none.
    aside: Path | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What to restore, and how."""

    url: str
    file: Path
    vault: Vault
    now: datetime
    #: An id for the audit row that tells of it.
    row_id: str
    may_go: MayGo
    #: Nothing has run since the backup: the data only moves house.
    moved: bool = False
    force: bool = False
    told: Callable[[int], None] = lambda _: None


async def restore(job: Job) -> Restored:
    """Check the backup, load it, settle what was under way, check the result; only then is it there."""
    manifest = prove(job.file, job.vault)
    if manifest.revision != newest():
        msg = (
            f"备份来自客铃 {manifest.program}（数据库版本 {manifest.revision}），这里是 {newest()}。"
            "请用做备份的那个版本恢复，再换成新版本运行 leadbell migrate。"
        )
        raise BackupError(msg)
    url = address(job.url)
    if url.get_backend_name() == "sqlite":
        return await _into_sqlite(job, manifest, sqlite_path(url))
    return await _into_postgres(job, manifest, url)


async def _into_sqlite(job: Job, manifest: Manifest, path: Path) -> Restored:
    """Build a new file beside the old one, and change their places in the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        if not job.force and not _is_empty_file(path):
            raise SettingsError(_not_empty(str(path)))
        new = path.with_name(f"{path.name}.restoring")
        _drop(new)
        try:
            migrate(f"sqlite+aiosqlite:///{new}")
            connection = SqliteConnection(str(new))
            try:
                carried = restore_carried.of_file(path, datetime.fromisoformat(manifest.made_at))
                done = await _load(connection, job, manifest, restore_erased.of_file(path), carried)
            finally:
                await connection.close()
            _sound(new)
            aside = _swap(new, path, job.now)
        except (OSError, sqlite3.Error) as exc:
            cure = f"请检查 {path.parent.absolute()} 的剩余空间和写权限。"
            msg = f"恢复没有完成（{exc}），原来的数据没有动。{cure}"
            raise BackupError(msg) from exc
        finally:
            _drop(new)
    finally:
        lock.release()
    return Restored(manifest, done[0], done[1], aside)


async def _into_postgres(job: Job, manifest: Manifest, url: URL) -> Restored:
    """All in one transaction."""
    try:
        import psycopg  # noqa: PLC0415 - the driver is an extra

        from bot.store.postgres import PostgresConnection  # noqa: PLC0415 - likewise
    except ImportError as exc:
        raise SettingsError(NO_DRIVER) from exc
    at = revision(job.url)
    if at is None:
        migrate(job.url)
    elif at != manifest.revision:
        cure = "请先运行 leadbell migrate，或换一个空库。"
        msg = f"这个库的版本（{at}）和备份（{manifest.revision}）不一样。{cure}"
        raise SettingsError(msg)
    connection = PostgresConnection(url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        settled, verdict = await _load(connection, job, manifest)
    except psycopg.Error as exc:
        msg = f"恢复没有完成，数据库没有改动（{str(exc).splitlines()[0]}）。"
        raise BackupError(msg) from exc
    finally:
        await connection.close()
    return Restored(manifest, settled, verdict)


async def _load(
    connection: Connection, job: Job, manifest: Manifest, erased: Sequence[Sequence[Any]] = (),
    carried: restore_carried.Carried | None = None,
) -> tuple[Settled, Verdict]:  # fmt: skip
    dialect = connection.compiler.dialect.name
    await connection.begin()
    try:
        if dialect == "postgresql":
            await _alone(connection, job)
            erased = await restore_erased.of_database(connection)
            made_at = datetime.fromisoformat(manifest.made_at)
            carried = await restore_carried.of_database(connection, made_at)
        await _clear(connection)
        with opened(job.file) as archive:
            await _fill(connection, archive, manifest, dialect, job.told)
        await restore_erased.again(connection, dialect, erased)
        tx = UnitTx(connection, system_monotonic, float("inf"))
        await _prove_keys(tx, job.vault)
        known = await restore_carried.again(connection, tx, dialect, None if job.moved else carried)
        let_go = await restore_carried.let_go(tx, job.now) if known is None and not job.moved else 0
        settled = await settle(
            tx, connection, manifest, vault=job.vault, now=job.now, may_go=job.may_go, moved=job.moved,
            row_id=job.row_id, at=str(instant(job.now)), carried=known or 0, let_go=let_go,
        )  # fmt: skip
        verdict = await verify(tx, job.vault)
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise
    return settled, verdict


async def _prove_keys(tx: UnitTx, vault: Vault) -> None:
    if not await key_check.fits(tx, vault):
        raise BackupError(key_check.OTHER_KEY)


async def _alone(connection: Connection, job: Job) -> None:
    """Nobody else works in this database, and nothing is lost by emptying it."""
    for setting in (
        "statement_timeout = 0",
        "idle_in_transaction_session_timeout = 0",
        "lock_timeout = '10s'",
    ):
        await connection.command(f"SET LOCAL {setting}")
    ((others,),) = await connection.fetch(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
        (),
    )
    if others:
        msg = f"还有 {others} 个连接在用这个库。请先停掉所有客铃进程和别的客户端，再恢复。"
        raise SettingsError(msg)
    if job.force:
        return
    for table in METADATA.sorted_tables:
        if table.name not in _BORN_WITH and await connection.fetch(
            f'SELECT 1 FROM "{table.name}" LIMIT 1',  # noqa: S608 - our own name
            (),
        ):
            raise SettingsError(_not_empty(job.url.rpartition("@")[2]))


async def _clear(connection: Connection) -> None:
    for table in METADATA.sorted_tables:
        await connection.change(f'DELETE FROM "{table.name}"', ())  # noqa: S608 - our own name


async def _fill(
    connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, dialect: str,
    told: Callable[[int], None],
) -> None:  # fmt: skip
    for part in sorted(manifest.parts, key=lambda one: one.table == _BY_TRIGGERS):
        if part.table == _BY_TRIGGERS:
            await connection.change(f"DELETE FROM {_BY_TRIGGERS}", ())  # noqa: S608 - our own name
        names = ", ".join(f'"{name}"' for name, _ in part.columns)
        places = ", ".join(["%s" if dialect == "postgresql" else "?"] * len(part.columns))
        statement = f'INSERT INTO "{part.table}" ({names}) VALUES ({places})'  # noqa: S608 - a signed list
        for rows in _batches(read_rows(archive, part, dialect=dialect)):
            await connection.change_all(statement, rows)
            told(len(rows))
        ((count,),) = await connection.fetch(f'SELECT count(*) FROM "{part.table}"', ())  # noqa: S608 - signed
        if count != part.rows:
            msg = f"{part.table} 写入 {count} 行，备份里有 {part.rows} 行，恢复没有完成。"
            raise BackupError(msg)


def _batches(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch


def _is_empty_file(path: Path) -> bool:
    """No file, or a database without a row of anybody's; what cannot be read is not empty."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            known = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            ours = [t.name for t in METADATA.sorted_tables if t.name in known and t.name not in _BORN_WITH]
            asked = (f'SELECT 1 FROM "{name}" LIMIT 1' for name in ours)  # noqa: S608 - our own names
            return not any(db.execute(question).fetchone() for question in asked)
    except sqlite3.Error:
        return False


def _sound(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if said != "ok":
        msg = f"恢复出来的数据库不完整（{said}），没有启用。"
        raise BackupError(msg)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _swap(new: Path, path: Path, now: datetime) -> Path | None:
    """Put the old file and its journal aside, then the new one in its place.

    A journal of the old file beside the new one would destroy it, so it goes first.
    """
    aside: Path | None = None
    if path.exists() and path.stat().st_size:
        aside = path.with_name(f"{path.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    for ending in ("-wal", "-shm", ""):
        old = path.with_name(path.name + ending)
        if old.exists():
            if aside is None:
                old.unlink()
            else:
                old.rename(aside.with_name(aside.name + ending))
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return aside


def _drop(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _not_empty(where: str) -> str:
    return f"{where} 里已经有数据。确认要用备份替换它，请加 --force。"
