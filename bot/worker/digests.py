"""What comes by itself is sent: each occasion once, with the reader's rights of that moment.

An occasion that nobody could keep is made good within its day, else written down as skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import structlog
from apscheduler.triggers.cron import CronTrigger

from bot.cards.texts import digests as texts
from bot.chat.outbound import Notice
from bot.crm.user import Role, User
from bot.errors import BotError
from bot.insight.digests import alerts, day_report, desk_book, groups
from bot.insight.digests.compose import compose
from bot.insight.digests.digest import Digest
from bot.insight.digests.question import Declined, asked_again
from bot.insight.digests.view import view_of
from bot.store import Tx, digest_readings, leaves, outbox, subscriptions, users
from bot.store.desk import Desk
from bot.store.metrics.guard import NotPermittedError
from bot.store.subscriptions import ACTIVE, ENDED, SENT, SKIPPED, Subscription
from bot.worker.bench import Bench
from bot.worker.schedules import Schedule

log = structlog.get_logger()
_LANE = "digests"
#: Looked up at a time; changed in one unit of work.
_SLICE, _UNIT = 200, 20
#: Occasions of a long outage that leave a row each; earlier ones leave none.
_ROWS = 40
#: Later than this it is said that it comes late.
_LATE = timedelta(minutes=15)
#: A message waits for its platform until midnight, and so long at the least.
_AT_LEAST = timedelta(hours=2)
#: What is known of occasions is kept so long.
_KEPT = timedelta(days=180)


def schedules(bench: Bench) -> tuple[Schedule, ...]:
    """Each minute what is due; each night what only a later day needs."""
    zone = bench.company.org.zone
    return (
        Schedule("digests", CronTrigger(second=0, timezone=zone), lambda: send_due(bench)),
        Schedule("digest_readings", CronTrigger(hour=23, minute=40, timezone=zone), lambda: remember(bench)),
    )


async def send_due(bench: Bench) -> None:
    """See to it that everybody has what is his, and send what is due."""
    await sync(bench)
    while True:
        async with bench.store.read() as tx:
            found = await subscriptions.due(tx, bench.clock(), most=_SLICE)
        moved = [await _deliver(bench, one) for one in found]
        if len(found) < _SLICE or not any(moved):
            break


async def sync(bench: Bench) -> None:
    """Everybody gets what config/digests.yaml gives his role, unless he stopped it or chose his own time."""
    async with bench.store.read() as tx:
        people = await users.active(tx)
        have = await subscriptions.standard(tx)
    plan = list(_missing(bench, people, have))
    for begin in range(0, len(plan), _UNIT):
        await _carry_out(bench, plan[begin : begin + _UNIT])
    if plan:
        log.info("subscriptions.synced", changed=len(plan))


@dataclass(frozen=True, slots=True)
class _Step:
    """One of somebody's digests, and what it should be: by config, or no more."""

    user_id: str
    kind: str
    found: Subscription | None
    is_wanted: bool


def _missing(bench: Bench, people: list[User], have: dict[tuple[str, str], Subscription]) -> Iterator[_Step]:
    wanted = {
        (one.id, kind): cadence
        for one in people
        for kind, cadence in bench.company.digests.wanted(one.role).items()
    }
    for (user_id, kind), cadence in wanted.items():
        found = have.get((user_id, kind))
        is_as_it_should = found is not None and (
            (found.state == ACTIVE and (found.own_time or found.cadence == cadence))
            or found.state not in {ACTIVE, ENDED}
        )
        if not is_as_it_should:
            yield _Step(user_id, kind, found, is_wanted=True)
    for key, found in have.items():
        if key not in wanted and found.state == ACTIVE:
            yield _Step(*key, found, is_wanted=False)


