"""What people ask of pages with numbers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("dashboard.open")
@dataclass(frozen=True, slots=True)
class OpenDashboard:
    """Give me the link to my dashboard (看板)."""
