"""What people ask for about doors: what came in, what to try again, standing codes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("doors.show")
@dataclass(frozen=True, slots=True)
class ShowDoors:
    """Which tools and mailboxes are connected, and what came by them last (接入情况)."""


@wire("doors.retry")
@dataclass(frozen=True, slots=True)
class RetryArrivals:
    """The map was mended: try again what could not be taken (重试 金数据)."""

    door: str = ""


@wire("ways.show")
@dataclass(frozen=True, slots=True)
class ShowStandingWay:
    """Give me the code or link of this channel (活码 展会); without a name, list them."""

    name: str = ""
