"""Who a visitor is: joined once, with his history; two known people are never made one."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from bot.crm.behaviour_signals import LeadHasBehaved, VisitorIsKnown
from bot.crm.user import SYSTEM
from bot.handlers import Scope
from bot.handlers.lead_behaved import on_lead_behaved
from bot.intake.clean.tracked import Reading
from bot.intake.identify import identify
from bot.intake.track import Call, keep
from bot.intake.upsert import upsert
from bot.store.tables.behaviour import behaviours, visitors
from bot.store.tables.leads import lead_keys, leads, score_changes
from bot.store.tables.machinery import inbox, incidents, timers


class Site:
    """One company's tracking, without a network."""

    def __init__(self, unit, company, now):
        self._unit, self.company, self.now = unit, company, now
        self.reading = Reading(company)

    async def unit(self, work):
        return await self._unit(lambda desk: work(dataclasses.replace(desk, company=self.company)))

    async def track(self, kind, key="website", **raw):
        source = self.company.tracking.source(key)
        tracked = self.reading.read(source, {"type": kind, **raw}, now=self.now)
        assert not isinstance(tracked, str), tracked
        return await self.unit(lambda desk: keep(desk, [Call(key, tracked)]))

    async def known(self, *, source="website", **told):
        traits = told.pop("traits", None)
        spelled = orjson.dumps(traits).decode() if traits else ""
        return await self.unit(
            lambda desk: identify(desk, VisitorIsKnown(source=source, traits=spelled, **told))
        )

    async def person(self, **sent):
        made = await self.unit(lambda desk: upsert(desk, sent, by="test", source="官网"))
        return made.lead.id

    async def rows(self, table):
        return await self.unit(lambda desk: desk.tx.all(select(table)))

    async def whose(self):
        return {row.visitor: row.lead_id for row in await self.rows(visitors)}

    async def conflicts(self):
        return sum(row.n for row in await self.rows(incidents) if row.name == "tracking.known_to_known")


@pytest.fixture
def site(unit, company, now):
    """The shipped company; its server may bring new people."""
    sources = tuple(
        one.model_copy(update={"creates_leads": one.key == "server"}) for one in company.tracking.sources
    )
    tracking = company.tracking.model_copy(update={"sources": sources})
    return Site(unit, dataclasses.replace(company, tracking=tracking), now)


async def test_history_follows_whoever_says_who_he_is(site):
    """Browser and customer number become the lead's by his e-mail, with all they did; later ones at once."""
    lead_id = await site.person(phone="13812345678", email="w@example.com")
    await site.track("track", anonymousId="b1", event="Song Played")
    await site.track("page", userId="c-1", properties={"path": "/pricing"})

    joined = await site.known(browser="b1", user="user:c-1", traits={"email": "W@Example.com"})

    assert joined == lead_id
    assert await site.whose() == {"b1": lead_id, "user:c-1": lead_id}
    assert {row.lead_id for row in await site.rows(behaviours)} == {lead_id}
    await site.track("track", userId="c-1", event="Later")
    rows = await site.rows(behaviours)
    assert (rows[-1].lead_id, rows[-1].uncounted) == (lead_id, True)


async def test_a_customer_number_alone_is_remembered_until_it_is_known(site):
    """First «this browser is c-2», then «c-2 has this phone»: the browser's history comes along."""
    await site.track("track", anonymousId="b2", event="x")
    assert await site.known(browser="b2", user="user:c-2") is None
    lead_id = await site.person(phone="13812345678")
    assert await site.known(user="user:c-2", traits={"phone": "138 1234 5678"}) == lead_id
    assert (await site.whose())["b2"] == lead_id
    assert [row.lead_id for row in await site.rows(behaviours)] == [lead_id]


async def test_an_alias_joins_what_went_before(site):
    """The former id may have been a browser or a customer."""
    lead_id = await site.person(external_id="c-3", phone="13812345678")
    await site.track("track", anonymousId="old-browser", event="x")
    await site.track("track", userId="old-number", event="y")
    for former in ("old-browser", "old-number"):
        assert await site.known(user="user:c-3", previous=former) == lead_id
    assert {row.lead_id for row in await site.rows(behaviours)} == {lead_id}


