"""All that ever happened with one customer, as moments: what, when, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

#: Groups by which a page can be narrowed, in the order of its buttons.
GROUPS: Mapping[str, str] = {
    "talk": "跟进",
    "task": "任务",
    "deal": "商机",
    "behaviour": "行为",
    "source": "来源",
    "message": "消息",
    "score": "评分",
    "owner": "归属",
    "change": "变更",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One of them."""

    group: str
    #: The kind of thing, such as `follow_up` or `stage`.
    what: str
    at: datetime
    #: Id of whoever did it; empty for the customer and for rules.
    by: str = ""
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of it begins: at this moment, after so many of that same moment."""

    at: datetime
    skipped: int = 0


def spell(place: Place) -> str:
    """As it stands in an address."""
    return f"{place.at.isoformat()}~{place.skipped}"


def parse(text: str) -> Place | None:
    """The inverse of `spell`; None for anything else."""
    moment, tilde, skipped = text.partition("~")
    is_whole = tilde and skipped.isascii() and skipped.isdigit() and len(skipped) < 5  # noqa: PLR2004 - digits
    try:
        at = datetime.fromisoformat(moment)
        # The first and the last day of time have no such moment elsewhere.
        return (
            Place(at.astimezone(timezone.utc), int(skipped)) if is_whole and at.tzinfo is not None else None
        )
    except (ValueError, OverflowError):
        return None
