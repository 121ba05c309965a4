"""The same promises on DingTalk: what people were sent, what hangs before them, and to whom it was told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from bot.chat.spelling import read_card
from bot.simulator.dingtalk import views
from bot.simulator.dingtalk.model import Card, Group, Person
from tests.worlds.dingtalk.life import CHEER, chats
from tests.worlds.dingtalk.platform import GROUP
from tests.worlds.outcomes import is_unlucky

if TYPE_CHECKING:
    from tests.worlds.world import World

_CLAIM = "领取"


def breaches(rows: Any, world: World) -> Iterator[str]:
    """Where a person saw too much, too little, or what is no longer so."""
    if world.ding is None:
        return
    yield from _cards(rows, world)
    yield from _faces(rows, world)
    yield from _texts(rows, world)
    yield from _answered(rows, world)
    yield from _todos(rows, world)


def _acts(world: World, *does: str) -> list[Any]:
    return [
        act for act in world.platform.wire.of("call")
        if act.facts.get("does") in does and act.facts["code"] == 0
    ]  # fmt: skip


def _mine(rows: Any) -> list[Any]:
    return [row for row in rows.outbox if row["platform"] == "dingtalk"]


def _cards(rows: Any, world: World) -> Iterator[str]:
    """I6: one card is made once, and hangs where it is noted to hang."""
    ours = {row["card_key"]: row for row in rows.cards}
    made = Counter(act.facts["key"] for act in _acts(world, "card"))
    for key, n in made.items():
        if n > 1:
            yield f"I6 second card: {key} was made {n} times on DingTalk"
        if key not in ours:
            yield f"I6 second card: {key} on DingTalk is none of ours"
    hangs = {act.facts["key"] for act in _acts(world, "card") if act.facts["hangs"]}
    said = Counter(act.facts["to"] for act in _acts(world, "say"))
    # It was made, hung nowhere, and the answer that said so was lost: "it exists" is all we hear then.
    unheard = made.keys() - hangs
    for row in _mine(rows):
        if row["reason"] == "repeated" and row["card_key"] in unheard:
            continue
        if row["kind"] == "card" and row["state"] == "sent" and row["card_key"] not in hangs:
            is_said = not world.blend.template or not _has_buttons(row, world)
            if not is_said or not said[row["recipient"]]:
                yield f"I6 lost: card {row['card_key']} is noted as sent and hangs nowhere on DingTalk"


def _has_buttons(row: Any, world: World) -> bool:
    body = orjson.loads(world.vault.open(row["body"], f"outbox.body:{row['lane_key']}:{row['key']}"))
    return bool(body.get("card_key"))


def _faces(rows: Any, world: World) -> Iterator[str]:
    """I6: nobody is offered what has an owner; each card shows what the store believes that it shows."""
    assert world.ding is not None
    ours = {row["card_key"]: row for row in rows.cards}
    excused = {row["card_key"] for row in rows.outbox if is_unlucky(row)} | _given_up(world)
    owners = {f"lead:{lead['id']}": lead["owner_id"] for lead in rows.leads}
    for chat in chats(world.ding):
        viewers = [chat.userid] if isinstance(chat, Person) else chat.members
        for entry in chat.entries:
            card = world.ding.world.cards.get(entry.out_track_id)
            row = ours.get(entry.out_track_id)
            if card is None or row is None or row["card_key"] in excused:
                continue
            for viewer in viewers:
                if _CLAIM in _buttons(world, card, viewer) and owners.get(row["topic"]):
                    yield f"I6 stale: {viewer} is offered {row['topic']} on DingTalk, which has an owner"
            if isinstance(chat, Group) and not card.data.get("chat"):
                yield f"I1 lost: a tap on {entry.out_track_id} opens nothing: the card forgot its group"
            drawn = read_card(orjson.loads(world.vault.open(row["body"], f"cards.body:{row['card_key']}")))
            title = " ".join((drawn.title or drawn.text).split())
            if isinstance(chat, Person) and not card.private and title[:10] not in card.data.get("title", ""):
                yield f"I6 stale: {entry.out_track_id} shows {card.data.get('title')!r}, the store {title!r}"


def _given_up(world: World) -> set[str]:
    """Cards with a press whose answer never got through, however often the platform came again."""
    return {act.facts["card"] for act in world.platform.wire.of("given up")}


def _buttons(world: World, card: Card, viewer: str) -> list[str]:
    assert world.ding is not None
    face = views.face(world.ding.world.templates[card.template], card.seen_by(viewer))
    return [one["text"] for place in ("buttons", "menu") for one in face[place]]


def _texts(rows: Any, world: World) -> Iterator[str]:
    """I6: words bear no key, so each is said once at most, and what is noted as sent was said."""
    said = Counter(act.facts["to"] for act in _acts(world, "say"))
    meant, sent = Counter[str](), Counter[str]()
    for row in _mine(rows):
        is_words = row["kind"] in {"text", "picture", "card"}
        if is_words and row["state"] in {"sent", "unknown", "sending"}:
            meant[row["recipient"]] += 1
        if row["kind"] == "text" and row["state"] == "sent":
            sent[row["recipient"]] += 1
    for to, n in said.items():
        if n > meant[to]:
            yield f"I6 second text: {to} read {n} on DingTalk, {meant[to]} were meant"
    for to, n in sent.items():
        if said[to] < n:
            yield f"I6 lost: {n} texts to {to} are noted as sent on DingTalk, {said[to]} were said"
    cheers = Counter(act.facts["text"] for act in _acts(world, "say") if act.facts["text"].startswith(CHEER))
    for text, n in cheers.items():
        if n > 1:
            yield f"I6 second text: the group on DingTalk read {text} {n} times"


def seen(world: World) -> dict[str, list[float]]:
    """When who saw something happen there."""
    found: dict[str, list[float]] = defaultdict(list)
    if world.ding is None:
        return found
    for act in _acts(world, "say", "card"):
        found[act.facts["to"]].append(act.at)
    for act in _acts(world, "change"):
        card = world.ding.world.cards.get(act.facts["key"])
        for space in card.shown if card is not None else ():
            found[space.partition(".")[2]].append(act.at)
    return found


def _answered(rows: Any, world: World) -> Iterator[str]:
    """I6: whoever pressed or wrote sees something happen, or a row says why not."""
    done = {row["key"] for row in rows.inbox if row["state"] == "done"}
    visible: dict[str, list[float]] = defaultdict(list)
    for to, moments in seen(world).items():
        visible[to.removeprefix("d-")] += moments
    for act in world.platform.wire.of("call"):
        if act.facts["code"] == 0 and act.facts.get("shows"):
            visible[act.facts["to"].lower()].append(act.at)
    excused = {row["recipient"].lower().removeprefix("d-") for row in rows.outbox if is_unlucky(row)}
    given_up = _given_up(world)
    for act in world.platform.wire.of("dingtalk tap", "dingtalk said"):
        if act.facts.get("card") in given_up:
            continue
        who = act.facts["user"].removeprefix("d-")
        moments = visible[who] + (visible[GROUP] if act.facts.get("group", "x") else [])
        is_excused = act.facts["event"] not in done or bool({who, GROUP.lower()} & excused)
        if not is_excused and not any(at > act.at for at in moments):
            yield f"I6 unanswered: {act.facts['user']} did something at {act.at:.1f} ({act.what})"


def _todos(rows: Any, world: World) -> Iterator[str]:
    """A to-do ends with its task; a task that is open has one, if its owner reads there."""
    assert world.ding is not None
    unlucky = {
        row["key"].split(":")[1] for row in rows.outbox
        if row["kind"].startswith("todo")
        and (is_unlucky(row) or row["state"] in {"pending", "leased", "sending"})
    }  # fmt: skip
    open_tasks = {row["id"] for row in rows.tasks if row["state"] == "open"}
    standing = {one.source_id for one in world.ding.world.todos.values() if not one.finished}
    # The platform lets nobody end the to-do of somebody who left, and nobody reads it.
    left = {act.facts["user"] for act in world.ding.wire.of("dismissed")}
    for source in sorted(standing):
        task_id, _, user = source.partition(".")
        if user not in left and task_id not in open_tasks and task_id not in unlucky:
            yield f"I6 stale: to-do {source} stands and its task is over"


def private(rows: Any, world: World, canaries: tuple[str, str, str]) -> Iterator[str]:
    """I10: nothing private before a group, nor before whoever did not ask, nor on a page."""
    if world.ding is None:
        return
    phone, mail, _name = canaries
    revealed = {row["actor"] for row in rows.audit if row["action"] == "contact.revealed"}
    names = {row["account"]: row["user_id"] for row in rows.logins if row["platform"] == "dingtalk"}
    for chat in chats(world.ding):
        is_group = not isinstance(chat, Person)
        if isinstance(chat, Person) and names.get(chat.userid) in revealed:
            continue
        whose = chat.userid if isinstance(chat, Person) else chat.title
        shown = _shown(world, chat)
        for canary in canaries if is_group else (phone, mail):
            if canary in shown:
                yield f"I10 leak: {canary} on DingTalk before {whose}"
    for page in world.ding_life.pages.shown if world.ding_life else ():
        if phone.encode() in page or mail.encode() in page:
            yield "I10 leak: something private on the page of a link"


def _shown(world: World, chat: Person | Group) -> str:
    """Everything of ours that stands in a chat, for whomever."""
    assert world.ding is not None
    entries = [entry for entry in chat.entries if entry.sender == "app"]
    cards = [world.ding.world.cards.get(entry.out_track_id) for entry in entries]
    faces = [[card.data, card.private] for card in cards if card is not None]
    return orjson.dumps([[[entry.text, entry.body] for entry in entries], faces]).decode()


def facts(world: World) -> dict[str, int]:
    """What is worth a figure."""
    if world.ding is None:
        return {}
    wire = world.platform.wire
    return {
        "dingtalk taps": len(wire.of("dingtalk tap")),
        "dingtalk cards": len(_acts(world, "card")),
        "dingtalk changes": len(_acts(world, "change")),
        "dingtalk answers to taps": sum(a.facts["path"] == "dingtalk answer" for a in _acts(world, "change")),
        "dingtalk words": len(_acts(world, "say")),
        "dingtalk to-dos": len(world.ding.todos),
        "stream connections": len(wire.of("connected")),
    }
