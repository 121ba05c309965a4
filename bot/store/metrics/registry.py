"""Which metrics this version can compute, and why it cannot compute the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.registry import METRICS
from bot.store.metrics import (
    churn,
    costs,
    customers,
    deals,
    follow_ups,
    funnel,
    leads,
    pages,
    quota,
    snapshots,
    touches,
    voices,
)
from bot.store.metrics.fact import Measure

FAMILIES = (costs, leads, follow_ups, deals, customers, touches, voices, funnel, snapshots, pages)

#: All metrics that are sums over facts.
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {key: measure for family in FAMILIES for key, measure in family.MEASURES.items()}
)
#: Metrics that are set against something else than facts.
COMPOSED = frozenset({costs.ID, costs.ROI, churn.ID, quota.ID})
#: Dimensions that nothing is recorded under yet.
UNRECORDED_DIMENSIONS: frozenset[str] = frozenset()
#: Dimensions of which a fact may have several values, so that the lines of a cut overlap.
OVERLAPPING = frozenset({Dimension.TAG.value})


def is_recorded(metric_id: str) -> bool:
    """Whether the facts of a metric are kept; a number that nobody recorded is not nought."""
    return metric_id in MEASURES or metric_id in COMPOSED


def unrecorded() -> tuple[str, ...]:
    """The metrics without facts, as they are registered."""
    return tuple(key for key in METRICS if not is_recorded(key))


#: Different leads: one that is in two rows is one in their sum.
_DISTINCT = frozenset(
    {"claimed_leads", "returned_leads", "recycled_leads", "invalid_leads", "followed_leads"}
)


def adds_up(metric_id: str, by: Iterable[str] = ()) -> bool:
    """Whether the rows of a cut add up to the whole."""
    measure = MEASURES.get(metric_id)
    if measure is None or OVERLAPPING & set(by):
        return False
    return len(measure.parts) == 1 and metric_id not in _DISTINCT
