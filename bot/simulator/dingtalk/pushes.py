"""What the platform pushes, before it is put on a line: robot messages, card callbacks, events.

https://open.dingtalk.com/document/development/receive-message
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.simulator.dingtalk.model import Card, Group, Json, Person, Session
from bot.simulator.dingtalk.world import World

MESSAGE_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"
EVENT, CALLBACK = "EVENT", "CALLBACK"
#: Both samples in the documentation say so.
SESSION_LIFETIME = timedelta(minutes=90)
_FREE_EVENTS = ("user_", "org_")


@dataclass(frozen=True, slots=True)
class Push:
    """One thing to be delivered; `headers` are those of an event."""

    type: str
    topic: str
    data: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    #: The card and who tapped it, whose answer changes it.
    card: Card | None = None
    userid: str = ""

    @property
    def name(self) -> str:
        """For the wire log."""
        return self.headers.get("eventType") or self.topic

    @property
    def is_free(self) -> bool:
        """Whether it stays outside the month's quota: the address book's events do."""
        return self.headers.get("eventType", "").startswith(_FREE_EVENTS)

    def text(self) -> str:
        """The data as it travels: JSON in a string."""
        return json.dumps(self.data, ensure_ascii=False)


def message(
    world: World, person: Person, kind: str, content: Mapping[str, object], *, group: Group | None = None
) -> Push:
    """Somebody writes to the robot, or mentions it in a group; `content` is the part named by the kind."""
    session = _session(world, person, group)
    app = world.app
    data: Json = {
        "conversationId": group.id if group else f"cid{person.unionid}==",
        "conversationType": "2" if group else "1",
        "chatbotCorpId": app.corp_id, "chatbotUserId": f"$:LWCP_v1:${app.client_id[-8:]}",
        "msgId": f"msg{world.mint('', 20)}==", "senderNick": person.name, "isAdmin": False,
        "senderCorpId": app.corp_id, "senderId": world.encrypted_id(person), "senderPlatform": "Mac",
        "sessionWebhook": f"{world.base_url}/robot/sendBySession?session={session.id}",
        "sessionWebhookExpiredTime": int(session.expires_at.timestamp() * 1000),
        "createAt": world.stamp(), "robotCode": app.robot_code, "msgtype": kind,
    }  # fmt: skip
    if group:
        data |= {
            "conversationTitle": group.title,
            "isInAtList": True,
            "atUsers": [{"dingtalkId": app.client_id}],
        }
    if app.published and not world.faults.take("ding_no_staff_id"):
        data |= {"senderStaffId": person.userid, "senderUnionId": person.unionid}
    data["text" if kind == "text" else "content"] = dict(content)
    return Push(CALLBACK, MESSAGE_TOPIC, data)


def without_words(push: Push) -> Push:
    """The same message once the month's pushes are used up: who and where, not what."""
    data = {key: value for key, value in push.data.items() if key not in {"text", "content"}}
    return Push(push.type, push.topic, data | {"errorCode": 20001, "errorMessage": "推送额度已用完"})


def _session(world: World, person: Person, group: Group | None) -> Session:
    session = Session(
        world.mint("", 32).lower(), person.userid, group.id if group else "", world.now() + SESSION_LIFETIME
    )
    world.sessions[session.id] = session
    return session


def tap(  # noqa: PLR0917 - the parts of one body
    world: World, card: Card, person: Person, entry_space: str, action_ids: Sequence[str], params: Json
) -> Push:
    """Somebody taps a card's button."""
    kind, _, identity = entry_space.partition(".")
    content = {"cardPrivateData": {"actionIds": list(action_ids), "params": params}}
    data: Json = {
        "type": "actionCallback", "outTrackId": card.out_track_id, "corpId": world.app.corp_id,
        "userId": world.identity(person, card.user_id_type), "userIdType": card.user_id_type,
        "spaceType": "IM_GROUP" if kind == "IM_GROUP" else "IM", "spaceId": identity, "extension": "{}",
        "content": json.dumps(content, ensure_ascii=False),
    }  # fmt: skip
    data["value"] = data["content"]
    return Push(CALLBACK, CARD_TOPIC, data, card=card, userid=person.userid)


def event(world: World, kind: str, data: Json) -> Push:
    """Something has happened in the organisation."""
    headers = {
        "eventType": kind, "eventId": world.uuid().replace("-", ""), "eventCorpId": world.app.corp_id,
        "eventBornTime": str(world.stamp()), "eventUnifiedAppId": world.uuid(),
    }  # fmt: skip
    return Push(EVENT, "*", data, headers)
