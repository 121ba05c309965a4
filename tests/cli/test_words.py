"""The command line speaks Chinese: help, mistakes, settings that cannot work."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, read_settings, secret_files
from bot.store import open_store
from bot.store.migrate import pending

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "run",
    "demo",
    "check",
    "migrate",
    "doctor",
    "ask",
    "backup",
    "restore",
    "audit",
    "audit verify",
    "webhooks",
)
#: What the libraries would say.
ENGLISH = re.compile(
    r"Usage|Options|Arguments|Commands|Error|Try |Show this|Missing|No such|Invalid|Got |default:|required"
)


def typed(*words, **env):
    """As somebody would type it."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], capture_output=True, text=True, check=False, cwd=ROOT,
        env={"PATH": "", "LEADBELL_SECRET_KEY": "a secret that is long enough", **env},
    )  # fmt: skip


def shown(line):
    """The same in this process, to be quick."""
    import contextlib
    import io

    from bot.cli import main

    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["leadbell", *line.split()]
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
    finally:
        sys.argv = before
    return ended.value.code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_chinese(command):
    code, out, err = shown(f"{command} --help")

    assert (code, err) == (0, "")
    assert out.startswith(f"用法：leadbell {command}".rstrip())
    assert "显示这段说明" in out
    assert not ENGLISH.search(out)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rum", "没有 rum 这个命令。是不是 run"),
        ("ask --foo", "没有 --foo 这个选项"),
        ("demo --port x", "--port 的值不对：要填整数"),
        ("backup", "少了 FILE"),
        ("backup a b", "多了参数：b"),
        ("audit verif", "是不是 verify"),
        ("ask --as", "--as 后面要写值"),
        ("audit verify --head nonsense", "不是链头"),
        ("", "用法：leadbell"),
    ],
)
def test_a_wrong_line_is_said_in_chinese_and_ends_with_2(line, words):
    code, out, err = shown(line)

    assert (code, out) == (2, "")
    assert words in err
    assert not ENGLISH.search(err)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://u:topsecret@h/d", "不支持 mysql"),
        ("nonsense", "写法不对"),
        ("postgresql+psycopg://u:topsecret@127.0.0.1:1/d", "连不上 PostgreSQL 127.0.0.1:1/d"),
        ("sqlite+aiosqlite:////proc/nowhere/x.db", "打不开"),
        ("sqlite+aiosqlite:///:memory:", "内存数据库"),
    ],
)
def test_an_address_that_cannot_work_says_what_to_do(url, words):
    """No traceback, no password; exit 2."""
    done = typed("migrate", LEADBELL_DATABASE_URL=url)

    assert (done.returncode, "Traceback" in done.stderr, "topsecret" in done.stderr) == (2, False, False)
    assert words in done.stderr


@pytest.mark.parametrize("call", [open_store, pending])
def test_no_part_takes_another_database(call):
    with pytest.raises(SettingsError, match="不支持 oracle"):
        call("oracle://h/d")


def test_looking_at_a_database_does_not_make_one(tmp_path):
    assert pending(f"sqlite+aiosqlite:///{tmp_path}/x.db") is True
    assert list(tmp_path.iterdir()) == []


def test_a_new_database_is_for_us_alone(tmp_path):
    from bot.store.migrate import migrate

    migrate(f"sqlite+aiosqlite:///{tmp_path}/x.db")

    assert (tmp_path / "x.db").stat().st_mode & 0o077 == 0


def test_settings_of_a_platform_come_before_the_database(tmp_path):
    """Whoever has both wrong hears of the settings first, and each is named once."""
    done = typed(
        "run", LEADBELL_WECOM__CORPID="ww1", LEADBELL_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/x.db"
    )

    assert done.returncode == 2
    assert "是不是 LEADBELL_WECOM__CORP_ID？" in done.stderr
    assert "migrate" not in done.stderr
    for line in done.stderr.splitlines():
        assert line.count("LEADBELL_WECOM__SECRET") <= 1


def test_nearly_right_names_are_guessed():
    with pytest.raises(SettingsError, match="是不是 LEADBELL_PUBLIC_URL？"):
        read_settings({"LEADBELL_PUBLICURL": "x"}, dotenv=Path("/nowhere"))


def test_files_with_secrets_are_known(tmp_path):
    (tmp_path / ".env").write_text("LEADBELL_SECRET_KEY_FILE=/run/key\n")

    found = secret_files({"LEADBELL_WECOM__SECRET_FILE": "/run/wecom"}, dotenv=tmp_path / ".env")

    assert found == [tmp_path / ".env", Path("/run/key"), Path("/run/wecom")]


def test_logs_are_readable():
    """Chinese stays Chinese."""
    program = (
        "from bot.cli import logs; import structlog; logs.set_up(pretty=False);"
        "structlog.get_logger().info('x.happened', notice='客铃')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip

    assert "客铃" in done.stderr
    assert json.loads(done.stderr)["notice"] == "客铃"


def test_settings_name_themselves_once():
    assert "LEADBELL" not in repr(Settings())
