"""What comes by itself comes once, on its day, to whoever may have it at that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from bot.chat.spelling import read_card
from bot.crm.company.calendar import CompanyCalendar
from bot.store import chats, leaves, subscriptions
from bot.store.leaves import Leave
from bot.store.tables.digests import digest_sendings
from bot.store.tables.digests import subscriptions as table
from bot.store.tables.machinery import cards
from bot.store.tables.machinery import outbox as outbox_table
from bot.store.tables.people import users
from bot.store.tables.sales import tasks
from bot.worker import digests
from bot.worker.bench import Bench
from tests.conftest import SHANGHAI
from tests.handlers.workday import CHEN, GAO, LINA, WANG, Day, staff

#: Wednesday, 18 November 2026; every time of these tests is local.
TODAY = "2026-11-18"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(timezone.utc)


class House:
    """The team and the worker's minute."""

    def __init__(self, bench: Bench, day: Day, clock: Any, unit: Any) -> None:
        self.bench, self.day, self.clock, self.unit = bench, day, clock, unit

    async def minute(self, moment: str) -> None:
        """The clock says so much, and the schedule fires."""
        self.clock.now = at(moment)
        await digests.send_due(self.bench)

    async def kept(self, kind: str) -> list[tuple[str, str, str, str]]:
        """Who, when, what became of it and why, of one kind."""
        joined = digest_sendings.join(table, table.c.id == digest_sendings.c.subscription_id)
        statement = (
            select(table.c.user_id, digest_sendings)
            .select_from(joined)
            .where(table.c.kind == kind)
            .order_by(digest_sendings.c.occasion, table.c.user_id)
        )
        rows = await self.unit(lambda desk: desk.tx.all(statement))
        return [(row.user_id, row.occasion, row.state, row.reason) for row in rows]

    async def cards_to(self, who: str, kind: str) -> list[Any]:
        async def look(desk: Any) -> list[Any]:
            statement = select(cards).where(cards.c.user_id == who, cards.c.kind == kind)
            return [
                read_card(orjson.loads(desk.vault.open(row.body, f"cards.body:{row.card_key}")))
                for row in await desk.tx.all(statement.order_by(cards.c.created_at, cards.c.card_key))
            ]

        return await self.unit(look)

    async def moves(self, who: str, **values: Any) -> None:
        """The address book says otherwise from now on."""
        await self.unit(lambda desk: desk.tx.run(update(users).where(users.c.id == who).values(**values)))


@pytest.fixture
async def house(store, company, vault, clock, random_bytes, unit) -> House:
    await unit(staff)
    bench = Bench(
        store=store, adapters={}, router=None, company=company, vault=vault, clock=clock,
        random_bytes=random_bytes, name="test",
    )  # fmt: skip
    house = House(bench, Day(unit, clock), clock, unit)
    await house.minute(f"{TODAY}T08:00")
    return house


async def test_everybody_has_what_config_gives_his_role(house):
    """Reps their lists, leaders their recaps, an admin nothing; a second look changes nothing."""
    rows = await house.day.rows(table)
    by_user: dict[str, set[str]] = {}
    for row in rows:
        by_user.setdefault(row.user_id, set()).add(row.kind)

    assert by_user["lina"] == {"morning", "day_report"}
    assert by_user["wang"] == {"daily", "weekly", "monthly", "response_up", "forecast_drop"}
    assert by_user["zhou"] >= {"weekly", "monthly", "source_dry", "unsubscribes_up"}
    assert "itops" not in by_user
    await house.minute(f"{TODAY}T08:01")
    assert len(await house.day.rows(table)) == len(rows)


async def test_a_morning_comes_once_in_its_minute(house):
    """Two processes in the same minute, and one that was restarted in between."""
    await house.minute(f"{TODAY}T08:50")
    await house.minute(f"{TODAY}T08:50")
    await digests.send_due(replace(house.bench, name="other"))
    await house.minute(f"{TODAY}T08:51")

    assert len(await house.cards_to("lina", "digest_morning")) == 1
    assert await house.kept("morning") == [
        (who, f"{TODAY}T08:50", "sent", "") for who in sorted(("chen", "gao", "lina"))
    ]


