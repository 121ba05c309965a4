"""A card of ours as the values of the template's variables, and as what is sent to show or change it.

https://open.dingtalk.com/document/development/create-and-deliver-cards
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import structlog

from bot.adapters.dingtalk import codes, template
from bot.adapters.dingtalk.config import Config
from bot.adapters.dingtalk.words import cut_bytes, inert, inert_lines, nameless, one_line
from bot.chat.card import Button, Card, Choice, Poll
from bot.chat.outbound import CardView, SendCard, UpdateCard

Json = dict[str, Any]
#: How our cards' callbacks over HTTP are told apart by the platform.
_KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")
_ALERT_BYTES, _TITLE_BYTES = 120, 200
_LINKS = ("http://", "https://", "dingtalk://", "tel:")

_log = structlog.get_logger()


def checked_key(card_key: str) -> str:
    """Give the `outTrackId`: one card for ever."""
    if not _KEY.fullmatch(card_key):
        codes.refuse("card", "a card's key has 1 to 64 letters and digits")
    return card_key


def creation(outgoing: SendCard, config: Config, *, route_key: str) -> Json:
    """Give what makes a card and shows it to one person or one group."""
    title = cut_bytes(one_line(outgoing.card.title) or one_line(outgoing.card.text), _ALERT_BYTES)
    chat = outgoing.to if outgoing.group else ""
    shown = values(outgoing.card, outgoing.buttons, group=outgoing.group)
    body: Json = {
        "cardTemplateId": config.card_template_id,
        "outTrackId": checked_key(outgoing.card_key),
        "callbackType": "STREAM" if config.mode == "stream" else "HTTP",
        "cardData": {"cardParamMap": {**shown, template.CHAT: chat}},
        "userIdType": 1,
    }
    if config.mode == "http":
        body["callbackRouteKey"] = route_key
    if outgoing.views:
        body["privateData"] = _private(outgoing.views, group=bool(chat))
    space = {
        "supportForward": False,
        "lastMessageI18n": {"ZH_CN": nameless(title) if chat else title},
        "notification": {"alertContent": nameless(title) if chat else title, "notificationOff": False},
    }
    if chat:
        group = {
            "openSpaceId": f"dtv1.card//IM_GROUP.{chat}",
            "imGroupOpenSpaceModel": space,
            "imGroupOpenDeliverModel": {"robotCode": config.robot},
        }
        return {**body, **group}
    person = {
        "openSpaceId": f"dtv1.card//IM_ROBOT.{outgoing.to}",
        "imRobotOpenSpaceModel": space,
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": config.robot},
    }
    return {**body, **person}


def change(outgoing: UpdateCard, *, group: bool) -> Json:
    """Give what changes a card by its key; only keys that are named change."""
    body: Json = {
        "outTrackId": checked_key(outgoing.card_key),
        "cardData": {"cardParamMap": values(outgoing.card, outgoing.buttons, group=group)},
        "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
        "userIdType": 1,
    }
    if outgoing.views:
        body["privateData"] = _private(outgoing.views, group=group)
    return body


def private_change(outgoing: UpdateCard, *, but: str) -> Json:
    """Give what changes the card for those who see their own, but for one; empty if there is nobody."""
    others = tuple(view for view in outgoing.views if view.user_id != but)
    if not others:
        return {}
    body = change(replace(outgoing, views=others), group=True)
    del body["cardData"]
    return body


def parts(body: Json) -> list[Json]:
    """Take a change apart: what all see, then each one's own; what cannot be taken apart is gone."""
    private = body.get("privateData") or {}
    common = {name: value for name, value in body.items() if name not in {"cardData", "privateData"}}
    public = [{**common, "cardData": body["cardData"]}] if "cardData" in body else []
    return public + (
        [{**common, "privateData": {of: private[of]}} for of in private] if len(private) > 1 else []
    )


def response(outgoing: UpdateCard, *, group: bool, user_id: str) -> Json:
    """Give the answer to a tap: the public values, and the private ones of whoever tapped."""
    body: Json = {
        "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
        "cardData": {"cardParamMap": values(outgoing.card, outgoing.buttons, group=group)},
    }
    own = next((view for view in outgoing.views if view.user_id == user_id), None)
    if own is not None:
        body["userPrivateData"] = {"cardParamMap": values(own.card, own.buttons, group=group)}
    return body


