"""Every message and event of the platform becomes a word of ours; one recorded payload each."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.chat import inbound
from bot.chat.inbound import Asked, Message, Unknown
from bot.crm.service_signals import ServiceWasTold
from bot.kit.xml import render
from tests.adapters.wecom.platform import NOW, adapter, delivery

PAYLOADS = sorted((Path(__file__).parent / "payloads").glob("*.xml"))


def expected(path: Path) -> tuple[object, str]:
    fields: dict[str, Any] = json.loads(path.with_suffix(".json").read_text())
    name, lane = fields.pop("word"), fields.pop("lane")
    if name == "Asked":
        return Asked(command=ServiceWasTold("wecom", **fields)), lane
    word = getattr(inbound, name)
    if "at" in fields:
        fields["at"] = datetime.fromisoformat(fields["at"])
    if "selected" in fields:
        fields["selected"] = {question: tuple(ids) for question, ids in fields["selected"].items()}
    return word(platform="wecom", **fields), lane


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda p: p.stem)
def test_a_payload_is_understood(path):
    """Sealed, received and decoded: the word and the lane that stand beside it."""
    wecom = adapter()

    accepted = wecom.receive(delivery(path.read_bytes()), now=NOW)

    assert (wecom.decode(accepted.body), accepted.lane_key) == expected(path)


def test_there_is_a_payload_for_each_kind():
    assert len(PAYLOADS) >= 70
    assert all(path.with_suffix(".json").exists() for path in PAYLOADS)


@pytest.mark.parametrize(
    "change",
    [
        {"CreateTime": ""},
        {"CreateTime": "tomorrow"},
        {"CreateTime": "-1"},
        {"CreateTime": "99999999999"},
        {"CreateTime": "１７９５００１４００"},
    ],
)
def test_a_broken_time_costs_only_the_time(change):
    body = render({"FromUserName": "a", "MsgType": "text", "Content": "x", **change})

    assert adapter().decode(body) == Message(platform="wecom", user_id="a", text="x")


@pytest.mark.parametrize(
    "text",
    [
        "😀👨‍👩‍👧",
        "\u202egnihtemos",
        "a\u200bb",
        "z\u0335\u0336" * 500,
        "\ue000",
        "e\u0301 é",
        "x" * 200_000,
        "{{7*7}} ${x} '; DROP TABLE",
        "",
    ],
)
def test_what_people_write_arrives_as_written(text):
    """Nothing is cut, folded or interpreted on the way in."""
    body = render({"FromUserName": "a", "MsgType": "text", "Content": text})

    word = adapter().decode(body)

    assert isinstance(word, Message)
    assert word.text == text


def test_an_unknown_name_stays_short():
    """It ends up in a counter."""
    word = adapter().decode(render({"FromUserName": "a", "MsgType": "event", "Event": "x" * 5000}))

    assert word == Unknown(platform="wecom", name="x" * 64)


@pytest.mark.parametrize(
    "body",
    [
        b"<xml/>",
        b"<xml><MsgType></MsgType></xml>",
        b"<xml><MsgType>event</MsgType></xml>",
        b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
        b"not xml",
    ],
)
def test_what_names_no_kind_means_nothing(body):
    with pytest.raises(ValueError, match=r"."):
        adapter().decode(body)


def test_a_message_from_nobody_is_unknown():
    body = render({"MsgType": "text", "Content": "x"})

    assert adapter().decode(body) == Unknown(platform="wecom", name="message.text.malformed")