async def test_two_at_the_very_same_time_send_one(house):
    """Both found it due; the second finds that its time has moved on."""
    house.clock.now = at(f"{TODAY}T08:50")
    async with house.bench.store.read() as tx:
        found = await subscriptions.due(tx, house.clock.now, most=10)
    for one in (*found, *found):
        await digests._deliver(house.bench, one)

    assert len(await house.cards_to("lina", "digest_morning")) == 1
    assert len(await house.kept("morning")) == 3


async def test_an_outage_is_made_good_within_the_day(house):
    """Three in the afternoon: the list of this morning comes, and says nothing of days gone."""
    await house.minute(f"{TODAY}T15:00")

    assert [row[2:] for row in await house.kept("morning")] == [("sent", "late")] * 3


async def test_what_is_older_is_skipped_and_written_down(house):
    """Down from Wednesday to Saturday: two mornings left out with their reason, nothing sent on a day off."""
    await house.minute("2026-11-21T12:00")

    mine = [row for row in await house.kept("morning") if row[0] == "lina"]
    assert mine == [("lina", f"2026-11-{day}T08:50", "skipped", "late") for day in (18, 19, 20)]
    assert await house.cards_to("lina", "digest_morning") == []


async def test_no_list_on_a_holiday_but_on_a_worked_weekend(house):
    """The company's own calendar counts, 调休 included."""
    calendar = CompanyCalendar(
        hours=("09:00-18:00",), holidays={date(2026, 11, 19): "公司年会"}, worked=(date(2026, 11, 21),)
    )
    house.bench.company = replace(house.bench.company, calendar=calendar)
    for day in (18, 19, 20, 21, 22):
        await house.minute(f"2026-11-{day}T08:50")

    assert [row[1] for row in await house.kept("morning") if row[0] == "lina"] == [
        f"2026-11-{day}T08:50" for day in (18, 20, 21)
    ]


async def test_nothing_while_he_is_away(house):
    """On leave: skipped with a reason; back again: it comes."""

    async def away(desk):
        leave = Leave(
            id="x", user_id="lina", from_at=at(f"{TODAY}T00:00"), to_at=at("2026-11-19T00:00"), cover_id=None,
            source="message", state="begun",
        )  # fmt: skip
        await leaves.plan(desk, leave)

    await house.unit(away)
    await house.minute(f"{TODAY}T08:50")
    await house.minute("2026-11-19T08:50")

    mine = [row[2:] for row in await house.kept("morning") if row[0] == "lina"]
    assert mine == [("skipped", "away"), ("sent", "")]


async def test_a_question_is_asked_again_with_the_rights_of_the_moment(house):
    """New leads of his region; when he moves, of his new one; when he is a rep, his own."""
    await house.day.lead(of=LINA)
    await house.day.lead(of=CHEN, region="华南大区", pool="south", phone="+8613812345679")
    await house.day.says(WANG, "每天18点发本月新增线索给我")
    await house.minute(f"{TODAY}T18:00")
    await house.moves("wang", region="华南大区")
    await house.minute("2026-11-19T18:00")
    await house.moves("wang", role="rep", team="深圳组")
    await house.minute("2026-11-20T18:00")

    texts = [text for text in await house.day.texts_to("wx-wang") if "每天 18:00" in text]
    assert "华东大区" in texts[0]
    assert "华南大区" in texts[1]
    assert "王磊" in texts[2]
    assert ["1 条" in text for text in texts] == [True, True, False]


async def test_what_is_no_longer_his_ends_and_tells_him_once(house):
    """He named a region that is his no more: no number, and the reason."""
    await house.day.lead(of=LINA)
    await house.day.says(WANG, "每天18点发华东新增线索给我")
    await house.moves("wang", region="华南大区")
    await house.minute(f"{TODAY}T18:00")
    await house.minute("2026-11-19T18:00")

    texts = [text for text in await house.day.texts_to("wx-wang") if "华东" in text]
    assert len(texts) == 1
    assert "不在你的查看范围" in texts[0]
    assert [row[1:] for row in await house.kept("question")] == [(f"{TODAY}T18:00", "skipped", "refused")]


async def test_a_leaver_gets_nothing(house):
    """Neither his own question nor our digests; and nothing hangs on."""
    await house.day.says(WANG, "每天18点发本月新增线索给我")
    await house.moves("wang", active=False)
    await house.minute(f"{TODAY}T18:10")

    assert await house.day.texts_to("wx-wang") == []
    assert [row[1:] for row in await house.kept("question")] == [(f"{TODAY}T18:00", "skipped", "left")]
    assert {row.state for row in await house.day.rows(table, user_id="wang")} == {"ended"}


