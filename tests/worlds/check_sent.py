"""I4 to I6: what people were sent and shown, by the wire."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from tests.worlds.dingtalk import check as check_dingtalk
from tests.worlds.life import CHEER
from tests.worlds.outcomes import is_unlucky
from tests.worlds.platform import _GROUP, _SEND, _UPDATE, _WELCOME

if TYPE_CHECKING:
    from tests.worlds.world import World


def breaches(rows: Any, world: World) -> Iterator[str]:
    """Where a person saw too much or too little."""
    yield from _cards(rows, world)
    yield from _texts(rows, world)
    yield from _groups(rows, world)
    yield from _told(rows, world)
    yield from _answered(rows, world)
    yield from _welcomes(rows, world)


def _outbox(rows: Any) -> list[Any]:
    return [row for row in rows.outbox if row["platform"] == "wecom"]


def accepted(world: World, *paths: str) -> list[Any]:
    return [
        act for act in world.platform.wire.of("call") if act.facts["path"] in paths and act.facts["code"] == 0
    ]


def _is_fresh(act: Any) -> bool:
    return not any(note.startswith("repeat") for note in act.facts.get("notes", ()))


def _cards(rows: Any, world: World) -> Iterator[str]:
    """I6: nobody sees one card twice; every card on the wire is ours, every sent one is on the wire."""
    ours = {row["card_key"]: row for row in rows.cards}
    shown = Counter((act.facts["key"], act.facts["to"]) for act in accepted(world, _SEND) if act.facts["key"])
    for (key, to), n in shown.items():
        if n > 1:
            yield f"I6 second card: {key} hangs {n} times in the chat of {to}"
        if key not in ours:
            yield f"I6 second card: {key} in the chat of {to} is none of ours"
    wanted = Counter(
        row["card_key"] for row in _outbox(rows) if row["kind"] == "card" and row["state"] == "sent"
    )
    on_wire = {key for key, _ in shown}
    for key in sorted(wanted.keys() - on_wire):
        yield f"I6 lost: card {key} is noted as sent and never reached the platform"
    unlucky = {row["card_key"] for row in rows.outbox if is_unlucky(row)}
    owners = {f"lead:{lead['id']}": lead["owner_id"] for lead in rows.leads}
    for person in world.platform.world.people.values():
        for message in person.messages:
            row = ours.get(message.task_id or "")
            offers = any(b.get("text") == "领取" for b in (message.card or {}).get("button_list") or [])
            if row is not None and offers and owners.get(row["topic"]) and row["card_key"] not in unlucky:
                yield f"I6 stale: a card of {person.userid} offers {row['topic']}, which has an owner"


def _texts(rows: Any, world: World) -> Iterator[str]:
    """I6: nobody reads one thing twice; nothing is dropped for being too much."""
    fresh = [act for act in accepted(world, _SEND) if act.facts["text"] and _is_fresh(act)]
    for (to, text), n in Counter((act.facts["to"], act.facts["text"]) for act in fresh).items():
        if n > 1:
            yield f"I6 second text: {to} read {text[:20]!r} {n} times"
    per_person = Counter(act.facts["to"] for act in fresh)
    wanted = Counter(
        row["recipient"] for row in _outbox(rows) if row["kind"] == "text" and row["state"] == "sent"
    )
    groups = {act.facts["to"] for act in accepted(world, _GROUP)}
    for to, n in sorted(wanted.items()):
        if to not in groups and per_person[to] < n:
            yield f"I6 lost: {n} texts to {to} are noted as sent, {per_person[to]} were taken"
    for act in world.platform.wire.of("call"):
        if any("dropped" in note for note in act.facts.get("notes", ())):
            yield f"I6 lost: too much at once for {act.facts['to']}, the platform dropped it in silence"


def _groups(rows: Any, world: World) -> Iterator[str]:
    """I6: a group knows no key, so what is said in it is said once at most."""
    said = Counter(act.facts["to"] for act in accepted(world, _GROUP))
    meant = Counter(
        row["recipient"] for row in _outbox(rows) if row["state"] in {"sent", "unknown", "sending"}
    )
    for chat, n in said.items():
        if n > meant[chat]:
            yield f"I6 second text: group {chat} read {n} texts, {meant[chat]} were meant"
    cheers = Counter(
        act.facts["text"] for act in accepted(world, _GROUP) if act.facts["text"].startswith(CHEER)
    )
    for text, n in cheers.items():
        if n > 1:
            yield f"I6 second text: the group read {text} {n} times"


def _told(rows: Any, world: World) -> Iterator[str]:
    """I6: who was given a lead was told of it, or a row says why not."""
    outgoing = {row["key"]: row for row in rows.outbox}
    gone = {row["id"] for row in rows.users if not row["active"]}
    for tenure in rows.tenures:
        if (
            tenure["how"] in {"claimed", "created"}
            or tenure["by"] == tenure["owner_id"]
            or tenure["owner_id"] in gone
        ):
            continue
        row = outgoing.get(f"owned:{tenure['lead_id']}:{tenure['epoch']}:{tenure['owner_id']}")
        if row is None:
            yield f"I6 lost: {tenure['owner_id']} got {tenure['lead_id']} ({tenure['how']}) and was not told"


def _answered(rows: Any, world: World) -> Iterator[str]:
    """I6: whoever pressed or wrote sees something happen, or a row says why not."""
    done = {row["key"] for row in rows.inbox if row["state"] == "done"}
    visible = defaultdict(list)
    for act in accepted(world, _SEND, _UPDATE):
        if _is_fresh(act):
            visible[act.facts["to"].lower()].append(act.at)
    for user, moments in check_dingtalk.seen(world).items():
        # Whoever is on both may be answered on the other.
        visible[user.removeprefix("d-")] += moments
    excused = {row["recipient"].lower() for row in rows.outbox if is_unlucky(row)}
    for act in world.platform.wire.of("tap", "said"):
        user = act.facts["user"].lower()
        if (
            act.facts["event"] in done
            and user not in excused
            and not any(at > act.at for at in visible[user])
        ):
            yield f"I6 unanswered: {user} did something at {act.at:.1f} ({act.what}) and saw nothing"


def _welcomes(rows: Any, world: World) -> Iterator[str]:
    """I4, I5: one greeting to a customer at the most, and none once we knew that he had left."""
    greeted = Counter(tuple(act.facts["code_for"]) for act in accepted(world, _WELCOME))
    came = Counter((code.customer_id, code.userid) for code in world.platform.world.welcomes.values())
    for pair, n in greeted.items():
        if n > came[pair]:
            yield f"I4 second greeting: {pair} were greeted {n} times, they met {came[pair]} times"
    if world.weather.happened.get("clock"):
        return
    left = {(row["external_id"], row["user_id"]): row["ended_at"] for row in rows.external_contacts}
    for row in rows.outbox:
        if row["kind"] == "welcome" and row["first_tried_at"]:
            body = orjson.loads(world.vault.open(row["body"], f"outbox.body:{row['lane_key']}:{row['key']}"))
            code = world.platform.world.welcomes[body["code"]]
            at = left.get((code.customer_id, code.userid))
            if at is not None and row["first_tried_at"] > at:
                yield f"I5 greeting after leaving: {row['key']} at {row['first_tried_at']}, left at {at}"
