"""All that a card tells of a lead, gathered before the card is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.crm.lead import Lead


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a lead has points."""

    text: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadSheet:
    """One lead as its cards show it; instants are in the company's zone."""

    lead: Lead
    #: The form's Chinese name; empty if it came by none.
    form: str = ""
    pool: str = ""
    #: The score's band, in Chinese, and what to do about it.
    tier: str = ""
    advice: str = ""
    #: The weightiest first.
    reasons: tuple[Reason, ...] = ()
    #: What it is called at present.
    tags: tuple[str, ...] = ()
    #: What the customer wrote last; for the owner alone.
    message: str = ""
    #: What he wants to hear no more; for the owner alone.
    refused: str = ""
    #: 话术.
    script: str = ""
    #: Until when it should be answered; None once it was.
    due_at: datetime | None = None
    owner_name: str = ""
    #: Who gave it to its owner over other heads, and how (transferred or not); empty if nobody did.
    given_by: str = ""
    is_handed_over: bool = False
    #: Seconds that taps are collected; 0: the first one has it.
    reveal_seconds: int = 0
    #: The present moment.
    now: datetime