async def _carry_out(bench: Bench, steps: list[_Step]) -> None:
    async def unit(tx: Tx) -> None:
        desk = bench.desk(tx)
        for step in steps:
            person = await users.find(tx, step.user_id)
            cadence = desk.company.digests.wanted(person.role).get(step.kind) if person else None
            if step.found is None and cadence is not None:
                await subscriptions.add(desk, user_id=step.user_id, kind=step.kind, cadence=cadence)
            elif step.found is not None and step.is_wanted and cadence is not None:
                own = step.found.cadence if step.found.own_time else cadence
                await subscriptions.change(desk, step.found, cadence=own)
            elif step.found is not None:
                await subscriptions.change(desk, step.found, state=ENDED, reason="not_his")

    await bench.store.write(unit, lane_key=_LANE, within=10)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What becomes of the occasion."""

    digest: Digest | None = None
    #: Why it was skipped, or `late`.
    reason: str = ""
    #: Said to him instead, once.
    text: str = ""
    #: It ends with this.
    ends: bool = False


async def _deliver(bench: Bench, found: Subscription) -> bool:
    """One of them; False if it could not be done now, and is looked at again in a minute."""
    occasions: list[datetime] = []
    try:
        async with bench.store.read() as tx:
            desk = bench.desk(tx)
            occasions = _occasions(desk, found)
            outcome = await _outcome(desk, found, occasions)
    except BotError as exc:
        log.warning("digest.put_off", subscription=found.id, error=type(exc).__name__)
        return False
    except Exception as exc:  # noqa: BLE001 - one that cannot be written must not keep all others from theirs
        log.error("digest.failed", subscription=found.id, kind=found.kind, error=type(exc).__name__)  # noqa: TRY400 - a trace may hold names
        outcome = _Outcome(reason=f"failed:{type(exc).__name__}")
    try:
        await bench.store.write(
            lambda tx: _settle(bench.desk(tx), found, occasions, outcome), lane_key=_LANE, within=10
        )
    except BotError as exc:
        log.warning("digest.put_off", subscription=found.id, error=type(exc).__name__)
        return False
    return True


def _occasions(desk: Desk, found: Subscription) -> list[datetime]:
    """All that fell due since it was looked at last; none if the calendar has changed meanwhile."""
    time = desk.company.working_time
    since = found.next_at - timedelta(microseconds=1)
    return found.cadence.between(since, desk.now, time.zone, lambda day: bool(time.spans_on(day)))


async def _outcome(desk: Desk, found: Subscription, occasions: list[datetime]) -> _Outcome:
    if not occasions:
        return _Outcome(reason="moved")
    today = desk.now.astimezone(desk.company.org.zone).date()
    if occasions[-1].date() != today:
        return _Outcome(reason="late")
    if found.paused_until is not None and desk.now < found.paused_until:
        return _Outcome(reason="paused")
    person = await users.find(desk.tx, found.user_id)
    if person is None or not person.active:
        return _Outcome(reason="left", ends=True)
    is_late = desk.now - occasions[-1] > _LATE
    said = await (_question if found.is_own else _ours)(desk, found, person, is_late=is_late)
    return replace(said, reason="late") if said.digest is not None and is_late else said


async def _question(desk: Desk, found: Subscription, person: User, *, is_late: bool) -> _Outcome:
    """What he asked, asked again."""
    view = await view_of(desk, person)
    if found.chat and (why := await groups.refused(view, found.chat)):
        group = await groups.name_of(desk, found.chat)
        text = texts.NOT_TO_GROUP_NOW.format(what=desk_book.name_of(found), group=group, why=why)
        return _Outcome(reason="group", text=text, ends=True)
    if not found.chat and await outbox.address(desk.tx, person.id) is None:
        return _Outcome(reason="no_address")
    head = texts.HEAD.format(when=found.cadence.say()) + (texts.LATE_NOTE if is_late else "")
    if found.chat:
        head += texts.FROM.format(name=person.name, group=await groups.name_of(desk, found.chat))
    said = await asked_again(view, found.question, head=head, chat=found.chat)
    if not isinstance(said, Declined):
        return _Outcome(said)
    if said.is_refused and found.chat:
        group = await groups.name_of(desk, found.chat)
        text = texts.NOT_TO_GROUP_NOW.format(what=desk_book.name_of(found), group=group, why=said.why)
        return _Outcome(reason="refused", text=text, ends=True)
    if said.is_refused:
        return _Outcome(
            reason="refused", text=texts.NOT_YOURS_NOW.format(what=desk_book.name_of(found)), ends=True
        )
    return _Outcome(
        reason="not_understood", text=texts.NOT_READ_NOW.format(what=desk_book.name_of(found), why=said.why)
    )


async def _ours(desk: Desk, found: Subscription, person: User, *, is_late: bool) -> _Outcome:
    """One of our digests; nobody gets it while he is away."""
    if found.kind not in desk.company.digests.wanted(person.role):
        return _Outcome(reason="not_his", ends=True)
    if await _is_away(desk, person):
        return _Outcome(reason="away")
    if await outbox.address(desk.tx, person.id) is None:
        return _Outcome(reason="no_address")
    try:
        said = await compose(await view_of(desk, person), found.kind, subscription=found.id)
    except NotPermittedError as exc:
        return _Outcome(reason=f"not_permitted:{exc.breach.value}")
    if said.silent:
        return _Outcome(reason=said.silent)
    if is_late and said.text and found.kind != "day_report":
        said = replace(said, text=f"{texts.LATE_NOTE}\n{said.text}")
    return _Outcome(said)


async def _is_away(desk: Desk, person: User) -> bool:
    if person.away_until is not None and desk.now < person.away_until:
        return True
    found = await leaves.live_of(desk.tx, person.id)
    return any(one.from_at <= desk.now < one.to_at for one in found)


async def _settle(desk: Desk, found: Subscription, occasions: list[datetime], outcome: _Outcome) -> None:
    """The rows, the messages and the next time, together."""
    zone = desk.company.org.zone
    rows = {f"{at:%Y-%m-%dT%H:%M}": (SKIPPED, "late") for at in occasions[-_ROWS:]}
    last = f"{occasions[-1]:%Y-%m-%dT%H:%M}" if occasions else ""
    if last:
        rows[last] = (SENT if outcome.digest is not None else SKIPPED, outcome.reason)
    then = subscriptions.following(desk, found.cadence)
    if not await subscriptions.settle(desk, found, rows, then=then):
        return
    if outcome.ends:
        await subscriptions.change(desk, found, state=ENDED, reason=outcome.reason)
    key = f"sub:{found.id}:{last}"
    midnight = datetime.combine(desk.now.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone)
    expires_at = max(midnight, desk.now + _AT_LEAST)
    for notice in _notices(found, outcome, key):
        await outbox.post(desk, replace(notice, expires_at=expires_at))
    if found.kind == "day_report" and outcome.digest is not None:
        await day_report.keep(desk, found.user_id, occasions[-1].date(), outcome.digest.text)
    event = "digest.sent" if outcome.digest is not None else "digest.skipped"
    log.info(event, subscription=found.id, kind=found.kind, reason=outcome.reason)


def _notices(found: Subscription, outcome: _Outcome, key: str) -> Iterator[Notice]:
    if outcome.digest is not None:
        yield from outcome.digest.notices(found.chat or found.user_id, key, group=bool(found.chat))
    if outcome.text:
        yield Notice(to=found.user_id, key=f"{key}:why", text=outcome.text)


async def remember(bench: Bench) -> None:
    """Keep today's forecast of each scope, and forget occasions long past."""
    readings = []
    async with bench.store.read() as tx:
        desk = bench.desk(tx)
        people = await users.active(tx)
        heads = {one.region if one.role is Role.MANAGER else "": one for one in people if _reads(one)}
        for person in heads.values():
            found = await alerts.remember(await view_of(desk, person))
            readings += [found] if found is not None else []

    async def unit(tx: Tx) -> int:
        for reading in readings:
            await digest_readings.keep(tx, *reading)
        return await subscriptions.forget(tx, bench.clock() - _KEPT)

    forgotten = await bench.store.write(unit, lane_key=_LANE, within=10)
    log.info("digest.readings_kept", count=len(readings), forgotten=forgotten)


def _reads(person: User) -> bool:
    return person.sees_all() or (person.role is Role.MANAGER and bool(person.region))
