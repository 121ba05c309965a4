"""What happens at other doors without a person asking."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("signal.arrivals.retry")
@dataclass(frozen=True, slots=True)
class RetryMore:
    """Some were tried again, more wait: go on, and tell who asked at the end. Numbers are texts."""

    door: str
    user_id: str
    #: The instant from which on nothing is tried: who came meanwhile was read by the new map.
    until: str
    taken: str = "0"
    tried: str = "0"


@wire("signal.standing_way.awaited")
@dataclass(frozen=True, slots=True)
class StandingWayAwaited:
    """Somebody asked for a standing code that the platform is still making."""

    state: str
    user_id: str
    tries: str = "1"


@wire("signal.follower.came")
@dataclass(frozen=True, slots=True)
class FollowerHasCome:
    """Somebody follows an official account of ours, or scanned a code of it again. `at` is ISO 8601."""

    account: str
    open_id: str
    #: Our word from the scene code; empty when he came another way.
    scene: str = ""
    #: `yes` if he followed just now; he followed before otherwise.
    is_new: str = ""
    union_id: str = ""
    at: str = ""


@wire("signal.follower.left")
@dataclass(frozen=True, slots=True)
class FollowerHasLeft:
    """Somebody no longer follows."""

    account: str
    open_id: str
    at: str = ""


@wire("signal.contact.read")
@dataclass(frozen=True, slots=True)
class ContactRead:
    """The platform was asked who a customer is: put his name to the lead as soon as it tells."""

    external_id: str
    lead_id: str
    tries: str = "1"
