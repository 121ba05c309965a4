"""Many mutants against the three addresses, and frames against the stream, of one whole program."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from tests.wire.dingtalk import genuine as g
from tests.wire.dingtalk.mutations import Mutant, mutant, spelled
from tests.wire.judge import LAST_REFUSAL, OF_HTTP, REFUSAL, tells
from tests.wire.room import Answer, Room

_LOOK_EVERY = 500
#: Presses on cards wait up to a second and a half for the card that they change: sent side by side.
_SIDE_BY_SIDE = 24


@dataclass
class Report:
    """What came of them."""

    n: int = 0
    refused: int = 0
    of_http: int = 0
    unanswered: int = 0
    answered: int = 0
    let_in: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def lines(self) -> dict[str, object]:
        """For whoever gathers evidence."""
        return {
            "mutations": self.n, "refused_401": self.refused, "refused_by_http": self.of_http,
            "not_whole": self.unanswered, "let_in_signed": self.let_in, "repeats": self.answered - self.let_in,
            "failures": len(self.failures),
        }  # fmt: skip


async def run(door: Room, seeds: Iterable[int]) -> Report:
    """Send the mutant of each seed, judge what came, and carry out what was let in."""
    report, waiting, let_in = Report(), list[tuple[int, Mutant]](), list[Mutant]()
    await door.arrived()
    for seed in seeds:
        one = mutant(seed)
        report.n += 1
        report.by_kind[one.kind] += 1
        if one.may and one.door == g.CARD:
            waiting.append((seed, one))
        else:
            answer = await door.knock(one.wire, lone=one.is_raw, turns=60 if one.is_raw else 0)
            _judge(seed, one, answer, report, let_in)
        if len(waiting) >= _SIDE_BY_SIDE:
            await _side_by_side(door, waiting, report, let_in)
        if report.n % _LOOK_EVERY == 0:
            await _looked(door, report, let_in)
    await _side_by_side(door, waiting, report, let_in)
    await _looked(door, report, let_in)
    return report


async def _side_by_side(
    door: Room, waiting: list[tuple[int, Mutant]], report: Report, let_in: list[Mutant]
) -> None:
    async def say(one: Mutant) -> Answer | None:
        line = door.connect()
        line.say(one.wire)
        answer = await line.answer(turns=60 if one.is_raw else 0)
        line.hang_up()
        return answer

    answers = await asyncio.gather(*(say(one) for _, one in waiting))
    for (seed, one), answer in zip(waiting, answers, strict=True):
        _judge(seed, one, answer, report, let_in)
    waiting.clear()


def _judge(seed: int, one: Mutant, answer: Answer | None, report: Report, let_in: list[Mutant]) -> None:
    why = _complaint(one, answer, report)
    if answer is not None and answer.status == 200:
        let_in.append(one)
    if why:
        report.failures.append(f"seed {seed} ({one.kind} at {one.door}): {why}")


def _complaint(one: Mutant, answer: Answer | None, report: Report) -> str:
    if answer is None:
        report.unanswered += 1
        return "" if one.is_raw else "no answer"
    if answer.status == 200:
        return _let_in(one, answer, report)
    if one.is_genuine:
        return f"genuine, and answered {answer.status}"
    return f"tells {tells(answer)}" if tells(answer) else _refused(one, answer, report)


def _let_in(one: Mutant, answer: Answer, report: Report) -> str:
    report.answered += 1
    if not one.may:
        return f"let in, and nobody signed it: {answer.body[:60]!r}"
    is_well = one.is_raw or g.answered_well(one.door, answer.body)
    return "" if is_well else f"answered {answer.body[:60]!r}"


def _refused(one: Mutant, answer: Answer, report: Report) -> str:
    if answer in (REFUSAL, LAST_REFUSAL):
        report.refused += 1
        return ""
    if answer.status in OF_HTTP:
        report.of_http += 1
        return "" if one.is_raw or answer.status in {400, 404, 405} else f"HTTP {answer.status}"
    return f"answered {answer.status} {answer.headers} {answer.body[:60]!r}"


async def _looked(door: Room, report: Report, let_in: list[Mutant]) -> None:
    """Nothing came in but what was signed and answered for, and whatever came in comes to an end."""
    arrived = [spelled(orjson.loads(text)["data"]) for text in await door.arrived()]
    report.let_in += len(arrived)
    allowed = frozenset[bytes]().union(*(one.may for one in let_in))
    report.failures += [f"by seed {report.n}: kept {one[:80]!r}" for one in arrived if one not in allowed]
    if len(arrived) > len(let_in):
        report.failures.append(f"by seed {report.n}: {len(arrived)} rows of {len(let_in)} answers")
    let_in.clear()
    await door.work()
    report.failures += [
        f"row {row.id} {row.state} {row.reason}: carried out with a failure" for row in await door.unsettled()
    ]
