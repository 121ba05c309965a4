"""What the platform sends, made part by part, so that each part can be wrong; independent of our own codec."""

from __future__ import annotations

import base64
import hashlib
import random
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from Crypto.Cipher import AES

from tests.conftest import NOW

TOKEN = "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme"
AES_KEY = "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws"
#: Another company's, whose letters must not open here.
OTHER_TOKEN, OTHER_KEY = "TH1sIsAnotherCompanysToken", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP, SUITE = "ww6a112864f8022910", "wx58d4a1b3c5e6f708"
AGENT = "1000002"
SECRET = "app-secret-of-these-tests-0123456789-abcdefg"
STAMP = str(int(NOW.timestamp()))
PATH = b"/callback/wecom"
_BLOCK = 32


@dataclass(frozen=True, slots=True)
class Knock:
    """One HTTP request, its parts still apart."""

    #: In order, undecoded; written percent-encoded.
    query: tuple[tuple[str, str], ...]
    body: bytes = b""
    method: str = "POST"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    #: In place of the query, byte for byte.
    raw_query: bytes | None = None
    version: bytes = b"1.1"

    def wire(self) -> bytes:
        """As it travels."""
        asked = self.raw_query if self.raw_query is not None else spelled(self.query)
        head = b"%s %s?%s HTTP/%s\r\nHost: bot.example.cn\r\n" % (
            self.method.encode(), PATH, asked, self.version
        )  # fmt: skip
        lines = b"".join(b"%s: %s\r\n" % pair for pair in self.headers)
        return b"%s%sContent-Length: %d\r\n\r\n%s" % (head, lines, len(self.body), self.body)

    def asking(self, **changes: str) -> Knock:
        """With these parameters instead."""
        return replace(self, query=tuple((name, changes.get(name, value)) for name, value in self.query))


def spelled(query: tuple[tuple[str, str], ...]) -> bytes:
    """A query string, every byte that is no letter or digit encoded."""
    return "&".join(
        f"{quote(name, safe='', errors='surrogatepass')}={quote(value, safe='', errors='surrogatepass')}"
        for name, value in query
    ).encode()


def key_of(aes_key: str = AES_KEY) -> bytes:
    return base64.b64decode(aes_key + "=")


def sign(stamp: str, nonce: str, encrypted: str, *, token: str = TOKEN) -> str:
    joined = "".join(sorted((token, stamp, nonce, encrypted)))
    return hashlib.sha1(joined.encode("utf-8", "surrogatepass")).hexdigest()


def padded(text: bytes) -> bytes:
    pad = _BLOCK - len(text) % _BLOCK
    return text + bytes([pad]) * pad


def encrypt(blocks: bytes, *, aes_key: str = AES_KEY) -> bytes:
    """Encrypt whole blocks, whatever stands in them."""
    key = key_of(aes_key)
    return AES.new(key, AES.MODE_CBC, iv=key[:16]).encrypt(blocks)


def decrypt(blocks: bytes, *, aes_key: str = AES_KEY) -> bytes:
    key = key_of(aes_key)
    return AES.new(key, AES.MODE_CBC, iv=key[:16]).decrypt(blocks)


def wrapped(
    plain: bytes, *, receive_id: bytes = CORP.encode(), length: int | None = None, head: bytes = b"r" * 16
) -> bytes:
    """Random bytes, length, text, receive id; a length given is written as it is."""
    return head + struct.pack(">I", (len(plain) if length is None else length) % 2**32) + plain + receive_id


def sealed(plain: bytes, *, rng: random.Random | None = None) -> str:
    """As the platform seals a text for us."""
    head = b"r" * 16 if rng is None else rng.randbytes(16)
    return base64.b64encode(encrypt(padded(wrapped(plain, head=head)))).decode()


def envelope(encrypted: str) -> bytes:
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<AgentID><![CDATA[{AGENT}]]></AgentID></xml>"
    ).encode("utf-8", "surrogatepass")


def signed(encrypted: str, *, nonce: str = "n0nce", stamp: str = STAMP, body: bytes | None = None) -> Knock:
    """A delivery whose signature holds, whatever it carries."""
    signature = sign(stamp, nonce, encrypted)
    query = (("msg_signature", signature), ("timestamp", stamp), ("nonce", nonce))
    return Knock(query, envelope(encrypted) if body is None else body)


def delivery(plain: bytes, *, nonce: str = "n0nce", stamp: str = STAMP) -> Knock:
    """A genuine delivery of this text."""
    return signed(sealed(plain), nonce=nonce, stamp=stamp)


def echo(text: bytes, *, nonce: str = "n0nce", stamp: str = STAMP) -> Knock:
    """The platform's check of our address."""
    encrypted = sealed(text)
    query = (
        ("msg_signature", sign(stamp, nonce, encrypted)), ("timestamp", stamp), ("nonce", nonce),
        ("echostr", encrypted),
    )  # fmt: skip
    return Knock(query, method="GET")


def xml(fields: Mapping[str, str]) -> bytes:
    """A message's own text, the platform's way."""
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode("utf-8", "surrogatepass")


def text(user: str, said: str, msg_id: str, **more: str) -> dict[str, str]:
    return {
        "ToUserName": CORP, "FromUserName": user, "CreateTime": STAMP, "MsgType": "text",
        "Content": said, "MsgId": msg_id, "AgentID": AGENT, **more,
    }  # fmt: skip


def event(name: str, user: str = "sys", **more: str) -> dict[str, str]:
    return {
        "ToUserName": CORP, "FromUserName": user, "CreateTime": STAMP, "MsgType": "event", "Event": name,
        **more,
    }  # fmt: skip


def added(user: str, customer: str, **more: str) -> dict[str, str]:
    """A customer scanned somebody's code."""
    return event(
        "change_external_contact", ChangeType="add_external_contact", UserID=user, ExternalUserID=customer,
        State="", WelcomeCode="", **more,
    )  # fmt: skip


def press(user: str, button: str = "lead.claim?lead_id=L1~1~x", card: str = "cardkey", code: str = "rc"):
    return event(
        "template_card_event", user, EventKey=button, TaskId=card, CardType="button_interaction",
        ResponseCode=code, AgentID=AGENT,
    )  # fmt: skip


def everyday() -> list[bytes]:
    """One of each kind that a company sees in a day."""
    return [
        xml(text("wx-lina", "帮助", "23456789012345678")),
        xml(text("wx-lina", "我的线索", "23456789012345679")),
        xml(text("wx-gao", "查 云帆科技", "23456789012345680")),
        xml(text("nobody", "你好", "23456789012345681")),
        xml({**text("wx-lina", "", "23456789012345682"), "MsgType": "image", "MediaId": "m1", "PicUrl": "u"}),
        xml(press("wx-lina")),
        xml(event("enter_agent", "wx-lina", EventKey="", AgentID=AGENT)),
        xml(event("click", "wx-lina", EventKey="leads.mine", AgentID=AGENT)),
        xml(added("wx-lina", "wmAAAA")),
        xml(event("change_external_contact", ChangeType="del_follow_user", UserID="wx-lina",
                  ExternalUserID="wmAAAA")),
        xml(event("change_contact", ChangeType="update_user", UserID="wx-lina")),
        xml(event("change_contact", ChangeType="create_party", Id="7")),
        xml(event("open_approval_change", AgentID=AGENT)),
        xml(event("something_new_in_2027", AgentID=AGENT)),
    ]  # fmt: skip
