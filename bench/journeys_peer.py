"""The same three steps (wait, branch, send) as somebody would write them with another engine.

Runs in the peers' environment, where nothing of ours is importable: `journeys_peer.py NAME PEOPLE ADDRESS`.
Each step is one job, task or recorded step of that engine, at its default durability; the last one writes
a row that stands for the message. Prints the steps and the seconds as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

STEPS = 3
#: Seconds after which a peer is given up.
_MOST = 120.0
_done = threading.Event()
_left = 0
_lock = threading.Lock()
_box: Any = None
_scheduler: Any = None


def _begin(people: int, directory: str) -> None:
    """The place for messages: one row each, committed, as durable as SQLite makes it by itself."""
    global _left, _box  # noqa: PLW0603 - jobs are found by name, so their world is the module
    _left = people
    _box = sqlite3.connect(Path(directory) / "box.db", check_same_thread=False)
    _box.execute("PRAGMA journal_mode=WAL")
    _box.execute("CREATE TABLE box (key TEXT PRIMARY KEY)")


def _send(person: int) -> None:
    global _left  # noqa: PLW0603 - see above
    with _lock:
        _box.execute("INSERT INTO box VALUES (?)", (f"{person}:send",))
        _box.commit()
        _left -= 1
        if not _left:
            _done.set()


def _decide(person: int) -> bool:
    return person >= 0


# --- APScheduler: a job for each timer ------------------------------------------------------------------


def timer(person: int, place: int) -> None:
    """One step; the next one is another job."""
    if place == STEPS - 1:
        _send(person)
        return
    if place == 1 and not _decide(person):
        return
    _arm(person, place + 1)


def _arm(person: int, place: int) -> None:
    _scheduler.add_job(
        "__main__:timer", "date", run_date=datetime.now(timezone.utc), args=(person, place),
        id=f"{person}:{place}", misfire_grace_time=None,
    )  # fmt: skip


def apscheduler(people: int, address: str) -> float:
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler
    from sqlalchemy import create_engine, event

    global _scheduler  # noqa: PLW0603 - see above
    engine = create_engine(f"sqlite:///{address}/jobs.db")

    @event.listens_for(engine, "connect")
    def _wal(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")

    # One thread: several would wait for each other's lock on the file, and be slower.
    _scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        executors={"default": ThreadPoolExecutor(1)},
        timezone="UTC",
    )
    _scheduler.start(paused=True)
    for person in range(people):
        _arm(person, 0)
    begun = time.perf_counter()
    _scheduler.resume()
    _finished()
    took = time.perf_counter() - begun
    _scheduler.shutdown(wait=False)
    return took


def _finished() -> None:
    if not _done.wait(_MOST):
        msg = f"not done in time, {_left} left"
        raise TimeoutError(msg)


# --- procrastinate: a task for each step, in PostgreSQL -------------------------------------------------


async def _procrastinate(people: int, address: str) -> float:
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))

    @app.task(name="step")
    async def step(person: int, place: int) -> None:
        if place == STEPS - 1:
            _send(person)
        elif place != 1 or _decide(person):
            await step.defer_async(person=person, place=place + 1)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await step.batch_defer_async(*({"person": person, "place": 0} for person in range(people)))
        begun = time.perf_counter()
        await app.run_worker_async(
            concurrency=10, wait=False, install_signal_handlers=False, listen_notify=False
        )
        return time.perf_counter() - begun


def procrastinate(people: int, address: str) -> float:
    return asyncio.run(_procrastinate(people, address))


# --- DBOS: a workflow of three recorded steps -----------------------------------------------------------


def dbos(people: int, address: str) -> float:
    from concurrent.futures import ThreadPoolExecutor

    from dbos import DBOS

    url = address if "://" in address else f"sqlite:///{address}/dbos.db"
    DBOS(
        config={"name": "bench", "system_database_url": url, "log_level": "ERROR", "run_admin_server": False}
    )

    @DBOS.step()
    def waited(person: int) -> int:
        return person

    @DBOS.step()
    def branched(person: int) -> bool:
        return _decide(person)

    @DBOS.step()
    def sent(person: int) -> None:
        _send(person)

    @DBOS.workflow()
    def journey(person: int) -> None:
        waited(person)
        if branched(person):
            sent(person)

    DBOS.launch()
    begun = time.perf_counter()
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(journey, range(people)))
    took = time.perf_counter() - begun
    DBOS.destroy()
    return took


# --- taskiq over NATS JetStream: a message for each step ------------------------------------------------


async def _taskiq(people: int, url: str) -> float:
    from taskiq.api import run_receiver_task
    from taskiq_nats import PullBasedJetStreamBroker

    broker = PullBasedJetStreamBroker(servers=[url], pull_consume_batch=100)

    @broker.task(task_name="step")
    async def step(person: int, place: int) -> None:
        if place == STEPS - 1:
            _send(person)
        elif place != 1 or _decide(person):
            await step.kiq(person, place + 1)

    await broker.startup()
    for person in range(people):
        await step.kiq(person, 0)
    begun = time.perf_counter()
    working = asyncio.create_task(run_receiver_task(broker))
    await asyncio.to_thread(_done.wait, _MOST)
    took = time.perf_counter() - begun
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await broker.shutdown()
    _finished()
    return took


def taskiq(people: int, address: str) -> float:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    binary = Path(sys.executable).parent / "nats-server"
    command = [str(binary), "-js", "-sd", f"{address}/nats", "-a", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        return asyncio.run(_taskiq(people, f"nats://127.0.0.1:{port}"))
    finally:
        server.terminate()
        server.wait()


PEERS = {"apscheduler": apscheduler, "procrastinate": procrastinate, "dbos": dbos, "taskiq": taskiq}


def main() -> None:
    name, people, address = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with tempfile.TemporaryDirectory() as directory:
        _begin(people, directory)
        took = PEERS[name](people, address or directory)
        sent = _box.execute("SELECT count(*) FROM box").fetchone()[0]
    assert sent == people, (sent, people)
    print(json.dumps({"steps": STEPS * people, "seconds": took}))


if __name__ == "__main__":
    main()
