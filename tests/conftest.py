"""What every test may ask for: a clock pushed by hand, a store on both databases, the shipped company."""

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import create_engine, text

from bot.cli.logs import where_it_broke
from bot.crm.company import Company
from bot.crm.company.load import load
from bot.kit.ids import RandomBytes, seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import Store, open_store
from bot.store.desk import Desk
from bot.store.migrate import migrate
from tests import postgres

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: A Wednesday, in working hours.
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI).astimezone(timezone.utc)
_COUNT = itertools.count()
# Structlog's own default prints every local variable of every frame: slow, and private besides.
structlog.configure(
    processors=[where_it_broke, structlog.processors.JSONRenderer()],
    logger_factory=structlog.PrintLoggerFactory(sys.stderr),
)


#: Those that take minutes begin, so that no process stands idle while one of them ends.
_LONG = ("tests/worlds/test_worlds.py", "tests/planted/test_planted.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; otherwise as they were."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


class HandClock:
    """A clock that stands still until it is pushed."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def push(self, span: timedelta) -> datetime:
        """Let time pass."""
        self.now += span
        return self.now


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def random_bytes() -> RandomBytes:
    return seeded_random_bytes(7)


@pytest.fixture
def vault(random_bytes: RandomBytes) -> Vault:
    return Vault(["a secret that is long enough for tests"], random_bytes)


@pytest.fixture(scope="session")
def company() -> Company:
    """The company that ships in config/."""
    return load(ROOT / "config")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "leadbell.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    server = postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> str:
    name = "leadbell_template"
    _admin(postgres_server, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    migrate(postgres_server.url(name))
    return name


def _admin(server: postgres.Server, *statements: str) -> None:
    engine = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database, as LEADBELL_DATABASE_URL takes it."""
    path = tmp_path / "leadbell.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: postgres.Server, postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database, as LEADBELL_DATABASE_URL takes it."""
    name = f"test_{next(_COUNT)}"
    # Copied as files: half the time that the usual way through the log takes for so many tables.
    _admin(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template} STRATEGY file_copy")
    yield postgres_server.url(name)
    _admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open store on each database in turn; units may take long where many tests share few cores."""
    opened = open_store(database_url, unit_span=5)
    yield opened
    await opened.close()


@pytest.fixture
async def lite(sqlite_url: str) -> AsyncIterator[Store]:
    """An open store on SQLite alone, for what cannot differ between databases."""
    opened = open_store(sqlite_url, unit_span=5)
    yield opened
    await opened.close()


@pytest.fixture
def unit(
    store: Store, company: Company, vault: Vault, clock: HandClock, random_bytes: RandomBytes
) -> Callable[[Callable[[Desk], Awaitable[T]]], Awaitable[T]]:
    """Run a function of a Desk in one unit of work: `await unit(lambda desk: leads.find(desk.tx, "L1"))`."""

    async def run(work: Callable[[Desk], Awaitable[Any]]) -> Any:
        def inside(tx: Any) -> Awaitable[Any]:
            return work(Desk(tx=tx, company=company, now=clock.now, vault=vault, random_bytes=random_bytes))

        return await store.write(inside, within=10)

    return run
