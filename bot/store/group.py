"""Run many units of work in one transaction, each in a savepoint, and commit them together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import structlog

from bot.kit.clock import Monotonic
from bot.store.connection import Connection, UnitTx
from bot.store.tx import Tx

log = structlog.get_logger()

#: A unit awaits nothing but its tx, aims at 50 ms, and rolls back alone.
Unit: TypeAlias = Callable[[Tx], Awaitable[Any]]
#: Seconds of work that a unit should stay below; more is logged.
UNIT_AIM = 0.05
#: Seconds of work in this process after which it is undone: ten times the aim, because a slow
#: machine must not lose what a fast one keeps.
UNIT_SPAN = 0.5
#: The same on the clock, where every statement is a journey to a server.
UNIT_SPAN_REMOTE = 2.0
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

    A deadlock takes the group down; its units are then run again, one to a transaction.
    """
    try:
        return await _in_one(connection, units, monotonic, span)
    except Exception as exc:  # noqa: BLE001 - whatever it was, each caller must hear of it
        await connection.rollback()
        if not connection.transient(exc):
            return [Failed(exc) for _ in units]
    return [await _alone(connection, unit, monotonic, span) for unit in units]


async def _in_one(
    connection: Connection, units: Sequence[Unit], monotonic: Monotonic, span: float
) -> list[Outcome]:
    await connection.begin()
    outcomes: list[Outcome] = []
    for unit in units:
        await connection.command("SAVEPOINT unit")
        begun = monotonic()
        tx = UnitTx(connection, monotonic, begun + span)
        try:
            outcomes.append(Done(await unit(tx)))
        except Exception as exc:
            if connection.transient(exc):
                raise
            await connection.command("ROLLBACK TO unit")
            outcomes.append(Failed(exc))
        await connection.command("RELEASE unit")
        if (took := monotonic() - begun) > UNIT_AIM:
            log.info("unit.slow", unit=getattr(unit, "__qualname__", ""), ms=round(took * 1000))
    await connection.commit()
    return outcomes


async def _alone(connection: Connection, unit: Unit, monotonic: Monotonic, span: float) -> Outcome:
    for attempt in range(_TRIES):
        try:
            return (await _in_one(connection, [unit], monotonic, span))[0]
        except Exception as exc:  # noqa: BLE001 - the caller must hear of it
            await connection.rollback()
            if not connection.transient(exc) or attempt == _TRIES - 1:
                return Failed(exc)
    msg = "unreachable"
    raise AssertionError(msg)
