"""What must be true of every world when it has come to rest, by the wire and by the store; each breach is
one line that begins with the name of its invariant.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.chat.links import PAGE
from bot.store.audit_verify import verify
from bot.store.sqlite import finish
from tests.worlds import check_private, check_sent
from tests.worlds.courier import key_of
from tests.worlds.database import Disk, MemoryConnection, Reading
from tests.worlds.dingtalk import check as check_dingtalk
from tests.worlds.dingtalk.courier import key_of_kept
from tests.worlds.platform import _WELCOME

if TYPE_CHECKING:
    from tests.worlds.world import World

_OPEN = ("pending", "leased", "sending")
#: So many deaths under a delivery, and the next look sets it aside.
_DEATHS = 2
_ENDS = {"done", "refused", "unknown", "quarantined"}
#: What may be refused to an outsider without anybody being at fault.
_BUSY = (
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending')"
    " + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'leased', 'sending'))"
    " + (SELECT count(*) FROM lanes WHERE due_at <= ?)"
)
_LAST = "SELECT max(due_at) FROM outbox WHERE state IN ('pending', 'leased', 'sending')"


class Rows:
    """The tables as they are, read once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[str, list[Any]] = {}

    def __getattr__(self, table: str) -> list[Any]:
        if table not in self._known:
            cursor = self._db.cursor()
            cursor.row_factory = sqlite3.Row
            self._known[table] = cursor.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our own names
        return self._known[table]


def spelled(moment: datetime) -> str:
    """An instant as SQLite has it."""
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"


def is_busy(disk: Disk, now: datetime) -> bool:
    """Whether anything waits to be carried out or sent, be it later."""
    (n,) = disk.db.execute(_BUSY, (spelled(now),)).fetchone()
    return bool(n)


def last_due(disk: Disk, now: datetime) -> float:
    """Seconds until the last thing that is to be sent falls due."""
    (at,) = disk.db.execute(_LAST).fetchone()
    return (datetime.fromisoformat(at) - now).total_seconds() + 1 if at else 0.0


def breaches(world: World, lines: list[str]) -> list[str]:
    """Everything that is wrong; empty when all promises were kept."""
    rows = Rows(world.disk.db)
    found = itertools.chain(
        _deliveries(rows, world),
        _forms(rows, world),
        _owners(rows, world),
        _ledger(rows),
        check_sent.breaches(rows, world),
        check_dingtalk.breaches(rows, world),
        _at_rest(rows, world),
        _nothing_silent(rows),
        _audited(world),
        check_private.breaches(rows, world, lines),
        _unexpected(world, lines),
    )
    return list(found)


def _deliveries(rows: Rows, world: World) -> Iterator[str]:
    """I1: what was answered 200 is in the inbox once and came to an end."""
    # By what was told, not by the name under which it was kept: that name is what may be wrong.
    told = [(_name_of(row, world.vault.open(row["body"], "inbox.body")), row) for row in rows.inbox]
    kept = Counter(key for key, _ in told)
    states = {key: (row["state"], row["reason"]) for key, row in told}
    wire = world.platform.wire
    acked = sorted({act.facts["key"] for act in wire.of("answered") if act.facts["status"] == 200})
    for key in acked:
        if not kept[key]:
            yield f"I1 lost: {key[:16]} was answered 200 and is not in the inbox"
        elif states[key][0] not in _ENDS:
            yield f"I1 lost: {key[:16]} was answered 200 and is {states[key][0]}"
    for key, n in kept.items():
        if n > 1:
            yield f"I1 twice: {key[:16]} has {n} rows in the inbox"
    yield from _invented(told, world)
    for row in rows.inbox:
        if row["state"] == "quarantined" and not _may_look_poisonous(row, world):
            yield f"I1 lost: {row['key'][:16]} was set aside: {row['name']} {row['reason']}"
        if row["state"] == "refused" and row["reason"] == "forged":
            yield f"I1 lost: {row['key'][:16]} was refused as forged"


def _invented(told: list[tuple[str, Any]], world: World) -> Iterator[str]:
    """What nobody sent. By which name a press of a page is kept, only its answer says: those are counted."""
    wire = world.platform.wire
    pages = {key for key, row in told if row["platform"] == PAGE}
    for key in sorted({key for key, _ in told} - pages - {act.facts["key"] for act in wire.of("event")}):
        yield f"I1 invented: {key[:16]} is in the inbox and was never sent"
    if len(pages) > len(list(wire.of("pressed"))):
        yield f"I1 invented: {len(pages)} presses of pages are in the inbox, fewer were made"


