"""config/pools.yaml: where leads without an owner lie, and the terms for taking one."""

from __future__ import annotations

from pydantic import Field

from bot.crm.company.words import Count, Days, Key, Label, Several
from bot.kit.yaml_model import Strict


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


class TermsChange(Strict):
    """What one pool has otherwise than the default terms."""

    daily_claims: Several | None = None
    holding: Several | None = None
    cool_down_days: Days | None = None
    embargo_minutes: Count | None = None
    on_duty_only: bool | None = None


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
        return self.terms.model_copy(update=pool.terms.model_dump(exclude_none=True))

    def of_region(self, region: str) -> Pool | None:
        """The first pool that belongs to this region alone, else the first that it shares."""
        found = [pool for pool in self.pools if region in pool.regions]
        return min(found, key=lambda pool: len(pool.regions), default=None)
