from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.insight.ask.answer import Answer
from bot.insight.ask.conversation import ask
from bot.insight.ask.lexicon import Lexicon
from bot.insight.ask.org import read_org

DATA = Path(__file__).parents[2] / "data" / "ask"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 10, tzinfo=SHANGHAI)


def load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def lexicons() -> dict[str, Lexicon]:
    names = ("org.yaml", "other_org.yaml", "third_org.yaml", "fourth_org.yaml")
    return {name: read_org(yaml.safe_load((DATA / name).read_text("utf-8"))) for name in names}


@pytest.fixture(scope="session")
def questions() -> Callable[[str], list[dict[str, Any]]]:
    return load


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def tz() -> ZoneInfo:
    return SHANGHAI


@pytest.fixture
def asked(lexicons: dict[str, Lexicon]) -> Callable[..., Answer]:
    def put(*turns: str, by: str = "chenli", org: str = "org.yaml") -> Answer:
        lexicon = lexicons[org]
        asker = lexicon.asker(by)
        assert asker
        return ask(turns, asker=asker, lexicon=lexicon, now=NOW, tz=SHANGHAI)

    return put
