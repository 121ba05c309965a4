"""Bring a database to this version's tables; safe to run again."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, unquote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.errors import SettingsError
from bot.store.address import NO_DRIVER, address, is_damaged, sqlite_path, unreachable


def migrate(url: str) -> list[str]:
    """Run the migrations that are missing and name them, oldest first."""
    engine = engine_of(url, make=True)
    try:
        config = configuration()
        before = _current(engine)
        try:
            with engine.connect() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except OperationalError as exc:
            # The disk is full, or somebody else holds the file.
            raise SettingsError(unreachable(engine.url, exc)) from exc
        script = ScriptDirectory.from_config(config)
        steps = script.iterate_revisions("head", before or "base")
        return [step.revision for step in reversed(list(steps)) if step.revision != before]
    finally:
        engine.dispose()


def pending(url: str) -> bool:
    """Say whether the database lacks a migration of this version."""
    engine = engine_of(url)
    try:
        heads = ScriptDirectory.from_config(configuration()).get_heads()
        return _current(engine) not in heads
    finally:
        engine.dispose()


def revision(url: str) -> str | None:
    """The migration that the database is at; None if it has never seen one."""
    engine = engine_of(url)
    try:
        return _current(engine)
    finally:
        engine.dispose()


def newest() -> str:
    """This version's last migration."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None  # noqa: S101 - the program has migrations
    return head


def configuration() -> Config:
    """Alembic's settings, from code: the migrations travel with the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _current(engine: Engine) -> str | None:
    if engine.dialect.name == "sqlite" and not _is_there(engine):
        return None
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as exc:
        if not isinstance(exc, OperationalError) and not is_damaged(exc):
            raise
        raise SettingsError(unreachable(engine.url, exc)) from exc


def _is_there(engine: Engine) -> bool:
    path = unquote(str(engine.url.database)).removeprefix("file:")
    return Path(path).exists()


def engine_of(url: str, *, make: bool = False) -> Engine:
    """A plain connection; `make` makes SQLite's file if it is not there."""
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        path = sqlite_path(parsed)
        if make:
            _make(path)
        return create_engine(f"sqlite:///file:{quote(str(path))}?mode=rw&uri=true")
    try:
        return create_engine(parsed.set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 5})
    except ImportError as exc:
        raise SettingsError(NO_DRIVER) from exc


def _make(path: Path) -> None:
    """Make a file that is not there yet for us alone; its journal follows it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as exc:
        msg = f"LEADBELL_DATABASE_URL：打不开 {path}（{exc.strerror}）。请检查目录是否存在、有没有写权限。"
        raise SettingsError(msg) from exc
