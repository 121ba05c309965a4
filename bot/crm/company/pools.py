"""config/pools.yaml: where leads without an owner lie, and the terms for taking one."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from bot.crm.company.words import Count, Days, Key, Label, Several
from bot.kit.yaml_model import FaultAtError, Strict

#: How one of several taps is chosen: who took fewest today, who got fewest in thirty days, or by lot.
RevealBy: TypeAlias = Literal["fewest_today", "underserved", "lot"]
#: What a lead's card and the list of the pool hide until it is somebody's.
Maskable: TypeAlias = Literal["name", "company", "city"]
#: Longer than this nobody looks at a card and waits.
Wait: TypeAlias = Annotated[int, Field(ge=0, le=60)]


class Protection(Strict):
    """How long a lead stays with its owner. Working days, each to the end of its work.

    `due = min(claim + longest, max(due, action + extend))`, where only a follow-up that says
    something is an action.
    """

    on: bool
    #: From the day he got it.
    days: Several
    #: At least so many from a follow-up.
    extend_days: Count
    #: However much he does, no longer than this.
    longest_days: Several
    #: He is reminded in the morning of these working days before it ends.
    remind_days_before: tuple[Several, ...] = (3, 1)
    #: A pool's id; without one it goes back to where it came from.
    recycle_to: Key | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Protection:
        if self.longest_days < self.days:
            msg = "longest_days 不能小于 days：最长保护期要包住保护期"
            raise FaultAtError(("longest_days",), msg)
        return self


class Terms(Strict):
    """The terms of a pool. A return gives no quota back; a pushed lead counts as held, not as claimed."""

    #: Claims per person and day of the company's time zone.
    daily_claims: Several
    #: Leads one person may hold at a time.
    holding: Several
    #: Days before the previous owner may take the same lead again; 0 for at once.
    cool_down_days: Days
    #: Minutes a new lead lies in the pool before anybody may take it.
    embargo_minutes: Count = 0
    #: Offer only to people who are on duty.
    on_duty_only: bool = True
    #: Seconds that taps are collected before one is chosen; 0 for the first tap.
    reveal_seconds: Wait = 0
    reveal_by: RevealBy = "fewest_today"
    #: Hidden until it is somebody's; phone and e-mail always are.
    masked: tuple[Maskable, ...] = ()
    #: Characters that a follow-up needs to extend the protection.
    follow_up_min_chars: Count = 4
    protection: Protection = Protection(on=False, days=15, extend_days=5, longest_days=60)


class TermsChange(Strict):
    """What one pool has otherwise than the default terms."""

    daily_claims: Several | None = None
    holding: Several | None = None
    cool_down_days: Days | None = None
    embargo_minutes: Count | None = None
    on_duty_only: bool | None = None
    reveal_seconds: Wait | None = None
    reveal_by: RevealBy | None = None
    masked: tuple[Maskable, ...] | None = None
    follow_up_min_chars: Count | None = None
    protection: Protection | None = None


class Pool(Strict):
    """One pool."""

    id: Key
    name: Label
    #: Whose people may claim here. Empty: everybody's.
    regions: tuple[Label, ...] = ()
    terms: TermsChange = TermsChange()


class Pools(Strict):
    """All pools and the terms they share."""

    terms: Terms
    pools: tuple[Pool, ...] = Field(min_length=1)

    def get(self, pool_id: str) -> Pool | None:
        """The pool of this id."""
        return next((found for found in self.pools if found.id == pool_id), None)

    def terms_of(self, pool_id: str) -> Terms:
        """The terms that hold in a pool; KeyError if there is no such pool."""
        pool = self.get(pool_id)
        if pool is None:
            raise KeyError(pool_id)
        own = {name: getattr(pool.terms, name) for name in TermsChange.model_fields}
        return self.terms.model_copy(update={name: value for name, value in own.items() if value is not None})

    def of_region(self, region: str) -> Pool | None:
        """The first pool that belongs to this region alone, else the first that it shares."""
        found = [pool for pool in self.pools if region in pool.regions]
        return min(found, key=lambda pool: len(pool.regions), default=None)
