"""wechatpy, written by others, reads what we seal, and we read what it seals."""

from __future__ import annotations

from datetime import datetime, timezone
from random import Random

import pytest
import xmltodict
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.chat.inbound import Accepted, Delivery
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import parse, render
from tests.adapters.wecom.platform import AES_KEY, CORP_ID, TOKEN, adapter

ALPHABET = "abcXYZ0189 \n<>&]'\"%+/=，。张三客户报价😀👍🏽\u200d\u0301"
STAMP = "1763700000"
AT = datetime.fromtimestamp(int(STAMP), timezone.utc)


def random_message(random: Random) -> dict[str, str]:
    content = "".join(random.choices(ALPHABET, k=random.randint(0, 400)))
    return {
        "ToUserName": CORP_ID,
        "FromUserName": f"{random.randint(0, 99_999):07d}",
        "CreateTime": STAMP,
        "MsgType": "text",
        "Content": content,
        "MsgId": str(random.getrandbits(63) | 1 << 60),
        "AgentID": "1000002",
    }


@pytest.fixture
def peer() -> WeChatCrypto:
    return WeChatCrypto(TOKEN, AES_KEY, CORP_ID)


def test_the_peer_reads_us(peer):
    """1,000 random messages: ids with leading zeros, emoji, markup, every length of padding."""
    random = Random(11)
    box = WeComBox(TOKEN, AES_KEY, CORP_ID)
    for n in range(1000):
        message = random_message(random)
        plain = render(message)
        sealed = box.seal(plain, timestamp=STAMP, nonce=str(n), random16=random.randbytes(16))
        envelope = render({"ToUserName": CORP_ID, "Encrypt": sealed.encrypted}).decode()

        text = peer.decrypt_message(envelope, sealed.signature, STAMP, str(n))

        assert text.encode() == plain
        assert (xmltodict.parse(text, strip_whitespace=False)["xml"]["Content"] or "") == message["Content"]


def test_we_read_the_peer(peer):
    """The same the other way round, through the whole door."""
    random = Random(12)
    wecom = adapter()
    for n in range(1000):
        message = random_message(random)
        sealed = xmltodict.parse(peer.encrypt_message(render(message).decode(), str(n), STAMP))["xml"]
        query = (("msg_signature", sealed["MsgSignature"]), ("timestamp", STAMP), ("nonce", str(n)))
        body = render({"ToUserName": CORP_ID, "Encrypt": sealed["Encrypt"]})

        accepted = wecom.receive(Delivery("POST", query, {}, body), now=AT)

        assert isinstance(accepted, Accepted)
        root = parse(accepted.body)
        assert {name: root.value(name) for name in message} == message
        assert accepted.key == message["MsgId"]
        assert accepted.lane_key == f"wecom:user:{message['FromUserName']}"
        assert wecom.decode(accepted.body).text == message["Content"]
