"""Put load on an address: 32 connections, each with one request under way.

`wrk` if it is installed; else, in a process of its own, `python -m bench.load`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import deliveries
from bench.machine import pinned

CONNECTIONS = 32
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Load:
    """What came back in one round."""

    answers: int
    seconds: float
    #: Answers other than 200, and connections that broke.
    refused: int
    broken: int
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


def generator() -> str:
    return "wrk" if shutil.which("wrk") else "asyncio"


def put(port: int, file: Path, *, seconds: int, core: int) -> Load:
    """Send deliveries for some seconds from the generator's core."""
    address = f"http://127.0.0.1:{port}"
    if generator() == "wrk":
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "-s",
            str(_SCRIPT),
            address,
            "--",
            str(file),
        ]
    else:
        command = [sys.executable, "-m", "bench.load", str(port), str(file), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=pinned(core))
    if done.returncode:
        msg = f"{command[0]}: {done.stderr or done.stdout}"
        raise RuntimeError(msg)
    found = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    return Load(**json.loads(found.removeprefix("RESULT ")))


class _Sender(asyncio.Protocol):
    """One connection that sends the next delivery as soon as the last one was answered."""

    def __init__(self, waiting: list[bytes], taken: list[float], refused: list[int]) -> None:
        self._waiting, self._taken, self._refused = waiting, taken, refused
        self._transport: asyncio.Transport | None = None
        self._began = 0.0
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.send()

    def send(self) -> None:
        assert self._transport is not None
        if self._waiting:
            self._began = time.perf_counter()
            self._transport.write(self._waiting.pop())

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, blank, body = self._seen.partition(b"\r\n\r\n")
        length = next(
            (int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")), 0
        )
        if not blank or len(body) < length:
            return
        self._seen = b""
        self._taken.append(time.perf_counter() - self._began)
        if not head.startswith(b"HTTP/1.1 200"):
            self._refused.append(1)
        self.send()


async def _send(port: int, file: Path, seconds: int) -> Load:
    waiting = [
        f"POST {where} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()
        for where, body in reversed(deliveries.read(file))
    ]
    taken: list[float] = []
    refused: list[int] = []
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    senders = [
        await loop.create_connection(lambda: _Sender(waiting, taken, refused), "127.0.0.1", port)
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(seconds)
    span = time.perf_counter() - began
    for transport, _ in senders:
        transport.abort()
    ordered = sorted(taken)
    p50, p99 = (1000 * ordered[int(len(ordered) * q)] for q in (0.5, 0.99))
    return Load(len(taken), span, len(refused), 0, p50, p99)


if __name__ == "__main__":
    _found = asyncio.run(_send(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
    print("RESULT", json.dumps(_found.__dict__))
