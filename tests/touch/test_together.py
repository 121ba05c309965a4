"""Many asked for at once are decided as each alone, by as many statements as one."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Executable, Table, update

from bot.crm.company.touch import Caps, Touch
from bot.crm.touching import Intent, Purpose
from bot.kit.ids import seeded_random_bytes
from bot.store import consents, incidents, open_store, tasks, touch_suppressions, touch_windows
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.tables.leads import leads as leads_table
from bot.store.tx import Tx
from bot.touch.request import request, request_all
from tests.touch.house import AGREES, CONTENT, MEI, STOPS, House, bench_of, company_of, intent

PEOPLE = 12
WAYS = ("wechat_service.message", "wechat_official.message")


class Counting:
    """A Tx that counts what it is asked for."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.statements: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._tx, name)

        async def counted(what: Executable | Table | str, *args: Any, **params: Any) -> Any:
            self.statements.append(name)
            return await found(what, *args, **params)

        return counted


async def _statements(house: House, people: Sequence[str], **more: Any) -> int:
    counts: list[int] = []

    async def work(desk: Desk) -> None:
        counting = Counting(desk.tx)
        own = Desk(tx=counting, company=desk.company, now=desk.now, vault=desk.vault,
                   random_bytes=desk.random_bytes)  # fmt: skip
        name = f"{len(people)}:{sorted(more.items())}"
        await request_all(own, [intent(f"{name}:{one}", one, **more) for one in people])
        counts.append(len(counting.statements))

    await house.unit(work)
    return counts[0]


@pytest.mark.parametrize("agrees", [True, False])
async def test_the_statements_do_not_grow_with_the_people(lite_house, agrees):
    """Two or twelve: planned, or written down as not sent."""
    house, owner = lite_house, "mei" if agrees else None
    for n in range(PEOPLE):
        await house.lead(f"P{n}", n=10 + n, agrees=agrees, owner=owner)

    two = await _statements(house, ["P0", "P1"])
    twelve = await _statements(house, [f"P{n}" for n in range(PEOPLE)], content="news1")

    assert two == twelve
    assert len({one.state for one in await house.rows()}) == 1


async def test_the_same_person_twice_is_decided_one_after_the_other(house, company):
    """In one call: the second finds what the first took."""
    house.bench.company = company_of(company, Touch(caps=Caps(per_day=1), put_off_days=0))
    asked = [intent("a"), intent("b", content="news1"), intent("c"), intent("a")]
    verdicts = await house.unit(lambda desk: request_all(desk, asked))

    assert [type(one).__name__ for one in verdicts] == ["Planned", "NotSent", "NotSent", "Planned"]
    assert verdicts[0] == verdicts[3]
    assert [one.reason for one in verdicts[1:3]] == ["capped", "same_content"]


@pytest.mark.parametrize("seed", range(6))
async def test_together_is_what_each_alone_is(seed, tmp_path, company, clock, vault, sqlite_template):
    """People of every kind, some asked for more than once: the same rows, tasks and counts."""
    found = []
    for name, how in (("alone", _alone), ("together", request_all)):
        path = tmp_path / f"{name}.db"
        shutil.copy(sqlite_template, path)
        store = open_store(f"sqlite+aiosqlite:///{path}", unit_span=60)
        rules = company_of(company, Touch(caps=Caps(per_day=1, per_week=2)))
        bench, channels = bench_of(store, rules, clock, vault, seeded_random_bytes(seed))
        house = House(store, bench, clock, channels)
        dice = random.Random(seed)
        await _people(house, dice)
        asked = _asked(dice)
        for start in range(0, len(asked), 15):
            await house.unit(lambda desk, these=asked[start : start + 15], how=how: how(desk, these))
        found.append(await _state(house))
        await store.close()

    assert found[0] == found[1]


async def _alone(desk: Desk, intents: Sequence[Intent]) -> None:
    for one in intents:
        await request(desk, one)


async def _people(house: House, dice: random.Random) -> None:
    await house.hire(MEI)
    for n in range(PEOPLE):
        owner = None if dice.random() < 0.5 else "mei"
        await house.lead(f"P{n}", n=10 + n, agrees=dice.random() < 0.7, owner=owner)
        await house.unit(lambda desk, n=n: _one(desk, f"P{n}", dice))


async def _one(desk: Desk, lead_id: str, dice: random.Random) -> None:
    if dice.random() < 0.2:
        await consents.record(desk, lead_id, dice.choice([STOPS, AGREES]))
    if dice.random() < 0.2:
        key = LeadKey("email", desk.vault.index("email", f"lin{10 + int(lead_id[1:])}@xinghe.cn"))
        reason = dice.choice(["bounced", "unsubscribed"])
        await touch_suppressions.suppress(desk, key, channel="", reason=reason, by="test")
    for way in WAYS:
        if dice.random() < 0.3:
            await touch_windows.open_window(desk, lead_id, way=way, kind="message", address="a")
    if dice.random() < 0.3:
        await touch_windows.grant(desk, lead_id, way="mini_program.subscribe", template="T1", address="a")
    if dice.random() < 0.15:
        await desk.tx.run(update(leads_table).where(leads_table.c.id == lead_id).values(status="invalid"))
    if dice.random() < 0.15 and lead_id != "P0":
        await desk.tx.run(update(leads_table).where(leads_table.c.id == lead_id).values(merged_into="P0"))


def _asked(dice: random.Random) -> list[Intent]:
    made = []
    for n in range(60):
        content = dice.choice(list(CONTENT))
        purpose = dice.choice([CONTENT[content].purpose, Purpose.TRANSACTIONAL])
        channels: tuple[str, ...] = dice.choice([(), ("email",), ("sms", "email"), ("wechat_service",)])
        whom = f"P{dice.randrange(PEOPLE + 1)}"
        made.append(
            intent(
                f"k{n % 50}", whom, content=content, purpose=purpose, channels=channels,
                priority=dice.choice([0, 0, 5]),
            )
        )  # fmt: skip
    return made


async def _state(house: House) -> Mapping[str, Any]:
    """All that was written, but for the ids that chance gave."""
    rows = sorted(await house.rows(), key=lambda one: one.key)
    open_now = [
        (n, sorted(one.title for one in await house.unit(lambda d, n=n: tasks.open_of_lead(d, f"P{n}"))))
        for n in range(PEOPLE)
    ]
    return {
        "rows": [
            (one.key, one.lead_id, one.state, one.way, one.reason, one.detail, dict(one.skipped),
             one.due_at, one.counts_on, bool(one.window_id), bool(one.grant_id), bool(one.task_id),
             dict(one.wanted), _without_ids(one.facts))
            for one in rows
        ],
        "tasks": open_now,
        "incidents": await house.unit(lambda desk: incidents.totals(desk.tx)),
    }  # fmt: skip


def _without_ids(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    windows = {way: {**one, "id": ""} for way, one in facts.get("windows", {}).items()}
    waiting = sorted((one["channel"], one["day"], one["priority"]) for one in facts.get("waiting", ()))
    return {**facts, "windows": windows, "waiting": waiting, "grants": sorted(facts.get("grants", ()))}
