"""What an official account's platform sends, made part by part, so that each part can be wrong."""

from __future__ import annotations

import base64
import hashlib
import random
from dataclasses import dataclass, replace

from tests.wire import genuine as g
from tests.wire.genuine import STAMP, spelled, xml

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """One account and its secrets."""

    name: str
    app_id: str
    token: str
    aes_key: str


MAIN = Account(
    "main", "wx49f0ab532d5d035a", "t0kenOfTheMainAccount", "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws"
)
SHOP = Account("shop", "wx7c1d2e3f4a5b6c7d", "t0kenOfTheShop", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
ACCOUNTS = (MAIN, SHOP)
#: As the environment gives them.
SETTINGS = {
    f"{one.name}__{what}": getattr(one, what) for one in ACCOUNTS for what in ("app_id", "token", "aes_key")
}


@dataclass(frozen=True, slots=True)
class Knock:
    """One HTTP request, its parts still apart."""

    #: As it stands in the address.
    account: str
    query: Query
    body: bytes = b""
    method: str = "POST"
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def wire(self) -> bytes:
        """As it travels."""
        path = b"/callback/wechat/%s" % self.account.encode()
        head = b"%s %s?%s HTTP/1.1\r\nHost: bot.example.cn\r\n" % (
            self.method.encode(), path, spelled(self.query)
        )  # fmt: skip
        lines = b"".join(b"%s: %s\r\n" % pair for pair in self.headers)
        return b"%s%sContent-Length: %d\r\n\r\n%s" % (head, lines, len(self.body), self.body)

    def asking(self, **changes: str) -> Knock:
        """With these parameters instead."""
        return replace(self, query=tuple((name, changes.get(name, value)) for name, value in self.query))


def plain_signature(token: str, stamp: str, nonce: str) -> str:
    """Proves who calls, and nothing of what he says."""
    return hashlib.sha1("".join(sorted((token, stamp, nonce))).encode("utf-8", "surrogatepass")).hexdigest()


def sealed(of: Account, plain: bytes, *, head: bytes = b"r" * 16) -> str:
    """A text as the platform seals it for one account."""
    text = g.padded(g.wrapped(plain, receive_id=of.app_id.encode(), head=head))
    return base64.b64encode(g.encrypt(text, aes_key=of.aes_key)).decode()


def envelope(encrypted: str) -> bytes:
    return (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    ).encode("utf-8", "surrogatepass")


def signed(
    of: Account, encrypted: str, *, nonce: str = "n0nce", stamp: str = STAMP, body: bytes | None = None,
    token: str = "",
) -> Knock:  # fmt: skip
    """A delivery whose signatures hold, whatever it carries; `token` is another's."""
    token = token or of.token
    query = (
        ("signature", plain_signature(token, stamp, nonce)), ("timestamp", stamp), ("nonce", nonce),
        ("openid", "oAbc-1"), ("encrypt_type", "aes"),
        ("msg_signature", g.sign(stamp, nonce, encrypted, token=token)),
    )  # fmt: skip
    return Knock(of.name, query, envelope(encrypted) if body is None else body)


def delivery(of: Account, plain: bytes, *, nonce: str = "n0nce", stamp: str = STAMP) -> Knock:
    """A genuine delivery of this text."""
    return signed(of, sealed(of, plain), nonce=nonce, stamp=stamp)


def in_the_clear(of: Account, plain: bytes, *, nonce: str = "n0nce", stamp: str = STAMP) -> Knock:
    """As an account in 明文模式 sends it: signed, and whoever saw the signature may say anything."""
    query = (
        ("signature", plain_signature(of.token, stamp, nonce)), ("timestamp", stamp), ("nonce", nonce),
        ("openid", "oAbc-1"),
    )  # fmt: skip
    return Knock(of.name, query, plain)


def echo(of: Account, text: str, *, nonce: str = "n0nce", stamp: str = STAMP) -> Knock:
    """The platform's check of our address."""
    query = (
        ("signature", plain_signature(of.token, stamp, nonce)), ("echostr", text), ("timestamp", stamp),
        ("nonce", nonce),
    )  # fmt: skip
    return Knock(of.name, query, method="GET")


def event(name: str, user: str = "oAbc-1", **more: str) -> dict[str, str]:
    return {
        "ToUserName": "gh_1", "FromUserName": user, "CreateTime": STAMP, "MsgType": "event", "Event": name,
        **more,
    }  # fmt: skip


def said(words: str, number: str) -> dict[str, str]:
    return {
        "ToUserName": "gh_1", "FromUserName": "oAbc-2", "CreateTime": STAMP, "MsgType": "text", "Content": words,
        "MsgId": number,
    }  # fmt: skip


def everyday() -> list[bytes]:
    """One of each kind that an account sees in a day."""
    return [
        xml(event("subscribe", EventKey="qrscene_booth-7", Ticket="t", UnionId="u1")),
        xml(event("subscribe", "oAbc-2", EventKey="")),
        xml(event("SCAN", "oAbc-2", EventKey="booth-7", Ticket="t")),
        xml(event("unsubscribe", "oAbc-3", EventKey="")),
        xml(event("CLICK", EventKey="menu")),
        xml(event("VIEW", EventKey="https://www.example.cn/")),
        xml(event("something_new_in_2027")),
        xml(said("你好", "23456789012345678")),
        xml({**said("", "23456789012345679"), "MsgType": "image", "PicUrl": "u", "MediaId": "m"}),
    ]


def kept_as(of: Account, plain: bytes) -> bytes:
    """How a delivery lies in the inbox: under its account."""
    return of.name.encode() + b"\n" + plain


def fresh(of: Account, plain: bytes, rng: random.Random, *, stamp: str = STAMP) -> Knock:
    """A repeat with everything anew that may be."""
    nonce = "".join(rng.choices("0123456789abcdefXYZ", k=rng.randint(1, 32)))
    return signed(of, sealed(of, plain, head=rng.randbytes(16)), nonce=nonce, stamp=stamp)
