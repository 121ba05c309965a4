"""What a mini-program's message push tells: who wrote, opened the conversation, allowed messages.

https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson

from bot.adapters.mini_program.config import Config
from bot.chat.inbound import Accepted, Asked, Delivery, Echo, Inbound, Noted, Unknown
from bot.crm.official_signals import MessagesHaveArrived, SubscriptionsHaveChanged, VisitorHasActed
from bot.kit.wecom_box import WeComBox
from bot.reach import weixin_push as pushes
from bot.reach.weixin_push import Push

PLATFORM = "mini_program"
_MOST_TEXT = 2000


class MiniProgramCaller:
    """The mini-program's push, at one address."""

    name = PLATFORM

    def __init__(self, config: Config) -> None:
        self._token = config.token.get_secret_value()
        self._box = WeComBox(self._token, config.aes_key.get_secret_value(), config.app_id)

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        """Open a delivery; BadDeliveryError for whatever is not ours, not whole, or too old."""
        if delivery.method == "GET":
            return Echo(pushes.echoed(self._token, delivery.query, now))
        plain = pushes.opened(self._box, delivery.query, delivery.body, now)
        try:
            push = pushes.read(plain)
        except ValueError:
            return Accepted(PLATFORM, pushes.digest(PLATFORM, plain), PLATFORM, plain)
        lane = f"{PLATFORM}:{push.value('FromUserName')}"
        return Accepted(PLATFORM, pushes.key_of(PLATFORM, push, plain), lane, plain)

    def decode(self, body: bytes) -> Inbound:
        """Read what `receive` accepted; ValueError if it has no meaning at all."""
        push = pushes.read(body)
        open_id = push.value("FromUserName")
        if not open_id:
            msg = "nobody did it"
            raise ValueError(msg)
        if push.value("MsgType") != "event":
            text = push.value("Content")[:_MOST_TEXT]
            return Asked(command=_acted(open_id, push, "message", text=text))
        match push.value("Event"):
            case "user_enter_tempsession":
                return Asked(command=_acted(open_id, push, "entered"))
            case "subscribe_msg_popup_event":
                return _changed(open_id, granted=_templates(push, "accept"))
            case "subscribe_msg_change_event":
                return _changed(open_id, revoked=_templates(push, "reject"))
            case "subscribe_msg_sent_event":
                return _arrived(open_id, push)
            case event:
                return Unknown(platform=PLATFORM, name=event[:40] or "no_event")


def _acted(open_id: str, push: Push, kind: str, *, text: str = "") -> VisitorHasActed:
    at = push.told_at
    return VisitorHasActed(
        PLATFORM, PLATFORM, open_id, kind, text=text, message_id=push.value("MsgId"),
        at=at.isoformat() if at is not None else "",
    )  # fmt: skip


def _changed(open_id: str, *, granted: list[str] | None = None, revoked: list[str] | None = None) -> Inbound:
    """A box that he accepted is good for one message; what he changes in his settings only ends some."""
    if not granted and not revoked:
        return Noted(platform=PLATFORM, name="nothing_granted")
    return Asked(
        command=SubscriptionsHaveChanged(
            PLATFORM, PLATFORM, open_id, "\n".join(granted or ()), "\n".join(revoked or ())
        )
    )


def _templates(push: Push, status: str) -> list[str]:
    return [
        one["TemplateId"]
        for one in push.rows
        if one.get("TemplateId") and one.get("SubscribeStatusString") == status
    ]


def _arrived(open_id: str, push: Push) -> Inbound:
    rows = [
        {
            "id": one.get("MsgID", ""), "delivered": one.get("ErrorCode") == "0",
            "code": f"{one.get('ErrorCode', '')} {one.get('ErrorStatus', '')}".strip()[:80],
        }
        for one in push.rows
    ]  # fmt: skip
    if not rows:
        return Unknown(platform=PLATFORM, name="no_receipt")
    lines = "\n".join(orjson.dumps(one).decode() for one in rows)
    return Asked(command=MessagesHaveArrived(PLATFORM, PLATFORM, open_id, receipts=lines))


def build(blocks: Mapping[str, Config]) -> MiniProgramCaller:
    """Build it; there is one mini-program."""
    (config,) = blocks.values()
    return MiniProgramCaller(config)
