"""A platform that is on and half configured does not start, and says which setting to fill."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.adapters.wecom.config import Config
from tests.adapters.wecom.platform import AES_KEY, SECRET, TOKEN, settings


def problems(**changes: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Config(**settings(**changes))
    shown = str(caught.value) + repr(caught.value)
    for value in changes.values():
        assert not (isinstance(value, str) and len(value) > 20 and value in shown)
    return [error["msg"] for error in caught.value.errors(include_input=False)]


def test_the_shipped_defaults_point_at_the_public_host():
    assert Config(**settings()).api_base == "https://qyapi.weixin.qq.com"


def test_everything_missing_is_told_at_once():
    with pytest.raises(ValidationError) as caught:
        Config()

    messages = [error["msg"] for error in caught.value.errors()]
    for name in ("CORP_ID", "AGENT_ID", "SECRET", "TOKEN", "AES_KEY"):
        assert any(message.startswith(f"LEADBELL_WECOM__{name} ") for message in messages)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            (name, value)
            for name in ("secret", "token", "aes_key")
            for value in ("", "  ", "changeme", "your-token")
        ),
        ("token", "Token"),
        ("token", "test"),
        ("token", "xxxxxxxx"),
        ("token", "abc"),
        ("token", "a" * 3 + "b" * 30),
        ("token", "with space"),
        ("token", "记号记号记号"),
        ("aes_key", "0" * 43),
        ("aes_key", AES_KEY[:42]),
        ("aes_key", AES_KEY + "="),
        ("aes_key", AES_KEY[:42] + "-"),
        ("agent_id", 0),
        ("agent_id", -5),
        ("agent_id", ""),
        ("agent_id", "应用"),
        ("corp_id", ""),
        ("corp_id", "ww 1"),
        ("api_base", ""),
        ("api_base", "qyapi.weixin.qq.com"),
        ("api_base", "ftp://x"),
        ("api_base", "https://x/?a=b"),
        ("proxy", "socks5://x"),
        ("bot_url", "https://x"),
    ],
)
def test_a_bad_setting_is_named(name, value):
    """In Chinese, with the variable to set and never with what was in it."""
    (message,) = problems(**{name: value})

    assert message.startswith(f"LEADBELL_WECOM__{name.upper()} ")
    assert any("\u4e00" <= char <= "\u9fff" for char in message)


def test_an_unknown_setting_is_refused():
    assert problems(agentid=1) == ["Extra inputs are not permitted"]


def test_half_a_robot_is_refused():
    assert "BOT_SECRET" in problems(bot_id="aib1")[0]
    assert "BOT_ID" in problems(bot_secret="s-0123456789")[0]
    assert Config(**settings(bot_id="aib1", bot_secret="s1", bot_url="wss://openws.work.weixin.qq.com"))


def test_the_public_address_is_checked():
    assert "LEADBELL_PUBLIC_URL" in problems(public_url="crm.example.com")[0]


def test_what_the_environment_brings_is_read():
    """Everything is text there."""
    config = Config(**settings(agent_id="1000002", api_base=" http://127.0.0.1:9100/ "))

    assert (config.agent_id, config.api_base) == (1000002, "http://127.0.0.1:9100")


def test_secrets_are_not_shown():
    config = Config(**settings(proxy="http://user:pa55word@10.0.0.1:3128"))

    shown = f"{config!r} {config} {config.model_dump()}"

    for secret in (SECRET, TOKEN, AES_KEY, "pa55word"):
        assert secret not in shown


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Config(**settings()).corp_id = "ww2"
