"""Receipts and replies: only under our own address, read in both providers' shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.adapters.sms.callback import SmsCaller
from bot.adapters.sms.config import Config
from bot.chat.inbound import Asked, Delivery, Unknown
from bot.errors import BadDeliveryError
from tests.conftest import NOW

SECRET = "s" * 20
ALIYUN = {
    "phone_number": "13812345678", "send_time": "2026-11-18 10:00:00", "report_time": "2026-11-18 10:00:05",
    "success": True, "err_code": "DELIVERED", "err_msg": "用户接收成功", "sms_size": "2", "biz_id": "b^0", "out_id": "t1",
}  # fmt: skip
TENCENT = {
    "user_receive_time": "2026-11-18 10:00:05", "nationcode": "86", "mobile": "13812345678",
    "report_status": "FAIL", "errmsg": "UNDELIV", "description": "", "sid": "2025:1",
}  # fmt: skip


def caller(provider: str) -> SmsCaller:
    known = {"key_id": "AK", "key_secret": "x", "sign": "客铃", "app_id": "1", "callback_secret": SECRET}
    return SmsCaller(Config.model_validate({"provider": provider, **known}))


def brought(provider: str, document: Any, path: str = "", method: str = "POST") -> Delivery:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Delivery(method, (), {}, body, path or f"{provider}/{SECRET}")


def read(provider: str, document: Any) -> Any:
    one = caller(provider)
    return one.decode(one.receive(brought(provider, document), now=NOW).body)


@pytest.mark.parametrize(
    "path", ["aliyun/wrong", f"tencent/{SECRET}", "", SECRET, f"aliyun/{SECRET}x", "aliyun/密"]
)
def test_any_other_address_is_refused(path: str) -> None:
    """One letter off, the other provider, none."""
    with pytest.raises(BadDeliveryError):
        caller("aliyun").receive(brought("aliyun", [ALIYUN], path or "/"), now=NOW)


def test_each_provider_reads_the_thanks_it_wants() -> None:
    """Or it would bring everything again."""
    assert json.loads(caller("aliyun").receive(brought("aliyun", [ALIYUN]), now=NOW).answer)["code"] == 0
    assert json.loads(caller("tencent").receive(brought("tencent", [TENCENT]), now=NOW).answer)["result"] == 0


def test_a_repeat_has_the_same_key_and_another_another() -> None:
    """The inbox keeps each once."""
    one = caller("aliyun")
    keys = [one.receive(brought("aliyun", [{**ALIYUN, "biz_id": biz}]), now=NOW).key for biz in "aab"]
    assert keys[0] == keys[1] != keys[2]


def test_receipts_of_both_in_one_shape() -> None:
    """Ours by out_id, theirs by id, whole numbers, and whether it came there."""
    (line,) = read("aliyun", [ALIYUN]).command.receipts.splitlines()
    told = json.loads(line)
    assert (told["out_id"], told["id"], told["phone"]) == ("t1", "b^0", "+8613812345678")
    assert (told["delivered"], told["pieces"]) == (True, 2)
    (line,) = read("tencent", [TENCENT]).command.receipts.splitlines()
    told = json.loads(line)
    assert (told["out_id"], told["id"], told["phone"]) == ("", "2025:1", "+8613812345678")
    assert (told["delivered"], told["code"]) == (False, "UNDELIV")


def test_replies_of_both_in_one_shape() -> None:
    """A list of one, or one object."""
    up = [{"phone_number": "8613812345678", "content": "T", "send_time": "x", "sequence_id": 9}]
    assert json.loads(read("aliyun", up).command.replies)["phone"] == "+8613812345678"
    said = {
        "extend": "",
        "mobile": "13812345678",
        "nationcode": "86",
        "sign": "客铃",
        "text": "退订",
        "time": 1,
    }
    told = json.loads(read("tencent", said).command.replies)
    assert (told["phone"], told["text"]) == ("+8613812345678", "退订")


@pytest.mark.parametrize(
    ("country", "mobile", "whole"),
    [
        ("852", "91234567", "+85291234567"),
        ("852", "85291234567", "+85291234567"),
        ("852", "0085291234567", "+85291234567"),
        ("1", "2025550123", "+12025550123"),
        ("1", "12025550123", "+12025550123"),
        ("86", "8613812345678", "+8613812345678"),
    ],
)
def test_a_number_has_its_country_once(country: str, mobile: str, whole: str) -> None:
    """Whether the provider put it before the number or beside it."""
    (line,) = read(
        "tencent", [{**TENCENT, "nationcode": country, "mobile": mobile}]
    ).command.receipts.splitlines()
    assert json.loads(line)["phone"] == whole


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"7", b'["x"]', b"[[]]"])
def test_what_has_no_meaning_is_said_so(body: bytes) -> None:
    """It is kept, and nothing is guessed."""
    one = caller("aliyun")
    with pytest.raises(ValueError, match=r"."):
        one.decode(one.receive(brought("aliyun", body), now=NOW).body)


def test_objects_of_another_shape_are_unknown() -> None:
    """Neither a receipt nor a reply."""
    assert isinstance(read("aliyun", [{"hello": 1}]), Unknown)
    assert isinstance(read("aliyun", [ALIYUN, {"hello": 1}]), Asked)
