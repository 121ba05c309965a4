"""The environment, read once: what is wrong is named with its cure."""

from __future__ import annotations

import pytest

from bot.errors import SettingsError
from bot.settings import read_settings


def read(tmp_path, **environment: str):
    return read_settings(environment, dotenv=tmp_path / ".env")


def test_defaults(tmp_path):
    settings = read(tmp_path)

    assert settings.database_url == "sqlite+aiosqlite:///data/leadbell.db"
    assert settings.address == ("127.0.0.1", 8080)
    assert (settings.timezone, settings.platforms) == ("", {})


def test_platforms_are_nested_names(tmp_path):
    settings = read(tmp_path, LEADBELL_WECOM__CORP_ID="ww1", LEADBELL_WECOM__AGENT_ID="1000002")

    assert settings.platforms == {"wecom": {"corp_id": "ww1", "agent_id": "1000002"}}


def test_every_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("from a file\n", encoding="utf-8")

    settings = read(tmp_path, LEADBELL_SECRET_KEY_FILE=str(tmp_path / "key"))

    assert settings.secrets == ["from a file"]


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / ".env").write_text(
        "LEADBELL_LISTEN=0.0.0.0:1\nLEADBELL_TIMEZONE=Asia/Tokyo\n", encoding="utf-8"
    )

    settings = read(tmp_path, LEADBELL_LISTEN="127.0.0.1:9")

    assert (settings.listen, settings.timezone) == ("127.0.0.1:9", "Asia/Tokyo")


def test_several_keys_newest_first(tmp_path):
    assert read(tmp_path, LEADBELL_SECRET_KEY="new, old").secrets == ["new", "old"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LEADBELL_DATABASE", "x", "LEADBELL_DATABASE：没有这个设置"),
        ("LEADBELL_TIMEZONE", "Mars/Base", "LEADBELL_TIMEZONE：没有 Mars/Base 这个时区"),
        ("LEADBELL_SECRET_KEY_FILE", "/nowhere/key", "LEADBELL_SECRET_KEY_FILE：读不到文件"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, name, value, says):
    with pytest.raises(SettingsError, match=says):
        read(tmp_path, **{name: value})


def test_secrets_do_not_print(tmp_path):
    settings = read(
        tmp_path,
        LEADBELL_SECRET_KEY="do-not-print-me",
        LEADBELL_API_TOKEN="nor-me",
        LEADBELL_WECOM__SECRET="nor-me-either",
        LEADBELL_DATABASE_URL="postgresql+psycopg://u:nor-me@h/d",
    )

    assert "print-me" not in repr(settings)
    assert "nor-me" not in str(settings)
