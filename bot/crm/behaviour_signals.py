"""What happens when somebody did something on our pages, or said there who he is; no person can send one."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.kit.wire import wire


@wire("signal.lead.behaved")
@dataclass(frozen=True, slots=True)
class LeadHasBehaved:
    """Something a lead did waits to be counted."""

    lead_id: str


@wire("signal.visitor.known")
@dataclass(frozen=True, slots=True)
class VisitorIsKnown:
    """A browser or a sender's customer says who it is. `traits` is a JSON object; it waits sealed."""

    source: str
    #: `user:…` or empty; the browser's own id or empty.
    user: str = ""
    browser: str = ""
    #: Who it was called before (alias).
    previous: str = ""
    traits: str = field(default="", repr=False)
