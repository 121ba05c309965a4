"""Everything that is known to have broken such a door, against ours: one answer, no effect, no defect."""

from __future__ import annotations

import pytest

from tests.wire.corpus import everything
from tests.wire.corpus.case import Case, Expect, some
from tests.wire.judge import MOST_WORK, complaint
from tests.wire.room import Room

#: Fewer would mean that a class was lost.
AT_LEAST = {"http": 130, "query": 550, "envelope": 170, "cipher": 80, "plain": 220}
#: Where the door leaves its traces; deliveries that are let in add to them, those refused do not.
LOCAL = {"inbox", "lanes"}


async def knocked(door: Room, case: Case) -> str:
    turns = 60 if case.expect is Expect.SILENT else 0
    answer = await door.knock(case.wire, case.name, lone=case.lone, turns=turns)
    return complaint(case, answer, await door.arrived())


async def costly(door: Room, case: Case) -> float:
    """The least of three: only what costs each time is the case's own."""
    took = []
    for _ in range(3):
        door.slowest = (0.0, "")
        turns = 60 if case.expect is Expect.SILENT else 0
        await door.knock(case.wire, case.name, lone=case.lone, turns=turns)
        took.append(door.slowest[0])
    return min(took)


@pytest.mark.parametrize("name", list(everything.CLASSES))
async def test_each_case_meets_its_fate_and_leaves_nothing_else(door: Room, name: str):
    """The same empty 401 for all that is not genuine; HTTP's own 4xx; or a row. The loop never stands still."""
    await door.knock(some().wire())
    await door.arrived()
    before, wrong, n = await door.contents(), [], 0
    for case in everything.of(name):
        n += 1
        door.slowest = (0.0, "")
        wrong += filter(None, [await knocked(door, case)])
        if door.slowest[0] > MOST_WORK and await costly(door, case) > MOST_WORK:
            wrong.append(f"{case.name}: {door.slowest[0]:.0f} ms of work")
    after = await door.contents()

    assert wrong == []
    assert [table for table in before if table not in LOCAL and before[table] != after[table]] == []
    assert n >= AT_LEAST[name]


async def test_what_was_let_in_comes_to_an_end(door: Room):
    """Carried out, refused, unknown or set aside: no try of it fails, none is left lying."""
    expected = {}
    for name in ("plain", "cipher", "query"):
        for case in everything.of(name):
            if case.expect is Expect.KEPT:
                await door.knock(case.wire)
                expected[case.plain] = case
    await door.work()
    rows = await door.states()
    texts = [door.app.bench.vault.open(row.body, "inbox.body") for row in rows]

    assert set(texts) == set(expected)
    ends = [(expected[text], row) for row, text in zip(rows, texts, strict=True)]
    assert [case.name for case, row in ends if case.state not in {"", row.state}] == []
    assert {row.state for row in rows} <= {"done", "refused", "unknown", "quarantined"}
    assert [
        (expected[text].name, row.reason) for row, text in zip(rows, texts, strict=True) if row.failures
    ] == []
    assert {row.reason for row in rows if row.state == "quarantined"} == {"ValueError"}


async def test_a_hundred_requests_in_one_breath_are_answered_in_order(door: Room):
    """Pipelined: bad ones between good ones change nothing about them."""
    good, bad = some(), some().asking(nonce="other")
    line = door.connect()
    line.say(b"".join((good if n % 3 else bad).wire() for n in range(100)))
    statuses = [(await line.answer()).status for _ in range(100)]

    assert statuses == [200 if n % 3 else 401 for n in range(100)]
    assert len(await door.arrived()) == 1


async def test_a_case_in_single_bytes_meets_the_same_fate(door: Room):
    """However a request is cut into packets."""
    for knock, status in ((some(), 200), (some().asking(nonce="other"), 401)):
        line, wire = door.connect(), knock.wire()
        for at in range(len(wire)):
            line.say(wire[at : at + 1])
        assert (await line.answer()).status == status
