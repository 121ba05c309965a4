"""What happens without a person asking: timers that fall due, and events that a platform brings.

They are commands like any other, carried out by the system; a person can never send one.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("signal.offer.raise")
@dataclass(frozen=True, slots=True)
class RaiseOffer:
    """Nobody took the lead in time: ask more people, then the manager."""

    lead_id: str
    epoch: str
    round: str


@wire("signal.response.remind")
@dataclass(frozen=True, slots=True)
class RemindResponse:
    """The owner has not followed up yet: remind him while there is time."""

    lead_id: str
    epoch: str


@wire("signal.response.over")
@dataclass(frozen=True, slots=True)
class ResponseOver:
    """The first-response time is over: reassign the lead or give it back to its pool."""

    lead_id: str
    epoch: str


@wire("signal.task.remind")
@dataclass(frozen=True, slots=True)
class RemindTask:
    """A task is due now, or overdue."""

    task_id: str


@wire("signal.customer.added")
@dataclass(frozen=True, slots=True)
class CustomerHasAdded:
    """A customer added one of us in WeChat. `at` is ISO 8601; `half` is `yes` or empty."""

    platform: str
    account: str
    external_id: str
    state: str = ""
    welcome_code: str = ""
    half: str = ""
    at: str = ""


@wire("signal.customer.left")
@dataclass(frozen=True, slots=True)
class CustomerHasLeft:
    """A customer and one of us are no longer WeChat contacts."""

    platform: str
    account: str
    external_id: str
    by_customer: str = ""


@wire("signal.member.left")
@dataclass(frozen=True, slots=True)
class MemberHasLeft:
    """A colleague is gone: what he held goes to others."""

    platform: str
    account: str


@wire("signal.member.one")
@dataclass(frozen=True, slots=True)
class MembersAreOne:
    """Two of our ids are one person: the first one's logins and work go to the second."""

    gone: str
    into: str


@wire("signal.member.entered")
@dataclass(frozen=True, slots=True)
class MemberHasEntered:
    """A colleague opened our app, or was given it (`subscribed` is `yes`)."""

    platform: str
    account: str
    subscribed: str = ""


@wire("signal.contact_way.expired")
@dataclass(frozen=True, slots=True)
class ContactWayExpired:
    """A QR code has served or was never used: take it back."""

    state: str


@wire("signal.contact_way.awaited")
@dataclass(frozen=True, slots=True)
class ContactWayAwaited:
    """Somebody asked for a QR code that the platform is still making: show it as soon as it is there."""

    state: str
    user_id: str
    tries: str = "1"


@wire("signal.member.renamed")
@dataclass(frozen=True, slots=True)
class MemberIsRenamed:
    """The platform gave a colleague another id: he stays the same person."""

    platform: str
    account: str
    new_account: str


@wire("signal.lead.redraw")
@dataclass(frozen=True, slots=True)
class RedrawLead:
    """A lead changed that many people have before them: draw the cards after this one too."""

    lead_id: str
    after: str