def _name_of(row: Any, body: bytes) -> str:
    if row["platform"] == "wecom":
        return key_of(body)
    return key_of_kept(body, row["key"]) if row["platform"] == "dingtalk" else str(row["key"])


def _may_look_poisonous(row: Any, world: World) -> bool:
    """Nothing here is; only what was under way when the process died or froze, twice, may look so."""
    happened = world.weather.happened
    deaths = happened.get("kill", 0) + happened.get("freeze", 0)
    return bool(row["reason"] == "killed_the_process" and deaths >= _DEATHS)


def _forms(rows: Rows, world: World) -> Iterator[str]:
    """I1, I2: every thanked form is a submission, and one person is one lead."""
    into = {row["id"]: row["merged_into"] for row in rows.leads}
    by_phone: dict[str, set[str]] = defaultdict(set)
    for sent in world.life.forms:
        if sent.status == 200:
            lead_id = sent.document["lead_id"]
            if lead_id not in into:
                yield f"I1 lost: lead {lead_id} was thanked for and does not exist"
            by_phone[sent.phone].add(into.get(lead_id) or lead_id)
    for phone, found in sorted(by_phone.items()):
        if len(found) > 1:
            yield f"I2 two leads: person {phone[-2:]} was answered with {sorted(found)}"
    thanked = {sent.who for sent in world.life.forms if sent.status in {200, 303}}
    submitted = len(
        {row["lead_id"] for row in rows.submissions if row["form"] in {"website", "trial", "whitepaper"}}
    )
    if submitted < len(thanked):
        yield f"I1 lost: {len(thanked)} people were thanked, {submitted} leads have submissions"
    keys = Counter(row["digest"] for row in rows.lead_keys if not into.get(row["lead_id"]))
    if any(n > 1 for n in keys.values()):
        yield "I2 two leads: one digest names two leads"
    masked = Counter(
        (row["phone_masked"], row["name"])
        for row in rows.leads
        if row["phone_masked"] and not row["merged_into"]
    )
    for (phone, _), n in masked.items():
        if n > 1:
            yield f"I2 two leads: {phone} is {n} leads"


def _owners(rows: Rows, world: World) -> Iterator[str]:
    """I3: one owner at a time, and a history without a gap."""
    was_put_back = any(act.facts["skew"] for act in world.platform.wire.of("clock"))
    chains = defaultdict(list)
    for tenure in sorted(rows.tenures, key=lambda row: row["epoch"]):
        chains[tenure["lead_id"]].append(tenure)
    for lead in rows.leads:
        chain = chains[lead["id"]]
        held = [(t["owner_id"], t["epoch"]) for t in chain if t["to_at"] is None]
        # Who marks a lead invalid stays named on it; his time with it is over.
        is_held = lead["owner_id"] and lead["status"] != "invalid"
        if held != ([(lead["owner_id"], lead["epoch"])] if is_held else []):
            yield f"I3 double claim: {lead['id']} is of {lead['owner_id']} at {lead['epoch']}, open: {held}"
        for before, after in itertools.pairwise(chain):
            ended, began = before["to_at"], after["from_at"]
            if ended is None or (began < ended and not was_put_back):
                yield f"I3 double claim: {lead['id']} had two owners at {began}"
        if lead["epoch"] < len(chain):
            yield f"I3 double claim: {lead['id']} is at epoch {lead['epoch']}, it had {len(chain)} owners"
    gone = {row["id"] for row in rows.users if not row["active"]}
    for lead in rows.leads:
        if lead["owner_id"] in gone and lead["status"] in {"assigned", "working"}:
            yield f"I3 ghost: {lead['id']} is of {lead['owner_id']}, who has left"


def _ledger(rows: Rows) -> Iterator[str]:
    """I3: the ledger of claims, the tenures and the counters tell the same."""
    won = [row for row in rows.claims if row["outcome"] == "won"]
    begun = Counter((t["lead_id"], t["epoch"], t["owner_id"]) for t in rows.tenures if t["how"] == "claimed")
    granted = Counter((c["lead_id"], c["epoch"] + 1, c["user_id"]) for c in won)
    if begun != granted:
        yield f"I3 double claim: granted {sorted(granted - begun)}, tenures {sorted(begun - granted)}"
    counted = {row["key"]: row["n"] for row in rows.counters if row["n"]}
    daily = Counter(f"claims:{c['pool_id']}:{c['user_id']}:{c['day']}" for c in won)
    holding = Counter(
        f"holding:{lead['owner_id']}"
        for lead in rows.leads
        if lead["owner_id"] and lead["status"] in {"assigned", "working"}
    )
    told = {key: n for key, n in counted.items() if key.startswith(("claims:", "holding:"))}
    if told != dict(daily + holding):
        yield f"I3 ledger: counters {told}, rows {dict(daily + holding)}"


