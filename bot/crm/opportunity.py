"""An opportunity: a possible sale with an amount and a stage. Reps call it 商机 or D4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.crm.company.pipeline import DEAL_FIELDS, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """One possible sale."""

    #: `D4`
    id: str
    account_id: str
    name: str
    stage: str
    currency: str
    created_at: datetime
    stage_since: datetime
    owner_id: str | None = None
    lead_id: str | None = None
    product: str = ""
    amount: Decimal | None = None
    expected_close_on: date | None = None
    source: str = ""
    closed_at: datetime | None = None
    won: bool | None = None
    lost_reason: str | None = None

    @property
    def topic(self) -> str:
        """What its cards are about."""
        return f"deal:{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it has neither been won nor lost."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFacts:
    """An opportunity with what its card says besides."""

    deal: Opportunity
    account: str
    owner: str
    quoted: Decimal | None = None
    #: Per cent off.
    discount: Decimal | None = None
    quoted_at: datetime | None = None
    paid: Decimal = Decimal(0)

    def known(self) -> Mapping[str, object]:
        """Every field a gate may ask for, None or empty where nothing is known."""
        deal = self.deal
        return {
            "name": deal.name,
            "product": deal.product,
            "amount": deal.amount,
            "expected_close_on": deal.expected_close_on,
            "quote": self.quoted,
            "discount": self.discount,
            "lost_reason": deal.lost_reason,
        }

    def missing_for(self, stage: Stage) -> tuple[str, ...]:
        """The fields that must be filled before it may enter `stage`."""
        known = self.known()
        return tuple(field for field in stage.requires if known.get(field) in (None, ""))


def field_labels(fields: tuple[str, ...]) -> str:
    """金额、产品."""
    return "、".join(DEAL_FIELDS.get(field, field) for field in fields)
