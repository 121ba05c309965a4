"""Touches: what was sent, and what became of it, each counted on the day on which it happened."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import literal, select, union_all

from bot.store.metrics.fact import Dim, Fact, Measure, rows, total
from bot.store.metrics.lead_joins import ROOT_CUSTOM, ROOT_DIMS, lead_joins, row_dims
from bot.store.tables.insight import touches

_WHOSE = ("id", "lead_id", "channel", "campaign", "owner_id", "team", "region")
#: A message is about a campaign of its own; the rest is known of whom it went to.
_OF_LEAD = {name: dim for name, dim in ROOT_DIMS.items() if name not in {"source", "campaign"}}

_SENT = Fact(
    source=touches,
    at=touches.c.sent_at,
    dims={
        **row_dims(touches),
        **_OF_LEAD,
        "channel": Dim(touches.c.channel),
        "campaign": Dim(touches.c.campaign),
    },
    joins=lead_joins(touches.c.lead_id),
    custom=ROOT_CUSTOM,
)


def _share(happened: str, *of: str) -> Measure:
    """Touches to which one thing happened in the period, over those to which another did."""
    moments = dict.fromkeys((happened, *of))
    events = union_all(
        *(
            select(
                *(touches.c[name] for name in _WHOSE),
                touches.c[moment].label("at"),
                literal(int(moment == happened)).label("top"),
                literal(int(moment in of)).label("base"),
            ).where(touches.c[moment].is_not(None))
            for moment in moments
        )
    ).subquery("touch_events")
    fact = Fact(
        source=events,
        at=events.c.at,
        dims={
            **row_dims(events),
            **_OF_LEAD,
            "channel": Dim(events.c.channel),
            "campaign": Dim(events.c.campaign),
        },
        joins=lead_joins(events.c.lead_id),
        custom=ROOT_CUSTOM,
    )
    return Measure(fact, (total(events.c.top), total(events.c.base)))


MEASURES: Mapping[str, Measure] = {
    "touches_sent": Measure(_SENT, (rows(),)),
    "delivery_rate": _share("delivered_at", "sent_at"),
    "open_rate": _share("opened_at", "delivered_at"),
    "click_rate": _share("clicked_at", "delivered_at"),
    "unsubscribe_rate": _share("unsubscribed_at", "delivered_at"),
    "failure_rate": _share("failed_at", "sent_at", "failed_at"),
}
