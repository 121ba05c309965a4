"""`leadbell ask`: what it prints, how it ends, and that it disturbs nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli import ask
from bot.store import open_store
from tests.insight.small_company import small_company
from tests.store.metrics_data import pour

ROOT = Path(__file__).resolve().parent.parent.parent
ORG = ROOT / "tests" / "data" / "ask" / "org.yaml"
NOW = "2026-11-18T10:00:00+08:00"


@pytest.fixture
def leadbell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in an empty folder with the shipped configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADBELL_CONFIG_DIR", str(ROOT / "config"))

    app = typer.Typer(pretty_exceptions_enable=False)
    app.command(name=ask.NAME)(ask.command)

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return run


@pytest.fixture
def filled(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with the small company in it."""
    pour(database_url, small_company())
    monkeypatch.setenv("LEADBELL_DATABASE_URL", database_url)
    return database_url


def test_json_is_all_that_is_printed(leadbell: Any, filled: str) -> None:
    """Status, query, reply, rows, chart and options, and nothing else on stdout."""
    done = leadbell("本月各来源新增线索", "--as", "chenli", "--now", NOW, "--json")
    assert done.exit_code == 0, done.output
    shown = json.loads(done.stdout)
    assert list(shown) == ["status", "query", "reply", "rows", "chart", "options"]
    assert shown["status"] == "ok"
    assert shown["query"]["metrics"] == ["new_leads"]
    assert shown["rows"] == [{"source": "官网", "new_leads": 2}, {"source": "抖音", "new_leads": 2}]
    assert shown["chart"]["labels"] == ["官网", "抖音"]
    assert shown["options"] == []


def test_without_json_the_reply_is_printed(leadbell: Any, filled: str) -> None:
    """For people."""
    done = leadbell("本月业绩", "--as", "chenli", "--now", NOW)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == ["2026年11月，赢单金额", "赢单金额：¥240,001"]


def test_a_moment_without_an_offset_is_local(leadbell: Any, filled: str) -> None:
    """Half past midnight is still the day that the company has."""
    done = leadbell("今天新增线索", "--as", "chenli", "--now", "2026-11-17T00:30:00", "--json")
    assert json.loads(done.stdout)["query"]["from"] == "2026-11-17"
    assert json.loads(done.stdout)["rows"] == [{"new_leads": 2}]


@pytest.mark.parametrize(
    ("text", "user", "status"),
    [
        ("本月转化率", "chenli", "clarify"),
        ("陈晨本月业绩", "lina", "refused"),
        ("今天天气怎么样", "chenli", "unknown"),
        ("本月业绩", "nobody", "refused"),
    ],
)
def test_what_is_no_answer_has_no_query_and_no_rows(
    leadbell: Any, filled: str, text: str, user: str, status: str
) -> None:
    """The command has done its work all the same."""
    done = leadbell(text, "--as", user, "--now", NOW, "--json")
    shown = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (shown["status"], shown["query"], shown["rows"], shown["chart"]) == (status, None, [], None)
    assert shown["reply"]
    assert bool(shown["options"]) or status != "clarify"


async def test_it_reads_while_the_bot_runs(leadbell: Any, filled: str) -> None:
    """The bot holds the file; asking neither waits for it nor takes it."""
    import asyncio

    store = open_store(filled)
    done = await asyncio.to_thread(leadbell, "本月业绩", "--as", "chenli", "--now", NOW, "--json")
    await store.close()
    assert json.loads(done.stdout)["rows"] == [{"won_amount": 240001.0}]


def test_people_and_words_may_come_from_a_file(leadbell: Any) -> None:
    """No database is needed, and no rows are computed."""
    done = leadbell("华东大区本月业绩", "--as", "chenli", "--org", str(ORG), "--now", NOW, "--json")
    shown = json.loads(done.stdout)
    assert shown["query"]["where"] == {"region": ["华东大区"]}
    assert shown["rows"] == []


def test_a_file_of_conversations_is_answered_line_by_line(leadbell: Any, tmp_path: Path) -> None:
    """The last turn counts; a blank line is skipped."""
    lines = [
        {"id": 1, "turns": ["本月业绩"], "as": "chenli"},
        {"id": "b", "turns": ["本月业绩", "华东呢"], "as": "chenli"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    done = leadbell("--batch", str(file), "--org", str(ORG), "--now", NOW)
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [list(one) for one in shown] == [["id", "status", "query", "reply"]] * 2
    assert [one["id"] for one in shown] == [1, "b"]
    assert shown[1]["query"]["where"] == {"region": ["华东大区"]}


def test_a_bad_line_is_named_and_the_others_are_answered(leadbell: Any, tmp_path: Path) -> None:
    """Exit 2, and the place on stderr."""
    good = json.dumps({"id": 1, "turns": ["本月业绩"], "as": "chenli"}, ensure_ascii=False)
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{good}\n{{"id": 2, "turns": []}}\nnot json\n{good}\n', encoding="utf-8")
    done = leadbell("--batch", str(file), "--org", str(ORG), "--now", NOW)
    assert done.exit_code == 2
    assert len(done.stdout.splitlines()) == 2
    assert "questions.jsonl:2:" in done.stderr
    assert "questions.jsonl:3:" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("本月业绩",),
        ("本月业绩", "--as", "chenli", "--now", "yesterday"),
        ("本月业绩", "--as", "chenli", "--org", "nowhere.yaml"),
        ("--batch", "nowhere.jsonl"),
        ("本月业绩", "--batch", "nowhere.jsonl"),
    ],
)
def test_bad_input_ends_with_two_and_says_why(leadbell: Any, words: tuple[str, ...]) -> None:
    """On stderr, without a traceback."""
    done = leadbell(*words)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr.strip()


def test_a_database_that_is_not_there_is_not_made(leadbell: Any, tmp_path: Path) -> None:
    """Asking leaves no file behind."""
    done = leadbell("本月业绩", "--as", "chenli")
    assert done.exit_code == 2
    assert "不存在" in done.stderr
    assert not list(tmp_path.iterdir())
