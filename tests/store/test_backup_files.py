"""The file of a backup: whole or not at all, never over another, and what is wrong with it is said."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import zipfile

import pytest

from bot.errors import BackupError
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store.backup_format import prove, tables
from bot.store.restore import restore
from bot.store.tables.machinery import outbox as outbox_table
from tests.store.backups import contents, fill, job, take, value_of


def test_an_existing_file_is_not_overwritten_unasked(sqlite_url, tmp_path, vault):
    (tmp_path / "b.zip").write_text("mine")

    with pytest.raises(BackupError, match="--force"):
        take(sqlite_url, tmp_path / "b.zip", vault)

    assert (tmp_path / "b.zip").read_text() == "mine"
    take(sqlite_url, tmp_path / "b.zip", vault, force=True)
    assert prove(tmp_path / "b.zip", vault).rows == 1
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_damaged_backup_is_told_from_a_whole_one(sqlite_url, tmp_path, vault, at):
    """One byte, anywhere."""
    fill(sqlite_url)
    take(sqlite_url, tmp_path / "b.zip", vault)
    raw = bytearray((tmp_path / "b.zip").read_bytes())
    raw[int(len(raw) * at)] ^= 0x41
    (tmp_path / "b.zip").write_bytes(raw)

    try:
        manifest = prove(tmp_path / "b.zip", vault)
    except BackupError:
        return
    # A byte of the archive's own bookkeeping that nobody reads, such as a time stamp.
    assert manifest.rows == 2 * (len(tables()) - 3) + 1


async def test_half_a_backup_restores_nothing(sqlite_url, tmp_path, vault):
    fill(sqlite_url)
    take(sqlite_url, tmp_path / "b.zip", vault)
    before = contents(sqlite_url)
    raw = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(raw[: len(raw) // 2])

    with pytest.raises(BackupError):
        await restore(job(sqlite_url, tmp_path / "half.zip", vault, force=True))

    assert contents(sqlite_url) == before


def test_changed_contents_with_their_sums_put_right_are_found(sqlite_url, tmp_path, vault):
    """Whoever has no key cannot make a backup that we take for ours."""
    fill(sqlite_url)
    take(sqlite_url, tmp_path / "b.zip", vault)
    with zipfile.ZipFile(tmp_path / "b.zip") as old, zipfile.ZipFile(tmp_path / "forged.zip", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name, content.replace(b'"rows": 2', b'"rows": 3') if name == "manifest.json" else content
            )

    with pytest.raises(BackupError, match="SECRET_KEY"):
        prove(tmp_path / "forged.zip", vault)


def test_another_key_is_named(sqlite_url, tmp_path, vault):
    take(sqlite_url, tmp_path / "b.zip", vault)

    with pytest.raises(BackupError, match="LEADBELL_SECRET_KEY"):
        prove(tmp_path / "b.zip", Vault(["another secret, just as long"], seeded_random_bytes(1)))


def test_a_full_disk_leaves_no_half_file(sqlite_url, tmp_path):
    """The file may not grow beyond 4 KiB: the command says so and leaves nothing."""
    fill(sqlite_url)
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-B", "-m", "bot", "backup", str(tmp_path / "out" / "b.zip")],
        env={"LEADBELL_DATABASE_URL": sqlite_url, "LEADBELL_SECRET_KEY": "a secret that is long enough", "PATH": ""},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, "没有留下半个文件" in done.stderr, "Traceback" in done.stderr) == (
        1,
        True,
        False,
    )
    assert list((tmp_path / "out").iterdir()) == []


def test_the_commands_print_json_alone(sqlite_url, tmp_path):
    """backup, restore into a new place, audit verify: as somebody would type them."""
    fill(sqlite_url)
    env = {"LEADBELL_SECRET_KEY": "a secret that is long enough", "PATH": ""}

    def run(url, *words):
        return subprocess.run(
            [sys.executable, "-m", "bot", *words, "--json"], env={**env, "LEADBELL_DATABASE_URL": url},
            capture_output=True, text=True, check=True,
        )  # fmt: skip

    there = f"sqlite+aiosqlite:///{tmp_path}/there/leadbell.db"
    made = json.loads(run(sqlite_url, "backup", str(tmp_path / "b.zip")).stdout)
    back = json.loads(run(there, "restore", str(tmp_path / "b.zip")).stdout)
    whole = run(there, "audit", "verify")

    assert made["rows"] == back["rows"] == 2 * (len(tables()) - 3) + 1
    assert (
        back["held"] == {value_of(outbox_table.c.kind, 0): 1, value_of(outbox_table.c.kind, 1): 1}
        or back["held"] == {}
    )
    assert (whole.returncode, json.loads(whole.stdout)["rows"]) == (0, 1)
    assert (tmp_path / "there" / "leadbell.db").stat().st_mode & 0o077 == 0
