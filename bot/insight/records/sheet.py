"""The records behind a number as a sheet: what each reader may see of each, numbers of people masked.

The count is the number's own. A record that counted for somebody then may be nobody of his today:
it keeps its line, and says no more than that.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from bot.crm.follow_up import KIND_LABELS, FollowUpKind
from bot.crm.lead import LEAD_STATUS_LABELS, Lead
from bot.crm.metrics.funnel import STEPS
from bot.crm.metrics.metric import Metric, Unit
from bot.crm.metrics.registry import METRICS
from bot.crm.pool import may_enter, may_oversee, veiled
from bot.crm.query import FUNNEL, Period
from bot.crm.rights import may_work
from bot.crm.user import Role, User
from bot.insight.records import texts
from bot.store.desk import Desk
from bot.store.metrics.guard import Permit
from bot.store.metrics.listing import Entry, Kind, listed
from bot.store.reads.counted import Record, described

Cell: TypeAlias = str | int | Decimal | datetime | date | None
_CENTS, _DAY_S = 100, 24 * 60 * 60
#: Kinds whose own columns hold the money that counts.
_WITH_AMOUNT = frozenset({Kind.DEAL, Kind.PAYMENT, Kind.COST})


class Sight(enum.Enum):
    """How much of a record somebody may see."""

    FULL = "full"
    #: As his pool shows it to whoever may take it.
    VEILED = "veiled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of records, with how many there are in all."""

    kind: Kind
    headers: tuple[str, ...]
    lines: tuple[tuple[Cell, ...], ...]
    total: int
    #: The metric's sums over all of them.
    sums: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads, and all the people there are."""

    desk: Desk
    user: User
    people: Mapping[str, User]

    @property
    def is_outside(self) -> bool:
        """A marketer reads numbers, never whose they are."""
        return self.user.role is Role.MARKETER

    def name(self, user_id: str | None) -> str:
        """What a colleague is called; empty for nobody."""
        found = self.people.get(user_id or "")
        return found.name if found else user_id or ""

    def sight(self, record: Record) -> Sight:
        """Rights as they are now, whatever they were when it counted."""
        if self.is_outside:
            return Sight.NONE
        lead, owner = record.lead, self.people.get(record.owner_id or "")
        if may_work(self.user, owner_id=record.owner_id, owner=owner):
            return Sight.FULL
        if lead is None or record.has_own_owner:
            return Sight.NONE
        if lead.owner_id == self.user.id or may_oversee(
            self.user, lead, self.people.get(lead.owner_id or "")
        ):
            return Sight.FULL
        is_free = lead.owner_id is None and may_enter(self.desk.company, self.user, lead.pool_id)
        return Sight.VEILED if is_free else Sight.NONE


@dataclass(frozen=True, slots=True)
class _View:
    """What a sheet shows of each record."""

    reader: _Reader
    metric: Metric
    kind: Kind
    columns: tuple[str, ...]
    #: The header of what a record put into the number; empty where its columns say it.
    own: tuple[str, ...]

    @property
    def when(self) -> tuple[str, ...]:
        """What is so now did not happen at a moment."""
        return () if self.metric.is_snapshot else (texts.WHEN,)


async def sheet(
    desk: Desk,
    permit: Permit,
    viewer: User,
    metric_id: str,
    period: Period | None,
    *,
    most: int,
    skipped: int = 0,
) -> Sheet | None:
    """A page of what this metric of the question counts; None where nothing can be listed."""
    found = await listed(desk.tx, permit, metric_id, period, now=desk.now, most=most, skipped=skipped)
    if found is None:
        return None
    known = await described(desk, found.kind, [one.id for one in found.entries])
    view = _view(_Reader(desk, viewer, permit.people), METRICS[metric_id], found.kind)
    lines = tuple(_line(view, entry, known.get(entry.id)) for entry in found.entries)
    return Sheet(found.kind, (*view.when, *view.columns, *view.own), lines, found.total, found.sums)


def _view(reader: _Reader, metric: Metric, kind: Kind) -> _View:
    return _View(reader, metric, kind, _columns(kind, reader), _own_header(metric, kind))


def _columns(kind: Kind, reader: _Reader) -> tuple[str, ...]:
    hidden = texts.OF_PEOPLE if reader.is_outside else frozenset()
    return tuple(name for name in texts.COLUMNS[kind.value] if name not in hidden)


def _own_header(metric: Metric, kind: Kind) -> tuple[str, ...]:
    """What a record put into the number, where its columns do not say it."""
    if metric.id == FUNNEL:
        return (texts.STEP,)
    if metric.unit is Unit.MONEY and kind in _WITH_AMOUNT:
        return ()
    found = texts.OWN.get(metric.unit.value, "")
    return (found,) if found else ()


def _line(view: _View, entry: Entry, record: Record | None) -> tuple[Cell, ...]:
    cells = {} if record is None else _cells(view.reader, view.kind, record)
    cells[texts.ID] = entry.id if view.kind.value in texts.SAID_ALOUD else ""
    shown = tuple(cells.get(name, "") for name in view.columns)
    when = (entry.at,) if view.when else ()
    return (*when, *shown, *(_own(view.metric, entry) for _ in view.own))


def _own(metric: Metric, entry: Entry) -> Cell:
    top = entry.parts[0]
    if metric.id == FUNNEL:
        return STEPS[max(at for at, reached in enumerate(entry.parts) if reached)]
    if metric.unit is Unit.PERCENT:
        return texts.YES if top else texts.NO
    if metric.unit is Unit.DAYS:
        return (Decimal(top) / _DAY_S).quantize(Decimal("0.1"))
    if metric.unit is Unit.MONEY:
        return Decimal(top) / _CENTS
    return top


def _cells(reader: _Reader, kind: Kind, record: Record) -> dict[str, Cell]:
    """Every cell by its column; what somebody may not see stays empty, and one cell says so."""
    sight, company = reader.sight(record), reader.desk.company
    cells: dict[str, Cell] = dict(_PLAIN[kind](record)) if kind in _PLAIN else {}
    lead = record.lead
    if lead is not None:
        cells |= _of_lead(lead, kind)
        lead = veiled(company, lead) if sight is Sight.VEILED else lead
    if sight is Sight.NONE:
        hidden: dict[str, Cell] = dict.fromkeys(texts.OF_PEOPLE, "")
        return {**cells, **hidden, texts.WHO: texts.NOT_YOURS}
    if lead is not None:
        cells |= {texts.WHO: lead.display, texts.PHONE: lead.phone_masked if sight is Sight.FULL else ""}
    if kind is Kind.FOLLOW_UP:
        cells[texts.BY] = reader.name(record.facts["user_id"])
    return {**_named(record), **cells, texts.OWNER: reader.name(record.owner_id)}


def _of_lead(lead: Lead, kind: Kind) -> dict[str, Cell]:
    known: dict[str, Cell] = {texts.LEAD: lead.id, texts.SOURCE: lead.source}
    if kind is Kind.LEAD:
        known |= {
            texts.STATUS: LEAD_STATUS_LABELS[lead.status],
            texts.SCORE: lead.score,
            texts.REGION: lead.region,
            texts.INDUSTRY: lead.industry,
        }
    return known


def _named(record: Record) -> dict[str, Cell]:
    """What names somebody although no lead is known."""
    facts = record.facts
    found: dict[str, Cell] = {}
    if "account" in facts:
        found = {texts.WHO: facts["account"] or "", texts.NAME: facts["name"]}
    elif "name" in facts:
        found = {texts.WHO: facts["name"], texts.NAME: facts["name"]}
    elif "title" in facts:
        found = {texts.NAME: facts["title"]}
    return found


def _deal(record: Record) -> Mapping[str, Cell]:
    facts = record.facts
    return {
        texts.STAGE: facts["stage"], texts.AMOUNT: facts["amount"], texts.PRODUCT: facts["product"],
        texts.SOURCE: facts["source"], texts.REASON: facts["lost_reason"] or "",
    }  # fmt: skip


def _follow_up(record: Record) -> Mapping[str, Cell]:
    return {texts.HOW: KIND_LABELS[FollowUpKind(record.facts["kind"])]}


def _task(record: Record) -> Mapping[str, Cell]:
    facts = record.facts
    return {texts.DUE: facts["due"], texts.STATUS: texts.TASK_STATES[facts["state"]]}


def _payment(record: Record) -> Mapping[str, Cell]:
    return {texts.DEAL: record.facts["opportunity_id"], texts.AMOUNT: record.facts["amount"]}


def _same(**columns: str) -> Any:  # noqa: ANN401 - a reader of a record
    """Facts that are shown as they stand."""

    def read(record: Record) -> Mapping[str, Cell]:
        return {columns[name]: record.facts[name] for name in columns}

    return read


def _touch(record: Record) -> Mapping[str, Cell]:
    facts = record.facts
    state = next((said for column, said in texts.TOUCH_STATES.items() if facts[column] is not None), "")
    return {texts.CHANNEL: facts["channel"], texts.CAMPAIGN: facts["campaign"], texts.STATUS: state}


def _complaint(record: Record) -> Mapping[str, Cell]:
    facts = record.facts
    state = texts.CLOSED if facts["closed_at"] else texts.OPEN
    return {texts.REASON: facts["reason"], texts.PRODUCT: facts["product"], texts.STATUS: state}


_PLAIN: Mapping[Kind, Any] = {
    Kind.DEAL: _deal,
    Kind.FOLLOW_UP: _follow_up,
    Kind.TASK: _task,
    Kind.PAYMENT: _payment,
    Kind.SUBMISSION: _same(form=texts.FORM, source=texts.SOURCE, campaign=texts.CAMPAIGN),
    Kind.ACCOUNT: _same(industry=texts.INDUSTRY, city=texts.CITY),
    Kind.COST: _same(source=texts.SOURCE, campaign=texts.CAMPAIGN, amount=texts.AMOUNT),
    Kind.TOUCH: _touch,
    Kind.SURVEY: _same(mark=texts.MARK, product=texts.PRODUCT),
    Kind.COMPLAINT: _complaint,
}
