"""Turn what the robot heard into words that all platforms share.

Both spellings of a card's event are read: the page's own table and its sample differ.
https://developer.work.weixin.qq.com/document/path/100719 and 101027
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import orjson

from bot.adapters.wecom import card_asks
from bot.adapters.wecom.codes import PLATFORM
from bot.adapters.wecom.robot import frames
from bot.adapters.wecom.robot.frames import Frame, Json
from bot.chat.inbound import PRIVATE, Accepted, Entered, Inbound, Media, Message, Noted, Tap, Unknown

#: Begins the id of a group in which the robot is, and everything else that came by way of it.
ROBOT: Final = "robot:"
#: A tapped card can be changed for this long, and never after.
ANSWER_WITHIN: Final = timedelta(seconds=5)
ENTER_CHAT: Final = "enter_chat"
_TAP = "template_card_event"
_NAME_MAX = 64
_ID = re.compile(r"[^\s:]{1,128}")
#: A mention ends at any blank; some clients write a narrow one.
_MENTION = re.compile(r"^\s*@\S+\s*")
_LAST_MENTION = re.compile(r"\s*@\S+\s*$")


def accepted(frame: Frame, *, at: datetime) -> Accepted:
    """Wrap a callback as it will be kept; ValueError if it does not even say who it is."""
    body = frame.body
    msg_id, user_id = _id(body.get("msgid")), _user(body)
    kept = {"robot": {"cmd": frame.cmd, "req_id": frame.req_id, "at": at.isoformat()}, "body": body}
    return Accepted(
        platform=PLATFORM,
        key=f"{ROBOT}{msg_id}",
        lane_key=f"{PLATFORM}:user:{user_id}" if user_id else f"{PLATFORM}:robot",
        body=orjson.dumps(kept),
        waits=event_of(body) == _TAP,
    )


def is_ours(body: bytes) -> bool:
    """Say whether a kept delivery came by the robot; the app's are XML."""
    return body.startswith(b"{")


