"""What people ask for about digests: what comes by itself, when, and what it says now."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("digest.subscribe")
@dataclass(frozen=True, slots=True)
class Subscribe:
    """Send me the answer to this again and again (每周一9点发华东漏斗给我)."""

    #: How often, as it was said; empty to take up again what comes by itself (订阅周报).
    when: str
    question: str
    #: Empty: to me. `group`: to a group that is still to be told. Else `platform:chat`.
    to: str = ""


@wire("digest.change")
@dataclass(frozen=True, slots=True)
class ChangeSubscription:
    """Send it at another time (改成周二, 把华东漏斗改成每周二10点)."""

    #: Its number, or words of it; empty for the one that was spoken of last.
    which: str
    when: str


@wire("digest.stop")
@dataclass(frozen=True, slots=True)
class StopSubscription:
    """Send it no more (停掉华东漏斗)."""

    which: str


@wire("digest.pause")
@dataclass(frozen=True, slots=True)
class PauseSubscription:
    """Leave me alone with it for some days (静音)."""

    which: str
    days: str


@wire("digest.list")
@dataclass(frozen=True, slots=True)
class ListSubscriptions:
    """What comes to me by itself (我的订阅)."""

    page: str = ""


@wire("digest.send_now")
@dataclass(frozen=True, slots=True)
class SendNow:
    """Show me once what it would say now."""

    which: str


@wire("digest.show")
@dataclass(frozen=True, slots=True)
class ShowDigest:
    """Show me now what else comes by itself: morning, day_report, daily, weekly, monthly, alerts."""

    kind: str


@wire("day_report.send")
@dataclass(frozen=True, slots=True)
class SendDayReport:
    """Send my report of this day (ISO) to my manager."""

    day: str


@wire("day_report.edit")
@dataclass(frozen=True, slots=True)
class EditDayReport:
    """Put these words in place of the draft; without words, ask me for them."""

    day: str
    text: str = ""


@wire("day_report.leave")
@dataclass(frozen=True, slots=True)
class LeaveDayReport:
    """No report today."""

    day: str


@wire("settings.compare")
@dataclass(frozen=True, slots=True)
class CompareChange:
    """What differs before and after a change of the rules (改规则前后对比); without a number, ask which."""

    number: str = ""