async def test_whoever_becomes_a_manager_gets_a_managers_digests(house):
    """And a rep's no more; what he stopped stays stopped."""
    await house.day.says(LINA, "停掉日报")
    await house.moves("lina", role="manager", team="")
    await house.minute(f"{TODAY}T08:50")
    states = {row.kind: row.state for row in await house.day.rows(table, user_id="lina")}

    assert states["weekly"] == "active"
    assert states["morning"] == "ended"
    assert states["day_report"] == "stopped"
    assert await house.cards_to("lina", "digest_morning") == []


async def test_his_own_time_is_not_moved_by_config(house):
    """Others follow the configuration."""
    await house.day.says(LINA, "早报改成9点半")
    await house.minute(f"{TODAY}T08:50")
    await house.minute(f"{TODAY}T09:30")

    kept = {row[0]: row[1] for row in await house.kept("morning")}
    assert kept == {"lina": f"{TODAY}T09:30", "gao": f"{TODAY}T08:50", "chen": f"{TODAY}T08:50"}


async def test_a_group_gets_totals_while_its_giver_leads_it(house):
    """When he leads another region, nothing goes there any more."""

    async def bound(desk):
        await chats.bind(desk, platform="wecom", chat="g1", pool_id="east", by="wang")

    await house.unit(bound)
    await house.day.lead(of=LINA)
    await house.day.says(WANG, "每天18点把今天新增线索发到群")
    await house.minute(f"{TODAY}T18:00")
    (text,) = await house.day.texts_to("g1")
    assert "1 条" in text
    assert "王磊订给华东公海群" in text
    assert not [one for one in await house.day.texts_to("wx-wang") if "新增线索：" in one]

    await house.moves("wang", region="华南大区")
    await house.minute("2026-11-19T18:00")
    assert len(await house.day.texts_to("g1")) == 1


async def test_nobody_is_named_before_a_group(house):
    """Whatever may be posted there: no customer, no firm, no number, no colleague but whoever subscribed."""

    async def bound(desk):
        await chats.bind(desk, platform="wecom", chat="g1", pool_id="east", by="wang")

    await house.unit(bound)
    for n in range(3):
        await house.day.lead(of=LINA, name=f"金丝雀{n}", company=f"秘密{n}科技", phone=f"+8613812345{n}99")
    for question in (
        "今天新增线索",
        "本月业绩",
        "本月漏斗",
        "本月赢单率",
        "公海线索",
        "本月业绩环比",
        "每月业绩",
        "本月MQL",
    ):
        await house.day.says(WANG, f"每天18点把{question}发到群")
    await house.minute(f"{TODAY}T18:00")

    posted = await house.day.rows(outbox_table, recipient="g1")
    assert len(posted) >= 8

    async def opened(desk):
        return [desk.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}").decode() for row in posted]

    said = "\n".join(await house.unit(opened))
    assert "华东公海群" in said
    secrets = ["金丝雀", "秘密", "13812345", "138****", "李娜", "高峰", "上海组", "南京组", "/console/"]
    assert [one for one in secrets if one in said] == []


async def test_a_weeks_recap_after_the_golden_week(house):
    """Monday in the holidays: it comes on the first working day; 2026-10-08 is one."""
    house.clock.now = at("2026-09-30T08:00")
    await house.unit(lambda desk: desk.tx.run(update(table).values(next_at=at("2026-10-05T09:00"))))
    for day in range(5, 13):
        await house.minute(f"2026-10-{day:02}T09:00")

    assert [row[1] for row in await house.kept("weekly") if row[0] == "liu"] == [
        "2026-10-08T09:00", "2026-10-12T09:00",
    ]  # fmt: skip


async def test_one_that_breaks_stops_no_other(house):
    """A task that cannot be opened is one rep's trouble; the others get their lists."""
    lead = await house.day.lead(of=GAO)
    await house.day.says(GAO, f"提醒 {lead.id} 今天下午5点回访")
    await house.unit(lambda desk: desk.tx.run(update(tasks).values(title=b"broken")))
    await house.minute(f"{TODAY}T08:50")

    sent = {row[0] for row in await house.kept("morning") if row[2] == "sent"}
    assert sent == {"lina", "chen"}
