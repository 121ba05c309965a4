"""`leadbell import`: the map is shown and written, a trial writes nothing, a batch can be taken back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path):
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("LEADBELL_")},
        "LEADBELL_DATABASE_URL": sqlite_url, "LEADBELL_CONFIG_DIR": str(ROOT / "config"),
        "LEADBELL_SECRET_KEY": "a secret of this test that is long enough", "PYTHONPATH": str(ROOT),
    }  # fmt: skip

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", "import", *words], cwd=tmp_path, env=environment,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return command


def test_the_whole_way(run, tmp_path: Path) -> None:
    """Try, take, be told that it was taken, undo."""
    (tmp_path / "leads.csv").write_bytes(
        "姓名,手机号,会员卡\n王小明,13800138000,A1\n坏,12,\n".encode("gb18030")
    )

    tried = run("leads.csv", "--kind", "leads", "--map", "map.yaml", "--dry-run", "--report", "out.csv")
    assert tried.returncode == 0, tried.stderr
    assert "手机号 → phone" in tried.stdout
    assert "试导入线索，什么都没有写。共 2 行：新建 1，未导入 1。" in tried.stdout
    assert "会员卡" in tried.stdout
    assert "phone: 手机号" in (tmp_path / "map.yaml").read_text()
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()) == 3

    done = run("leads.csv", "--kind", "leads", "--map", "map.yaml", "--json")
    shown = json.loads(done.stdout)
    assert (shown["batch"], shown["created"], shown["rejected"]) == ("I1", 1, 1)
    assert shown["problems"][0]["row"] == 3

    again = run("leads.csv", "--kind", "leads", "--map", "map.yaml")
    assert again.returncode == 2
    assert "已经导入过（批次 I1" in again.stderr

    undone = run("--undo", "I1", "--json")
    assert json.loads(undone.stdout) == {"batch": "I1", "state": "undone", "kept": 0, "problems": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.csv", "--kind", "leads"), "读不到文件"),
        (("none.csv",), "--kind"),
        ((), "请写出要导入的文件"),
        (("--undo", "I9"), "没有 I9 这个批次"),
    ],
)
def test_bad_input_ends_with_2(run, words: tuple[str, ...], said: str) -> None:
    """And a sentence that says what to do."""
    found = run(*words)
    assert (found.returncode, said in found.stderr) == (2, True), found.stderr
