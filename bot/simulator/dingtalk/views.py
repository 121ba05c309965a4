"""Chats, cards and to-dos as one person sees them; and what his press on a card sends back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.dingtalk.model import Entry, Group, Json, Person, Todo
from bot.simulator.dingtalk.templates import Template, items
from bot.simulator.dingtalk.world import World

_COLORS = ("#3a7bd5", "#2e9e6b", "#c9733a", "#8c5bb8", "#c2466d", "#3b8ea5", "#a58a2e", "#5b6bc0")
_PLACES = ("source", "title", "note", "figure", "figure_label", "fields", "text", "picture", "url")


def entry(world: World, shown: Entry, viewer: str) -> Json:
    """One entry of a chat; a card with the viewer's own values in it."""
    sender = "me" if shown.sender == viewer else shown.sender
    view: Json = {"id": shown.id, "at": shown.at.isoformat(), "from": sender, "kind": shown.kind}
    view |= {"text": shown.text, "card": shown.body or None}
    card = world.cards.get(shown.out_track_id)
    if card is not None:
        template = world.templates[card.template]
        view["card"] = face(template, card.seen_by(viewer)) | {"streaming": card.streaming}
        view["card"]["template"] = template.name
        view["card_state"] = shown.states.get(viewer, "ready")
        view["private"] = bool(card.private.get(viewer))
    return view


def face(template: Template, values: Mapping[str, str]) -> Json:
    """What stands where on a card; an empty text hides its part."""
    shown: Json = {place: values.get(template.face.get(place, place), "") for place in _PLACES}
    shown["buttons"] = [
        _button(place, values) for place in template.row("button") if values.get(f"{place}_text")
    ]
    shown["menu"] = [_button(place, values) for place in template.row("menu") if values.get(f"{place}_text")]
    shown["choices"] = [
        _choice(place, values) for place in template.row("choice") if values.get(f"{place}_key")
    ]
    return shown


def _button(place: str, values: Mapping[str, str]) -> Json:
    parts = {part: values.get(f"{place}_{part}", "") for part in ("text", "url", "style")}
    return {"id": place, **parts}


def _choice(place: str, values: Mapping[str, str]) -> Json:
    options = [
        {"value": str(one.get("value", "")), "text": str(one.get("text", ""))}
        for one in items(values.get(f"{place}_options", ""))
    ]
    return {
        "key": values[f"{place}_key"], "title": values.get(f"{place}_text", ""),
        "many": values.get(f"{place}_kind") == "many", "options": options,
        "selected": _texts(values, f"{place}_selected"),
    }  # fmt: skip


def _texts(values: Mapping[str, str], name: str) -> list[str]:
    return [str(one) for one in json.loads(values.get(name) or "[]")]


def press(
    template: Template, values: Mapping[str, str], slot: str, chosen: Mapping[str, Sequence[str]]
) -> tuple[str, Json]:
    """The action a button sends and its parameters; only a button that he sees can be pressed."""
    places = [*template.row("button"), *template.row("menu")]
    if slot not in places or not values.get(f"{slot}_text") or values.get(f"{slot}_url"):
        msg = f"卡片上没有这个按钮：{slot}"
        raise NotPossibleError(msg)
    params: Json = {
        name: values.get(variable.replace("*", slot), "") for name, variable in template.params.items()
    }
    form = {one["key"]: _picked(one, chosen.get(one["key"])) for one in face(template, values)["choices"]}
    if template.form and form:
        params[template.form] = form
    return template.action, params


def _picked(choice: Json, wanted: Sequence[str] | None) -> Json:
    """What was chosen, as forms send it: index and value, or lists of both."""
    values = [one["value"] for one in choice["options"]]
    picked = list(choice["selected"] if wanted is None else wanted)
    if any(one not in values for one in picked) or (len(picked) > 1 and not choice["many"]):
        msg = "没有这个选项，或只能选一项"
        raise NotPossibleError(msg)
    indexes = [values.index(one) for one in picked]
    if choice["many"]:
        return {"index": indexes, "value": picked}
    return {"index": indexes[0] if indexes else -1, "value": picked[0] if picked else ""}


def person(world: World, someone: Person) -> Json:
    """A member as the page lists him."""
    names = [world.departments[one].name for one in world.path(someone.departments[0])[:-1]]
    return {
        "userid": someone.userid, "name": someone.name, "role": someone.role, "position": someone.title,
        "department": " / ".join(reversed(names)) or world.company, "avatar_color": color(someone.userid),
        "platform": "dingtalk",
    }  # fmt: skip


def group(world: World, one: Group) -> Json:
    """A group with its members."""
    members = [{"userid": userid, "name": world.people[userid].name} for userid in one.members]
    return {"id": one.id, "name": one.title, "members": members, "messages": len(one.entries)}


def todo(one: Todo, someone: Person) -> Json:
    """A to-do as it stands in a member's list."""
    return {
        "id": one.id, "subject": one.subject, "text": one.description, "url": one.url,
        "due": one.due.isoformat() if one.due else None, "done": one.finished or someone.unionid in one.done,
    }  # fmt: skip


def color(identity: str) -> str:
    """The colour of a face."""
    return _COLORS[zlib.crc32(identity.encode()) % len(_COLORS)]
