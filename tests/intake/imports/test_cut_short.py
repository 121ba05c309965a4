"""An import that dies in the middle goes on where it ended, or is taken back; nothing is half."""

from __future__ import annotations

import pytest

from bot.intake.imports import engine, job
from bot.intake.imports.engine import Tools
from bot.store import import_batches
from bot.store.import_batches import Batch
from tests.intake.imports.conftest import bring, fingerprint, mapped, rows, take_back

#: Three pieces and a bit, with people who come twice, across pieces too.
LIST = (
    "姓名,手机号,来源\n"
    + "".join(f"客户{n},139{n % 1000:08d},官网\n" for n in range(engine.PIECE * 3 + 50))
    + "坏,1,官网\n"
).encode()


class KilledError(RuntimeError):
    """Stands for the process that is gone."""


async def begun(tools: Tools, pieces: int) -> Batch:
    """An import that died after so many pieces were durable."""
    opened, columns = mapped(tools, "leads", LIST)
    batch = await job.begin(tools, opened, columns, by="boss")
    assert isinstance(batch, Batch)
    left = pieces

    def told(_n: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KilledError

    with pytest.raises(KilledError):
        await job.carry_out(tools, opened, columns, batch, told=told)
    return batch


async def outcome(tools: Tools) -> list[tuple[int, str]]:
    return [(one["row"], one["outcome"]) for one in await rows(tools.store, "import_rows")]


@pytest.mark.parametrize("pieces", [1, 3])
async def test_it_goes_on_where_it_ended(both: Tools, pieces: int) -> None:
    """The same file again takes up the same batch; every row has one outcome, nobody is there twice."""
    batch = await begun(both, pieces)
    cut = len(await outcome(both))
    assert cut == pieces * engine.PIECE

    done = await bring(both, "leads", LIST)

    assert (done.id, done.state) == (batch.id, "done")
    found = await outcome(both)
    assert [row for row, _ in found] == list(range(2, engine.PIECE * 3 + 50 + 3))
    people = await rows(both.store, "leads")
    assert len(people) == len({one["phone_masked"] + one["name"] for one in people}) == 1000
    assert (done.counts.created, done.counts.merged, done.counts.rejected) == (
        1000, engine.PIECE * 3 + 50 - 1000, 1,
    )  # fmt: skip


async def test_it_can_be_taken_back_instead(both: Tools) -> None:
    """What was durable goes again."""
    before = await fingerprint(both.store)
    batch = await begun(both, 2)

    undone = await take_back(both, batch)

    assert undone.state == "undone"
    assert await fingerprint(both.store) == before


async def test_an_undoing_that_dies_goes_on(tools: Tools) -> None:
    """Asked for again, it does the rest."""
    from bot.intake.imports.undo import undo

    before = await fingerprint(tools.store)
    batch = await bring(tools, "leads", LIST)
    marked = await tools.store.write(lambda tx: job.undoing(tools.desk(tx), batch.id), within=10)
    assert isinstance(marked, Batch)

    def told(_n: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        await undo(tools, marked, told=told)
    assert 0 < len(await outcome(tools)) < batch.counts.rows

    async with tools.store.read() as tx:
        assert (await import_batches.get(tx, batch.id)).state == "undoing"
    await take_back(tools, batch)
    assert await fingerprint(tools.store) == before
