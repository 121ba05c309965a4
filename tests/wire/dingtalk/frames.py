"""Frames of the stream, bent by chance, against a connection whose host is the program's own."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.adapters.dingtalk.adapter import DingTalkAdapter
from bot.adapters.dingtalk.stream.connection import Connection
from bot.adapters.dingtalk.stream.socket import BrokenError
from bot.adapters.dingtalk.taps import Taps
from bot.worker.express import Express
from bot.worker.lanes import LaneWorker
from bot.worker.sender import Sender
from bot.worker.streams import StreamKeeper
from tests.wire.bending import bent_bytes
from tests.wire.dingtalk import genuine as g
from tests.wire.dingtalk.mutations import _swapped, spelled
from tests.wire.room import Room

_TOPICS = {g.ROBOT: "/v1.0/im/bot/messages/get", g.CARD: "/v1.0/card/instances/callback"}
_LOOK_EVERY = 250


class Wire:
    """The gateway's end of one connection."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()
        self.heard: list[dict[str, Any]] = []

    async def send(self, frame: str) -> None:
        self.heard.append(json.loads(frame))

    async def receive(self) -> str:
        frame = await self.frames.get()
        if frame is None:
            msg = "closed"
            raise BrokenError(msg)
        return frame

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Report:
    """What came of them."""

    n: int = 0
    acknowledged: int = 0
    kept: int = 0
    by_code: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def genuine_frame(rng: random.Random, n: int) -> dict[str, Any]:
    """One of each kind, with an id of its own."""
    knock = rng.choice([one for one in g.everyday() if one.door != g.EVENT])
    headers = {
        "topic": _TOPICS[knock.door],
        "messageId": f"f{n}",
        "contentType": "application/json",
        "time": g.STAMP,
    }
    frame = {"specVersion": "1.0", "type": "CALLBACK", "headers": headers, "data": knock.body.decode()}
    if rng.random() < 0.3:
        about = {
            "eventType": "user_leave_org",
            "eventId": f"e{n}",
            "eventCorpId": g.CORP,
            "eventBornTime": g.STAMP,
        }
        data = orjson.dumps({"userId": ["d-old"], "timeStamp": g.STAMP}).decode()
        frame |= {"type": "EVENT", "headers": headers | about | {"topic": "*"}, "data": data}
    return frame


def bent(seed: int) -> str:
    """The frame of this seed: as text, as JSON, or in its inner JSON it is broken; one in eight is whole."""
    rng = random.Random(f"frame {seed}")
    frame = genuine_frame(rng, seed)
    match rng.randrange(8):
        case 0 | 1:
            text = bent_bytes(rng, orjson.dumps(frame), orjson.dumps(genuine_frame(rng, seed)))
            return text.decode("utf-8", "replace")
        case 2 | 3:
            frame["data"] = orjson.dumps(_swapped(rng, orjson.loads(frame["data"]))).decode()
        case 4:
            frame["data"] = bent_bytes(rng, frame["data"].encode(), b"{}").decode("utf-8", "replace")
        case 5:
            frame["headers"] = _swapped(rng, frame["headers"])
        case 6:
            frame = _swapped(rng, frame)
        case _:
            pass
    # A gateway writes any JSON, lone halves of letters included.
    return json.dumps(frame)


async def run(door: Room, seeds: Iterable[int]) -> Report:
    """Send them all on one connection, which has to stand to the end."""
    report, wire, bench = Report(), Wire(), door.app.bench
    keeper = StreamKeeper(
        bench, _Named(), express=Express(bench, LaneWorker(bench), Sender(bench, calls=False)),
        monotonic=bench.monotonic,
    )  # fmt: skip
    adapter = bench.adapters["dingtalk"]
    assert isinstance(adapter, DingTalkAdapter)
    # Nobody waits for cards here: the time that a tap may wait is over at once.
    taps = Taps(sleep=lambda _seconds: asyncio.sleep(0))
    connection = Connection(
        wire, keeper, clock=bench.clock, monotonic=bench.monotonic, sleep=asyncio.sleep, taps=taps,
        heard=adapter._heard,
    )  # fmt: skip
    serving = asyncio.create_task(connection.serve())
    await door.arrived()
    sent: list[str] = []
    for seed in seeds:
        report.n += 1
        sent.append(bent(seed))
        wire.frames.put_nowait(sent[-1])
        if report.n % _LOOK_EVERY == 0:
            await _looked(door, wire, connection, report, sent)
    await _looked(door, wire, connection, report, sent)
    if serving.done() and serving.result().reason != "disconnect":
        report.failures.append(f"the connection ended: {serving.result()}")
    await connection.close()
    await asyncio.gather(serving, return_exceptions=True)
    report.failures += [f"{name}: {why}" for name, why in keeper._counted if name == "stream.frame_failed"]
    return report


async def _looked(door: Room, wire: Wire, connection: Connection, report: Report, sent: list[str]) -> None:
    while not wire.frames.empty() or connection._tasks:  # noqa: ASYNC110 - the connection tells nobody
        await asyncio.sleep(0.01)
    known = {one for one in map(_id, sent) if one}
    for ack in wire.heard:
        report.acknowledged += 1
        report.by_code[ack["code"]] += 1
        if ack["headers"]["messageId"] not in known | {""}:
            report.failures.append(f"acknowledged {ack['headers']}, which was never sent")
    wire.heard.clear()
    told = {one for one in map(_data, sent) if one is not None}
    for body in await door.arrived():
        report.kept += 1
        if spelled(orjson.loads(body)["data"]) not in told:
            report.failures.append(f"kept {body[:80]!r}")
    sent.clear()
    await door.work()
    report.failures += [f"row {row.id} {row.state} {row.reason}" for row in await door.unsettled()]


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _id(text: str) -> str:
    frame = _parsed(text)
    headers = (frame or {}).get("headers") or (frame or {}).get("header") or {}
    return str(headers.get("messageId", "")) if isinstance(headers, dict) else ""


def _data(text: str) -> bytes | None:
    frame = _parsed(text)
    data = (frame or {}).get("data")
    inner = _parsed(data) if isinstance(data, str) and data else data if isinstance(data, dict) else {}
    return None if frame is None or inner is None else spelled(inner)


class _Named:
    """The stream whose keeper stands in for all; it never runs."""

    name = "dingtalk.stream"

    async def run(self, host: object) -> Any:
        raise NotImplementedError
