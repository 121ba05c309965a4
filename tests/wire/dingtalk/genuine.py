"""What DingTalk sends to its three addresses, made part by part; independent of our own codec."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from tests.wire import genuine as wecom
from tests.wire.genuine import NOW, spelled

CLIENT_ID, SECRET = "dingw1re0wire1wire2", "the-app-secret-of-these-tests-0123456789abcdef"
CORP = "ding0123456789abcdef0123"
TOKEN, AES_KEY = "Th3Ev3ntT0ken0fTheseTests", "Ab3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws0"
#: Another app's.
OTHER_SECRET, OTHER_TOKEN = "of-another-app-0123456789abcdef", "An0therAppsEventT0ken"
STAMP = str(int(NOW.timestamp() * 1000))
ROBOT, EVENT, CARD = "robot", "event", "card"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Knock:
    """One HTTP request, its parts still apart."""

    door: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    method: str = "POST"

    def wire(self) -> bytes:
        """As it travels."""
        asked = b"?" + spelled(self.query) if self.query else b""
        head = b"%s /callback/dingtalk/%s%s HTTP/1.1\r\nHost: bot.example.cn\r\n" % (
            self.method.encode(), self.door.encode(), asked
        )  # fmt: skip
        lines = b"".join(
            b"%s: %s\r\n" % (name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass"))
            for name, value in self.headers
        )
        return b"%s%sContent-Length: %d\r\n\r\n%s" % (head, lines, len(self.body), self.body)

    def saying(self, **changes: str) -> Knock:
        """With these headers instead; underscores stand for hyphens."""
        wanted = {name.replace("_", "-"): value for name, value in changes.items()}
        return replace(self, headers=tuple((name, wanted.get(name, value)) for name, value in self.headers))

    def asking(self, **changes: str) -> Knock:
        """With these parameters instead."""
        return replace(self, query=tuple((name, changes.get(name, value)) for name, value in self.query))


def mac(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def card_secret() -> str:
    """The one that we register, by its description: made of the app's own."""
    return hmac.new(SECRET.encode(), b"leadbell card callback", hashlib.sha256).hexdigest()


def robot_headers(stamp: str = STAMP, secret: str = SECRET) -> tuple[tuple[str, str], ...]:
    return (("timestamp", stamp), ("sign", mac(secret, f"{stamp}\n{secret}")))


def card_headers(stamp: str = STAMP, secret: str = "") -> tuple[tuple[str, str], ...]:
    signed = mac(secret or card_secret(), stamp)
    return (("x-ddpaas-signature-timestamp", stamp), ("x-ddpaas-signature", signed))


def of_robot(data: Json, *, stamp: str = STAMP) -> Knock:
    return Knock(ROBOT, orjson.dumps(data), robot_headers(stamp))


def of_card(data: Json, *, stamp: str = STAMP) -> Knock:
    return Knock(CARD, orjson.dumps(data), card_headers(stamp))


def sealed(plain: bytes, *, owner: str = CLIENT_ID, head: bytes = b"r" * 16, aes_key: str = AES_KEY) -> str:
    blocks = wecom.padded(wecom.wrapped(plain, receive_id=owner.encode(), head=head))
    return base64.b64encode(wecom.encrypt(blocks, aes_key=aes_key)).decode()


def of_event(data: Json | bytes, *, stamp: str = STAMP, nonce: str = "n0nce", encrypted: str = "") -> Knock:
    plain = data if isinstance(data, bytes) else orjson.dumps(data)
    encrypted = encrypted or sealed(plain)
    signature = wecom.sign(stamp, nonce, encrypted, token=TOKEN)
    query = (("msg_signature", signature), ("timestamp", stamp), ("nonce", nonce))
    # A sender may write lone halves of letters.
    return Knock(EVENT, json.dumps({"encrypt": encrypted}).encode(), query=query)


def opened(encrypted: str) -> bytes:
    """The text of a sealed answer of ours."""
    text = wecom.decrypt(base64.b64decode(encrypted), aes_key=AES_KEY)
    text = text[: -text[-1]]
    n = int.from_bytes(text[16:20], "big")
    assert text[20 + n :] == CLIENT_ID.encode()
    return text[20 : 20 + n]


def message(user: str, said: str, n: object, **more: Any) -> Json:
    data = {
        "conversationId": f"cid{user}", "conversationType": "1", "chatbotCorpId": CORP, "robotCode": CLIENT_ID,
        "msgId": f"msg{n}==", "senderNick": user, "senderStaffId": user, "senderCorpId": CORP,
        "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=s",
        "sessionWebhookExpiredTime": int(STAMP) + 5_400_000, "createAt": int(STAMP), "msgtype": "text",
        "text": {"content": said},
    }  # fmt: skip
    return {**data, **more}


def press(user: str, button: str = "lead.claim?lead_id=L1~1~x", key: str = "cardkey", chat: str = "") -> Json:
    content = {"cardPrivateData": {"actionIds": ["press"], "params": {"button": button, "chat": chat}}}
    return {
        "type": "actionCallback", "outTrackId": key, "corpId": CORP, "userId": user, "userIdType": 1,
        "spaceType": "IM", "spaceId": user, "extension": "{}", "content": orjson.dumps(content).decode(),
    }  # fmt: skip


def event(name: str, n: object, **more: Any) -> Json:
    return {
        "EventType": name, "EventTime": int(STAMP), "CorpId": CORP, "BizId": f"b{n}", "eventId": f"e{n}", **more
    }  # fmt: skip


def everyday() -> list[Knock]:
    """One of each kind that a company sees in a day."""
    return [
        of_robot(message("d-lina", "帮助", 1)),
        of_robot(message("d-lina", "我的线索", 2)),
        of_robot(message("nobody", "你好", 3)),
        of_robot(message("d-lina", " 公海", 4, conversationType="2", conversationId="cidG==", conversationTitle="群",
                         isInAtList=True, atUsers=[{"dingtalkId": "x"}])),
        of_robot({key: value for key, value in message("d-lina", "", 5).items() if key != "text"}
                 | {"msgtype": "picture", "content": {"downloadCode": "dc"}}),
        of_robot({key: value for key, value in message("", "", 6).items() if key != "text"}
                 | {"errorCode": 20001, "errorMessage": "over"}),
        of_card(press("d-lina")),
        of_card(press("d-gao", chat="cidG==")),
        of_event(event("user_leave_org", 1, userId=["d-old"], timeStamp=STAMP)),
        of_event(event("user_modify_org", 2, userId=["d-lina"], diffInfo=[])),
        of_event(event("org_dept_modify", 3, deptId=[7])),
        of_event(event("check_url", 4)),
        of_event(event("something_new_in_2027", 5)),
    ]  # fmt: skip


def answered_well(door: str, body: bytes) -> bool:
    """Whether an answer is what the platform wants to read."""
    told: Mapping[str, Any] = orjson.loads(body)
    if door == ROBOT:
        return told == {"msgtype": "empty"}
    if door == CARD:
        return set(told) <= {"cardUpdateOptions", "cardData", "userPrivateData"}
    signature = wecom.sign(told["timeStamp"], told["nonce"], told["encrypt"], token=TOKEN)
    return signature == told["msg_signature"] and opened(told["encrypt"]) == b"success"
