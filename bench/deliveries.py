"""Text callbacks as WeCom sends them, all distinct, sealed and signed before the clock starts."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench.callback_address import AES_KEY, AGENT_ID, CORP_ID, PATH, TOKEN
from bot.kit.wecom_box import WeComBox

_MEMBERS = 200
_PLAIN = (
    "<xml><ToUserName><![CDATA[{corp}]]></ToUserName><FromUserName><![CDATA[member{member:04d}]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[跟进 L{number} 已电话,客户要报价,下周二回访]]></Content>"
    "<MsgId>{msg_id}</MsgId><AgentID>{agent}</AgentID></xml>"
)
_ENVELOPE = (
    "<xml><ToUserName><![CDATA[{corp}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
    "<AgentID><![CDATA[{agent}]]></AgentID></xml>"
)


def deliveries(count: int, *, first_id: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Path with query, and body, of `count` deliveries of 200 members."""
    box = WeComBox(TOKEN, AES_KEY, CORP_ID)
    chance = random.Random(seed)
    now = int(time.time())
    for i in range(count):
        plain = _PLAIN.format(
            corp=CORP_ID, member=chance.randrange(_MEMBERS), at=now, number=chance.randrange(1, 999),
            msg_id=first_id + i, agent=AGENT_ID,
        )  # fmt: skip
        nonce = f"{chance.randrange(10**9, 10**10)}"
        sealed = box.seal(plain.encode(), timestamp=str(now), nonce=nonce, random16=chance.randbytes(16))
        query = urlencode({"msg_signature": sealed.signature, "timestamp": str(now), "nonce": nonce})
        body = _ENVELOPE.format(corp=CORP_ID, encrypted=sealed.encrypted, agent=AGENT_ID)
        yield f"{PATH}?{query}", body


def write(path: Path, count: int, *, first_id: int) -> None:
    """One delivery a line, path and body."""
    with path.open("w", encoding="utf-8") as file:
        for where, body in deliveries(count, first_id=first_id):
            file.write(f"{where} {body}\n")


def read(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(where, body) for where, _, body in (line.partition(" ") for line in lines)]
