"""Databases are built by the migrations, and the migrations build what the code expects."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

from bot.store.migrate import configuration, migrate, pending
from bot.store.tables import METADATA


def engine_of(url: str):
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return create_engine(f"sqlite:///{parsed.database}")
    return create_engine(parsed.set(drivername="postgresql+psycopg"))


def test_no_drift(database_url):
    """What the migrations built is what the tables say, column by column."""
    engine = engine_of(database_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()

    assert differences == []


def test_partial_indexes_are_partial(database_url):
    """Picking what is due looks at what waits, not at what is done."""
    engine = engine_of(database_url)
    with engine.connect() as connection:
        found = {
            index["name"]: index["dialect_options"]
            for table in ("inbox", "lanes", "timers", "outbox")
            for index in inspect(connection).get_indexes(table)
        }
    engine.dispose()

    for name in ("ix_inbox_pending", "ix_lanes_due", "ix_timers_waiting", "ix_outbox_open"):
        assert any(key.endswith("_where") for key in found[name]), name


def test_running_again_changes_nothing(database_url):
    assert migrate(database_url) == []
    assert pending(database_url) is False


def test_every_step_goes_down_and_up_again(sqlite_url):
    """A step that cannot be undone is found here."""
    from alembic import command

    engine = engine_of(sqlite_url)
    config = configuration()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()

    steps = len(list(ScriptDirectory.from_config(config).walk_revisions()))
    assert len(migrate(sqlite_url)) == steps


def test_a_database_that_was_never_migrated_is_known(tmp_path):
    assert pending(f"sqlite+aiosqlite:///{tmp_path}/new.db") is True
