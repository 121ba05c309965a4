"""The peers' own environment, made once by pip, so that nothing of theirs meets anything of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.callback_address import AES_KEY, CORP_ID, TOKEN

HOME = Path(__file__).resolve().parent.parent / ".cache" / "bench"
_WANTED = (
    "wechatpy[cryptography]==1.8.18",
    "flask==3.1.*",
    "gunicorn>=23",
    "sqlalchemy>=2.1,<2.2",
    # wechatpy still parses versions with it, and newer ones have dropped it.
    "setuptools<81",
)


def python() -> Path:
    """The interpreter of the peers' environment; made on first use."""
    return interpreter("peers", _WANTED)


def interpreter(name: str, wanted: Sequence[str]) -> Path:
    """The interpreter of an environment with these packages; made on first use."""
    home = HOME / name
    found, mark = home / "bin" / "python", home / "wanted.txt"
    listed = "\n".join(wanted)
    if mark.is_file() and mark.read_text(encoding="utf-8") == listed:
        return found
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    subprocess.run(
        [str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], check=True
    )
    mark.write_text(listed, encoding="utf-8")
    return found


def command(port: int) -> list[str]:
    """A gunicorn with one sync worker: what one core can do."""
    chdir = str(Path(__file__).parent)
    return [
        str(python()), "-m", "gunicorn", "--workers", "1", "--worker-class", "sync", "--backlog", "2048",
        "--bind", f"127.0.0.1:{port}", "--log-level", "error", "--chdir", chdir, "peer_app:app",
    ]  # fmt: skip


def environment(database: Path | None) -> dict[str, str]:
    given = {"PEER_TOKEN": TOKEN, "PEER_AES_KEY": AES_KEY, "PEER_CORP_ID": CORP_ID}
    if database is not None:
        given["PEER_DATABASE"] = str(database)
    return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **given}
