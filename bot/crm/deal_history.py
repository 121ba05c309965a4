"""Deals as a forecast sees them: when they came, through which stages they went, how they ended."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """Days are ordinals of the company's own calendar; money is whole cents, None if nobody said."""

    created: int
    #: Day of entry and stage, the oldest first; the first is of the day of creation.
    stages: tuple[tuple[int, str], ...]
    #: The day it ended; None while it is open.
    closed: int | None = None
    won: bool = False
    amount: int | None = None
    #: What was believed before: the day from which on, and the amount. Empty: always what it is now.
    amounts: tuple[tuple[int, int | None], ...] = ()
    product: str = ""

    @property
    def stage(self) -> str:
        """Where it stands."""
        return self.stages[-1][1]

    @property
    def since(self) -> int:
        """The day it came there."""
        return self.stages[-1][0]

    def as_of(self, day: int) -> Deal | None:
        """What was known of it when that day began; None if it was not there yet."""
        if self.created >= day:
            return None
        if self.closed is not None and self.closed < day:
            return self
        known = [amount for since, amount in self.amounts if since < day]
        return replace(
            self,
            stages=tuple(one for one in self.stages if one[0] < day),
            closed=None,
            won=False,
            # An amount that was first said at the end was not known before.
            amount=known[-1] if known else (None if self.amounts else self.amount),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeal:
    """A deal that is open: its stage, the days on which it came and came there, its amount in cents."""

    stage: str
    since: int
    created: int
    amount: int | None
    product: str

    @classmethod
    def of(cls, deal: Deal) -> OpenDeal:
        """As it stands at the end of what is known of it."""
        return cls(
            stage=deal.stage, since=deal.since, created=deal.created, amount=deal.amount, product=deal.product
        )
