"""Every table, by what it is about; only the store imports these."""

from bot.store.tables import (
    assignment,
    behaviour,
    capture,
    digests,
    forecast,
    imports,
    insight,
    leads,
    machinery,
    outside,
    people,
    quality,
    rollups,
    sales,
    scorecards,
    segments,
    settings,
)
from bot.store.tables.meta import METADATA

__all__ = [
    "METADATA",
    "assignment",
    "behaviour",
    "capture",
    "digests",
    "forecast",
    "imports",
    "insight",
    "leads",
    "machinery",
    "outside",
    "people",
    "quality",
    "rollups",
    "sales",
    "scorecards",
    "segments",
    "settings",
]
