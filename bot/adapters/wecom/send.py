"""Say it, show it, or change what hangs in somebody's chat.

https://developer.work.weixin.qq.com/document/path/90236, 94888 and 90248
"""

from __future__ import annotations

import hashlib
import re

import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.cards import Json, checked_task_id, draw, has_calls, without_calls
from bot.adapters.wecom.client import Answer, Client
from bot.adapters.wecom.config import Config
from bot.adapters.wecom.pictures import NoPictureError, Pictures
from bot.adapters.wecom.private import nameless
from bot.adapters.wecom.width import cut_bytes, visible
from bot.chat.card import Card, plain
from bot.chat.outbound import SendCard, SendPicture, SendText, Sent, UpdateCard
from bot.errors import PlatformRejectedError

_TEXT_BYTES = 2048
#: Seconds, the most the platform allows: an equal request within them is swallowed.
_SWALLOWED_S = 14_400
#: Letters without width, and how many of them tell two occasions apart.
_UNSEEN, _MARK_BITS = "\u200b\u200c", 24
_SEND = "/cgi-bin/message/send"
#: Text of ours holds no markup, so what looks like a link or a mention came from outside.
_MARKUP = re.compile(r"<(?=\s*/?\s*a\b|\s*@)", re.IGNORECASE)

_log = structlog.get_logger()


async def send_text(client: Client, config: Config, outgoing: SendText) -> Sent:
    """Say something to a colleague, or into a group of ours."""
    if outgoing.group:
        return await _to_group(client, outgoing.to, "text", {"content": inert(nameless(outgoing.text))})
    text = {"content": _told_apart(outgoing)}
    payload = {
        "touser": one_receiver(outgoing.to),
        "agentid": config.agent_id,
        "msgtype": "text",
        "text": text,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": _SWALLOWED_S,
    }
    answer = await client.act(_SEND, payload)
    _check_receiver(answer, outgoing.to)
    return Sent(provider_id=str(answer.get("msgid", "")))


async def send_picture(client: Client, config: Config, pictures: Pictures, outgoing: SendPicture) -> Sent:
    """Show a picture; words stand in where there is none to show."""
    to = outgoing.to if outgoing.group else one_receiver(outgoing.to)
    words = SendText(to=to, text=outgoing.instead, group=outgoing.group, mark=outgoing.mark)
    if pictures.is_worded(outgoing):
        return await send_text(client, config, words)
    try:
        media_id = await pictures.media_id(outgoing)
    except NoPictureError as exc:
        if not outgoing.instead:
            raise
        _log.warning("picture.worded", platform=codes.PLATFORM, reason=str(exc))
        pictures.word(outgoing)
        return await send_text(client, config, words)
    if outgoing.group:
        return await _to_group(client, to, "image", {"media_id": media_id})
    payload = {
        "touser": to,
        "agentid": config.agent_id,
        "msgtype": "image",
        "image": {"media_id": media_id},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": _SWALLOWED_S,
    }
    answer = await client.act(_SEND, payload)
    _check_receiver(answer, to)
    return Sent(provider_id=str(answer.get("msgid", "")))


async def send_card(client: Client, config: Config, outgoing: SendCard) -> Sent:
    """Show a card; a key that was used before means that an earlier try got through."""
    if outgoing.group:
        content = inert(nameless(_as_text(outgoing.card)))
        return await _to_group(client, outgoing.to, "text", {"content": content})
    checked_task_id(outgoing.card_key)
    drawn = draw(
        outgoing.card, sealed=outgoing.buttons, task_id=outgoing.card_key, home_url=config.public_url
    )
    payload: Json = {
        "touser": one_receiver(outgoing.to),
        "agentid": config.agent_id,
        "msgtype": "template_card",
        "template_card": {**drawn.template_card, "task_id": outgoing.card_key},
    }
    try:
        answer = await _act_on_card(client, _SEND, payload)
    except PlatformRejectedError as exc:
        if exc.code == codes.TASK_EXISTS:
            return Sent(repeated=True)
        raise
    _check_receiver(answer, outgoing.to)
    msg_id, code = str(answer.get("msgid", "")), str(answer.get("response_code") or "")
    return Sent(provider_id=msg_id, data={"code": code, "msgid": msg_id})


