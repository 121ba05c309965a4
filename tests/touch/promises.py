"""What customers were promised, held against the wire: read off with the time, never off our own rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.crm.company.touch import Caps, Touch, read_hours
from bot.crm.touching import Purpose, TouchState
from bot.store.touch_plans import Plan
from bot.touch.elsewhere import AGAIN
from bot.touch.hours import Hours

if TYPE_CHECKING:
    from tests.touch.life import OnWire, World

#: Seconds between the tombstone and the wire at most: what was committed before a stop may still go.
_UNDER_WAY = timedelta(seconds=20)
#: Things under way in one process at a time, as far as these lives go.
MOST_UNDER_WAY = 4


def broken(world: World, plans: Sequence[Plan], holidays: frozenset[date] = frozenset()) -> list[str]:
    """Each promise that was not kept, in a line; `holidays`: days on which marketing rests."""
    rows = {one.id: one for one in plans}
    seen = [(one, rows[one.message.touch_id]) for one in world.wire]
    found = [*_once(seen)]
    for one, row in seen:
        found += _one(world, one, row, holidays)
    marketing: dict[str, list[OnWire]] = {}
    for one, row in seen:
        if row.purpose == Purpose.MARKETING:
            marketing.setdefault(row.lead_id, []).append(one)
    for lead_id, those in marketing.items():
        found += _over_caps(world, lead_id, those)
    return [
        *found,
        *_again(world, seen),
        *_overdrawn(world, rows),
        *_ended(world, rows),
        *world.loop.complaints,
    ]


def _once(seen: Sequence[tuple[OnWire, Plan]]) -> Iterator[str]:
    """What was wanted once is on the wire once, whichever channel it took."""
    for key, n in Counter(row.key.removesuffix(AGAIN) for _, row in seen).items():
        if n > 1:
            yield f"{key}: {n} messages on the wire"


def _one(world: World, one: OnWire, row: Plan, holidays: frozenset[date]) -> Iterator[str]:
    rules = world.company.touch
    local = one.at.astimezone(world.zones[row.lead_id])
    if row.purpose in rules.quiet_for:
        hours = Hours(zone=world.zones[row.lead_id], quiet=read_hours(rules.quiet))
        if not hours.is_open(one.at):
            yield f"{row.key}: {local} is quiet"
    if one.channel == "sms" and not 9 <= local.hour < 20:
        yield f"{row.key}: an SMS at {local}"
    if row.not_after is not None and one.at > row.not_after + _UNDER_WAY:
        yield f"{row.key}: later than {row.not_after}"
    if row.purpose == Purpose.MARKETING:
        if not _agreed(world, row.lead_id, one.at):
            yield f"{row.key}: after he said stop"
        if local.date() in holidays:
            yield f"{row.key}: on the holiday {local.date()}"


def _agreed(world: World, lead_id: str, at: datetime) -> bool:
    """Whether he agreed at some moment of the last seconds: what was under way may still arrive."""
    since = at - _UNDER_WAY
    before = [agrees for when, agrees in world.said[lead_id] if when <= since]
    within = [agrees for when, agrees in world.said[lead_id] if since < when <= at]
    return (before[-1] if before else True) or any(within)


def _over_caps(world: World, lead_id: str, those: Sequence[OnWire]) -> Iterator[str]:
    rules = world.company.touch
    yield from _over(world, lead_id, those, rules.caps)
    for channel, caps in rules.caps_of.items():
        yield from _over(world, lead_id, [one for one in those if one.channel == channel], caps)


def _over(world: World, lead_id: str, those: Sequence[OnWire], caps: Caps) -> Iterator[str]:
    days = sorted(one.at.astimezone(world.zones[lead_id]).date().toordinal() for one in those)
    for most, span in caps.spans():
        for first in days:
            n = sum(first <= one < first + span for one in days)
            if n > most:
                yield f"{lead_id}: {n} messages in {span} days"


def _again(world: World, seen: Sequence[tuple[OnWire, Plan]]) -> Iterator[str]:
    """The same marketing content is never there twice, but for what comes each year."""
    rules: Touch = world.company.touch
    last: dict[tuple[str, str], datetime] = {}
    for one, row in sorted(seen, key=lambda pair: pair[0].at):
        if row.purpose != Purpose.MARKETING:
            continue
        before = last.get((row.lead_id, row.content))
        rest = rules.again_after_days.get(row.content)
        if before is not None and (rest is None or one.at - before < timedelta(days=rest)):
            yield f"{row.lead_id} got {row.content} at {before} and at {one.at}"
        last[row.lead_id, row.content] = one.at


def _overdrawn(world: World, rows: Mapping[str, Plan]) -> Iterator[str]:
    """Between two messages of his no more than five of ours, and none after two days."""
    for lead_id, wrote in world.wrote.items():
        ours = [
            one.at for one in world.wire
            if one.channel == "wechat_service" and rows[one.message.touch_id].lead_id == lead_id
        ]  # fmt: skip
        for n, since in enumerate(wrote):
            until = wrote[n + 1] if n + 1 < len(wrote) else datetime.max.replace(tzinfo=UTC)
            answers = [at for at in ours if since < at <= until]
            # Those that were under way when he wrote again belong to the span before.
            if len(answers) > 5 + MOST_UNDER_WAY or any(
                at > since + timedelta(hours=48) + _UNDER_WAY for at in answers
            ):
                yield f"{lead_id}: {len(answers)} answers after {since}"


def _ended(world: World, rows: Mapping[str, Plan]) -> Iterator[str]:
    """Nothing is under way for ever, and no more is unknown than was lost or died."""
    unknown = sum(one.state is TouchState.UNKNOWN for one in rows.values())
    if unknown > world.doubtful:
        yield f"{unknown} unknown of {world.doubtful} that may be"
    for one in rows.values():
        if one.state in (TouchState.LEASED, TouchState.SENDING):
            yield f"{one.key} is still under way"
