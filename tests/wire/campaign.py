"""Many mutants, one after the other, against the whole door in this process, and some over TCP."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.wire.judge import LAST_REFUSAL, MOST_WORK, OF_HTTP, REFUSAL, tells
from tests.wire.mutations import Mutant, mutant
from tests.wire.room import Answer, Room

#: Requests that once got through: they are sent at every run.
KEPT = Path(__file__).parent / "kept.jsonl"
_TCP_EVERY = 25
_LOOK_EVERY = 1000


@dataclass
class Report:
    """What came of them."""

    n: int = 0
    over_tcp: int = 0
    refused: int = 0
    of_http: int = 0
    unanswered: int = 0
    answered: int = 0
    let_in: int = 0
    echoed: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    #: Milliseconds of work, and the seed.
    slowest: tuple[float, int] = (0.0, 0)

    def lines(self) -> dict[str, object]:
        return {
            "mutations": self.n, "over_tcp": self.over_tcp, "refused_401": self.refused, "refused_by_http": self.of_http,
            "not_whole": self.unanswered, "let_in_signed": self.let_in, "repeats": self.answered - self.let_in, "echoes": self.echoed,
            "failures": len(self.failures), "slowest_ms": round(self.slowest[0], 1), "slowest_seed": self.slowest[1],
        }  # fmt: skip


@dataclass
class _Batch:
    """Those answered 200 since the last look."""

    mutants: list[tuple[int, Mutant]] = field(default_factory=list)
    before: int = 0


async def run(
    door: Room,
    seeds: Iterable[int],
    *,
    told: Callable[[Report], None] | None = None,
    tcp_every: int = _TCP_EVERY,
) -> Report:
    """Send the mutant of each seed, judge what came, and carry out what was let in."""
    report, batch = Report(), _Batch()
    await door.arrived()
    batch.before = await door.count()
    for seed in seeds:
        one = mutant(seed)
        report.n += 1
        report.by_kind[one.kind] += 1
        by_tcp = report.n % tcp_every == 0 and not one.is_raw
        why = await _one(door, one, seed, report, batch, by_tcp=by_tcp)
        if why:
            report.failures.append(f"seed {seed} ({one.kind}): {why}")
            _keep(seed, one, why)
        if report.n % _LOOK_EVERY == 0:
            await _looked(door, batch, report)
            if told is not None:
                told(report)
    await _looked(door, batch, report)
    return report


async def _one(door: Room, one: Mutant, seed: int, report: Report, batch: _Batch, *, by_tcp: bool) -> str:
    door.slowest = (0.0, "")
    if by_tcp:
        report.over_tcp += 1
        answer = await over_tcp(door.port, one.wire)
    else:
        answer = await door.knock(one.wire, lone=one.is_raw, turns=60 if one.is_raw else 0)
    report.slowest = max(report.slowest, (door.slowest[0], seed))
    if door.slowest[0] > MOST_WORK and not by_tcp:
        again = [await _work_of(door, one) for _ in range(2)]
        if min(again) > MOST_WORK:
            return f"{min(again):.0f} ms of work"
    if answer is not None and answer.status == 200:
        batch.mutants.append((seed, one))
    return _judged(one, answer, report)


async def _work_of(door: Room, one: Mutant) -> float:
    door.slowest = (0.0, "")
    await door.knock(one.wire, lone=True, turns=60)
    return door.slowest[0]


def _judged(one: Mutant, answer: Answer | None, report: Report) -> str:
    if answer is not None and answer.status == 200:
        return _let_in(one, answer, report)
    if one.is_genuine:
        return f"genuine, and answered {answer and answer.status}"
    if answer is None:
        report.unanswered += 1
        return "" if one.is_raw else "no answer"
    return f"tells {tells(answer)}" if tells(answer) else _refused(one, answer, report)


def _let_in(one: Mutant, answer: Answer, report: Report) -> str:
    if ("X-Content-Type-Options", "nosniff") in answer.headers:
        report.echoed += 1
        return "" if answer.body in one.sealed else f"echoed {answer.body[:60]!r}"
    report.answered += 1
    if answer.body:
        return f"said {answer.body[:60]!r}"
    if one.is_misshapen:
        return "let in with parameters that are not the platform's"
    return "" if one.sealed else "let in, and nobody sealed it"


def _refused(one: Mutant, answer: Answer, report: Report) -> str:
    if answer in (REFUSAL, LAST_REFUSAL):
        report.refused += 1
        return ""
    if answer.status in OF_HTTP:
        report.of_http += 1
        return "" if one.is_raw or answer.status == 400 else f"HTTP {answer.status}"
    return f"answered {answer.status} {answer.headers} {answer.body[:60]!r}"


async def _looked(door: Room, batch: _Batch, report: Report) -> None:
    """Nothing came in but what was sealed and answered for, and whatever came in comes to an end."""
    texts = await door.arrived()
    report.let_in += len(texts)
    sealed = frozenset().union(*(one.sealed for _, one in batch.mutants))
    strange = [text for text in texts if text not in sealed]
    if strange or len(texts) > len(batch.mutants):
        seeds = [seed for seed, _ in batch.mutants]
        report.failures.append(f"{len(strange)} strange of {len(texts)} texts let in, from seeds {seeds}")
        for seed, one in batch.mutants:
            _keep(seed, one, "one of a batch that let in what nobody sealed")
    if await door.count() != batch.before + report.let_in:
        report.failures.append(f"by seed {report.n}: rows that came from nowhere")
    batch.mutants.clear()
    await door.work()
    report.failures += [
        f"row {row.id} {row.state} {row.reason}: carried out with a failure" for row in await door.unsettled()
    ]


async def over_tcp(port: int, wire: bytes, within: float = 20.0) -> Answer | None:
    """As any client would."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):
        writer.write(wire)
        await writer.drain()
    answer = None
    with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(within):
            answer = await _read(reader)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return answer


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n"))[:-4].decode("latin-1")
    if head.endswith("100 Continue"):
        return await _read(reader)
    first, *lines = head.split("\r\n")
    pairs = [tuple(line.split(": ", 1)) for line in lines]
    length = int(dict(pairs).get("Content-Length", "0"))
    told = tuple(sorted((name, value) for name, value in pairs if name != "Date"))
    return Answer(int(first.split()[1]), told, await reader.readexactly(length))


def _keep(seed: int, one: Mutant, why: str) -> None:
    """For ever: whatever the generator becomes, these bytes are sent again."""
    line = {
        "seed": seed, "kind": one.kind, "why": why, "wire": base64.b64encode(one.wire).decode(),
        "sealed": [base64.b64encode(text).decode() for text in sorted(one.sealed)],
        "is_genuine": one.is_genuine, "is_raw": one.is_raw, "is_misshapen": one.is_misshapen,
    }  # fmt: skip
    with KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def kept() -> list[Mutant]:
    """Those that once got through."""
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    return [
        Mutant(
            one["kind"], base64.b64decode(one["wire"]), frozenset(map(base64.b64decode, one["sealed"])),
            is_genuine=one["is_genuine"], is_raw=one["is_raw"], is_misshapen=one["is_misshapen"],
        )
        for one in map(json.loads, lines)
    ]  # fmt: skip


async def again(door: Room, those: Iterable[Mutant]) -> list[str]:
    """Send them once more; what is still wrong."""
    report, batch = Report(), _Batch()
    await door.arrived()
    batch.before = await door.count()
    for n, one in enumerate(those):
        why = await _one(door, one, n, report, batch, by_tcp=False)
        report.failures += [f"{n} ({one.kind}): {why}"] if why else []
    await _looked(door, batch, report)
    return report.failures
