"""What somebody will wait for further on may come before he gets there: it is kept for him until he does.

It counts from his last message of this journey on, and for one wait alone; where nothing was said to him
before, only what happens while he waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.crm.company.journey_steps import WaitFor, WaitUntil
from bot.crm.company.journey_triggers import Changed
from bot.crm.condition import FieldRegistry
from bot.journeys.graph import Graph
from bot.journeys.matching import Occurred, fits
from bot.journeys.step import TIME, Memory

if TYPE_CHECKING:  # a course makes its steps by what stands here
    from bot.journeys.course import Standing

#: Whatever came before one of these was no answer to it.
SPEAKS = frozenset(("touch", "survey"))
WAKES, KEPT = "wakes", "kept"


@lru_cache(maxsize=8192)
def ahead(graph: Graph, place: str | None) -> tuple[str, ...]:
    """Where he may come to wait for something, from this place on, before anything is said to him again."""
    found, seen, open_ = [], {place}, [place]
    while open_:
        at = graph.places.get(open_.pop() or "")
        if at is None or at.kind in SPEAKS:
            continue
        if isinstance(at.config, WaitFor):
            found.append(at.id)
        new = [to for to in at.ways.values() if to not in seen]
        seen.update(new)
        open_ += new
    return tuple(found)


def said(memory: Memory, graph: Graph, place: str, now: datetime) -> None:
    """Something was said to him here: from now on counts what it may bring."""
    memory.came = {}
    memory.since = now.isoformat() if ahead(graph, graph[place].ways["next"]) else ""


def heard(graph: Graph, one: Standing, happened: Occurred, fields: FieldRegistry) -> str:
    """Whether this is what he waits for, or will; `KEPT` has it in his memory."""
    fitting = [w for w in ahead(graph, one.place) if fits(graph[w].config.wait_for, happened, fields)]
    memory = one.memory
    since = _moment(memory.since) or one.awaits_since
    if not fitting or since is None or happened.at < since:
        return ""
    in_time = one.due is None or happened.at <= one.due
    if one.awaits_since is not None and one.place in fitting and in_time:
        return WAKES
    if not memory.since:
        return ""
    # Where he stands waiting and it came too late, or has just been woken, it is over.
    new = [w for w in fitting if w != memory.waits and memory.came.get(w, TIME) == TIME]
    _keep(one, dict.fromkeys(new, f"{happened.kind} {happened.at.isoformat()}"))
    return KEPT if new else ""


def redated(graph: Graph, one: Standing, happened: Occurred, fields: FieldRegistry) -> bool:
    """Whether the date that he waits for is another now."""
    at = graph.places.get(one.place or "")
    if at is None or not isinstance(at.config, WaitUntil) or one.awaits_since is None:
        return False
    return fits(Changed(changed=at.config.wait_until), happened, fields)


def _keep(one: Standing, came: Mapping[str, str]) -> None:
    """For him alone: who stood alike with him has heard nothing."""
    one.memory = one.memory.copy()
    one.memory.came |= came


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def heard_in_vain(graph: Graph, one: Standing, spoken: str, occurrence: int) -> str:
    """He waits for what this message will never bring, or will; `KEPT` has it in his memory."""
    behind, memory = wait_behind(graph, spoken), one.memory
    if behind is None or memory.times.get(spoken) != occurrence:
        return ""
    if one.place == behind and one.awaits_since is not None:
        return WAKES
    if behind in memory.came or behind not in ahead(graph, one.place) or behind == memory.waits:
        return ""
    _keep(one, {behind: TIME})
    return KEPT


def wait_behind(graph: Graph, place: str) -> str | None:
    """Where somebody waits for what a message at this place may bring, with nothing but deeds between."""
    at = graph.places.get(place)
    for _ in range(len(graph.places)):
        to = at.ways.get("next") if at is not None else None
        at = graph.places.get(to) if to is not None else None
        if at is None or at.kind in SPEAKS:
            return None
        if isinstance(at.config, WaitFor):
            return at.id
    return None


def taken(memory: Memory, place: str) -> str:
    """What woke him before he came here, as `woken` says it; what counts here counts nowhere else."""
    found = memory.came.pop(place, "")
    if found and found != TIME:
        memory.came = {other: what for other, what in memory.came.items() if what != found}
    return found.partition(" ")[0]
