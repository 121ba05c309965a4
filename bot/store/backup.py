"""Take a backup beside whoever runs the bot: one snapshot, checked, under its name only when whole."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Table
from sqlalchemy.engine import URL

from bot.errors import BackupError, SettingsError
from bot.kit.vault import Vault
from bot.store.address import NO_DRIVER, address, damaged, is_damaged, sqlite_path, unreachable
from bot.store.audit_chain import Head, instant
from bot.store.backup_format import FORMAT, MANIFEST, PROOF, Manifest, prove, sign, tables, write_rows
from bot.store.migrate import newest
from bot.store.ready import prove_ready

#: Rows fetched at a time.
_AT_ONCE = 2000
_SERIES_ENDING = "_numbers"


class Source(Protocol):
    """One snapshot of a database."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""

    def all(self, text: str) -> Sequence[Sequence[Any]]:
        """A few rows."""

    def stream(self, text: str) -> Iterator[Sequence[Any]]:
        """Many rows, some at a time."""

    def numbers(self) -> dict[str, int]:
        """The last number of each series."""

    def trouble(self) -> str:
        """What is wrong with the database itself; empty if nothing is."""


@dataclass(frozen=True, slots=True)
class _Sqlite:
    db: sqlite3.Connection
    dialect: str = "sqlite"

    def all(self, text: str) -> Sequence[Sequence[Any]]:
        return self.db.execute(text).fetchall()

    def stream(self, text: str) -> Iterator[Sequence[Any]]:
        return iter(self.db.execute(text))

    def numbers(self) -> dict[str, int]:
        return dict(self.db.execute("SELECT name, n FROM numbers").fetchall())

    def trouble(self) -> str:
        (said,) = self.db.execute("PRAGMA quick_check(1)").fetchone()
        return "" if said == "ok" else str(said)


@dataclass(frozen=True, slots=True)
class _Postgres:
    db: Any
    dialect: str = "postgresql"

    def all(self, text: str) -> Sequence[Sequence[Any]]:
        found: Sequence[Sequence[Any]] = self.db.execute(text).fetchall()
        return found

    def stream(self, text: str) -> Iterator[Sequence[Any]]:
        with self.db.cursor(name="leadbell_backup") as cursor:
            cursor.itersize = _AT_ONCE
            yield from cursor.execute(text)

    def numbers(self) -> dict[str, int]:
        rows = self.all(
            "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences"
            " WHERE schemaname = current_schema() AND sequencename LIKE '%\\_numbers'"
        )
        return {name.removesuffix(_SERIES_ENDING): int(last) for name, last in rows}

    def trouble(self) -> str:
        return ""


def back_up(
    url: str,
    file: Path,
    *,
    vault: Vault,
    now: datetime,
    program: str,
    force: bool = False,
    told: Callable[[int], None] = lambda _: None,
) -> Manifest:
    """Write a whole, checked backup to `file`; on any failure nothing is left under that name."""
    parsed = address(url)
    _place(file, parsed, force=force)
    prove_ready(url, vault)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with _snapshot(parsed) as source:
            _write(source, part, vault, now=now, program=program, told=told)
        manifest = prove(part, vault)
        _give_name(part, file, force=force)
    except sqlite3.DatabaseError as exc:
        if not is_damaged(exc):
            raise
        raise BackupError(damaged(sqlite_path(parsed))) from exc
    except OSError as exc:
        cure = f"请检查 {file.parent.absolute()} 的剩余空间和写权限。"
        msg = f"备份写不下去：{exc.strerror or exc}。{cure}没有留下半个文件。"
        raise BackupError(msg) from exc
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _place(file: Path, url: URL, *, force: bool) -> None:
    """BackupError if nothing may be written there; over the database itself never."""
    if url.get_backend_name() == "sqlite" and _is_the_database(file, sqlite_path(url)):
        msg = f"{file} 是正在用的数据库，不能把备份写在上面。请换一个文件名。"
        raise BackupError(msg)
    if file.is_dir():
        msg = f"{file} 是一个目录，请写明文件名，例如 {file / 'leadbell.lb'}。"
        raise BackupError(msg)
    if not file.parent.is_dir():
        msg = f"目录 {file.parent} 不存在，请先建好。"
        raise BackupError(msg)
    if file.exists() and not force:
        raise BackupError(_taken(file))


def _is_the_database(file: Path, path: Path) -> bool:
    """The database, a file that belongs to it, or another name for one of them."""
    for ending in ("", "-wal", "-shm", "-journal", ".lock"):
        own = path.with_name(path.name + ending)
        if file.resolve() == own.resolve() or (file.exists() and own.exists() and file.samefile(own)):
            return True
    return False


def _write(
    source: Source, part: Path, vault: Vault, *, now: datetime, program: str, told: Callable[[int], None]
) -> None:
    if trouble := source.trouble():
        cure = "请先用 sqlite3 的 .recover 修复，或从上一个备份恢复。"
        msg = f"数据库文件已损坏（{trouble}），不能做备份。{cure}"
        raise BackupError(msg)
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            parts = tuple(
                _counted(source, table, write_rows(archive, table, source.stream(_select(table)), told))
                for table in tables()
            )
            manifest = Manifest(
                FORMAT, program, str(instant(now)), source.dialect, newest(), source.numbers(),
                _audit_head(source), parts,
            )  # fmt: skip
            archive.writestr(MANIFEST, manifest.spelled())
            archive.writestr(PROOF, sign(vault, manifest))
        raw.flush()
        os.fsync(raw.fileno())


def _counted(source: Source, table: Table, part: Any) -> Any:  # noqa: ANN401 - a Part, given back
    ((rows,),) = source.all(f'SELECT count(*) FROM "{table.name}"')  # noqa: S608 - our own name
    if rows != part.rows:
        msg = f"{table.name} 读到 {part.rows} 行，应有 {rows} 行，备份没有完成。请再试一次。"
        raise BackupError(msg)
    return part


def _select(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'SELECT {names} FROM "{table.name}"'  # noqa: S608 - our own names


def _audit_head(source: Source) -> str:
    rows = source.all("SELECT n, link FROM audit_head")
    return Head(*rows[0]).told() if rows else ""


def _give_name(part: Path, file: Path, *, force: bool) -> None:
    """Under its name in one step; without `force` never over something that is there by now."""
    if force:
        part.replace(file)
    else:
        try:
            os.link(part, file)
        except FileExistsError as exc:
            raise BackupError(_taken(file)) from exc
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _taken(file: Path) -> str:
    return f"{file} 已经存在。请换一个文件名，或加 --force 覆盖它。"


@contextlib.contextmanager
def _snapshot(url: URL) -> Iterator[Source]:
    if url.get_backend_name() == "sqlite":
        with contextlib.closing(sqlite3.connect(sqlite_path(url), isolation_level=None, timeout=5)) as db:
            db.execute("PRAGMA query_only=ON")
            # In WAL mode all that is read until the end is of this moment, whatever is written beside.
            db.execute("BEGIN")
            yield _Sqlite(db)
        return
    try:
        import psycopg  # noqa: PLC0415 - the driver is an extra
    except ImportError as exc:
        raise SettingsError(NO_DRIVER) from exc
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg.connect(conninfo, connect_timeout=5)
    except psycopg.OperationalError as exc:
        raise SettingsError(unreachable(url, exc)) from exc
    with connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        yield _Postgres(connection)
