"""What an official account's callback tells: who follows, writes, taps, allows, and what arrived.

https://developers.weixin.qq.com/doc/service/guide/dev/push/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson

from bot.adapters.wechat_official.config import Config
from bot.chat.inbound import Accepted, Asked, Delivery, Echo, Inbound, Noted, Unknown
from bot.crm.capture_signals import FollowerHasCome, FollowerHasLeft
from bot.crm.official_signals import (
    MassSendHasEnded,
    MessagesHaveArrived,
    SubscriptionsHaveChanged,
    VisitorHasActed,
)
from bot.errors import BadDeliveryError
from bot.kit.wecom_box import WeComBox
from bot.reach import weixin_push as pushes
from bot.reach.weixin_push import Push

PLATFORM = "wechat"
_CHANNEL = "wechat_official"
_SCENE = "qrscene_"
_MOST_TEXT = 2000
#: Menu entries after whose tap the platform lets us answer for a minute.
_TAPPED = frozenset({"CLICK", "scancode_push", "scancode_waitmsg"})
_GRANTS = frozenset({"subscribe_msg_popup_event", "subscribe_msg_change_event"})
_HARMLESS = frozenset({"VIEW", "LOCATION", "view_miniprogram"})


class WeChatCaller:
    """Every official account of ours, each at its own address."""

    name = PLATFORM
    #: The platform checks each address with a GET.
    asks_by_get = True

    def __init__(self, accounts: Mapping[str, Config]) -> None:
        self.paths = tuple(sorted(accounts))
        self._accounts = dict(accounts)
        self._boxes = {
            name: WeComBox(one.token.get_secret_value(), one.aes_key.get_secret_value(), one.app_id)
            for name, one in accounts.items()
        }

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        """Open a delivery; BadDeliveryError for whatever is not ours, not whole, or too old."""
        config = self._accounts.get(delivery.path)
        if config is None:
            msg = "no account of ours"
            raise BadDeliveryError(msg)
        if delivery.method == "GET":
            return Echo(pushes.echoed(config.token.get_secret_value(), delivery.query, now))
        plain = pushes.opened(self._boxes[delivery.path], delivery.query, delivery.body, now)
        body = delivery.path.encode() + b"\n" + plain
        try:
            push = pushes.read(plain)
        except ValueError:
            # It is the platform's own, so it is kept: `decode` will say that it means nothing.
            return Accepted(
                PLATFORM, pushes.digest(delivery.path, plain), f"{PLATFORM}:{delivery.path}", body
            )
        lane = f"{PLATFORM}:{delivery.path}:{push.value('FromUserName')}"
        return Accepted(PLATFORM, pushes.key_of(delivery.path, push, plain), lane, body)

    def decode(self, body: bytes) -> Inbound:
        """Read what `receive` accepted; ValueError if it has no meaning at all."""
        account, _, plain = body.partition(b"\n")
        push = pushes.read(plain)
        open_id = push.value("FromUserName")
        if not open_id:
            msg = "nobody did it"
            raise ValueError(msg)
        if push.value("MsgType") != "event":
            return Asked(command=_written(account.decode(), open_id, push))
        return _event(account.decode(), open_id, push)


def _written(account: str, open_id: str, push: Push) -> VisitorHasActed:
    return VisitorHasActed(
        _CHANNEL, account, open_id, "message", text=push.value("Content")[:_MOST_TEXT],
        message_id=push.value("MsgId"), at=_told(push),
    )  # fmt: skip


def _event(account: str, open_id: str, push: Push) -> Inbound:
    event, key, union_id = push.value("Event"), push.value("EventKey"), push.value("UnionId")
    match event:
        case "subscribe":
            scene = key.removeprefix(_SCENE) if key.startswith(_SCENE) else ""
            return Asked(command=FollowerHasCome(account, open_id, scene, "yes", union_id, _told(push)))
        case "SCAN":
            return Asked(command=FollowerHasCome(account, open_id, key, "", union_id, _told(push)))
        case "unsubscribe":
            return Asked(command=FollowerHasLeft(account, open_id, _told(push)))
        case "MASSSENDJOBFINISH":
            return _mass(account, push)
        case _ if event in _TAPPED:
            return Asked(command=VisitorHasActed(_CHANNEL, account, open_id, "menu", at=_told(push)))
    return _of_template(account, open_id, push)


def _of_template(account: str, open_id: str, push: Push) -> Inbound:
    event = push.value("Event")
    if event in _GRANTS:
        return _changed(account, open_id, push, counts=event == "subscribe_msg_popup_event")
    if event == "subscribe_msg_sent_event":
        return _arrived(account, open_id, [_sent(one) for one in push.rows])
    if event == "TEMPLATESENDJOBFINISH":
        status, number = push.value("Status"), push.value("MsgID") or push.value("MsgId")
        return _arrived(account, open_id, [_receipt(number, status, is_there=status == "success")])
    if event in _HARMLESS:
        return Noted(platform=PLATFORM, name=event)
    return Unknown(platform=PLATFORM, name=event[:40] or "no_event")


def _changed(account: str, open_id: str, push: Push, *, counts: bool) -> Inbound:
    """A box that he accepted is good for one message each; what he changes in his settings only ends some."""
    granted = _templates(push, "accept") if counts else []
    revoked = [] if counts else _templates(push, "reject")
    if not granted and not revoked:
        return Noted(platform=PLATFORM, name=push.value("Event"))
    return Asked(
        command=SubscriptionsHaveChanged(
            _CHANNEL, account, open_id, granted="\n".join(granted), revoked="\n".join(revoked)
        )
    )


def _templates(push: Push, status: str) -> list[str]:
    return [
        one["TemplateId"]
        for one in push.rows
        if one.get("TemplateId") and one.get("SubscribeStatusString") == status
    ]


def _sent(row: Mapping[str, str]) -> dict[str, object]:
    code = row.get("ErrorCode", "")
    return _receipt(row.get("MsgID", ""), f"{code} {row.get('ErrorStatus', '')}", is_there=code == "0")


def _receipt(number: str, code: str, *, is_there: bool) -> dict[str, object]:
    return {"id": number, "delivered": is_there, "code": code.strip()[:80]}


def _arrived(account: str, open_id: str, receipts: list[dict[str, object]]) -> Inbound:
    if not receipts:
        return Unknown(platform=PLATFORM, name="no_receipt")
    lines = "\n".join(orjson.dumps(one).decode() for one in receipts)
    return Asked(command=MessagesHaveArrived(_CHANNEL, account, open_id, receipts=lines))


def _mass(account: str, push: Push) -> Asked:
    return Asked(
        command=MassSendHasEnded(
            account, push.value("MsgID") or push.value("MsgId"), push.value("Status")[:80],
            total=push.value("TotalCount"), sent=push.value("SentCount"), failed=push.value("ErrorCount"),
        )
    )  # fmt: skip


def _told(push: Push) -> str:
    at = push.told_at
    return at.isoformat() if at is not None else ""


def build(accounts: Mapping[str, Config]) -> WeChatCaller:
    """Build it for all accounts."""
    return WeChatCaller(accounts)
