"""Where two things happen to one lead in one instant, and questions that nobody would ask in earnest."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.assignment.release import recycle
from bot.chat.inbound import Accepted, Delivery
from bot.crm.pool import HELD
from bot.crm.user import SYSTEM
from bot.intake.merge import merge
from bot.kit.ids import seeded_random_bytes
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render
from bot.store import claims as ledger
from bot.store import counters, leads, open_store
from bot.store.desk import Desk
from bot.store.metrics.churn import MOST_PARTS
from bot.store.tables.leads import leads as lead_table
from bot.store.tables.leads import tenures
from bot.store.tables.sales import tasks
from tests.adapters.wechat_official.test_caller import APP, CALLER, KEY, NOW, TOKEN, event, sealed
from tests.handlers.workday import GAO, LINA, WANG, ZHOU, Day, staff
from tests.web.api_door import ApiDoor
from tests.web.test_api_metrics import api

ROUNDS = 3
AT_ONCE = pytest.mark.postgres
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def at_once(postgres_url: str, company: Any, vault: Any, clock: Any) -> AsyncIterator[Any]:
    """Units in lanes of their own, so that only the rows stand between them."""
    store = open_store(postgres_url, unit_span=30)
    count = iter(range(10**6))

    async def run(work: Callable[[Desk], Awaitable[Any]]) -> Any:
        number = next(count)

        def inside(tx: Any) -> Awaitable[Any]:
            return work(Desk(tx, company, clock.now, vault, seeded_random_bytes(number)))

        return await store.write(inside, lane_key=f"at-once:{number}", within=30)

    yield run
    await store.close()


async def books(day: Day) -> None:
    """Counters as the rows say; a lead that was merged away is in nobody's hands."""
    every, had = await day.rows(lead_table), await day.rows(tenures)
    held = Counter(
        one.owner_id for one in every if one.owner_id and one.status in HELD and not one.merged_into
    )

    async def counted(desk: Desk) -> dict[str, int]:
        people = (LINA, GAO, WANG, ZHOU)
        return {who.id: await counters.read(desk.tx, ledger.holding_key(who.id)) for who in people}

    for who, number in (await day.unit(counted)).items():
        assert number == held[who], who
    for lead in every:
        running = [one.owner_id for one in had if one.lead_id == lead.id and one.to_at is None]
        is_his = lead.owner_id and lead.status != "invalid" and not lead.merged_into
        assert running == ([lead.owner_id] if is_his else []), lead.id


@AT_ONCE
async def test_a_lead_that_is_merged_away_is_given_to_nobody_in_that_instant(
    at_once: Any, clock: Any
) -> None:
    """Merged both ways by several, and given back, passed on and closed at once: one merging, and the books agree."""
    await at_once(staff)
    day = Day(at_once, clock)
    for number in range(ROUNDS):
        one = await day.lead(LINA, phone=f"+8613812345{number:03}")
        other = await day.lead(GAO, phone=f"+8613912345{number:03}")
        pairs = ((one.id, other.id), (other.id, one.id))
        await asyncio.gather(
            *(at_once(lambda desk, p=pair: merge(desk, *p, by=ZHOU, how="message")) for pair in pairs),
            day.says(GAO, f"退回 {other.id} 联系不上"),
            day.says(WANG, f"改派 {other.id} 李娜"),
            day.says(GAO, f"{other.id} 无效 空号"),
        )
        assert (await day.get(other.id)).merged_into == one.id
        await books(day)


@AT_ONCE
async def test_a_follow_up_against_the_clock_leaves_no_task_behind(at_once: Any, clock: Any) -> None:
    """Written in the instant in which the lead is taken from him: no open task on what is no longer his."""
    await at_once(staff)
    day = Day(at_once, clock)
    for number in range(ROUNDS):
        lead = await day.lead(LINA, phone=f"+8613812345{number:03}")

        async def taken(desk: Desk, lead_id: str = lead.id) -> None:
            found = await leads.get(desk.tx, lead_id)
            await recycle(desk, found, owner=LINA, by=SYSTEM, reason="保护期已过")

        await asyncio.gather(
            day.says(LINA, f"跟进 {lead.id} 已电话，明天下午3点回访"),
            day.says(LINA, f"提醒 {lead.id} 明天下午4点发合同"),
            at_once(taken),
        )
        assert (await day.get(lead.id)).owner_id is None
        assert not [one.id for one in await day.rows(tasks, lead_id=lead.id) if one.state == "open"]
        await books(day)


async def wrong(door: ApiDoor, **query: Any) -> list[str]:
    """Which fields of a query are refused."""
    answer = await door.ask("POST", "/metrics", {**query, "as": "chenli"})
    assert answer.status == 422, await answer.text()
    return [one["field"] for one in (await answer.json())["errors"]]


async def test_what_only_limits_a_question_cuts_none(api: ApiDoor) -> None:
    """Days of silence and the way of attribution are no dimension: told, and no fault of ours."""
    assert await wrong(api, metrics=["won_amount"], by=["idle_days"]) == ["by"]
    assert await wrong(api, metrics=["follow_ups"], by=["attribution", "day"]) == ["by"]


async def test_twenty_years_of_days_are_not_reckoned_one_by_one(api: ApiDoor) -> None:
    """Churn is counted anew for each part: beyond so many it is refused, here and in a chat."""
    years = {"from": "2006-11-01", "to": "2026-11-01"}
    assert await wrong(api, metrics=["churn_rate"], by=["day"], **years) == ["by"]
    asked = {"metrics": ["churn_rate"], "by": ["quarter"], "as": "chenli", **years}
    assert (await api.ask("POST", "/metrics", asked)).status == 200
    days = await (await api.ask("POST", "/ask", {"question": "过去20年每天流失率", "as": "zhangsan"})).json()
    assert (days["status"], days["options"]) == ("clarify", ["按月", "按季度", "按年"])
    months = await (
        await api.ask("POST", "/ask", {"question": "过去20年每月流失率", "as": "zhangsan"})
    ).json()
    assert (months["status"], months["rows"]) == ("ok", [])
    assert f"最多分 {MOST_PARTS} 段" in months["reply"]


async def test_two_units_of_time_are_asked_back(api: ApiDoor) -> None:
    """By day and by month at once: which of them."""
    answer = await api.ask("POST", "/ask", {"question": "按天按月业绩", "as": "chenli"})
    assert answer.status == 200
    said = await answer.json()
    assert (said["status"], said["options"]) == ("clarify", ["按天", "按月"])


def test_a_sealed_message_with_two_senders_is_kept_and_means_nothing() -> None:
    """Genuine, so it is no fault of the door's; whose it is nobody can say."""
    tree = event("subscribe")
    names = render(tree).replace(b"<MsgType>", b"<FromUserName>oOther</FromUserName><MsgType>")
    made = WeComBox(TOKEN, KEY, APP).seal(
        names, timestamp=str(int(NOW.timestamp())), nonce="437374425", random16=b"0123456789abcdef"
    )
    query = tuple((dict(sealed(tree).query) | {"msg_signature": made.signature}).items())
    body = render({"ToUserName": "gh_1", "Encrypt": made.encrypted})
    accepted = CALLER.receive(Delivery("POST", query, {}, body, "main"), now=NOW)
    assert isinstance(accepted, Accepted)
    with pytest.raises(ValueError, match="FromUserName comes 2 times"):
        CALLER.decode(accepted.body)


__all__ = ["api"]
