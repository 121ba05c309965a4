"""What a backup file is: a ZIP of one file of JSON lines per table, and a signed list of what is in it.

The values are spelled alike for both databases, so a backup of SQLite can be restored into
PostgreSQL and the other way round. What is sealed in the database stays sealed; no key is in it.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Boolean, Date, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from bot.errors import BackupError
from bot.kit.vault import Vault
from bot.store.audit_chain import instant
from bot.store.tables import METADATA
from bot.store.types import UTCDateTime

FORMAT = 1
MANIFEST, PROOF = "manifest.json", "manifest.mac"
_LABEL = "backup"
#: SQLite's stand-in for sequences; the manifest has the numbers of both.
_NUMBERS = "numbers"

#: What reading a damaged archive raises, by which byte it is.
_DAMAGE = (
    *(KeyError, ValueError, OSError, EOFError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error),
)

_DAMAGED = "备份文件已损坏（在 {table} 这一段），什么都没有恢复。请换另一份备份。"

Row: TypeAlias = Sequence[Any]
Convert: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One table in a backup."""

    table: str
    #: Names and kinds: plain, time, date, bool, bytes.
    columns: tuple[tuple[str, str], ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup, of when, and for which version."""

    format: int
    program: str
    made_at: str
    database: str
    #: The last migration that the data had seen.
    revision: str
    #: The last number of each series (`lead`, `task`).
    numbers: dict[str, int]
    #: Where the audit chain ended, as people are told it; empty if there was none.
    audit_head: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(part.rows for part in self.parts)

    def spelled(self) -> bytes:
        """What is signed."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def tables() -> list[Table]:
    """Every table whose rows are kept."""
    return [table for table in METADATA.sorted_tables if table.name != _NUMBERS]


def kind_of(column: TypeEngine[Any]) -> str:
    """How a column's values are spelled."""
    if isinstance(column, UTCDateTime):
        return "time"
    if isinstance(column, LargeBinary):
        return "bytes"
    if isinstance(column, Boolean):
        return "bool"
    return "date" if isinstance(column, Date) else "plain"


def columns_of(table: Table) -> tuple[tuple[str, str], ...]:
    """Names and kinds."""
    return tuple((column.name, kind_of(column.type)) for column in table.columns)


#: From what either driver gives to what stands in the file.
_OUT: dict[str, Convert] = {
    "time": instant,
    "date": lambda value: value.isoformat() if isinstance(value, date) else value,
    "bool": bool,
    "bytes": lambda value: base64.b64encode(value).decode(),
}
#: From what stands in the file to what each driver takes.
_IN: dict[str, dict[str, Convert]] = {
    "sqlite": {"bool": int, "bytes": base64.b64decode},
    "postgresql": {
        "time": datetime.fromisoformat, "date": date.fromisoformat, "bytes": base64.b64decode,
    },
}  # fmt: skip


def write_rows(
    archive: zipfile.ZipFile, table: Table, rows: Iterable[Row], told: Callable[[int], None]
) -> Part:
    """Put one table into the file."""
    columns = columns_of(table)
    convert = [_OUT.get(kind) for _, kind in columns]
    digest, count = hashlib.sha256(), 0
    with archive.open(_name(table.name), "w", force_zip64=True) as file:
        for row in rows:
            values = [
                value if value is None or way is None else way(value)
                for way, value in zip(convert, row, strict=True)
            ]
            line = orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
            digest.update(line)
            file.write(line)
            count += 1
            told(1)
    return Part(table.name, columns, count, digest.hexdigest())


def read_rows(archive: zipfile.ZipFile, part: Part, *, dialect: str) -> Iterator[list[Any]]:
    """Give one table's rows as the driver of `dialect` takes them; BackupError if the file is damaged."""
    convert = [_IN[dialect].get(kind) for _, kind in part.columns]
    for line in _lines(archive, part):
        yield [
            value if value is None or way is None else way(value)
            for way, value in zip(convert, orjson.loads(line), strict=True)
        ]


def sign(vault: Vault, manifest: Manifest) -> str:
    """What proves that a manifest is ours."""
    return vault.sign(_LABEL, hashlib.sha256(manifest.spelled()).hexdigest()).hex()


def read_manifest(archive: zipfile.ZipFile, vault: Vault) -> Manifest:
    """Read and prove the list of contents."""
    try:
        raw = orjson.loads(archive.read(MANIFEST))
        proof = bytes.fromhex(archive.read(PROOF).decode())
        if raw.get("format") != FORMAT:
            msg = "这个备份的格式不认识，可能来自更新的版本。请先升级客铃。"
            raise BackupError(msg)
        parts = tuple(
            Part(p["table"], tuple((n, k) for n, k in p["columns"]), p["rows"], p["sha256"])
            for p in raw.pop("parts")
        )
        manifest = Manifest(**raw, parts=parts)
    except (*_DAMAGE, TypeError, AttributeError) as exc:
        msg = "这不是客铃的备份，或者文件已损坏。"
        raise BackupError(msg) from exc
    if not vault.signed(_LABEL, hashlib.sha256(manifest.spelled()).hexdigest(), proof):
        msg = "这个备份是用另一个 LEADBELL_SECRET_KEY 做的，或者内容被改过。请换成做备份时的密钥再试。"
        raise BackupError(msg)
    return manifest


def prove(path: Path, vault: Vault) -> Manifest:
    """Read a whole backup and compare every table with the list; BackupError names what is damaged."""
    with opened(path) as archive:
        manifest = read_manifest(archive, vault)
        for part in manifest.parts:
            for _ in _lines(archive, part):
                pass
    return manifest


def opened(path: Path) -> zipfile.ZipFile:
    """Open a backup for reading."""
    try:
        return zipfile.ZipFile(path)
    except OSError as exc:
        msg = f"打不开 {path}（{exc.strerror}）。"
        raise BackupError(msg) from exc
    except zipfile.BadZipFile as exc:
        msg = f"{path} 不是客铃的备份，或者文件不完整。"
        raise BackupError(msg) from exc


def _lines(archive: zipfile.ZipFile, part: Part) -> Iterator[bytes]:
    digest, count = hashlib.sha256(), 0
    try:
        with archive.open(_name(part.table)) as file:
            for line in file:
                digest.update(line)
                count += 1
                yield line
    except _DAMAGE as exc:
        msg = _DAMAGED.format(table=part.table)
        raise BackupError(msg) from exc
    if digest.hexdigest() != part.sha256 or count != part.rows:
        msg = _DAMAGED.format(table=part.table)
        raise BackupError(msg)


def _name(table: str) -> str:
    return f"tables/{table}.jsonl"
