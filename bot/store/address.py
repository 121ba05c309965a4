"""LEADBELL_DATABASE_URL: which database it means, and what to say when it means none."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsError

_NAME = "LEADBELL_DATABASE_URL"
_SHAPES = "sqlite+aiosqlite:///data/leadbell.db 或 postgresql+psycopg://用户:密码@主机:5432/库名"
NO_DRIVER = "使用 PostgreSQL 需要安装：pip install 'leadbell[postgres]'"
_KINDS = frozenset({"sqlite", "postgresql"})
_DAMAGED = frozenset((sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT))


def address(url: str) -> URL:
    """Read the setting; SettingsError if it is no address, or one of a database that we do not speak."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as exc:
        msg = f"{_NAME}：写法不对，应该是 {_SHAPES}。"
        raise SettingsError(msg) from exc
    kind = parsed.get_backend_name()
    if kind not in _KINDS:
        msg = f"{_NAME}：不支持 {kind}，请用 {_SHAPES}。"
        raise SettingsError(msg)
    return parsed


def sqlite_path(url: URL) -> Path:
    """Where the file is; an in-memory database would lose leads and is refused."""
    if not url.database or url.database == ":memory:":
        msg = f"{_NAME}：内存数据库会丢失线索，请指定文件路径。"
        raise SettingsError(msg)
    return Path(url.database)


def absent(path: Path) -> str:
    """What to say of a file that is not there: it may be the first time, or the data may be lost."""
    return f"数据库 {path} 不存在。首次使用请运行 leadbell migrate；若是数据丢失，请先从备份恢复。"


def is_damaged(exc: Exception) -> bool:
    """Whether SQLite says that the file is broken, or never was a database."""
    code = getattr(getattr(exc, "orig", None) or exc, "sqlite_errorcode", None)
    return isinstance(code, int) and (code & 0xFF) in _DAMAGED


def damaged(path: Path | str) -> str:
    """What to say of such a file."""
    return f"数据库文件损坏或不是数据库：{path}。请先从备份恢复。"


def unreachable(url: URL, exc: Exception) -> str:
    """What to say and to do when the database does not answer; never the password."""
    if is_damaged(exc):
        return damaged(unquote(str(url.database)).removeprefix("file:"))
    said = str(getattr(exc, "orig", None) or exc).strip().splitlines()
    why = said[0] if said else type(exc).__name__
    if url.get_backend_name() == "sqlite":
        return f"{_NAME}：打不开数据库文件 {url.database}（{why}）。请检查路径、读写权限和磁盘剩余空间。"
    where = f"{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"
    cure = "请检查地址、端口、用户名、密码，以及数据库是否在运行。"
    return f"{_NAME}：连不上 PostgreSQL {where}（{why}）。{cure}"
