"""What a message may hold: robot messages by msgKey, webhook messages by msgtype.

https://open.dingtalk.com/document/development/robot-message-type
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.codes import Code, RefusedError
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.world import World

#: Bytes.
_PARAM_MOST = 15_000
_MOST_BUTTONS = 5
_FILE_TYPES = {"xlsx", "pdf", "zip", "rar", "doc", "docx"}


@dataclass(frozen=True, slots=True)
class Content:
    """A message ready to be shown."""

    kind: str
    text: str
    body: Json = field(default_factory=dict)


def of_key(world: World, key: str, raw: object) -> Content:
    """A robot message: msgKey with msgParam, which is JSON in a string."""
    if not isinstance(raw, str):
        raise RefusedError(codes.MSG_PARAM, "msgParam is not a string")
    if len(raw.encode()) > _PARAM_MOST:
        raise RefusedError(codes.MSG_TOO_LONG)
    try:
        param = json.loads(raw)
    except ValueError:
        param = None
    if not isinstance(param, dict):
        raise RefusedError(codes.MSG_PARAM, "msgParam is not JSON")
    if key.startswith("sampleActionCard"):
        return _action_card(key, param)
    reader = _BY_KEY.get(key)
    if reader is None:
        raise RefusedError(codes.MSG_KEY, key)
    return reader(world, param)


def _need(param: Json, *names: str) -> list[str]:
    values = [param.get(name) for name in names]
    for name, value in zip(names, values, strict=True):
        if not isinstance(value, str) or not value:
            raise RefusedError(codes.MSG_PARAM, f"{name} is missing")
    return [str(value) for value in values]


def _text(_world: World, param: Json) -> Content:
    (words,) = _need(param, "content")
    return Content("text", words)


def _markdown(_world: World, param: Json) -> Content:
    title, words = _need(param, "title", "text")
    return Content("markdown", words, {"title": title})


def _image(world: World, param: Json) -> Content:
    (url,) = _need(param, "photoURL")
    return Content("image", "", {"url": link_of(world, url)})


def _link(_world: World, param: Json) -> Content:
    title, words, url = _need(param, "title", "text", "messageUrl")
    return Content("link", words, {"title": title, "url": url, "picture": str(param.get("picUrl") or "")})


def _file(world: World, param: Json) -> Content:
    media_id, name, kind = _need(param, "mediaId", "fileName", "fileType")
    if kind not in _FILE_TYPES or media_id not in world.media:
        raise RefusedError(codes.MSG_PARAM, "fileType or mediaId")
    return Content("file", name, {"url": link_of(world, media_id)})


def _audio(world: World, param: Json) -> Content:
    media_id, duration = _need(param, "mediaId", "duration")
    return Content("file", f"语音 {duration} ms", {"url": link_of(world, media_id)})


_BY_KEY: dict[str, Callable[[World, Json], Content]] = {
    "sampleText": _text,
    "sampleMarkdown": _markdown,
    "sampleImageMsg": _image,
    "sampleLink": _link,
    "sampleFile": _file,
    "sampleAudio": _audio,
}


def _action_card(key: str, param: Json) -> Content:
    title, words = _need(param, "title", "text")
    number = key.removeprefix("sampleActionCard")
    if number == "":
        pairs = [("singleTitle", "singleURL")]
    elif number == "6":
        pairs = [(f"buttonTitle{n}", f"buttonUrl{n}") for n in (1, 2)]
    elif number.isdigit() and 2 <= int(number) <= _MOST_BUTTONS:  # noqa: PLR2004 - two is the least
        pairs = [(f"actionTitle{n}", f"actionURL{n}") for n in range(1, int(number) + 1)]
    else:
        raise RefusedError(codes.MSG_KEY, key)
    buttons = [dict(zip(("text", "url"), _need(param, *pair), strict=True)) for pair in pairs]
    body = {"title": title, "buttons": buttons, "vertical": number != "6"}
    return Content("action_card", words, body)


def of_webhook(world: World, body: Json) -> tuple[Content, Json]:
    """A message to a webhook, with its `at`; empty or unknown ones are refused."""
    kind = str(body.get("msgtype") or "")
    part = body.get(kind)
    if not isinstance(part, dict):
        raise RefusedError(codes.ROBOT_EMPTY if kind in _BY_TYPE else codes.ROBOT_TYPE, kind)
    reader = _BY_TYPE.get(kind)
    if reader is None:
        raise RefusedError(codes.ROBOT_TYPE, kind)
    at = body.get("at")
    return reader(world, part), at if isinstance(at, dict) else {}


def _words(part: Json, name: str, code: Code = codes.ROBOT_EMPTY) -> str:
    value = part.get(name)
    if not isinstance(value, str) or not value.strip():
        raise RefusedError(code, name)
    return value


def _hook_text(_world: World, part: Json) -> Content:
    return Content("text", _words(part, "content"))


def _hook_markdown(_world: World, part: Json) -> Content:
    return Content("markdown", _words(part, "text"), {"title": _words(part, "title")})


def _hook_link(_world: World, part: Json) -> Content:
    body = {"title": _words(part, "title"), "url": _words(part, "messageUrl")}
    return Content("link", _words(part, "text"), body | {"picture": str(part.get("picUrl") or "")})


def _hook_card(_world: World, part: Json) -> Content:
    title, words = _words(part, "title"), _words(part, "text")
    if part.get("singleTitle"):
        buttons = [{"text": _words(part, "singleTitle"), "url": _words(part, "singleURL")}]
    else:
        given = [one for one in part.get("btns") or [] if isinstance(one, dict)]
        buttons = [{"text": _words(one, "title"), "url": _words(one, "actionURL")} for one in given]
    vertical = str(part.get("btnOrientation") or "0") == "0"
    return Content("action_card", words, {"title": title, "buttons": buttons, "vertical": vertical})


def _hook_feed(_world: World, part: Json) -> Content:
    links = [one for one in part.get("links") or [] if isinstance(one, dict)]
    if not links:
        raise RefusedError(codes.ROBOT_EMPTY, "links")
    shown = [{"text": _words(one, "title"), "url": _words(one, "messageURL")} for one in links]
    return Content("action_card", "", {"title": "", "buttons": shown, "vertical": True})


_BY_TYPE: dict[str, Callable[[World, Json], Content]] = {
    "text": _hook_text,
    "markdown": _hook_markdown,
    "link": _hook_link,
    "actionCard": _hook_card,
    "feedCard": _hook_feed,
}


def link_of(world: World, given: str) -> str:
    """Where the page loads a picture from: an address as it is, a media id from this simulator."""
    return given if "://" in given else f"{world.base_url}/sim/dingtalk/media/{given.lstrip('@')}"
