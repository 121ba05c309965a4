"""Turn a decrypted message into words that all platforms share.

Nothing is cast: a user id may begin with a zero. What we do not know keeps its name.
https://developer.work.weixin.qq.com/document/path/90239 and 90240
"""

from __future__ import annotations

from collections.abc import Callable

from bot.adapters.wecom import events
from bot.adapters.wecom.codes import PLATFORM
from bot.chat.inbound import Inbound, Media, Message, Unknown
from bot.kit.xml import Element, parse

#: Characters. An unknown name ends up in counters, so it stays short.
_NAME_MAX = 64


def decode(body: bytes) -> Inbound:
    """Read one message or event; ValueError if it is not XML or names no kind."""
    xml = parse(body)
    kind = xml.value("MsgType")
    if kind == "event":
        return _event(xml)
    if kind:
        return _or_unknown(_MESSAGES.get(kind), xml, f"message.{kind}")
    if info := xml.value("InfoType"):
        # The shape of third-party suites, which an app of one's own never gets.
        return _unknown(f"suite.{info}")
    msg = "neither a message nor an event"
    raise ValueError(msg)


def _event(xml: Element) -> Inbound:
    event = xml.value("Event")
    if not event:
        msg = "an event without a name"
        raise ValueError(msg)
    change = xml.value("ChangeType")
    name = f"{event}.{change}" if change else event
    return _or_unknown(events.READERS.get(name), xml, name)


def _or_unknown(reader: Callable[[Element], Inbound] | None, xml: Element, name: str) -> Inbound:
    if reader is None:
        return _unknown(name)
    try:
        return reader(xml)
    except ValueError:
        return _unknown(f"{name[: _NAME_MAX - 10]}.malformed")


def _unknown(name: str) -> Unknown:
    return Unknown(platform=PLATFORM, name=name[:_NAME_MAX])


def _text(xml: Element) -> Message:
    return Message(
        platform=PLATFORM,
        user_id=events.required(xml, "FromUserName"),
        text=xml.value("Content"),
        at=events.created_at(xml),
    )


def _media(xml: Element) -> Media:
    return Media(
        platform=PLATFORM,
        user_id=events.required(xml, "FromUserName"),
        kind=xml.value("MsgType"),
        media_id=xml.value("MediaId"),
    )


def _location(xml: Element) -> Media:
    place = f"{xml.value('Label')} ({xml.value('Location_X')}, {xml.value('Location_Y')})".strip()
    return Media(platform=PLATFORM, user_id=events.required(xml, "FromUserName"), kind="location", text=place)


def _link(xml: Element) -> Media:
    text = "\n".join(part for part in (xml.value("Title"), xml.value("Url")) if part)
    return Media(platform=PLATFORM, user_id=events.required(xml, "FromUserName"), kind="link", text=text)


_MESSAGES: dict[str, Callable[[Element], Inbound]] = {
    "text": _text,
    "image": _media,
    "voice": _media,
    "video": _media,
    "file": _media,
    "location": _location,
    "link": _link,
}
