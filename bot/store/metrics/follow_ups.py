"""A rep's work: follow-ups, first responses, tasks."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import and_, or_

from bot.crm.task import TaskState
from bot.store.metrics.fact import NOW, Fact, Measure, distinct, rows, those, total
from bot.store.metrics.lead_joins import ROOT_CUSTOM, ROOT_DIMS, lead_joins, root_of, row_dims
from bot.store.tables.sales import follow_ups, tasks

_FOLLOW_UPS = Fact(
    source=follow_ups,
    at=follow_ups.c.at,
    dims={**row_dims(follow_ups), **ROOT_DIMS},
    joins=lead_joins(follow_ups.c.lead_id),
    custom=ROOT_CUSTOM,
)
_FIRST_RESPONSES = Fact(
    source=follow_ups,
    at=follow_ups.c.at,
    keep=(follow_ups.c.response_minutes.is_not(None),),
    dims=_FOLLOW_UPS.dims,
    joins=_FOLLOW_UPS.joins,
    custom=ROOT_CUSTOM,
)
_IS_DONE = tasks.c.state == TaskState.DONE.value
_TASK_DIMS = {**row_dims(tasks), **ROOT_DIMS}
#: A task that was called off is nobody's failure; one whose time is still to come is not late yet.
_DUE = Fact(
    source=tasks,
    at=tasks.c.due_at,
    keep=(or_(_IS_DONE, and_(tasks.c.state == TaskState.OPEN.value, tasks.c.due_at <= NOW)),),
    dims=_TASK_DIMS,
    joins=lead_joins(tasks.c.lead_id),
    custom=ROOT_CUSTOM,
)
_DONE = Fact(
    source=tasks,
    at=tasks.c.done_at,
    keep=(_IS_DONE,),
    dims=_TASK_DIMS,
    joins=lead_joins(tasks.c.lead_id),
    custom=ROOT_CUSTOM,
)

MEASURES: Mapping[str, Measure] = {
    "follow_ups": Measure(_FOLLOW_UPS, (rows(),)),
    "followed_leads": Measure(_FOLLOW_UPS, (distinct(root_of(follow_ups.c.lead_id)),), ("merged",)),
    "first_response_minutes": Measure(_FIRST_RESPONSES, (total(follow_ups.c.response_minutes), rows())),
    "on_time_rate": Measure(_DUE, (those(and_(_IS_DONE, tasks.c.done_at <= tasks.c.due_at)), rows())),
    "tasks_done": Measure(_DONE, (rows(),)),
}
