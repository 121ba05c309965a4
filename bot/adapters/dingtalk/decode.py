"""Turn what was kept into words that all platforms share; what we do not know keeps its name.

https://open.dingtalk.com/document/development/receive-message and event-callback-card
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from bot.adapters.dingtalk import events, kept, template
from bot.adapters.dingtalk.codes import PLATFORM
from bot.chat.inbound import PRIVATE, Inbound, Media, Message, Tap, Unknown

#: A tap's answer is waited for at the other end for this long.
_ANSWER_WITHIN: Final = timedelta(seconds=2)
_GROUP = "2"
#: Out of the month's deliveries: the message comes without what was said.
_OVER_QUOTA: Final = frozenset({"20001"})
_NAME_MAX = 64
#: A mention at the beginning ends at any blank; some clients write a narrow one.
_MENTION = re.compile(r"^\s*@\S+[\s\u2005]*")

Json = Mapping[str, Any]


def decode(body: bytes) -> Inbound:
    """Read one kept delivery; ValueError if it has no meaning at all."""
    kind, about, data = kept.opened(body)
    try:
        match kind:
            case kept.ROBOT:
                return _message(data)
            case kept.CARD:
                return _tap(data, about)
            case kept.EVENT:
                return events.read(str(about.get("name", "")), data)
    except ValueError:
        return _unknown(f"{kind}.malformed")
    msg = f"no kind of delivery: {kind!r}"
    raise ValueError(msg)


def is_over_quota(data: Json) -> bool:
    """Say whether it came without its words, because the month's deliveries are used up."""
    return any(str(data.get(name, "")) in _OVER_QUOTA for name in ("errorCode", "errCode"))


def chat_of(data: Json) -> str:
    """Say where it was said: alone with us, or in which group."""
    if str(data.get("conversationType", "")) == _GROUP:
        return _required(data, "conversationId")
    return PRIVATE


def _message(data: Json) -> Inbound:
    if is_over_quota(data):
        return _unknown("message.over_quota")
    user_id = data.get("senderStaffId")
    if not isinstance(user_id, str) or not user_id:
        # A stranger in an outside group, or a robot that is not published: nobody vouches for him.
        return _unknown("message.no_staff_id")
    kind = data.get("msgtype")
    reader = _MESSAGES.get(kind) if isinstance(kind, str) else None
    return _unknown(f"message.{kind}") if reader is None else reader(data, user_id)


def _said(data: Json, user_id: str) -> Message:
    found = _part(data, "text").get("content")
    text = found if found is not None else data.get("content")
    return _written(data, user_id, _text(text))


def _rich(data: Json, user_id: str) -> Inbound:
    """Read words with pictures: the words are what is asked; without any the first picture is."""
    parts = _content(data).get("richText") or ()
    items = [item for item in parts if isinstance(item, dict)]
    text = "".join(str(item["text"]) for item in items if "text" in item)
    codes = [str(item["downloadCode"]) for item in items if item.get("downloadCode")]
    if not _without_mention(data, text) and codes:
        return Media(
            platform=PLATFORM, user_id=user_id, kind="picture", media_id=codes[0], chat=chat_of(data)
        )
    return _written(data, user_id, text)


def _voice(data: Json, user_id: str) -> Inbound:
    """Read a voice as the words that were recognised in it."""
    heard = _content(data).get("recognition")
    if isinstance(heard, str) and heard.strip():
        return _written(data, user_id, heard)
    return _media(data, user_id)


def _media(data: Json, user_id: str) -> Media:
    content = _content(data)
    return Media(
        platform=PLATFORM,
        user_id=user_id,
        kind=str(data["msgtype"]),
        media_id=str(content.get("downloadCode") or content.get("pictureDownloadCode") or ""),
        text=str(content.get("fileName") or ""),
        chat=chat_of(data),
    )


def _written(data: Json, user_id: str, text: str) -> Message:
    return Message(
        platform=PLATFORM,
        user_id=user_id,
        text=_without_mention(data, text),
        chat=chat_of(data),
        at=kept.moment(data.get("createAt")),
    )


def _without_mention(data: Json, text: str) -> str:
    """Drop the robot's own name; the platform leaves it away, some clients do not."""
    stripped = text.strip()
    if chat_of(data) == PRIVATE or not stripped.startswith("@"):
        return stripped
    return _MENTION.sub("", stripped, count=1).strip()


_MESSAGES: dict[str, Callable[[Json, str], Inbound]] = {
    "text": _said,
    "richText": _rich,
    "audio": _voice,
    "picture": _media,
    "video": _media,
    "file": _media,
}


def _tap(data: Json, about: Json) -> Tap[object]:
    params = _params(data)
    chat = params.get(template.PARAM_CHAT)
    at = str(about.get("at", ""))
    return Tap(
        platform=PLATFORM,
        user_id=_required(data, "userId"),
        button=_required(params, template.PARAM_BUTTON),
        card_key=_required(data, "outTrackId"),
        update_code=kept.code_of(data, at),
        code_life=_ANSWER_WITHIN,
        selected=_selected(params.get(template.PARAM_FORM)),
        # The card says so; the seal is bound to it, so another chat opens nothing.
        chat=chat if isinstance(chat, str) and chat else PRIVATE,
        at=datetime.fromisoformat(at) if at else None,
    )


def _params(data: Json) -> Json:
    """Find what the pressed button carried: two pages of the documentation put it in two places."""
    content = _object(data.get("content")) or _object(data.get("value"))
    inner = _object(content.get("cardPrivateData"))
    return {**_object(content.get("params")), **_object(inner.get("params"))}


def _selected(form: object) -> Mapping[str, tuple[str, ...]]:
    """Read what was chosen: text, a choice, or several of them."""
    chosen: dict[str, tuple[str, ...]] = {}
    for name, answer in _object(form).items():
        value = answer.get("value") if isinstance(answer, dict) else answer
        listed = value if isinstance(value, list) else [value]
        ids = tuple(str(one) for one in listed if one is not None and one != "")
        if ids:
            chosen[str(name)] = ids
    return chosen


def _object(value: object) -> Json:
    """Give an object, also one that is spelled as text."""
    if isinstance(value, str) and value.strip():
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as exc:
            msg = "a part is no JSON"
            raise ValueError(msg) from exc
    return value if isinstance(value, dict) else {}


def _content(data: Json) -> Json:
    return _object(data.get("content"))


def _part(data: Json, name: str) -> Json:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _required(data: Json, name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        msg = f"{name} is missing"
        raise ValueError(msg)
    return value


def _text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("content")
    if not isinstance(value, str):
        msg = "a text without content"
        raise ValueError(msg)  # noqa: TRY004 - the platform's bytes, not a type of ours
    return value


def _unknown(name: str) -> Unknown:
    return Unknown(platform=PLATFORM, name=name[:_NAME_MAX])
