"""Robots that speak into one group and hear nothing (群机器人, 消息推送): no key, no second try.

https://developer.work.weixin.qq.com/document/path/99110
"""

from __future__ import annotations

import base64
import hashlib

import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.card_parts import ROBOT, checked_url, figure_line
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.config import Config
from bot.adapters.wecom.pictures import NoPictureError, Pictures
from bot.adapters.wecom.private import nameless
from bot.adapters.wecom.width import cut, cut_bytes, one_line, visible
from bot.chat.card import Card, Field
from bot.chat.outbound import WEBHOOK, SendCard, SendPicture, SendText, Sent

_TEXT_BYTES, _MARKDOWN_BYTES = 2048, 4096
_TITLE_BYTES, _DESCRIPTION_BYTES = 128, 512
#: Letters that mean something in markdown; a backslash before them is shown too, so they widen instead.
_WIDE = str.maketrans("<>[]`*#_", "＜＞［］｀＊＃＿")

_log = structlog.get_logger()

Outgoing = SendText | SendCard | SendPicture


def is_for(outgoing: Outgoing) -> bool:
    """Say whether it goes to such a robot."""
    return outgoing.group and outgoing.to.startswith(WEBHOOK)


async def speak(client: Client, config: Config, pictures: Pictures, outgoing: Outgoing) -> Sent:
    """Say it, or show it, once."""
    name = outgoing.to.removeprefix(WEBHOOK)
    address = config.webhooks.get(name.lower())
    if address is None:
        codes.refuse("webhook", f"没有配置 LEADBELL_WECOM__WEBHOOKS__{name.upper()}")
    match outgoing:
        case SendText(text=text):
            payload = _text(text)
        case SendCard(card=card):
            payload = _news(card, config.public_url) if card.picture else _markdown(card)
        case SendPicture():
            payload = await _image(pictures, outgoing)
    await client.tell(f"webhook:{name}", address.get_secret_value(), payload)
    return Sent()


def _text(text: str) -> dict[str, object]:
    said = cut_bytes(nameless(visible(text).strip()), _TEXT_BYTES)
    if not said:
        codes.refuse("text", "there is nothing to say")
    return {"msgtype": "text", "text": {"content": said}}


def _markdown(card: Card) -> dict[str, object]:
    """Write a card out: its title bold, its fields one to a line."""
    _note_lost(card)
    lines = [f"**{_plain(card.title)}**", _quoted(card.note), _quoted(figure_line(card))]
    lines += [_line(field) for field in card.fields]
    lines += [_plain(line) for line in visible(card.text).splitlines()]
    lines += [f"[{_plain(b.label)}]({checked_url(card.kind, b.url)})" for b in card.buttons if b.url]
    if card.url:
        lines.append(checked_url(card.kind, card.url))
    said = cut_bytes("\n".join(line for line in lines if line), _MARKDOWN_BYTES)
    return {"msgtype": "markdown", "markdown": {"content": said}}


def _line(field: Field) -> str:
    return f"> {_plain(field.label)}：{_plain(field.value) or '—'}"


def _quoted(text: str) -> str:
    return f"> {_plain(text)}" if text else ""


def _plain(text: str) -> str:
    return nameless(one_line(text)).translate(_WIDE)


def _news(card: Card, home_url: str) -> dict[str, object]:
    """Show a card with a picture as an article, which has to lead somewhere."""
    _note_lost(card)
    address = card.url or home_url or (card.picture.url if card.picture else "")
    fields = [f"{field.label}：{field.value}" for field in card.fields]
    said = "\n".join(part for part in (card.note, figure_line(card), *fields, visible(card.text)) if part)
    article = {
        "title": cut_bytes(cut(nameless(one_line(card.title)), ROBOT.title * 2), _TITLE_BYTES),
        "description": cut_bytes(nameless(said), _DESCRIPTION_BYTES),
        "url": checked_url(card.kind, address),
        "picurl": checked_url(card.kind, card.picture.url) if card.picture else "",
    }
    if not article["title"]:
        codes.refuse("card", f"{card.kind}: an article needs a title")
    return {"msgtype": "news", "news": {"articles": [article]}}


async def _image(pictures: Pictures, outgoing: SendPicture) -> dict[str, object]:
    try:
        data = await pictures.bytes_of(outgoing)
    except NoPictureError:
        if not outgoing.instead:
            raise
        return _text(outgoing.instead)
    # The checksum is of the platform's choosing.
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return {"msgtype": "image", "image": {"base64": base64.b64encode(data).decode(), "md5": md5}}


def _note_lost(card: Card) -> None:
    lost = sum(not button.url for button in card.presses)
    if lost or card.choice or card.is_asking:
        _log.warning("card.flattened", platform=codes.PLATFORM, kind=card.kind, buttons=lost)
