"""The results of one journey, read at one moment; nobody's row among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.insight.results.compare import Compared, compared
from bot.insight.results.outline import Outline, Stop
from bot.store.reads.journey_arms import arms
from bot.store.reads.journey_nodes import (
    NodeCount,
    Totals,
    Whom,
    entered_by_version,
    node_counts,
    totals,
)
from bot.store.reads.journey_reached import Reached, reached
from bot.store.reads.journey_touches import TouchCount, touch_counts
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Node:
    """One step with its numbers."""

    stop: Stop
    count: NodeCount
    #: None where nothing is said to the customer.
    touches: TouchCount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it."""

    outline: Outline
    at: datetime
    totals: Totals
    people: Reached
    nodes: tuple[Node, ...]
    #: Over all steps.
    touches: TouchCount
    trials: tuple[Compared, ...]
    #: How many entered each version, of all there are.
    versions: Mapping[int, int]
    #: Steps of other versions, which are not in the list.
    elsewhere: int


async def report(tx: Tx, outline: Outline, *, now: datetime) -> Report:
    """Read and reckon it."""
    whom, days = outline.whom, outline.days
    params = whom.params()
    counts = await node_counts(tx, whom)
    said = await touch_counts(tx, params, days=days)
    nodes = tuple(
        Node(stop, counts.get(stop.place, NodeCount()), said.get(stop.place)) for stop in outline.stops
    )
    trials = [
        compared(
            trial, await arms(tx, params, trial.place, trial.arms, days=days, now=now),
            has_goal=bool(outline.goal),
        )
        for trial in outline.trials
    ]  # fmt: skip
    known = {stop.place for stop in outline.stops}
    return Report(
        outline=outline, at=now, totals=await totals(tx, whom),
        people=await reached(tx, params, days=days), nodes=nodes, touches=_summed(list(said.values())),
        trials=tuple(trials), versions=await entered_by_version(tx, _all(outline)),
        elsewhere=len({*counts, *said} - known),
    )  # fmt: skip


def _all(outline: Outline) -> Whom:
    return replace(outline.whom, version=0)


def _summed(parts: Sequence[TouchCount]) -> TouchCount:
    found = TouchCount()
    for one in parts:
        for name in _ADDED:
            setattr(found, name, getattr(found, name) + getattr(one, name))
        found.not_sent.update(one.not_sent)
        found.channels.update(one.channels)
    return found


#: People are not added up: one person gets several messages.
_ADDED = (
    "sent", "delivered", "bounced", "failed", "unknown", "waiting", "opened", "clicked", "replied",
    "unsubscribed", "complained", "pieces", "cost", "batch_clicks",
)  # fmt: skip
