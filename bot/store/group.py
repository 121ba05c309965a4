"""Run many units of work in one transaction, each in a savepoint, and commit them together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import structlog

from bot.errors import StoreBusyError
from bot.kit.clock import Monotonic
from bot.store.connection import Connection, UnitTx
from bot.store.tx import Tx

log = structlog.get_logger()

#: A unit awaits nothing but its tx, aims at 50 ms, and rolls back alone.
Unit: TypeAlias = Callable[[Tx], Awaitable[Any]]
#: Seconds of work that a unit should stay below; more is logged.
UNIT_AIM = 0.05
#: Seconds after which it is undone: far above the aim, because a slow machine, or one that
#: pauses, must not lose what a fast one keeps.
UNIT_SPAN = 2.0
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Done:
    """A unit whose effects are durable."""

    result: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """A unit that left no trace."""

    error: Exception


Outcome: TypeAlias = Done | Failed


async def run_group(
    connection: Connection, units: Sequence[Unit], monotonic: Monotonic, span: float = UNIT_SPAN
) -> list[Outcome]:
    """Run the units in order and commit; when the commit fails, every unit has failed.

    Almost always every unit succeeds, so the first try goes without savepoints. When one fails,
    all are undone and run again, each in a savepoint of its own, so that it fails alone: a unit
    does nothing but through its tx, so running it again is safe. After a deadlock they run one
    to a transaction.
    """
    if len(units) > 1:
        try:
            return await _together(connection, units, monotonic, span)
        except StoreBusyError as exc:
            await connection.rollback()
            return [_failed(connection, exc) for _ in units]
        except Exception:  # noqa: BLE001 - whose it was is found out below
            await connection.rollback()
    try:
        return await _apart(connection, units, monotonic, span)
    except Exception as exc:  # noqa: BLE001 - whatever it was, each caller must hear of it
        await connection.rollback()
        if not connection.transient(exc):
            return [_failed(connection, exc) for _ in units]
    return [await _alone(connection, unit, monotonic, span) for unit in units]


async def _together(
    connection: Connection, units: Sequence[Unit], monotonic: Monotonic, span: float
) -> list[Outcome]:
    await connection.begin()
    outcomes: list[Outcome] = [Done(await _run(connection, unit, monotonic, span)) for unit in units]
    await _commit(connection)
    return outcomes


async def _apart(
    connection: Connection, units: Sequence[Unit], monotonic: Monotonic, span: float
) -> list[Outcome]:
    await connection.begin()
    outcomes: list[Outcome] = []
    for unit in units:
        await connection.command("SAVEPOINT unit")
        try:
            outcomes.append(Done(await _run(connection, unit, monotonic, span)))
        except Exception as exc:
            if connection.transient(exc) or connection.unavailable(exc):
                raise
            await connection.command("ROLLBACK TO unit")
            outcomes.append(Failed(exc))
        await connection.command("RELEASE unit")
    await _commit(connection)
    return outcomes


async def _commit(connection: Connection) -> None:
    """Commit; when the connection is lost on the way nobody knows, so the units must not be run again."""
    try:
        await connection.commit()
    except Exception as exc:
        if not connection.lost(exc):
            raise
        log.warning("commit.unknown", error=type(exc).__name__)
        msg = "nobody knows whether it was committed"
        raise StoreBusyError(msg) from exc


async def _run(connection: Connection, unit: Unit, monotonic: Monotonic, span: float) -> Any:  # noqa: ANN401 - the unit's own
    begun = monotonic()
    result = await unit(UnitTx(connection, monotonic, begun + span))
    if (took := monotonic() - begun) > UNIT_AIM:
        log.info("unit.slow", unit=getattr(unit, "__qualname__", ""), ms=round(took * 1000))
    return result


async def _alone(connection: Connection, unit: Unit, monotonic: Monotonic, span: float) -> Outcome:
    for attempt in range(_TRIES):
        try:
            return (await _apart(connection, [unit], monotonic, span))[0]
        except Exception as exc:  # noqa: BLE001 - the caller must hear of it
            await connection.rollback()
            if not connection.transient(exc) or attempt == _TRIES - 1:
                return _failed(connection, exc)
    msg = "unreachable"
    raise AssertionError(msg)


def _failed(connection: Connection, error: Exception) -> Failed:
    """What each caller hears: a database that takes nothing says «not now», so that he is asked again."""
    if not connection.unavailable(error):
        return Failed(error)
    log.warning("store.unavailable", error=type(error).__name__, said=str(error).splitlines()[:1])
    busy = StoreBusyError("the database takes nothing at present")
    busy.__cause__ = error
    return Failed(busy)
