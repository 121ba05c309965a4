"""What goes wrong on a server ends in one line that says what to do, and harms nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bot.store.migrate import migrate


@pytest.fixture
def leadbell(tmp_path):
    """Run a command on a database of its own; status, and everything that it said."""
    path = tmp_path / "data" / "leadbell.db"
    path.parent.mkdir()
    env = {**os.environ, "LEADBELL_DATABASE_URL": f"sqlite+aiosqlite:///{path}",
           "LEADBELL_SECRET_KEY": "s" * 32}  # fmt: skip

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments], env=env, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    run.path = path
    run.url = env["LEADBELL_DATABASE_URL"]
    return run


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_backup_never_goes_onto_the_database(leadbell, suffix):
    """Not even when it is told to overwrite."""
    migrate(leadbell.url)
    before = leadbell.path.read_bytes()

    status, said = leadbell("backup", f"{leadbell.path}{suffix}", "--force")

    assert status != 0
    assert "Traceback" not in said
    assert leadbell.path.read_bytes() == before


@pytest.mark.parametrize("command", [("run",), ("backup", "b.zip"), ("audit", "verify"), ("doctor",)])
def test_a_file_that_is_no_database_is_called_so(leadbell, tmp_path, command):
    leadbell.path.write_bytes(b"not a database at all" * 400)
    told = [str(tmp_path / one) if one.endswith(".zip") else one for one in command]

    status, said = leadbell(*told)

    assert status in {1, 2}
    assert "Traceback" not in said
    assert "备份恢复" in said


@pytest.mark.parametrize("command", [("backup", "b.zip"), ("audit", "verify"), ("run",)])
def test_a_database_that_is_gone_is_not_begun_anew(leadbell, tmp_path, command):
    """Whoever lost his disk must not be sent to make an empty one."""
    told = [str(tmp_path / one) if one.endswith(".zip") else one for one in command]

    status, said = leadbell(*told)

    assert status == 2
    assert "Traceback" not in said
    assert "备份恢复" in said
    assert not leadbell.path.exists()
