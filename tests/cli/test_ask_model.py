"""`leadbell ask` reads with the model of the settings what the grammar does not, as the chat does."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import ask
from bot.insight.ask.texts import BY_MODEL
from tests.adapters.model.server import ModelServer, running
from tests.cli.test_ask import NOW, ORG, ROOT
from tests.insight.small_company import small_company
from tests.store.metrics_data import pour

ODD = "咱们的大钱袋子鼓了没"
QUERY = {"metrics": ["won_amount"], "from": "2026-11-01", "to": "2026-12-01"}


@pytest.fixture
async def leadbell(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`(run, server)`: the command beside a model's server."""
    pour(sqlite_url, small_company())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADBELL_CONFIG_DIR", str(ROOT / "config"))
    monkeypatch.setenv("LEADBELL_DATABASE_URL", sqlite_url)
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command(name=ask.NAME)(ask.command)

    async def run(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, app, list(words))
        assert done.exit_code == 0, done.output
        return done.stdout

    async with running() as server:
        for name, value in (("URL", server.url), ("NAME", "small"), ("KEY", "sesame")):
            monkeypatch.setenv(f"LEADBELL_MODEL__{name}", value)
        yield run, server


async def test_one_question_is_read_by_the_model(leadbell: Any) -> None:
    """Marked, with its numbers."""
    run, server = leadbell
    server.says = QUERY
    shown = json.loads(await run(ODD, "--as", "chenli", "--now", NOW, "--json"))
    assert shown["status"] == "ok"
    assert BY_MODEL in shown["reply"]
    assert shown["rows"] == [{"won_amount": 240001.0}]


async def test_a_file_of_questions_too_unless_its_people_come_from_a_file(
    leadbell: Any, tmp_path: Path
) -> None:
    """With --org nothing leaves the machine."""
    run, server = leadbell
    server.says = QUERY
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"id": 1, "turns": [ODD], "as": "chenli"}), encoding="utf-8")
    assert json.loads(await run("--batch", str(file), "--now", NOW))["status"] == "ok"
    assert asked_of(server) == 1
    shown = json.loads(await run("--batch", str(file), "--org", str(ORG), "--now", NOW))
    assert shown["status"] == "unknown"
    assert asked_of(server) == 1


def asked_of(server: ModelServer) -> int:
    return len(server.asked)
