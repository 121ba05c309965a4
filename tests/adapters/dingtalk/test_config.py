"""A half-filled block does not start, and says in Chinese what is missing; secrets are never repeated."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.adapters.dingtalk.platform import AES_KEY, CLIENT_ID, SECRET, TOKEN, config


def refusal(**changes: object) -> str:
    with pytest.raises(ValidationError) as caught:
        config(**changes)
    return str(caught.value)


def test_two_settings_are_enough_for_the_stream():
    built = config(mode="stream", event_token="", event_aes_key="", corp_id="", public_url="")

    assert (built.robot, built.has_template, built.mode) == (CLIENT_ID, False, "stream")
    assert (built.api_base, built.oapi_base) == ("https://api.dingtalk.com", "https://oapi.dingtalk.com")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_id": ""}, "CLIENT_ID 没有填"),
        ({"client_id": "your client id"}, "CLIENT_ID 没有填"),
        ({"client_secret": ""}, "CLIENT_SECRET 没有填"),
        ({"client_secret": "changeme"}, "CLIENT_SECRET 没有填，或还是示例值"),
        ({"client_secret": "xxxxxxxx"}, "CLIENT_SECRET 没有填，或还是示例值"),
        ({"robot_code": "a b"}, "ROBOT_CODE 格式不对"),
        ({"agent_id": "abc"}, "AGENT_ID 不是数字"),
        ({"corp_id": "ding corp"}, "CORP_ID 格式不对"),
        ({"event_token": "token"}, "EVENT_TOKEN 还是示例值"),
        ({"event_token": "a-b-c"}, "EVENT_TOKEN 还是示例值，或格式不对"),
        ({"event_aes_key": "k" * 43}, "EVENT_AES_KEY 还是示例值"),
        ({"event_aes_key": AES_KEY[:42]}, "EVENT_AES_KEY 格式不对"),
        ({"event_token": ""}, "EVENT_TOKEN 没有填"),
        ({"event_aes_key": ""}, "EVENT_AES_KEY 没有填"),
        ({"event_token": "", "event_aes_key": ""}, "HTTP 模式要填"),
        ({"card_template_id": "a/b"}, "CARD_TEMPLATE_ID 格式不对"),
        ({"card_template_id": "abc", "public_url": ""}, "LEADBELL_PUBLIC_URL"),
        ({"public_url": "crm.example.com"}, "LEADBELL_PUBLIC_URL 要以 http"),
        ({"api_base": "api.dingtalk.com"}, "API_BASE 要以 http"),
        ({"oapi_base": "ftp://x"}, "OAPI_BASE 要以 http"),
        ({"mode": "both"}, "stream"),
    ],
)
def test_what_is_wrong_is_named(changes, named):
    said = refusal(**changes)

    assert named in said
    assert SECRET not in said
    assert TOKEN not in said or changes.get("event_token") == TOKEN


def test_a_template_is_known_by_its_whole_name():
    assert config(card_template_id="2f1c-aa").card_template_id == "2f1c-aa.schema"
    assert config(card_template_id="2f1c-aa.schema").card_template_id == "2f1c-aa.schema"


def test_secrets_are_not_printed():
    built = config()

    assert SECRET not in repr(built)
    assert AES_KEY not in repr(built)
