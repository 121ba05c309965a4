"""All that happened with a lead and those merged into it: one query for each sort, however long its life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Table, bindparam, func, or_, select

from bot.crm.timeline import Moment, Place
from bot.store.desk import Desk
from bot.store.tables.behaviour import behaviours, touch_points
from bot.store.tables.imports import orders
from bot.store.tables.leads import (
    consents,
    external_contacts,
    field_changes,
    lifecycle_changes,
    score_changes,
    status_changes,
    submissions,
    tenures,
)
from bot.store.tables.machinery import outbox
from bot.store.tables.quality import collisions, merges
from bot.store.tables.sales import follow_ups, opportunities, payments, quotes, stage_changes, tasks
from bot.store.tables.segments import tag_changes
from bot.store.tables.touch import touch_plans

#: What is sent to customers, not to colleagues.
_TO_CUSTOMERS = ("welcome", "mail", "sms", "wechat")


@dataclass(frozen=True, slots=True)
class _Source:
    """One sort of moments: how they are found and what they tell."""

    group: str
    what: str
    statement: Select[Any]
    #: Columns that are told as they are.
    facts: tuple[str, ...] = ()
    by: str = ""
    #: Sealed columns: name, and the place that opens it.
    sealed: Mapping[str, Callable[[Any], str]] | None = None


def _rows(at: ColumnElement[Any], of: ColumnElement[bool], *columns: Any, on: Any = None) -> Select[Any]:  # noqa: ANN401 - columns
    """The latest rows up to a moment, the newest first."""
    statement = select(*columns, at.label("moment"))
    if on is not None:
        statement = statement.select_from(on)
    before = bindparam("before", type_=outbox.c.created_at.type)
    return statement.where(of, at.is_not(None), at <= before).order_by(at.desc()).limit(bindparam("most"))


def _of(table: Table, column: str = "lead_id") -> ColumnElement[bool]:
    return table.c[column].in_(bindparam("those", expanding=True))


def _plain(
    group: str, what: str, table: Table, facts: tuple[str, ...], *, at: str = "at", by: str = ""
) -> _Source:
    names = dict.fromkeys((*facts, *((by,) if by else ())))
    columns = [table.c[name] for name in names]
    return _Source(group, what, _rows(table.c[at], _of(table), *columns), facts, by)


def _of_deal(what: str, table: Table, facts: tuple[str, ...]) -> _Source:
    """Rows of an opportunity, by the lead that it came of."""
    columns = [table.c[name] for name in (*facts, "opportunity_id", "by")]
    joined = table.join(opportunities, opportunities.c.id == table.c.opportunity_id)
    statement = _rows(table.c["at"], _of(opportunities), *columns, on=joined)
    return _Source("deal", what, statement, (*facts, "opportunity_id"), "by")


_TASK_AT = func.coalesce(tasks.c.done_at, tasks.c.created_at, type_=tasks.c.created_at.type)
_TOPICS = outbox.c.topic.in_(bindparam("topics", expanding=True))
_MERGED = or_(_of(merges, "kept"), _of(merges, "gone"))
_talk, _task, _merge = follow_ups.c, tasks.c, merges.c
_SOURCES = (
    _Source(
        "talk", "follow_up",
        _rows(_talk.at, _of(follow_ups), _talk.id, _talk.kind, _talk.text, _talk.user_id),
        ("kind",), "user_id", {"text": lambda row: f"follow_ups.text:{row.id}"},
    ),
    _Source(
        "task", "task",
        _rows(_TASK_AT, _of(tasks), _task.id, _task.state, _task.due_at, _task.title, _task.owner_id),
        ("id", "state", "due_at"), "owner_id", {"title": lambda row: f"tasks.title:{row.id}"},
    ),
    _plain("deal", "stage", stage_changes, ("opportunity_id", "before", "after", "reason"), by="by"),
    _of_deal("quote", quotes, ("amount", "discount", "product")),
    _of_deal("payment", payments, ("amount",)),
    _plain("deal", "order", orders, ("id", "product", "amount"), at="ordered_at"),
    _plain("behaviour", "behaviour", behaviours, ("event", "object", "channel")),
    _plain("source", "submission", submissions, ("form", "source", "campaign", "kind")),
    _plain("source", "touch_point", touch_points, ("source", "medium", "campaign", "term", "page")),
    _plain("source", "consent", consents, ("given", "purpose", "channel", "version")),
    _plain("source", "wechat", external_contacts, ("state",), at="added_at", by="user_id"),
    _plain("source", "wechat_ended", external_contacts, ("state",), at="ended_at", by="user_id"),
    _Source(
        "message", "touch",
        _rows(outbox.c.created_at, _TOPICS, outbox.c.kind, outbox.c.state, outbox.c.reason).where(
            outbox.c.kind.in_(_TO_CUSTOMERS)
        ),
        ("kind", "state", "reason"),
    ),
    _plain("message", "message", touch_plans, ("purpose", "channel", "content", "state"), at="decided_at"),
    _plain("score", "points", score_changes, ("points", "reason", "score")),
    _plain("change", "tag", tag_changes, ("tag", "given", "reason"), by="by"),
    _plain("owner", "owned", tenures, ("how", "reason", "owner_id", "by"), at="from_at", by="owner_id"),
    _plain("owner", "ended", tenures, ("ended_how", "ended_reason", "owner_id"), at="to_at", by="owner_id"),
    _plain("owner", "collision", collisions, ("matched", "how"), by="user_id"),
    _plain("change", "status", status_changes, ("before", "after", "reason"), by="by"),
    _plain("change", "lifecycle", lifecycle_changes, ("before", "after"), by="by"),
    _Source(
        "change", "field",
        _rows(
            field_changes.c.at, _of(field_changes), field_changes.c.lead_id, field_changes.c.field,
            field_changes.c["values"].label("changed"), field_changes.c.by,
        ),
        ("field",), "by", {"changed": lambda row: f"field_changes.values:{row.lead_id}:{row.field}"},
    ),
    _Source(
        "change", "merged",
        _rows(_merge.at, _MERGED, _merge.gone, _merge.kept, _merge.by),
        ("gone", "kept"), "by",
    ),
    _Source(
        "change", "unmerged",
        _rows(_merge.undone_at, _MERGED, _merge.gone, _merge.kept, _merge.undone_by),
        ("gone", "kept"), "undone_by",
    ),
)  # fmt: skip
#: Queries that one page takes at the most, with the one that finds its readers' names.
QUERIES = len(_SOURCES)


async def moments(
    desk: Desk, family: tuple[str, ...], place: Place, *, most: int, group: str = ""
) -> tuple[list[Moment], Place | None]:
    """The latest moments from `place` on, the newest first, and where the next page begins."""
    fetched = most + place.skipped + 1
    found: list[tuple[Any, int, int, Moment]] = []
    for order, source in enumerate(_SOURCES):
        if group and source.group != group:
            continue
        by_topic = {"topics": [f"lead:{one}" for one in family]}
        of = by_topic if source.what == "touch" else {"those": list(family)}
        rows = await desk.tx.all(source.statement, before=place.at, most=fetched, **of)
        found += [(row.moment, order, n, _moment(desk, source, row)) for n, row in enumerate(rows)]
    # Of one moment always in the same order, so that no page repeats and none leaves out.
    found.sort(key=lambda one: (one[0], -one[1], -one[2]), reverse=True)
    shown = found[place.skipped : place.skipped + most]
    if len(found) <= place.skipped + most or not shown:
        return [one[3] for one in shown], None
    last = shown[-1][0]
    already = place.skipped if last == place.at else 0
    return [one[3] for one in shown], Place(last, already + sum(one[0] == last for one in shown))


def _moment(desk: Desk, source: _Source, row: Any) -> Moment:  # noqa: ANN401 - a row
    facts = {name: _said(getattr(row, name)) for name in source.facts}
    for name, place in (source.sealed or {}).items():
        opened = desk.vault.open(getattr(row, name), place(row)).decode()
        facts |= _change(opened) if name == "changed" else {name: opened}
    by = getattr(row, source.by) if source.by else ""
    return Moment(source.group, source.what, row.moment, by or "", facts)


def _change(opened: str) -> dict[str, str]:
    before, after = orjson.loads(opened)
    return {"before": str(before), "after": str(after)}


def _said(value: Any) -> str:  # noqa: ANN401 - any column
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
