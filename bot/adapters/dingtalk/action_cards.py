"""Cards without a template: markdown, or an action card whose buttons open a small page of ours.

https://open.dingtalk.com/document/development/robot-message-type
"""

from __future__ import annotations

from typing import Any

import orjson
import structlog

from bot.adapters.dingtalk import codes
from bot.adapters.dingtalk.words import cut_bytes, inert, inert_lines, nameless, one_line
from bot.chat.card import Card
from bot.chat.links import action_url
from bot.chat.outbound import SendCard

#: Bytes of `msgParam`, with room for its other parts.
_TEXT_BYTES = 10_000
_TITLE_BYTES = 100
#: Buttons of the largest kind; more of them become links in the text.
_BUTTONS_MAX = 5
_BREAK = "  \n  "

_log = structlog.get_logger()


def message(outgoing: SendCard, public_url: str) -> tuple[str, dict[str, str]]:
    """Give the key and the parameters of a robot's message that shows this card."""
    card = outgoing.card
    links = _links(outgoing, public_url)
    rest = links[_BUTTONS_MAX:]
    text = cut_bytes(_BREAK.join([*_lines(card), *(f"[{label}]({url})" for label, url in rest)]), _TEXT_BYTES)
    title = cut_bytes(one_line(card.title) or one_line(card.text), _TITLE_BYTES)
    if not title:
        codes.refuse("card", f"{card.kind}: a card needs a title or a text")
    if outgoing.group:
        title, text = nameless(title), nameless(text)
    common = {"title": title, "text": text}
    shown = links[:_BUTTONS_MAX]
    if not shown:
        return "sampleMarkdown", common
    if len(shown) == 1:
        return "sampleActionCard", {**common, "singleTitle": shown[0][0], "singleURL": shown[0][1]}
    numbered: dict[str, str] = {}
    for n, (label, url) in enumerate(shown, 1):
        numbered |= {f"actionTitle{n}": label, f"actionURL{n}": url}
    return f"sampleActionCard{len(shown)}", {**common, **numbered}


def param(values: dict[str, str]) -> str:
    """Spell the parameters: a text inside the request's JSON."""
    return orjson.dumps(values).decode()


def markdown(card: Card, *, group: bool) -> dict[str, Any]:
    """Give a card that nobody presses as markdown for a conversation's own address."""
    title = cut_bytes(one_line(card.title) or one_line(card.text), _TITLE_BYTES)
    text = cut_bytes(_BREAK.join(_lines(card)), _TEXT_BYTES)
    if group:
        title, text = nameless(title), nameless(text)
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}


def _links(outgoing: SendCard, public_url: str) -> list[tuple[str, str]]:
    card = outgoing.card
    if len(outgoing.buttons) != len(card.presses):
        codes.refuse("card", f"{card.kind}: {len(card.presses)} buttons, {len(outgoing.buttons)} commands")
    found = []
    for button, seal in zip(card.presses, outgoing.buttons, strict=True):
        url = button.url
        if not url and public_url:
            url = action_url(public_url, card_key=outgoing.card_key, button=seal)
        if url:
            found.append((one_line(button.label), url))
    lost = len(card.presses) - len(found)
    if lost:
        _log.warning("card.flattened", platform=codes.PLATFORM, kind=card.kind, buttons=lost)
    return found


def _lines(card: Card) -> list[str]:
    """Write a card out: its title as a heading, its fields one to a line."""
    lines = [f"#### {inert(card.title)}" if one_line(card.title) else ""]
    lines += [f"> {inert(text)}" if one_line(text) else "" for text in (card.source, card.note)]
    if card.emphasis:
        lines.append(f"**{inert(' '.join((card.emphasis[1], card.emphasis[0])))}**")
    lines += [f"- **{inert(field.label)}** {_value(field.value, field.url)}" for field in card.fields]
    lines += inert_lines(card.text)
    if card.picture is not None and card.picture.url.startswith(("http://", "https://")):
        lines.append(f"![]({card.picture.url})")
    if card.url.startswith(("http://", "https://")):
        lines.append(f"[查看详情]({card.url})")
    return [line for line in lines if line]


def _value(value: str, url: str) -> str:
    shown = inert(value) or "—"
    is_link = url.startswith(("http://", "https://", "tel:")) and ")" not in url
    return f"[{shown}]({url})" if is_link else shown