async def update_card(client: Client, config: Config, outgoing: UpdateCard) -> Sent:
    """Change one person's card by a code that is good once, within 72 hours."""
    if not outgoing.code:
        codes.refuse("card", "a card is changed by a code, and there is none")
    drawn = draw(
        outgoing.card, sealed=outgoing.buttons, task_id=outgoing.card_key, home_url=config.public_url,
        before=outgoing.before,
    )  # fmt: skip
    payload: Json = {
        # An array here, a joined text when sending.
        "userids": [one_receiver(outgoing.to)],
        "agentid": config.agent_id,
        "response_code": outgoing.code,
        "template_card": drawn.template_card,
    }
    answer = await _act_on_card(client, "/cgi-bin/message/update_template_card", payload)
    _check_receiver(answer, outgoing.to)
    code = str(answer.get("response_code") or "")
    return Sent(data={"code": code} if code else {})


async def _act_on_card(client: Client, path: str, payload: Json) -> Answer:
    """Ask, and if the platform takes no `tel:` link, ask again without: the number still stands there."""
    try:
        return await client.act(path, payload)
    except PlatformRejectedError as exc:
        card = payload["template_card"]
        if exc.code != codes.BAD_LINK or not has_calls(card):
            raise
        _log.warning("card.call_link_refused", platform=codes.PLATFORM)
        return await client.act(path, {**payload, "template_card": without_calls(card)})


def _told_apart(outgoing: SendText) -> str:
    """Give the words with the unseen mark of their occasion before them.

    After them it would be part of the address that they may end with, and be copied on with it.

    The platform swallows an equal request for hours, which saves a retry of ours from being seen
    twice, and would swallow the answer to somebody who asks the same thing again.
    """
    if not outgoing.mark:
        return inert(outgoing.text)
    bits = int.from_bytes(hashlib.sha256(outgoing.mark.encode()).digest()[:3], "big")
    unseen = "".join(_UNSEEN[bits >> place & 1] for place in range(_MARK_BITS))
    shown = inert(outgoing.text, _TEXT_BYTES - len(unseen.encode()))
    return unseen + shown


def inert(text: str, most: int = _TEXT_BYTES) -> str:
    """Give text that shows as it is written, cut to what the platform would cut anyway."""
    shown = cut_bytes(_MARKUP.sub("＜", visible(text)).strip(), most)
    if not shown:
        codes.refuse("text", "there is nothing to say")
    return shown


def one_receiver(user_id: str) -> str:
    """Give the id of one person: a bar would make it several, `@all` everybody."""
    if not user_id or "|" in user_id or user_id.lower() == "@all":
        codes.refuse("receiver", "a message goes to one person")
    return user_id


async def _to_group(client: Client, chat_id: str, kind: str, part: dict[str, str]) -> Sent:
    payload = {"chatid": chat_id, "msgtype": kind, kind: part, "safe": 0}
    await client.act("/cgi-bin/appchat/send", payload)
    return Sent()


def _as_text(card: Card) -> str:
    """Write a card out, since a group of an app takes no template cards."""
    lost = sum(not button.url for button in card.presses)
    if lost or card.choice or card.is_asking:
        _log.warning("card.flattened", platform=codes.PLATFORM, kind=card.kind, buttons=lost)
    links = [f"{button.label}：{button.url}" for button in card.buttons if button.url]
    if card.url:
        links.append(card.url)
    return "\n".join((plain(card), *links))


def _check_receiver(answer: Answer, user_id: str) -> None:
    """Refuse what the platform took and gave to nobody: it answers zero all the same."""
    for name in ("invaliduser", "unlicenseduser"):
        found = answer.get(name) or ()
        ids = found.split("|") if isinstance(found, str) else found
        if user_id.lower() in {str(one).lower() for one in ids}:
            raise PlatformRejectedError(
                codes.PLATFORM, codes.ALL_RECEIVERS_INVALID, f"{name}: {user_id} 收不到应用消息"
            )