def _at_rest(rows: Rows, world: World) -> Iterator[str]:
    """I7: nothing that is due was left undone."""
    now = spelled(world.clock())
    for row in rows.outbox:
        if row["state"] in _OPEN:
            yield f"I7 stuck: {row['kind']} {row['key'][:40]} is {row['state']}: {row['reason']}"
    for row in rows.timers:
        was_set_aside = row["state"] == "quarantined" and not _may_look_poisonous(row, world)
        if was_set_aside or (row["state"] == "waiting" and row["due_at"] <= now):
            yield f"I7 stuck: timer {row['kind']} of {row['lane_key']} is {row['state']}: {row['reason']}"
    for row in rows.lanes:
        if row["due_at"] is not None and row["due_at"] <= now:
            yield f"I7 stuck: lane {row['lane_key']} is due"


def _nothing_silent(rows: Rows) -> Iterator[str]:
    """I8: whatever was not done has a row, and a count that agrees."""
    counted = Counter({(row["name"], row["reason"]): row["n"] for row in rows.incidents})
    for state, name in (
        ("refused", "delivery.refused"),
        ("unknown", "delivery.unknown"),
        ("quarantined", "delivery.quarantined"),
    ):
        n = sum(row["state"] == state for row in rows.inbox)
        told = sum(k for (of, _), k in counted.items() if of == name)
        if n != told:
            yield f"I8 silent: {n} {state} in the inbox, counted {told}"
    skipped = Counter(
        row["reason"] for row in rows.outbox if row["state"] == "skipped" and row["reason"] != "superseded"
    )
    for reason, n in skipped.items():
        if counted["send.skipped", reason] != n:
            yield f"I8 silent: {n} skipped for {reason}, counted {counted['send.skipped', reason]}"
    for state, name in (("unknown", "send.unknown"), ("failed", "send.failed")):
        n = sum(row["state"] == state for row in rows.outbox)
        told = sum(k for (of, _), k in counted.items() if of == name)
        if n != told:
            yield f"I8 silent: {n} {state} in the outbox, counted {told}"
    if any(row["state"] not in {*_ENDS, "pending"} for row in rows.inbox):
        yield "I8 silent: a delivery in a state that nobody knows"


def _audited(world: World) -> Iterator[str]:
    """I9: the audit chain is whole."""
    reading = Reading(MemoryConnection(world.disk), world.loop.time, float("inf"))
    verdict = finish(verify(reading, world.vault))
    if not verdict.whole:
        yield f"I9 audit: {verdict.fault}"


def _unexpected(world: World, lines: list[str]) -> Iterator[str]:
    """Nothing was raised that nobody expected."""
    yield from (f"raised: {line}" for line in world.loop.complaints)
    for line in lines:
        # Never acknowledged, so not lost in silence: the database was away for longer than anybody waits.
        if '"stream.callback_lost"' in line and '"StoreBusyError"' in line:
            continue
        # What was set aside is judged above, by the rows.
        if '.quarantined"' not in line and ('"raised":' in line or '"level": "error"' in line):
            yield f"raised: {line[:600]}"


def facts(world: World) -> dict[str, int]:
    """What is worth a figure."""
    rows = Rows(world.disk.db)
    wire = world.platform.wire
    answered = [act.facts["key"] for act in wire.of("answered") if act.facts["status"] == 200]
    return {
        f"worlds on {world.blend.name}": 1,
        **check_dingtalk.facts(world),
        "deliveries": len(rows.inbox),
        "repeats": len(answered) - len(set(answered)),
        "calls": len(wire.of("call")),
        "leads": len(rows.leads),
        "tenures": len(rows.tenures),
        "greetings": len(check_sent.accepted(world, _WELCOME)),
        "unknown": sum(row["state"] == "unknown" for row in rows.outbox),
        **{f"fault {kind}": n for kind, n in world.weather.happened.items()},
    }
