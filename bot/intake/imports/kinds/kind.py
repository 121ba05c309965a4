"""What every kind of record does with a row."""

from __future__ import annotations

from typing import Any, Protocol

from bot.intake.imports.record import Record
from bot.intake.imports.world import World
from bot.store.import_lookups import Wants
from bot.store.import_writing import Written


class Kind(Protocol):
    """A row is prepared beside the writer, and decided inside a unit; RejectedError at either time."""

    #: The series whose numbers its records bear, one to each row; empty if they bear none.
    series: str
    #: A row may open the account that it names.
    opens_accounts: bool
    #: The table of its records, and where other tables name them.
    table: str

    def prepare(self, record: Record, number: int) -> Any:  # noqa: ANN401 - each kind's own
        """Clean what a row says: everything that needs no look at the database."""

    def want(self, prepared: Any, wants: Wants) -> None:  # noqa: ANN401 - each kind's own
        """Say what has to be looked up."""

    def decide(self, prepared: Any, world: World) -> Written:  # noqa: ANN401 - each kind's own
        """Say what becomes of it, and tell the world."""
