"""Somebody of whom very much is kept: no unit takes more than its share, and in the end all of it is out."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.store.personal import erase
from bot.store.personal.own import BUDGET
from bot.store.personal.register import TIES
from bot.store.personal.traces import Known
from bot.store.tables.behaviour import behaviours
from bot.store.tables.leads import leads
from tests.store.personal.conftest import ADMIN
from tests.store.personal.life import EMAIL, behaved_often
from tests.store.personal.test_erase import names, whole_database

ROWS = 3 * BUDGET


async def _named(desk):
    """Of how many behaviours it can still be read who it was."""
    found = await desk.tx.first(select(func.count()).where(behaviours.c.object.contains(EMAIL)))
    return found[0]


async def test_each_unit_takes_its_share(unit, vault, lead_id):
    """His name goes with the first commit; then at most so many rows with each, and none twice."""
    await unit(lambda desk: behaved_often(desk, lead_id, ROWS))
    before = await unit(_named)
    begun = await unit(lambda desk: erase.begin(desk, lead_id, by=ADMIN, reason="本人要求"))
    name = await unit(lambda desk: desk.tx.first(select(leads.c.name).where(leads.c.id == lead_id)))
    rows, left = [Known.unsealed(begun.traces, vault, lead_id).rows], [await unit(_named)]
    while begun.place < len(TIES):
        assert await unit(lambda desk: erase.step(desk, lead_id))
        begun = await unit(lambda desk: erase.find(desk.tx, lead_id))
        rows.append(Known.unsealed(begun.traces, vault, lead_id).rows)
        left.append(await unit(_named))
    taken = [after - one for one, after in zip([0, *rows], rows, strict=False)]

    assert name[0] == "（已删除）"
    assert max(taken) <= BUDGET
    assert (before, left[-1]) == (ROWS + 1, 0)
    assert len(rows) >= ROWS // BUDGET
    assert left == sorted(left, reverse=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_in_the_end_nothing_is_left(unit, vault, lead_id, erased):
    """Of all that many rows, and of what only mentions him."""
    await unit(lambda desk: behaved_often(desk, lead_id, ROWS))
    await erased(lead_id)

    assert names(await whole_database(unit, vault)) == []


def test_who_is_looked_for_is_known_by_then():
    """No kind of id is given any more once it has been looked for: a walk that goes on counts on it."""
    for place, tie in enumerate(TIES):
        later = {kind for one in TIES[place:] for kind in one.gives}
        assert tie.of not in later, tie.table.name