async def test_two_known_people_are_never_made_one(site):
    """The browser stays whose it is; what is done as the other is the other's; people are told by a counter."""
    first = await site.person(phone="13800000001")
    second = await site.person(phone="13800000002")
    await site.track("track", anonymousId="b", event="before")
    await site.known(browser="b", traits={"phone": "13800000001"})

    await site.known(browser="b", user="user:c-9", traits={"phone": "13800000002"})
    await site.track("track", anonymousId="b", userId="c-9", event="after")

    assert await site.whose() == {"b": first, "user:c-9": second}
    assert [(row.event, row.lead_id) for row in await site.rows(behaviours)] == [
        ("before", first),
        ("after", second),
    ]
    assert await site.conflicts() == 1
    assert len(await site.rows(leads)) == 2


async def test_anybody_can_send_a_call_so_it_changes_no_way_to_reach_a_lead(site):
    """What was not known is added, but no phone, no address, and no key by which he is found."""
    lead_id = await site.person(phone="13800000001", name="王伟")
    before = len(await site.rows(lead_keys))
    traits = {"phone": "13800000001", "email": "thief@example.com", "name": "李四", "jobTitle": "总监",
              "company": {"name": "云帆"}, "birthday": {"a": 1}}  # fmt: skip
    assert await site.known(browser="b", traits=traits) == lead_id
    [lead] = await site.rows(leads)
    assert (lead.name, lead.title, lead.company, lead.email_masked) == ("王伟", "总监", "云帆", "")
    assert len(await site.rows(lead_keys)) == before


async def test_somebody_new_becomes_a_lead_only_where_config_says_so(site):
    """A website's key is public; a server's is not. A bad trait does not spoil the others."""
    traits = {
        "phone": "13800000009",
        "email": "not one",
        "firstName": "伟",
        "lastName": "王",
        "title": "x" * 999,
    }
    assert await site.known(browser="b", traits=traits) is None
    assert await site.rows(leads) == []
    lead_id = await site.known(source="server", user="user:1", traits=traits)
    [lead] = await site.rows(leads)
    assert (lead.id, lead.name, lead.source, lead.email_masked) == (lead_id, "王伟", "服务器", "")
    assert await site.known(source="server", user="user:2", traits={"name": "谁"}) is None


async def test_what_waits_is_counted_once_a_few_at_a_time(site, now):
    """Twenty looks on twenty days are counted in their lane in three turns, each once."""
    lead_id = await site.person(phone="13800000001")
    await site.known(browser="b", traits={"phone": "13800000001"})
    for day in range(20):
        at = (now - timedelta(days=day)).isoformat()
        await site.track("page", anonymousId="b", properties={"path": "/pricing"}, timestamp=at)
    [timer] = [row for row in await site.rows(timers) if row.kind == "signal.lead.behaved"]
    assert (timer.lane_key, timer.state) == (f"lead:{lead_id}", "waiting")

    for left in (12, 4, 0, 0):
        await site.unit(lambda desk: on_lead_behaved(LeadHasBehaved(lead_id), Scope(desk=desk, actor=SYSTEM)))
        assert sum(row.uncounted for row in await site.rows(behaviours)) == left

    given = [row for row in await site.rows(score_changes) if row.rule == "pricing_page"]
    assert [row.points for row in given] == [10] * 20


async def test_who_somebody_is_waits_sealed_in_his_own_lane(site):
    """One row of the inbox for each call, none for a repeat."""
    call = {"anonymousId": "b", "messageId": "i1", "traits": {"phone": "13800000001"}}
    assert await site.track("identify", **call) == 1
    assert await site.track("identify", **call) == 0
    [row] = await site.rows(inbox)
    assert (row.lane_key, row.platform, row.key) == ("visitor:b", "own", "website:i1")
    assert b"13800000001" not in row.body
