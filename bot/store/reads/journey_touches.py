"""What a journey said at each place, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.store import journey_outcomes as outcomes
from bot.store.journey_outcomes import who
from bot.store.tables.behaviour import behaviours
from bot.store.tables.content import touch_events
from bot.store.tables.insight import touches
from bot.store.tables.journeys import journey_enrollments
from bot.store.tables.outreach import group_message_members
from bot.store.tables.results import touch_costs
from bot.store.tables.touch import touch_plans
from bot.store.touch_texts import BATCH
from bot.store.tx import Tx

#: `journey:` + an enrollment's id + `:` + place + `:` + occurrence, and perhaps `:elsewhere`.
_ID_FROM, _ID_SIGNS, _PLACE_FROM = 9, 26, 36
_AGAIN = ":elsewhere"
_UNDECIDED = ("planned", "leased", "sending", "asked")


class BeforeColon(FunctionElement[str]):
    """A text up to its first colon, of which it has one."""

    type = String()
    inherit_cache = True
    name = "before_colon"


@compiles(BeforeColon, "sqlite")
def _on_sqlite(element: BeforeColon, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    text = compiler.process(next(iter(element.clauses)), **options)
    return f"substr({text}, 1, instr({text}, ':') - 1)"


@compiles(BeforeColon, "postgresql")
def _on_postgres(element: BeforeColon, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"split_part({compiler.process(next(iter(element.clauses)), **options)}, ':', 1)"


_e, _p, _t, _member = journey_enrollments, touch_plans, touches, group_message_members
_other = touch_plans.alias("tried_again")
_ONE: Any = literal_column("1")


@dataclass(slots=True, kw_only=True)
class TouchCount:
    """Messages of one place."""

    sent: int = 0
    delivered: int = 0
    bounced: int = 0
    failed: int = 0
    #: Nobody knows whether it went.
    unknown: int = 0
    #: On its way, or at a colleague who has to confirm it.
    waiting: int = 0
    opened: int = 0
    clicked: int = 0
    replied: int = 0
    unsubscribed: int = 0
    complained: int = 0
    #: In batches that colleagues sent to many at once: of all in them together, whose is not told.
    batch_clicks: int = 0
    #: By reason: why nothing went, not even another way.
    not_sent: Counter[str] = field(default_factory=Counter)
    #: By channel's key, of those sent.
    channels: Counter[str] = field(default_factory=Counter)
    pieces: int = 0
    #: In hundredths of a cent.
    cost: int = 0
    #: People who were sent it, and of them those who then reached the goal, or bought something.
    people: int = 0
    reached: int = 0
    bought: int = 0

    @property
    def has_harm(self) -> bool:
        """Whether anything went wrong, or anybody did not like it."""
        return bool(self.unsubscribed or self.complained or self.bounced or self.failed)


def _joined() -> Any:  # noqa: ANN401 - a join
    return _p.join(_e, _e.c.id == func.substr(_p.c.key, _ID_FROM, _ID_SIGNS))


#: The index of journeys' messages knows those alone that have one.
_OF = and_(_p.c.journey == bindparam("of"), _p.c.journey != literal_column("''"))
_AT = BeforeColon(func.substr(_p.c.key, _PLACE_FROM, type_=String)).label("at")
#: Another channel was tried: that one tells what became of the message.
_TRIED_AGAIN = exists(select(_ONE).where(_other.c.key == _p.c.key + _AGAIN))
_SUPERSEDED = case((and_(_p.c.state.in_(("failed", "skipped")), _TRIED_AGAIN), 1), else_=0).label(
    "superseded"
)
#: Mail alone names the message that it answers.
_REPLIED = exists(select(_ONE).where(behaviours.c.message_id == literal_column("'reply:'", String) + _t.c.id))
_MOMENTS = ("sent", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained")
_TOUCHES = (
    select(
        _AT, _p.c.channel, _p.c.state, _p.c.reason, _SUPERSEDED, func.count().label("n"),
        *(func.count(_t.c[f"{what}_at"]).label(what) for what in _MOMENTS),
        func.sum(case((_REPLIED, 1), else_=0)).label("replied"),
        func.coalesce(func.sum(touch_costs.c.pieces), 0).label("pieces"),
        func.coalesce(func.sum(touch_costs.c.cost), 0).label("cost"),
    )
    .select_from(
        _joined().outerjoin(_t, _t.c.id == _p.c.id).outerjoin(touch_costs, touch_costs.c.touch_id == _p.c.id)
    )
    .where(who(_e), _OF)
    .group_by(_AT, _p.c.channel, _p.c.state, _p.c.reason, _SUPERSEDED)
)  # fmt: skip


def _people() -> Any:  # noqa: ANN401 - a query
    """People by place: sent to, and reached the goal or bought after the first message of that place."""
    said = (
        select(
            _AT, _e.c.lead_id, _e.c.entered_at,
            func.min(_t.c.sent_at, type_=_t.c.sent_at.type).label("sent_at"),
        )
        .select_from(_joined().join(_t, _t.c.id == _p.c.id))
        .where(who(_e), _OF, _t.c.sent_at.is_not(None))
        .group_by(_AT, _e.c.lead_id, _e.c.entered_at)
        .cte("said")
    )  # fmt: skip
    goal, buys = outcomes.goals(), outcomes.purchases()
    since, entered = said.c.sent_at, said.c.entered_at
    reached = said.join(goal, goal.c.lead_id == said.c.lead_id)
    bought = said.join(buys, buys.c.lead_id == said.c.lead_id)
    rows = union_all(
        _kind(said, "people").select_from(said),
        _kind(said, "reached")
        .select_from(reached)
        .where(outcomes.within(since, entered, goal.c.at, by_night=True)),
        _kind(said, "bought").select_from(bought).where(outcomes.within(since, entered, buys.c.at)),
    ).subquery("followed")
    return select(
        rows.c.at, rows.c.what, func.count(rows.c.lead_id.distinct()).label("people")
    ).group_by(rows.c.at, rows.c.what)  # fmt: skip


def _kind(said: Any, what: str) -> Select[Any]:  # noqa: ANN401 - a CTE
    return select(said.c.at, said.c.lead_id, literal_column(f"'{what}'", String).label("what"))


_PEOPLE = _people()
_BATCH: Any = literal_column(f"'{BATCH}'", String)


def _batch_clicks() -> Any:  # noqa: ANN401 - a query
    """By place: what was clicked in the batches in which its messages went, each batch once."""
    batches = (
        select(_AT, _member.c.group_id)
        .select_from(_joined().join(_member, _member.c.touch_id == _p.c.id))
        .where(who(_e), _OF)
        .distinct()
        .cte("batches")
    )
    return (
        select(batches.c.at, func.count().label("n"))
        .select_from(batches.join(touch_events, touch_events.c.touch_id == _BATCH + batches.c.group_id))
        .where(
            touch_events.c.kind == literal_column("'click'", String),
            touch_events.c.by == literal_column("'human'", String),
        )
        .group_by(batches.c.at)
    )  # fmt: skip


_BATCH_CLICKS = _batch_clicks()


async def touch_counts(tx: Tx, params: Mapping[str, Any], *, days: int) -> dict[str, TouchCount]:
    """By place; `params` as `journey_nodes.Whom` gives them."""
    found: dict[str, TouchCount] = {}
    for row in await tx.all(_TOUCHES, **params):
        _add(found.setdefault(row.at, TouchCount()), row)
    for row in await tx.all(_BATCH_CLICKS, **params):
        found.setdefault(row.at, TouchCount()).batch_clicks += int(row.n)
    for row in await tx.all(_PEOPLE, **params, window=days * 86_400):
        one = found.setdefault(row.at, TouchCount())
        setattr(one, row.what, int(row.people))
    return found


def _add(one: TouchCount, row: Any) -> None:  # noqa: ANN401 - a row
    for what in (*_MOMENTS, "replied", "pieces", "cost"):
        setattr(one, what, getattr(one, what) + int(getattr(row, what)))
    one.channels[row.channel] += int(row.sent)
    n = int(row.n) - int(row.sent)
    match row.state:
        case "failed":
            one.failed += n
        case "unknown":
            # One that was taken may have come or not: of a batch the platform tells sums alone.
            one.unknown += int(row.n)
        case "sent":
            pass
        case state if state in _UNDECIDED:
            one.waiting += n
        case _ if not row.superseded:
            one.not_sent["given_to_rep" if row.state == "given_to_rep" else row.reason or row.state] += n
    if one.channels[row.channel] == 0:
        del one.channels[row.channel]
