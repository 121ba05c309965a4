"""Every table, by what it is about; only the store imports these."""

from bot.store.tables import (
    assignment,
    behaviour,
    capture,
    imports,
    leads,
    machinery,
    outside,
    people,
    quality,
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
    "imports",
    "leads",
    "machinery",
    "outside",
    "people",
    "quality",
    "sales",
    "scorecards",
    "segments",
    "settings",
]
