"""Bring a database to this version's tables; safe to run again."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine, make_url

from bot.store.database import sqlite_path


def migrate(url: str) -> list[str]:
    """Run the migrations that are missing and name them, oldest first."""
    engine = _engine(url)
    try:
        config = configuration()
        before = _current(engine)
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        script = ScriptDirectory.from_config(config)
        steps = script.iterate_revisions("head", before or "base")
        return [step.revision for step in reversed(list(steps)) if step.revision != before]
    finally:
        engine.dispose()


def pending(url: str) -> bool:
    """Say whether the database lacks a migration of this version."""
    engine = _engine(url)
    try:
        heads = ScriptDirectory.from_config(configuration()).get_heads()
        return _current(engine) not in heads
    finally:
        engine.dispose()


def configuration() -> Config:
    """Alembic's settings, from code: the migrations travel with the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _current(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = sqlite_path(parsed)
        path.parent.mkdir(parents=True, exist_ok=True)
        return create_engine(f"sqlite:///{path}")
    return create_engine(parsed.set(drivername="postgresql+psycopg"))
