"""Many mutants against the addresses of the official accounts, near twins and repeats."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.wire.genuine import STAMP, xml
from tests.wire.judge import LAST_REFUSAL, OF_HTTP, REFUSAL, tells
from tests.wire.room import Answer, Room
from tests.wire.wechat import genuine as g
from tests.wire.wechat.mutations import Mutant, mutant

_LOOK_EVERY = 500
_TOO_LARGE = 413


@dataclass
class Report:
    """What came of them."""

    n: int = 0
    refused: int = 0
    of_http: int = 0
    unanswered: int = 0
    answered: int = 0
    let_in: int = 0
    echoed: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def lines(self) -> dict[str, object]:
        """For whoever gathers evidence."""
        return {
            "mutations": self.n, "refused_401": self.refused, "refused_by_http": self.of_http, "not_whole": self.unanswered,
            "let_in_signed": self.let_in, "repeats": self.answered - self.let_in, "echoes": self.echoed,
            "failures": len(self.failures),
        }  # fmt: skip


async def run(door: Room, seeds: Iterable[int], *, told: Callable[[Report], None] | None = None) -> Report:
    """Send the mutant of each seed, judge what came, and carry out what was let in."""
    report, let_in = Report(), list[Mutant]()
    await door.arrived()
    for seed in seeds:
        one = mutant(seed)
        report.n += 1
        report.by_kind[one.kind] += 1
        answer = await door.knock(one.wire, lone=one.is_raw or one.is_large, turns=60 if one.is_raw else 0)
        why = _complaint(one, answer, report, let_in)
        if why:
            report.failures.append(f"seed {seed} ({one.kind}): {why}")
        if report.n % _LOOK_EVERY == 0:
            await _looked(door, report, let_in)
            if told is not None:
                told(report)
    await _looked(door, report, let_in)
    return report


def _complaint(one: Mutant, answer: Answer | None, report: Report, let_in: list[Mutant]) -> str:
    if answer is None:
        report.unanswered += 1
        return "" if one.is_raw else "no answer"
    if answer.status == 200:
        return _let_in(one, answer, report, let_in)
    if one.is_genuine:
        return f"genuine, and answered {answer.status}"
    return f"tells {tells(answer)}" if tells(answer) else _refused(one, answer, report)


def _let_in(one: Mutant, answer: Answer, report: Report, let_in: list[Mutant]) -> str:
    if ("X-Content-Type-Options", "nosniff") in answer.headers:
        report.echoed += 1
        return (
            "" if one.is_raw or (one.echoes and answer.body == one.echoes) else f"echoed {answer.body[:60]!r}"
        )
    report.answered += 1
    let_in.append(one)
    if answer.body:
        return f"said {answer.body[:60]!r}"
    return "" if one.may else "let in, and nobody sealed it"


def _refused(one: Mutant, answer: Answer, report: Report) -> str:
    if answer in (REFUSAL, LAST_REFUSAL):
        report.refused += 1
        return ""
    if answer.status in OF_HTTP:
        report.of_http += 1
        is_well = one.is_raw or answer.status == 400 or (one.is_large and answer.status == _TOO_LARGE)
        return "" if is_well else f"HTTP {answer.status}"
    return f"answered {answer.status} {answer.headers} {answer.body[:60]!r}"


async def _looked(door: Room, report: Report, let_in: list[Mutant]) -> None:
    """Nothing came in but what was sealed for that account and answered for, and all of it ends well."""
    arrived = await door.arrived()
    report.let_in += len(arrived)
    allowed = frozenset[bytes]().union(*(one.may for one in let_in))
    report.failures += [f"by seed {report.n}: kept {text[:80]!r}" for text in arrived if text not in allowed]
    if len(arrived) > len(let_in):
        report.failures.append(f"by seed {report.n}: {len(arrived)} rows of {len(let_in)} answers")
    let_in.clear()
    await door.work()
    report.failures += [
        f"row {row.id} {row.state} {row.reason}: carried out with a failure" for row in await door.unsettled()
    ]


#: One field by which two deliveries differ, and in what.
TWINS: tuple[dict[str, str], ...] = (
    {"FromUserName": "oAbc-9"}, {"CreateTime": str(int(STAMP) + 1)}, {"EventKey": "booth-8"}, {"Event": "SCAN"},
    {"UnionId": "u2"}, {"Ticket": "t2"}, {"ToUserName": "gh_2"},
)  # fmt: skip


@dataclass
class Pairs:
    """How many were sent, and how many deliveries they were."""

    sent: int = 0
    kept: int = 0
    failures: list[str] = field(default_factory=list)


async def twins(door: Room, n: int) -> Pairs:
    """Two that differ in one field, or in nothing but the account: two deliveries each time."""
    return await _pairs(door, n, _twin)


async def repeats(door: Room, n: int) -> Pairs:
    """The same text, sealed anew with another nonce and moment: one delivery each time."""
    return await _pairs(door, n, _repeat)


_Two = tuple[bytes, bytes]


async def _pairs(door: Room, n: int, make: Callable[[int, random.Random], _Two]) -> Pairs:
    found, before = Pairs(), await door.count()
    for number in range(n):
        for wire in make(number, random.Random(f"wechat pair {number}")):
            answer = await door.knock(wire)
            found.sent += 1
            if answer is None or answer.status != 200 or answer.body:
                found.failures.append(f"pair {number}: {answer}")
    found.kept = await door.count() - before
    return found


def _one(number: int, what: str, **more: str) -> bytes:
    return xml(
        {
            **g.event("subscribe", f"o{what}{number}", EventKey="qrscene_booth-7", UnionId="u1", Ticket="t"),
            **more,
        }
    )


def _twin(number: int, rng: random.Random) -> _Two:
    way = number % (len(TWINS) + 1)
    first = _one(number, "Twin")
    if way == len(TWINS):
        return g.fresh(g.MAIN, first, rng).wire(), g.fresh(g.SHOP, first, rng).wire()
    other = TWINS[way]
    if "FromUserName" in other:
        other = {"FromUserName": f"oOther{number}"}
    return g.fresh(g.MAIN, first, rng).wire(), g.fresh(g.MAIN, _one(number, "Twin", **other), rng).wire()


def _repeat(number: int, rng: random.Random) -> _Two:
    plain = _one(number, "Again") if number % 2 else xml(g.said("在吗", str(10**16 + number)))
    later = str(int(STAMP) + rng.randint(-3_600, 290))
    return g.fresh(g.MAIN, plain, rng).wire(), g.fresh(g.MAIN, plain, rng, stamp=later).wire()