def values(card: Card, sealed: tuple[str, ...], *, group: bool) -> dict[str, str]:
    """Give every variable of the template but the chat a text; what is not used is emptied."""
    if len(sealed) != len(card.presses):
        codes.refuse("card", f"{card.kind}: {len(card.presses)} buttons, {len(sealed)} commands")
    if not one_line(card.title) and not one_line(card.text):
        codes.refuse("card", f"{card.kind}: a card needs a title or a text")
    found = dict.fromkeys(template.variables(), "")
    figure, label = card.emphasis or ("", "")
    found |= {
        template.SOURCE: one_line(card.source),
        template.TITLE: cut_bytes(one_line(card.title) or one_line(card.text), _TITLE_BYTES),
        template.NOTE: one_line(card.note),
        template.FIGURE: one_line(figure),
        template.FIGURE_LABEL: one_line(label),
        template.FIELDS: "  \n  ".join(_field(field.label, field.value, field.url) for field in card.fields),
        template.TEXT: "  \n  ".join(inert_lines(card.text)),
        template.PICTURE: _link(card.picture.url) if card.picture else "",
        template.URL: _link(card.url),
    }
    del found[template.CHAT]
    found |= _buttons(card, sealed)
    found |= _choices(card)
    shown = {
        name: cut_bytes(nameless(text) if group else text, template.VALUE_BYTES)
        for name, text in found.items()
    }
    # A command or an address that is cut or masked is worse than none.
    for name in found:
        if name.endswith((template.SEAL_SUFFIX, template.URL, template.OPTIONS_SUFFIX)):
            shown[name] = _whole(card, name, found[name])
    return shown


def _whole(card: Card, name: str, text: str) -> str:
    if len(text.encode()) > template.VALUE_BYTES:
        codes.refuse("card", f"{card.kind}: {name} is over {template.VALUE_BYTES} bytes")
    return text


def _field(label: str, value: str, url: str) -> str:
    shown = inert(value) or "—"
    linked = f"[{shown}]({url})" if url.startswith(_LINKS) and ")" not in url else shown
    return f"**{inert(label)}** {linked}"


def _link(url: str) -> str:
    return url if url.startswith(_LINKS) else ""


def _buttons(card: Card, sealed: tuple[str, ...]) -> dict[str, str]:
    pairs = tuple(zip(card.presses, sealed, strict=True))
    buttons, menu = pairs[: len(card.buttons)], pairs[len(card.buttons) :]
    lost = max(0, len(buttons) - template.BUTTONS) + max(0, len(menu) - template.MENU)
    if lost:
        _log.warning("card.cut", platform=codes.PLATFORM, kind=card.kind, what="buttons", lost=lost)
    found: dict[str, str] = {}
    for n, (button, seal) in enumerate(buttons[: template.BUTTONS], 1):
        found |= _slot(template.BUTTON.format(n=n), button, seal)
    for n, (button, seal) in enumerate(menu[: template.MENU], 1):
        found |= _slot(template.ENTRY.format(n=n), button, seal)
    return found


def _slot(slot: str, button: Button, seal: str) -> Mapping[str, str]:
    return {
        f"{slot}{template.TEXT_SUFFIX}": one_line(button.label),
        f"{slot}{template.SEAL_SUFFIX}": seal,
        f"{slot}{template.URL_SUFFIX}": _link(button.url),
        f"{slot}{template.STYLE_SUFFIX}": button.style,
    }


def _choices(card: Card) -> dict[str, str]:
    asked: tuple[Choice | Poll, ...] = (*card.questions,)
    asked = (card.choice,) if card.choice else (card.poll,) if card.poll else asked
    found: dict[str, str] = {}
    for n, one in enumerate(asked[: template.CHOICES], 1):
        slot = template.CHOICE.format(n=n)
        chosen = one.ticked if isinstance(one, Poll) else ((one.selected,) if one.selected else ())
        found |= {
            f"{slot}{template.TEXT_SUFFIX}": "" if isinstance(one, Poll) else one_line(one.title),
            f"{slot}{template.KEY_SUFFIX}": one.key,
            f"{slot}{template.KIND_SUFFIX}": "many" if isinstance(one, Poll) and one.many else "one",
            f"{slot}{template.OPTIONS_SUFFIX}": _options(card.kind, one.options),
            f"{slot}{template.SELECTED_SUFFIX}": orjson.dumps(chosen).decode(),
        }
    return found


def _options(kind: str, options: tuple[tuple[str, str], ...]) -> str:
    """Spell as many as one value holds."""
    listed = [{"value": of, "text": one_line(label)} for of, label in options]
    while len(orjson.dumps(listed)) > template.VALUE_BYTES:
        listed.pop()
    if len(listed) < len(options):
        lost = len(options) - len(listed)
        _log.warning("card.cut", platform=codes.PLATFORM, kind=kind, what="options", lost=lost)
    return orjson.dumps(listed).decode()


def _private(views: tuple[CardView, ...], *, group: bool) -> Json:
    return {view.user_id: {"cardParamMap": values(view.card, view.buttons, group=group)} for view in views}
