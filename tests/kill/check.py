"""What must be true after any crash, by the store and by the wire; each breach is one line."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select

from bot.store.tables.leads import claims, leads, offers, submissions, tenures
from bot.store.tables.machinery import cards, counters, inbox, incidents, lanes, outbox, timers
from bot.store.tx import Tx
from tests.kill import check_work
from tests.kill.plot import CLAIM, Plot
from tests.kill.wire import DELIVERED, Wire, shown

_TABLES = (
    leads,
    tenures,
    claims,
    offers,
    submissions,
    cards,
    counters,
    inbox,
    incidents,
    lanes,
    outbox,
    timers,
)
_STATEMENTS = {table.name: select(table) for table in (*_TABLES, *check_work.TABLES)}
_OPEN = {"pending", "leased", "sending"}
#: Ends that leave a lead without an owner, which count as one change of epoch.
_GIVEN_BACK = {"released", "recycled", "left", "invalid"}


@dataclass(frozen=True)
class Rows:
    """Every row that matters, by table."""

    by_table: dict[str, list[Any]]

    def of(self, table: Table) -> list[Any]:
        return self.by_table[table.name]


async def read(tx: Tx) -> Rows:
    return Rows({name: await tx.all(statement) for name, statement in _STATEMENTS.items()})


def set_aside(rows: Rows) -> int:
    """Deliveries and timers over which the process died twice: by rule they are not tried a third time."""
    return sum(row.reason == "killed_the_process" for row in (*rows.of(inbox), *rows.of(timers)))


def breaches(rows: Rows, wire: Wire, plot: Plot, now: datetime, *, deaths: int = 1) -> list[str]:
    """Everything that is wrong; empty when all promises were kept."""
    if deaths > 1 and set_aside(rows):
        # What was not carried out has no effect: only what holds of any store can be asked.
        left = (
            _owners(rows),
            _ledger(rows),
            _shown_once(rows, wire),
            _nothing_silent(rows),
            _at_rest(rows, now),
        )
        return list(itertools.chain(*left))
    found = itertools.chain(
        _deliveries(rows, wire),
        _forms(rows, wire, plot),
        _owners(rows),
        _ledger(rows),
        _shown_once(rows, wire),
        _left(rows, wire),
        _answered(rows, wire),
        _nothing_silent(rows),
        _at_rest(rows, now),
        check_work.breaches(rows.by_table, wire),
    )
    return list(found)


def _base(key: str) -> str:
    """Without what a planted bug puts behind it."""
    return key.partition("/")[0]


def _deliveries(rows: Rows, wire: Wire) -> Iterator[str]:
    """I1: what was answered 200 is in the inbox once and was carried out, as was what fell due."""
    for row in rows.of(timers):
        if row.state == "quarantined":
            yield f"lost: timer {row.kind} of {row.lane_key} was set aside, {row.reason}"
    kept = Counter(_base(row.key) for row in rows.of(inbox))
    states = {_base(row.key): f"{row.state} {row.reason}" for row in rows.of(inbox)}
    for event in sorted({act["event"] for act in wire.of("ack")}):
        if not kept[event]:
            yield f"lost: {event} was answered 200 and is not in the inbox"
        elif not states[event].startswith("done"):
            yield f"lost: {event} was answered 200 and ended as {states[event]}"
    for key in sorted(kept.keys() - {act["event"] for act in wire.of(*DELIVERED)}):
        yield f"invented: {key} is in the inbox and was never sent"
    for key, n in kept.items():
        if n > 1:
            yield f"twice: {key} has {n} rows in the inbox"
    by_state = Counter(row.state for row in rows.of(inbox))
    if sum(by_state.values()) != sum(
        by_state[s] for s in ("done", "refused", "unknown", "quarantined", "pending")
    ):
        yield f"inbox: unknown states in {dict(by_state)}"


def _forms(rows: Rows, wire: Wire, plot: Plot) -> Iterator[str]:
    """I2: one lead for each person, however often the button was pressed."""
    answers = defaultdict(set)
    for act in wire.of("form_answered"):
        answers[act["key"]].add(act["lead_id"])
    for key, found in answers.items():
        if len(found) > 1:
            yield f"two leads: {key} was answered with {sorted(found)}"
    known = {lead.id for lead in rows.of(leads)}
    for lead_id in sorted(set().union(*answers.values()) - known):
        yield f"lost: lead {lead_id} was answered and does not exist"
    if len(answers) != plot.people or len(known) != plot.people:
        yield f"two leads: {plot.people} people, {len(answers)} answered forms, {len(known)} leads"
    if len(rows.of(submissions)) != plot.people:
        yield f"two leads: {plot.people} forms are {len(rows.of(submissions))} submissions"


def _owners(rows: Rows) -> Iterator[str]:
    """I3: one owner at a time, and a history without a gap."""
    for lead in rows.of(leads):
        chain = sorted((t for t in rows.of(tenures) if t.lead_id == lead.id), key=lambda t: t.epoch)
        yield from _chain(lead, chain)
        current = [t for t in chain if t.to_at is None]
        if [(t.owner_id, t.epoch) for t in current] != (
            [(lead.owner_id, lead.epoch)] if lead.owner_id else []
        ):
            held = [(t.owner_id, t.epoch) for t in current]
            yield f"double claim: {lead.id} is of {lead.owner_id} at {lead.epoch}, open tenures {held}"
        past = [t for t in chain if t.to_at is not None]
        if past and not lead.owner_id and lead.previous_owner_id != past[-1].owner_id:
            yield f"history: {lead.id} was of {past[-1].owner_id} last, it says {lead.previous_owner_id}"


def _chain(lead: Any, chain: list[Any]) -> Iterator[str]:
    changes = len(chain) + sum(t.ended_how in _GIVEN_BACK for t in chain)
    if lead.epoch != changes:
        yield f"double claim: {lead.id} is at epoch {lead.epoch}, its history has {changes} changes"
    for before, after in itertools.pairwise(chain):
        if before.to_at is None or after.from_at < before.to_at:
            yield f"double claim: tenure {after.epoch} of {lead.id} began before {before.epoch} ended"


def _ledger(rows: Rows) -> Iterator[str]:
    """The ledger of claims, the tenures and the counters tell the same."""
    won = [claim for claim in rows.of(claims) if claim.outcome == "won"]
    begun = Counter((t.lead_id, t.epoch, t.owner_id) for t in rows.of(tenures) if t.how == "claimed")
    granted = Counter((c.lead_id, c.epoch + 1, c.user_id) for c in won)
    if begun != granted:
        yield f"double claim: granted {dict(granted)}, tenures {dict(begun)}"
    counted = {row.key: row.n for row in rows.of(counters) if row.n}
    daily = Counter(f"claims:{c.pool_id}:{c.user_id}:{c.day}" for c in won)
    holding = Counter(
        f"holding:{lead.owner_id}" for lead in rows.of(leads) if lead.status in {"assigned", "working"}
    )
    expected = dict(daily + holding)
    told = {key: n for key, n in counted.items() if key.startswith(("claims:", "holding:"))}
    if told != expected:
        yield f"ledger: counters {told}, rows {expected}"


def _shown_once(rows: Rows, wire: Wire) -> Iterator[str]:
    """I4, I6: nobody sees one thing twice; every card on the wire is one of ours."""
    ours = {row.card_key for row in rows.of(cards)}
    fresh = [act for act in wire.of("card") if not act["repeated"]]
    for key, n in Counter(_base(act["key"]) for act in fresh).items():
        if n > 1:
            yield f"second card: {key} hangs in a chat {n} times"
        if key not in ours:
            yield f"invented: card {key} is none of ours"
    asked: Counter[str] = Counter()
    for row in rows.of(offers):
        asked[row.user_id] += row.round
    offered = Counter(act["to"] for act in fresh if act["kind"] == "lead_offered")
    for user, n in offered.items():
        if n > asked[user]:
            yield f"second card: {user} got {n} offers, he was to get {asked[user]}"
    read = Counter((a["to"], a["text"], a["mark"]) for a in wire.of("text") if not a["repeated"])
    for (to, text, _), n in read.items():
        if n > 1:
            yield f"second text: {to} read {text!r} {n} times"
    cheers = sum(row.key == "cheer" for row in rows.of(outbox))
    if wire.of("cheered") and cheers != 1:
        yield f"lost: the word to the team has {cheers} rows"


def _left(rows: Rows, wire: Wire) -> Iterator[str]:
    """I6: what is marked as sent was on the wire."""
    left = {act["key"] for act in wire.of("card")} | {(act["to"], act["mark"]) for act in wire.of("text")}
    for row in rows.of(outbox):
        name = {"card": row.card_key, "text": (row.recipient, row.key)}.get(row.kind)
        if name is not None and row.state == "sent" and name not in left and _base(row.key) == row.key:
            yield f"lost: {row.kind} {row.key} is marked as sent and never left"


def _answered(rows: Rows, wire: Wire) -> Iterator[str]:
    """Whoever pressed saw something happen; no card offers what is gone, unless a row says why."""
    seen = [
        (i, a)
        for i, a in enumerate(wire.acts)
        if a["act"] in {"card", "update", "text"} and not a.get("repeated")
    ]
    visible = [(i, a) for i, a in seen if a["act"] != "text"]
    # Words that bear no key are not said again when nobody knows whether they were heard.
    unknown = {row.recipient for row in rows.of(outbox) if row.state == "unknown" and row.kind == "text"}
    for i, act in enumerate(wire.acts):
        if act["act"] == "tap" and not any(j > i and a["to"] == act["user"] for j, a in visible):
            yield f"unanswered: {act['user']} pressed {act['label']} ({act['event']}) and saw nothing"
        if act["act"] != "said" or act["user"] in unknown:
            continue
        if not any(j > i and a["to"] == act["user"] for j, a in seen):
            yield f"unanswered: {act['user']} wrote {act['text']} ({act['event']}) and read nothing"
    taken = {(c.user_id, f"lead:{c.lead_id}") for c in rows.of(claims) if c.outcome == "taken"}
    topics = {row.card_key: row.topic for row in rows.of(cards)}
    told = {(act["to"], topics.get(act["key"])) for _, act in visible if act["kind"] == "lead_taken"}
    # A flip that waited for its next try is left out when the lead has come free again meanwhile.
    newer = {
        (row.recipient, row.topic)
        for row in rows.of(outbox)
        if row.kind == "update" and row.state == "skipped" and row.reason == "superseded"
    }
    for user, topic in sorted(taken - told - newer):
        yield f"unanswered: {user} lost {topic} and was never told who has it"
    owners = {f"lead:{lead.id}": lead.owner_id for lead in rows.of(leads)}
    skipped = {row.card_key for row in rows.of(outbox) if row.state in {"skipped", "failed"}}
    for card in shown(wire).values():
        offers_it = any(label == CLAIM for label, _ in card.buttons)
        if offers_it and owners.get(topics.get(card.key, "")) and card.key not in skipped:
            yield f"stale: the card {card.key} of {card.to} still offers what has an owner"


def _nothing_silent(rows: Rows) -> Iterator[str]:
    """I8: whatever was not done has a row, and a count that agrees."""
    counted = Counter({f"{row.name}:{row.reason}": row.n for row in rows.of(incidents)})
    skipped = Counter(
        f"send.skipped:{r.reason}"
        for r in rows.of(outbox)
        if r.state == "skipped" and r.reason != "superseded"
    )
    for key, n in skipped.items():
        if counted[key] != n:
            yield f"silent: {n} × {key}, counted {counted[key]}"
    for state, name in (("unknown", "send.unknown"), ("failed", "send.failed")):
        rows_of_it = sum(row.state == state for row in rows.of(outbox))
        said = sum(n for key, n in counted.items() if key.startswith(f"{name}:"))
        if rows_of_it != said:
            yield f"silent: {rows_of_it} {state} in the outbox, counted {said}"
    aside = sum(row.state == "quarantined" for row in rows.of(timers))
    if aside != sum(n for key, n in counted.items() if key.startswith("timer.quarantined:")):
        yield f"silent: {aside} timers set aside, counted {dict(counted)}"
    for state in ("refused", "unknown", "quarantined"):
        rows_of_it = sum(row.state == state for row in rows.of(inbox))
        said = sum(n for key, n in counted.items() if key.startswith(f"delivery.{state}:"))
        if rows_of_it != said:
            yield f"silent: {rows_of_it} {state} in the inbox, counted {said}"


def _at_rest(rows: Rows, now: datetime) -> Iterator[str]:
    """I7: nothing that is due was left undone."""
    for row in rows.of(outbox):
        if row.state in _OPEN:
            yield f"stuck: {row.key} is {row.state} in the outbox"
    for row in rows.of(inbox):
        if row.state == "pending":
            yield f"stuck: {row.key} is pending in the inbox"
    for row in rows.of(timers):
        if row.state == "waiting" and row.due_at <= now:
            yield f"stuck: timer {row.kind} of {row.lane_key} is {row.state}"
    for row in rows.of(lanes):
        if row.due_at is not None and row.due_at <= now:
            yield f"stuck: lane {row.lane_key} is due"


def facts(rows: Rows, wire: Wire) -> dict[str, int]:
    """What is worth a figure, though no breach."""
    return {
        "set aside after two deaths": set_aside(rows),
        "repeated cards recognised": sum(act["repeated"] for act in wire.of("card")),
        "unknown sends told": sum(row.state == "unknown" for row in rows.of(outbox)),
        "cards shown anew": sum(row.key.startswith("anew:") for row in rows.of(outbox)),
        "changes without a code": sum(row.reason == "no_code" for row in rows.of(outbox)),
        "spent codes refused": len(wire.of("refused")),
    }
