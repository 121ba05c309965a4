"""What happens by itself with leads and their owners; carried out by the system, never sent by a person."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("signal.lead.reveal")
@dataclass(frozen=True, slots=True)
class RevealLead:
    """The taps on a lead were collected: choose."""

    lead_id: str
    epoch: str


@wire("signal.protection.look")
@dataclass(frozen=True, slots=True)
class LookAtProtection:
    """A reminder of a lead's protection is due, or its end; `falls` is what was announced, ISO 8601."""

    lead_id: str
    epoch: str
    falls: str = ""


@wire("signal.leave.turn")
@dataclass(frozen=True, slots=True)
class LeaveTurns:
    """An absence begins or ends."""

    leave_id: str


@wire("signal.hand_over.goes_on")
@dataclass(frozen=True, slots=True)
class HandOverGoesOn:
    """Move the next leads of a hand-over."""

    hand_over_id: str