def decode(body: bytes, *, robot_name: str = "") -> Inbound:
    """Read one kept callback; ValueError if it has no meaning at all."""
    try:
        kept = orjson.loads(body)
        about, said = kept["robot"], kept["body"]
        at = datetime.fromisoformat(about["at"])
        cmd, req_id = about["cmd"], about["req_id"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as exc:
        msg = "not a callback of the robot"
        raise ValueError(msg) from exc
    try:
        if cmd == frames.EVENT or said.get("msgtype") == "event":
            return _event(said, req_id, _told_at(said) or at)
        return _message(said, at, robot_name)
    except ValueError:
        return _unknown(f"{event_of(said) or said.get('msgtype')}.malformed")


def update_code(req_id: str) -> str:
    """Spell a callback's id as what changes the card that was tapped with it."""
    return f"{ROBOT}{req_id}"


def event_of(body: Mapping[str, Any]) -> str:
    """Name the event; empty for a message."""
    event = body.get("event")
    name = event.get("eventtype") if isinstance(event, dict) else None
    return name if isinstance(name, str) else ""


def chat_of(body: Mapping[str, Any]) -> str:
    """Say where it was said: alone with us, or in which group."""
    if body.get("chattype") == "group" or body.get("chatid"):
        return f"{ROBOT}{_id(body.get('chatid'))}"
    return PRIVATE


def _message(body: Json, at: datetime, robot_name: str) -> Inbound:
    kind = body.get("msgtype")
    reader = _MESSAGES.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return _unknown(f"robot.message.{kind}")
    return reader(body, at, robot_name)


def _said(body: Json, at: datetime, robot_name: str) -> Inbound:
    """Read a text; a voice comes as the words that were recognised in it."""
    text = _part(body, str(body["msgtype"])).get("content")
    if not isinstance(text, str):
        msg = "a text without content"
        raise ValueError(msg)  # noqa: TRY004 - the platform's bytes, not a type of ours
    return _written(body, text, at, robot_name)


def _mixed(body: Json, at: datetime, robot_name: str) -> Inbound:
    """Read pictures with words: the words are what is asked; without any the first picture is."""
    items = [item for item in _part(body, "mixed").get("msg_item") or () if isinstance(item, dict)]
    words = [str(_part(item, "text").get("content", "")) for item in items if item.get("msgtype") == "text"]
    text = without_mention("\n".join(words), robot_name)
    pictures = [item for item in items if item.get("msgtype") == "image"]
    if not text and pictures:
        return _file(body, pictures[0])
    return _written(body, text, at, robot_name)


def _sent(body: Json, at: datetime, robot_name: str) -> Inbound:
    del at, robot_name
    return _file(body, body)


def _file(body: Json, holder: Json) -> Media:
    kind = str(holder["msgtype"])
    found = _part(holder, kind)
    return Media(
        platform=PLATFORM,
        user_id=_required_user(body),
        kind=kind,
        media_id=_text(found, "url"),
        key=_text(found, "aeskey"),
        chat=chat_of(body),
    )


def _written(body: Json, text: str, at: datetime, robot_name: str) -> Message:
    chat = chat_of(body)
    return Message(
        platform=PLATFORM,
        user_id=_required_user(body),
        text=text if chat == PRIVATE else without_mention(text, robot_name),
        quoted=_quoted(body),
        chat=chat,
        at=at,
    )


def without_mention(text: str, robot_name: str) -> str:
    """Take the robot's own name out of what was said to it; other people's stay."""
    if robot_name and f"@{robot_name}" in text:
        return " ".join(text.replace(f"@{robot_name}", " ", 1).split(" ")).strip()
    if _MENTION.match(text):
        return _MENTION.sub("", text, count=1).strip()
    return _LAST_MENTION.sub("", text, count=1).strip()


def _quoted(body: Json) -> str:
    quote = body.get("quote")
    if not isinstance(quote, dict):
        return ""
    if quote.get("msgtype") == "mixed":
        items = _part(quote, "mixed").get("msg_item") or ()
        return "\n".join(_text(_part(i, "text"), "content") for i in items if isinstance(i, dict)).strip()
    return _text(_part(quote, str(quote.get("msgtype"))), "content")


def _event(body: Json, req_id: str, at: datetime) -> Inbound:
    name = event_of(body)
    match name:
        case "template_card_event":
            return _tap(body, req_id, at)
        case "enter_chat":
            return Entered(platform=PLATFORM, user_id=_required_user(body))
        case "feedback_event":
            told = _part(body["event"], name)
            return Noted(platform=PLATFORM, name=f"robot.feedback.{told.get('type')}"[:_NAME_MAX])
        case "disconnected_event":
            return Noted(platform=PLATFORM, name=f"robot.{name}")
        case _:
            return _unknown(f"robot.{name or 'event'}")


def _tap(body: Json, req_id: str, at: datetime) -> Tap[object]:
    event = body["event"]
    # Flat in one published type, nested in the page's sample.
    told = event.get(_TAP) if isinstance(event.get(_TAP), dict) else event.get(_TAP.replace("_", "")) or event
    selected = _selected(told)
    way_out = card_asks.way_out(selected)
    return Tap(
        platform=PLATFORM,
        user_id=_required_user(body),
        button=way_out or _required(told, "event_key"),
        card_key=_required(told, "task_id"),
        update_code=update_code(req_id),
        code_life=ANSWER_WITHIN,
        selected={} if way_out else selected,
        chat=chat_of(body),
        at=at,
    )


def _selected(told: Json) -> dict[str, tuple[str, ...]]:
    items = _either(_either(told, "selected_items"), "selected_item") or []
    chosen: dict[str, tuple[str, ...]] = {}
    for item in items if isinstance(items, list) else [items]:
        question = _required(item, "question_key")
        if question in chosen:
            msg = f"{question} is answered twice"
            raise ValueError(msg)
        ids = _either(_either(item, "option_ids"), "option_id") or []
        chosen[question] = tuple(str(one) for one in (ids if isinstance(ids, list) else [ids]))
    return chosen


def _either(part: object, name: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Give what stands under a name, with or without its underscores."""
    if not isinstance(part, dict):
        return None
    return part.get(name, part.get(name.replace("_", "")))


def _required(part: object, name: str) -> str:
    value = _either(part, name)
    if not isinstance(value, str) or not value:
        msg = f"{name} is missing"
        raise ValueError(msg)
    return value


def _part(body: Json, name: str) -> Json:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(part: Json, name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""


def _told_at(body: Json) -> datetime | None:
    seconds = body.get("create_time")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds < 10**10:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc)


def _user(body: Mapping[str, Any]) -> str:
    sender = body.get("from")
    given = sender.get("userid") if isinstance(sender, dict) else None
    return _id(given) if given else ""


def _required_user(body: Json) -> str:
    user_id = _user(body)
    if not user_id:
        msg = "nobody is named"
        raise ValueError(msg)
    return user_id


def _id(value: object) -> str:
    """Give an id; never cast, since a user id may begin with a zero."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        msg = "an id has the wrong shape"
        raise ValueError(msg)
    return value


def _unknown(name: str) -> Unknown:
    return Unknown(platform=PLATFORM, name=name[:_NAME_MAX])


_MESSAGES: dict[str, Callable[[Json, datetime, str], Inbound]] = {
    "text": _said,
    "voice": _said,
    "mixed": _mixed,
    "image": _sent,
    "file": _sent,
    "video": _sent,
}
