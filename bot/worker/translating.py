"""The language model at work: what it could not do is counted where everything else is."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import structlog

from bot.errors import StoreBusyError
from bot.insight.ask.translator import Completing, ModelKind, NoAnswer
from bot.intake.doors.setup import validated
from bot.kit.clock import Clock
from bot.store import Store, incidents

log = structlog.get_logger()


class Noting:
    """A model of a process that only reads: what it could not do leaves a line, and no count."""

    def __init__(self, model: Completing) -> None:
        self._model = model
        self.knows_people = model.knows_people

    async def complete(self, system: str, question: str) -> str | NoAnswer:
        """See Model."""
        return await self._model.complete(system, question)

    async def failed(self, reason: NoAnswer) -> None:
        """Say so."""
        log.warning("question.not_translated", reason=reason.value)


class Translating:
    """A model whose failures leave a count and a line in the log; never a word of the question."""

    def __init__(self, model: Completing, store: Store, clock: Clock) -> None:
        self._model, self._store, self._clock = model, store, clock
        self.knows_people = model.knows_people

    async def complete(self, system: str, question: str) -> str | NoAnswer:
        """See Model."""
        return await self._model.complete(system, question)

    async def failed(self, reason: NoAnswer) -> None:
        """Count it; a database that is busy loses the count and nothing else."""
        log.warning("question.not_translated", reason=reason.value)
        with contextlib.suppress(StoreBusyError):
            await self._store.write(
                lambda tx: incidents.count(tx, "question.not_translated", reason.value, self._clock()),
                within=5,
            )

    async def close(self) -> None:
        """Close its connections."""
        await self._model.close()


def completing(given: Mapping[str, str], kinds: Mapping[str, object]) -> Completing | None:
    """The model of the settings, if there are any; SettingsError names what is wrong with them."""
    if not given:
        return None
    kind = next(one for one in kinds.values() if isinstance(one, ModelKind))
    return kind.build(validated(kind.config, given, "LEADBELL_MODEL"))
