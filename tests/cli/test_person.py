"""`leadbell person`: everything of one person, nothing of him, and not again from a list or a backup."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.crm.user import SYSTEM
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import leads, open_store
from bot.store.desk import Desk
from bot.store.personal import erase
from tests.conftest import NOW, ROOT

SECRET = "a secret of this test that is long enough"
LIST = "姓名,手机号,邮箱,公司\n钱宝瑜,13761239876,qian@jinsique.cn,金丝雀机械厂\n"


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path):
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("LEADBELL_")},
        "LEADBELL_DATABASE_URL": sqlite_url, "LEADBELL_CONFIG_DIR": str(ROOT / "config"),
        "LEADBELL_SECRET_KEY": SECRET, "PYTHONPATH": str(ROOT),
    }  # fmt: skip

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *words], cwd=tmp_path, env=environment,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return command


def _audited(url: str) -> list[tuple[str, str, str, str]]:
    """What somebody at the keyboard did, and who that was, as the audit has it."""
    with contextlib.closing(sqlite3.connect(url.partition("///")[2])) as db:
        rows = db.execute("SELECT actor, action, object, detail FROM audit ORDER BY at").fetchall()
    return [(*row[:3], json.loads(row[3])["os_user"]) for row in rows if row[0] == "命令行"]


async def _go_on(url: str, company: object) -> tuple[str, str, str]:
    """As the bot does after a restore: state before, his name before, and after."""
    vault = Vault([SECRET], seeded_random_bytes(3))
    store, chance = open_store(url, unit_span=5), seeded_random_bytes(4)

    async def unit(work):
        return await store.write(lambda tx: work(Desk(tx, company, NOW, vault, chance)), within=20)

    before = await unit(lambda desk: erase.find(desk.tx, "L1"))
    was = (await unit(lambda desk: leads.get(desk.tx, "L1"))).name
    while await unit(lambda desk: erase.go_on(desk, "L1", by=SYSTEM)):
        pass
    now = (await unit(lambda desk: leads.get(desk.tx, "L1"))).name
    await store.close()
    return before.state, was, now


def test_the_whole_way(run, tmp_path: Path, sqlite_url: str, company: object) -> None:
    """Export, erase, refused by the next import, and erased again after an old backup was restored."""
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    assert run("import", "list.csv", "--kind", "leads", "--map", "m.yaml").returncode == 0
    assert run("backup", "old.lb").returncode == 0
    exported = json.loads(run("person", "export", "L1").stdout)
    first = _audited(sqlite_url)
    unsure = run("person", "erase", "L1", "--reason", "本人来信")
    done = run("person", "erase", "L1", "--reason", "本人来信", "--yes")
    again = run("import", "list.csv", "--kind", "leads", "--map", "m.yaml", "--again", "--json")
    told = json.loads(run("person", "erased", "--json").stdout)
    left = (tmp_path / "leadbell.db").read_bytes()

    assert first == [("命令行", "person.exported", "lead:L1", getpass.getuser())]
    assert _audited(sqlite_url)[1:] == [("命令行", "person.erase_asked", "lead:L1", getpass.getuser())]
    assert "13761239876" in json.dumps(exported, ensure_ascii=False)
    assert (unsure.returncode, done.returncode) == (2, 0), done.stderr
    assert json.loads(again.stdout)["rejected"] == 1
    assert "要求删除过个人信息" in again.stdout
    assert [(one["lead"], one["state"]) for one in told["erased"]] == [("L1", "done")]
    assert [one for one in ("钱宝瑜", "金丝雀", "13761239876") if one.encode() in left] == []

    restored = run("restore", "old.lb", "--force")
    assert restored.returncode == 0, restored.stderr
    assert asyncio.run(_go_on(sqlite_url, company)) == ("waiting", "钱宝瑜", "（已删除）")


def test_nobody_and_no_reason(run) -> None:
    """A number of nobody, and an erasure that nobody gave a reason for, end in one line."""
    nobody, silent = run("person", "export", "L9"), run("person", "erase", "L9", "--yes")

    assert (nobody.returncode, silent.returncode) == (2, 2)
    assert "没有 L9 这个人" in nobody.stderr
    assert "请写明原因" in silent.stderr
